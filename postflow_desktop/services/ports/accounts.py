"""Connected social accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.entitlements import Room


class AccountStore(Protocol):
    """`socialAccounts`; every query is scoped by organization."""

    def new_id(self) -> str:
        """An id that nobody has."""
        ...

    def add(self, account: SocialAccount, room: Room | None = None) -> None:
        """Conflict (`already_connected`) where the organization has it; NoRoom."""
        ...

    def replace_connection(
        self, account: SocialAccount, *, expected_token_version: int, room: Room | None = None
    ) -> bool:
        """Reconnect: new tokens, service, names, status active; False if the version moved on.

        NoRoom; an account that was not disconnected takes none, and comes without a room.
        """
        ...

    def checked(self, organization_id: str, account_id: str, *, token_version: int) -> bool:
        """The network says that the sign-in works: active, no error, `lastCheckedAt`.

        False where the account has other tokens by now, or is gone.
        """
        ...

    def retire(
        self,
        organization_id: str,
        account_id: str,
        *,
        expected_version: int,
        sealed_nothing: str,
        message: str,
        fix: str,
    ) -> bool:
        """Forget the tokens and keep the account as revoked, so that its posts can wait for it.

        The schema wants an envelope, so there is one with nothing in it. False if the version
        moved on.
        """
        ...

    def get(self, organization_id: str, account_id: str) -> SocialAccount | None:
        """One account, or None."""
        ...

    def find(self, organization_id: str, network: Network, user_id: str) -> SocialAccount | None:
        """By the network's own id."""
        ...

    def list(self, organization_id: str) -> Sequence[SocialAccount]:
        """All accounts of an organization, by network and username."""
        ...

    def lease_refresh(
        self, organization_id: str, account_id: str, owner: str, seconds: float
    ) -> bool:
        """Take the account's refresh lease on the cluster's clock; False if somebody has it."""
        ...

    def release_refresh(self, organization_id: str, account_id: str, owner: str) -> None:
        """Give the lease back."""
        ...

    def sweep_leases(self, organization_ids: Sequence[str], seconds: float) -> int:
        """Take away refresh leases that ended so long ago; how many."""
        ...

    def save_tokens(
        self,
        organization_id: str,
        account_id: str,
        *,
        expected_version: int,
        sealed_access: str,
        sealed_refresh: str | None,
        expires_at: datetime | None,
        scopes: Sequence[str] = (),
    ) -> bool:
        """Compare-and-set on the token version; a missing refresh token keeps the old one, and so
        do missing scopes.

        Sets the version to `expected_version + 1`, the status to active, `lastRefreshedAt`.
        """
        ...

    def mark(
        self,
        organization_id: str,
        account_id: str,
        status: AccountStatus,
        code: str,
        message: str,
        *,
        fix: str = "",
        token_version: int | None = None,
    ) -> None:
        """Record the account's state with its last error (empty code clears it).

        With a token version, only while the account still has it: what was found out about old
        tokens says nothing about new ones.
        """
        ...

    def rename(self, organization_id: str, account_id: str, username: str) -> None:
        """The network calls the account something else now."""
        ...

    def set_preflight(self, organization_id: str, account_id: str, minutes: int) -> bool:
        """How long before its time a post is announced once more; False where it is gone."""
        ...

    def remove(self, organization_id: str, account_id: str) -> bool:
        """Delete the account with its envelopes and its queue; False where it is gone."""
        ...
