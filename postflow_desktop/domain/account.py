"""A social account that an organization connected."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.time import require_aware

MAX_PREFLIGHT_MINUTES = 1440
"""A day: what is announced earlier is forgotten again."""
DISCONNECTED = "disconnected"
"""The error of an account that a person disconnected while its posts wait for it."""


class AccountStatus(StrEnum):
    """Whether an account can publish."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialAccount:
    """A connected account; tokens are sealed envelopes and open only with the organization key."""

    id: str
    organization_id: str
    network: Network
    user_id: str
    """The id on the network that never changes (a DID on Bluesky)."""
    username: str
    status: AccountStatus
    sealed_access_token: str
    created_at: datetime
    updated_at: datetime
    sealed_refresh_token: str | None = None
    token_expires_at: datetime | None = None
    token_version: int = 1
    """Counts up with every refresh; part of what the envelopes are bound to."""
    display_name: str | None = None
    service: str = ""
    """Base address of the server that takes the posts, without a trailing slash."""
    sandbox_machine: str | None = None
    """The machine that made this sandbox account; no other claims its targets."""
    last_error_code: str | None = None
    last_error_message: str | None = None
    last_error_fix: str | None = None
    last_error_at: datetime | None = None
    last_refreshed_at: datetime | None = None
    last_checked_at: datetime | None = None
    """When the network said last that the sign-in works."""
    scopes: tuple[str, ...] = ()
    """What was allowed on the network's page, as the network said it; empty where it doesn't."""
    renewable_until: datetime | None = None
    """When even renewing ends and a person has to sign in; None where that is not known."""
    pause: Pause | None = None
    """While it stands, nothing of this account goes out."""
    preflight_minutes: int = 0
    """So long before its time a post is announced once more; 0: not at all."""
    rev: int = 1

    def __post_init__(self) -> None:
        for moment in (self.created_at, self.updated_at, self.token_expires_at):
            require_aware(moment)

    @property
    def renews(self) -> bool:
        """Whether its sign-in is renewed without a person."""
        return self.sealed_refresh_token is not None

    @property
    def ends_at(self) -> datetime | None:
        """When a person has to sign in again; None where that is not known."""
        return self.renewable_until if self.renews else self.token_expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Opened tokens of an account; never printed, never logged."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What an adapter needs to act as an account."""

    account_id: str
    network: Network
    user_id: str
    username: str
    service: str
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What a network tells about the account that has just signed in."""

    user_id: str
    username: str
    service: str
    tokens: Tokens
    display_name: str | None = None
    scopes: tuple[str, ...] = ()
    """What was allowed, as the token's reply said it; empty where the network has no scopes."""
    renewable_until: datetime | None = None
    """When even renewing ends and a person has to sign in; None where that is not known."""
