"""Token envelopes: a token sealed under its organization's key, bound to its place."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag

from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.services.ports.vault import OrganizationKey, SealContext
from postflow_desktop.vault import aead
from postflow_desktop.vault.text import bound


def seal(key: OrganizationKey, context: SealContext, plaintext: str) -> str:
    """The envelope of a token."""
    data = plaintext.encode("utf-8", "surrogatepass")
    return aead.encrypt(key.secret, key.version, data, _place(key, context))


def unseal(key: OrganizationKey, context: SealContext, envelope: str) -> str:
    """The token; NotAllowed (`bad_envelope`) if it was moved, changed or of another key."""
    try:
        data = aead.decrypt(key.secret, key.version, envelope, _place(key, context))
        return data.decode("utf-8", "surrogatepass")
    except (ValueError, InvalidTag):
        raise NotAllowed(
            "The stored token of this account can't be opened: it was changed, "
            "moved here from another account, or sealed with another key.",
            code="bad_envelope",
            fix="Connect the account again.",
        ) from None


def _place(key: OrganizationKey, context: SealContext) -> bytes:
    return bound(
        aead.FORMAT,
        key.organization_id,
        context.account_id,
        context.field,
        key.version,
        context.token_version,
    )
