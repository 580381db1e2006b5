"""Sessions of accounts, refreshed by one machine at a time.

A refresh token may be good for one use only. So a refresh happens under the account's lease on the
cluster's clock, reads the account again under it, and saves by compare-and-set on the token
version; a machine that comes second waits and takes what the first one brought.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from postflow_desktop.domain.account import AccountStatus, Session, SignedIn, SocialAccount
from postflow_desktop.domain.errors import (
    ClusterUnreachable,
    InvalidInput,
    NetworkUnreachable,
    NotAllowed,
    NotFound,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.accounts import AccountStore
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.publisher import Connector
from postflow_desktop.services.ports.vault import OrganizationKey, Vault
from postflow_desktop.services.token_envelopes import (
    SealedTokens,
    open_access,
    open_tokens,
    seal_tokens,
)

RECONNECT_NEEDED = "reconnect_needed"
DEAD = frozenset({AccountStatus.EXPIRED, AccountStatus.REVOKED})
"""Only a new sign-in by a person helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshTimings:
    """Seconds. The call must start early enough in the lease to end before it, so
    `latest_start_seconds` plus the connector's own time-outs stay below `lease_seconds`.
    """

    lease_seconds: float = 120.0
    latest_start_seconds: float = 30.0
    wait_seconds: float = 15.0
    pause_seconds: float = 0.25
    fresh_seconds: float = 600.0
    """With less than this left, a token is refreshed before it is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionParts:
    """What the sessions work with; `owner` names this process in leases."""

    accounts: AccountStore
    keys: Callable[[str], OrganizationKey]
    """Opens an organization's key for whoever is signed in."""
    vault: Vault
    connectors: Mapping[Network, Connector]
    clock: Clock
    owner: str
    timings: RefreshTimings = RefreshTimings()
    unsaved: dict[str, SealedTokens] = field(default_factory=dict)
    """By account: what came from the network and is not in the cluster yet. Sessions of one
    process share it, for a refresh token that was spent is spent for all of them."""


class AccountSessions:
    """The SessionSource port; safe to use from several threads."""

    def __init__(self, parts: SessionParts) -> None:
        self._parts = parts
        self._handed_out: dict[str, int] = {}
        self._unsaved = parts.unsaved
        self._pause = threading.Event()

    def open(
        self,
        organization_id: str,
        account_id: str,
        *,
        force_refresh: bool = False,
        even_dead: bool = False,
    ) -> Session:
        """A session, fresh for ten minutes or more where the network tells the expiry.

        `force_refresh` is for a token that the network just refused. `even_dead` tries accounts
        that are marked as expired, for a person who asks to. Raises NotFound
        (`unknown_account`); NotAllowed: `reconnect_needed`, `bad_envelope`;
        NetworkUnreachable, which leaves the account as it is.
        """
        account = self._get(organization_id, account_id)
        if not self._must_refresh(account, forced=force_refresh, even_dead=even_dead):
            return self._session(account)
        return self._session(self._refreshed(account, forced=force_refresh))

    def renew(self, account: SocialAccount) -> bool:
        """Bring new tokens ahead of time; whether the account has newer ones now.

        False where another machine is at it: nobody is waited for, the old ones are good for a
        while. Raises as `open`.
        """
        owner = f"{self._parts.owner}/{uuid.uuid4().hex}"
        asked = self._parts.clock.boottime()
        lease = self._parts.timings.lease_seconds
        if not self._parts.accounts.lease_refresh(
            account.organization_id, account.id, owner, lease
        ):
            return False
        return self._under_lease(account, owner, asked).token_version > account.token_version

    def refused(self, account: SocialAccount, error: NotAllowed) -> NotAllowed:
        """Record that the network refused the session handed out last; the error to raise."""
        version = self._handed_out.get(account.id, account.token_version)
        account = replace(account, token_version=version)
        return self._mark_expired(account, error.message, error.fix)

    def _mark_expired(self, account: SocialAccount, message: str, fix: str = "") -> NotAllowed:
        self._parts.accounts.mark(
            account.organization_id,
            account.id,
            AccountStatus.EXPIRED,
            RECONNECT_NEEDED,
            message,
            fix=fix or "Connect the account again.",
            token_version=account.token_version,
        )
        return _reconnect_needed(account, message)

    def _must_refresh(self, account: SocialAccount, *, forced: bool, even_dead: bool) -> bool:
        if self._unsaved_for(account) is not None:
            return True
        if account.status in DEAD and not even_dead:
            raise _reconnect_needed(account, account.last_error_message or "")
        if forced:
            # Somebody may have brought new tokens since this process handed out the refused ones.
            handed_out = self._handed_out.get(account.id, account.token_version)
            return handed_out >= account.token_version
        return account.sealed_refresh_token is not None and self._seconds_left(account) < (
            self._parts.timings.fresh_seconds
        )

    def _seconds_left(self, account: SocialAccount) -> float:
        """Until the token ends; unknown counts as for ever, the network will tell."""
        if account.token_expires_at is None:
            return float("inf")
        return (account.token_expires_at - self._parts.clock.now()) / timedelta(seconds=1)

    def _refreshed(self, seen: SocialAccount, *, forced: bool) -> SocialAccount:
        """The account with newer tokens than `seen`, brought by this or another machine."""
        owner = f"{self._parts.owner}/{uuid.uuid4().hex}"
        started = self._parts.clock.boottime()
        while True:
            asked = self._parts.clock.boottime()
            lease = self._parts.timings.lease_seconds
            if self._parts.accounts.lease_refresh(seen.organization_id, seen.id, owner, lease):
                return self._under_lease(seen, owner, asked)
            current = self._get(seen.organization_id, seen.id)
            if _moved_on(seen, current):
                return current
            if self._parts.clock.boottime() - started >= self._parts.timings.wait_seconds:
                if not forced and self._seconds_left(current) > 0:
                    return current
                raise _busy(current)
            self._pause.wait(self._parts.timings.pause_seconds)

    def _under_lease(self, seen: SocialAccount, owner: str, asked: float) -> SocialAccount:
        try:
            current = self._get(seen.organization_id, seen.id)
            if _moved_on(seen, current):
                return current
            if self._parts.clock.boottime() - asked > self._parts.timings.latest_start_seconds:
                # Slept or starved: the lease may end while the token is on its way.
                raise _busy(current)
            return self._renew(current)
        finally:
            # It ends by itself as well; a lost connection must not hide what happened before.
            with suppress(ClusterUnreachable):
                self._parts.accounts.release_refresh(seen.organization_id, seen.id, owner)

    def _renew(self, account: SocialAccount) -> SocialAccount:
        """Ask the network and save; what could not be saved is kept for the next time."""
        renewed = self._unsaved_for(account)
        username = account.username
        if renewed is None:
            signed = self._ask_network(account)
            username = signed.username or username
            renewed = self._seal(account, signed)
            self._unsaved[account.id] = renewed
        self._parts.accounts.save_tokens(
            account.organization_id,
            account.id,
            expected_version=account.token_version,
            sealed_access=renewed.access,
            sealed_refresh=renewed.refresh,
            expires_at=renewed.expires_at,
            scopes=renewed.scopes,
        )
        # Not saved means that a person reconnected meanwhile; theirs are the newer tokens.
        self._unsaved.pop(account.id, None)
        if username != account.username:
            self._parts.accounts.rename(account.organization_id, account.id, username)
        return self._get(account.organization_id, account.id)

    def _ask_network(self, account: SocialAccount) -> SignedIn:
        key = self._parts.keys(account.organization_id)
        tokens = open_tokens(self._parts.vault, key, account)
        if tokens.refresh is None:
            raise self._mark_expired(account, "The network refused the token of this account.")
        try:
            signed = self._connector(account.network).refresh(account.service, tokens)
        except NotAllowed as error:
            raise self._mark_expired(account, error.message, error.fix) from error
        if signed.user_id != account.user_id:
            raise self._mark_expired(account, "The network answered for another account.")
        if signed.tokens.refresh is None:
            # Envelopes are bound to their version, so the old one is sealed anew with the new.
            return replace(signed, tokens=replace(signed.tokens, refresh=tokens.refresh))
        return signed

    def _seal(self, account: SocialAccount, signed: SignedIn) -> SealedTokens:
        key = self._parts.keys(account.organization_id)
        version = account.token_version + 1
        vault = self._parts.vault
        sealed = seal_tokens(vault, key, account.id, version=version, tokens=signed.tokens)
        return replace(sealed, scopes=signed.scopes)

    def _unsaved_for(self, account: SocialAccount) -> SealedTokens | None:
        """Tokens that the network gave us and the cluster did not take yet."""
        unsaved = self._unsaved.get(account.id)
        fits = unsaved is not None and unsaved.version == account.token_version + 1
        return unsaved if fits else None

    def _session(self, account: SocialAccount) -> Session:
        key = self._parts.keys(account.organization_id)
        token = open_access(self._parts.vault, key, account)
        self._handed_out[account.id] = account.token_version
        return Session(
            account_id=account.id,
            network=account.network,
            user_id=account.user_id,
            username=account.username,
            service=account.service,
            access_token=token,
        )

    def _get(self, organization_id: str, account_id: str) -> SocialAccount:
        account = self._parts.accounts.get(organization_id, account_id)
        if account is None:
            raise unknown_account(account_id)
        return account

    def _connector(self, network: Network) -> Connector:
        return connector_for(self._parts.connectors, network)


def _moved_on(seen: SocialAccount, current: SocialAccount) -> bool:
    """Whether somebody brought new tokens; raises where they found the old ones refused."""
    if current.token_version != seen.token_version:
        return True
    if current.status in DEAD and seen.status not in DEAD:
        raise _reconnect_needed(current, current.last_error_message or "")
    return False


def connector_for(connectors: Mapping[Network, Connector], network: Network) -> Connector:
    """The network's connector; InvalidInput (`unknown_network`) where there is none yet."""
    connector = connectors.get(network)
    if connector is None:
        raise InvalidInput(
            f"This PostFlow can't work with {network.value} accounts yet.",
            code="unknown_network",
            fix="Update PostFlow, or choose one of: "
            + ", ".join(sorted(each.value for each in connectors)),
        )
    return connector


def unknown_account(account_id: str) -> NotFound:
    """Nothing is connected under that id."""
    return NotFound(
        f"There is no account '{account_id[:80]}' in this organization.",
        code="unknown_account",
        fix="See the accounts: postflow account list",
    )


def _reconnect_needed(account: SocialAccount, reason: str) -> NotAllowed:
    said = f" {reason}" if reason else ""
    return NotAllowed(
        f"{account.username} has to be connected again.{said} Its posts are kept.",
        code=RECONNECT_NEEDED,
        fix=f"Sign in again: postflow account connect {account.network.value}",
    )


def _busy(account: SocialAccount) -> NetworkUnreachable:
    return NetworkUnreachable(
        f"Another machine is refreshing the session of {account.username}. Nothing was changed.",
        code="refresh_busy",
        fix="Try again in a minute or two.",
    )
