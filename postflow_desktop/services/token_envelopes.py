"""Tokens of an account in and out of their envelopes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.account import SocialAccount, Tokens
from postflow_desktop.services.ports.vault import OrganizationKey, SealContext, Vault

ACCESS = "accessToken"
REFRESH = "refreshToken"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedTokens:
    """Envelopes of one token version."""

    version: int
    access: str
    refresh: str | None
    expires_at: datetime | None
    scopes: tuple[str, ...] = ()
    """What the refresh said is allowed; empty where it said nothing."""


def seal_tokens(
    vault: Vault, key: OrganizationKey, account_id: str, *, version: int, tokens: Tokens
) -> SealedTokens:
    """Seal tokens as that version of that account."""
    refresh = None
    if tokens.refresh is not None:
        refresh = vault.seal(key, _context(account_id, REFRESH, version), tokens.refresh)
    return SealedTokens(
        version=version,
        access=vault.seal(key, _context(account_id, ACCESS, version), tokens.access),
        refresh=refresh,
        expires_at=tokens.expires_at,
    )


def open_access(vault: Vault, key: OrganizationKey, account: SocialAccount) -> str:
    """The access token; NotAllowed (`bad_envelope`)."""
    context = _context(account.id, ACCESS, account.token_version)
    return vault.open(key, context, account.sealed_access_token)


def open_tokens(vault: Vault, key: OrganizationKey, account: SocialAccount) -> Tokens:
    """All tokens of an account; NotAllowed (`bad_envelope`)."""
    refresh = None
    if account.sealed_refresh_token is not None:
        context = _context(account.id, REFRESH, account.token_version)
        refresh = vault.open(key, context, account.sealed_refresh_token)
    access = open_access(vault, key, account)
    return Tokens(access=access, refresh=refresh, expires_at=account.token_expires_at)


def _context(account_id: str, name: str, version: int) -> SealContext:
    return SealContext(account_id=account_id, field=name, token_version=version)
