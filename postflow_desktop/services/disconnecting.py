"""Disconnecting accounts: what waits for them, the sign-in at the network, the tokens here.

Posts that wait are either taken out of the plan, or wait on: then the account stays, without its
tokens and paused, until it is connected again. What is out stays out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postflow_desktop.domain.account import AccountStatus, SocialAccount, Tokens
from postflow_desktop.domain.account_scopes import ACCESS_PAGES
from postflow_desktop.domain.errors import Conflict, NetworkUnreachable, Refused
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.accounts import AccountStore
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.pauses import PauseStore
from postflow_desktop.services.ports.posts import PostStore
from postflow_desktop.services.ports.publisher import Connector
from postflow_desktop.services.ports.signing_in import Client
from postflow_desktop.services.ports.signing_out import AppSignOut, SharedSignIns
from postflow_desktop.services.ports.targets import TargetStore
from postflow_desktop.services.ports.vault import OrganizationKey, Vault
from postflow_desktop.services.publishing.summaries import refresh_summary
from postflow_desktop.services.sessions import connector_for, unknown_account
from postflow_desktop.services.token_envelopes import open_tokens, seal_tokens

WAITS = "Disconnected; its posts wait until it is connected again."
"""The reason of the pause that a disconnected account is under."""
_NOT_SENT = frozenset({TargetStatus.PENDING, TargetStatus.CLAIMED})


class PostsThen(StrEnum):
    """What becomes of the posts that wait for an account."""

    CANCEL = "cancel"
    """They are taken out of the plan; what goes nowhere else is a draft again."""
    KEEP = "keep"
    """They stay planned and wait until the account is connected again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectPlan:
    """What disconnecting an account would concern."""

    account: SocialAccount
    waiting: int
    first_at: datetime | None = None
    last_at: datetime | None = None
    under_way: int = 0
    """Being sent at this moment; the account can't be disconnected meanwhile."""


class Revoked(StrEnum):
    """What became of the sign-in at the network."""

    REVOKED = "revoked"
    SHARED = "shared"
    """It stays, for other accounts here use the same one."""
    NOT_REVOKED = "not_revoked"
    """A person has to end it there."""
    NONE_LEFT = "none_left"
    """It went when the account was disconnected the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnected:
    """The account that is gone, and what became of its sign-in and of its posts."""

    account: SocialAccount
    sign_in: Revoked
    canceled: int = 0
    kept: int = 0
    note: str = ""
    """A sentence for the person where the sign-in could not be ended."""

    @property
    def revoked(self) -> bool:
        """Whether the network forgot the sign-in too."""
        return self.sign_in is Revoked.REVOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectParts:
    """What disconnecting works with, for one member of one organization."""

    actor: Membership
    accounts: AccountStore
    targets: TargetStore
    posts: PostStore
    pauses: PauseStore
    keys: Callable[[str], OrganizationKey]
    vault: Vault
    connectors: Mapping[Network, Connector]
    client: Callable[[SocialAccount], Client]
    """The developer app that the account was connected with; Refused where there is none."""


class DisconnectService:
    """Disconnects accounts of one organization."""

    def __init__(self, parts: DisconnectParts) -> None:
        self._parts = parts
        self._organization_id = parts.actor.organization_id

    def plan(self, account_id: str) -> DisconnectPlan:
        """What waits for the account; NotAllowed (`role_too_small`), NotFound."""
        require(self._parts.actor, Action.CONNECT_ACCOUNTS)
        account = self._get(account_id)
        waiting = self._parts.targets.of_account(self._organization_id, account_id)
        times = [target.scheduled_at for target in waiting]
        return DisconnectPlan(
            account=account,
            waiting=len(waiting),
            first_at=min(times, default=None),
            last_at=max(times, default=None),
            under_way=sum(target.status not in _NOT_SENT for target in waiting),
        )

    def disconnect(self, account_id: str, then: PostsThen | None = None) -> Disconnected:
        """End the sign-in at the network as far as that goes, and forget the tokens.

        Conflict: `account_in_use` while posts wait for it and nothing is said about them,
        `under_way` while one is being sent, `account_busy`.
        """
        plan = self.plan(account_id)
        if plan.under_way:
            raise _under_way(plan.account, canceled=0)
        if plan.waiting and then is None:
            raise _in_use(plan)
        if plan.waiting and then is PostsThen.KEEP:
            return self._retire(plan)
        canceled = self._cancel(plan.account)
        sign_in, note = self._sign_out(plan.account)
        self._parts.accounts.remove(self._organization_id, account_id)
        return Disconnected(account=plan.account, sign_in=sign_in, canceled=canceled, note=note)

    def _cancel(self, account: SocialAccount) -> int:
        """Take out of the plan what waits; once this returns, none of it can be sent."""
        parts = self._parts
        canceled: list[Target] = []
        for target in parts.targets.of_account(self._organization_id, account.id):
            gone = parts.targets.cancel(target)
            if gone is not None:
                canceled.append(gone)
        for post_id in dict.fromkeys(target.post_id for target in canceled):
            refresh_summary(parts.posts, parts.targets, self._organization_id, post_id)
        if parts.targets.of_account(self._organization_id, account.id):
            raise _under_way(account, canceled=len(canceled))
        return len(canceled)

    def _retire(self, plan: DisconnectPlan) -> Disconnected:
        """First nothing goes out any more, then the sign-in ends, then the tokens go."""
        parts, account = self._parts, plan.account
        if account.pause is None:
            parts.pauses.pause_account(
                self._organization_id, account.id, WAITS, parts.actor.user_id
            )
        sign_in, note = self._sign_out(account)
        nothing = seal_tokens(
            parts.vault,
            parts.keys(self._organization_id),
            account.id,
            version=account.token_version + 1,
            tokens=Tokens(access=""),
        )
        retired = parts.accounts.retire(
            self._organization_id,
            account.id,
            expected_version=account.token_version,
            sealed_nothing=nothing.access,
            message=f"It was disconnected. {_waits(plan.waiting)} for it.",
            fix="Connect it again, and they go on; or disconnect it once more to cancel them.",
        )
        if not retired:
            raise Conflict(
                f"{account.username} is being connected or refreshed elsewhere. It is paused now, "
                "and still connected.",
                code="account_busy",
                fix="Try again in a moment.",
            )
        return Disconnected(account=account, sign_in=sign_in, kept=plan.waiting, note=note)

    def _sign_out(self, account: SocialAccount) -> tuple[Revoked, str]:
        """End the sign-in at the network, and a sentence where that was not possible."""
        if account.status is AccountStatus.REVOKED:
            return Revoked.NONE_LEFT, ""
        try:
            connector = connector_for(self._parts.connectors, account.network)
            key = self._parts.keys(account.organization_id)
            tokens = open_tokens(self._parts.vault, key, account)
            sharing = self._sharing(connector, key, account, tokens)
            if sharing:
                return Revoked.SHARED, _shared(sharing)
            self._revoke(connector, account, tokens)
        except (Refused, NetworkUnreachable) as error:
            return Revoked.NOT_REVOKED, _by_hand(account, error.message)
        return Revoked.REVOKED, ""

    def _revoke(self, connector: Connector, account: SocialAccount, tokens: Tokens) -> None:
        try:
            connector.sign_out(account.service, tokens)
        except Refused as error:
            if error.code != "not_revocable" or not isinstance(connector, AppSignOut):
                raise
            connector.sign_out_as(account.service, tokens, self._parts.client(account))

    def _sharing(
        self, connector: Connector, key: OrganizationKey, account: SocialAccount, tokens: Tokens
    ) -> Sequence[SocialAccount]:
        """The other accounts that would be signed out with it."""
        if not isinstance(connector, SharedSignIns):
            return ()
        alive = (AccountStatus.ACTIVE, AccountStatus.ERROR)
        return [
            other
            for other in self._parts.accounts.list(self._organization_id)
            if other.id != account.id
            and other.network is account.network
            and other.service == account.service
            and other.status in alive
            and connector.is_same_sign_in(tokens, open_tokens(self._parts.vault, key, other))
        ]

    def _get(self, account_id: str) -> SocialAccount:
        account = self._parts.accounts.get(self._organization_id, account_id)
        if account is None:
            raise unknown_account(account_id)
        return account


def _in_use(plan: DisconnectPlan) -> Conflict:
    return Conflict(
        f"{_waits(plan.waiting)} for {plan.account.username}. Nothing was changed.",
        code="account_in_use",
        fix="Say what becomes of them: --posts cancel takes them out of the plan, --posts keep "
        "lets them wait until it is connected again.",
    )


def _under_way(account: SocialAccount, *, canceled: int) -> Conflict:
    done = f"{canceled} others were taken out of the plan. " if canceled else ""
    return Conflict(
        f"A post for {account.username} is being sent at this moment. {done}The account is still "
        "connected.",
        code="under_way",
        fix="Try again in a minute.",
    )


def _waits(count: int) -> str:
    return "1 scheduled post waits" if count == 1 else f"{count} scheduled posts wait"


def _shared(others: Sequence[SocialAccount]) -> str:
    names = ", ".join(other.username for other in others)
    return (
        f"The sign-in at the network stays, since {names} came with the same one; it ends with "
        "the last of them."
    )


def _by_hand(account: SocialAccount, why: str) -> str:
    place = ACCESS_PAGES.get(account.network)
    there = f"at {place}" if place else "in the account's settings there"
    return (
        "The tokens are removed here, but the sign-in could not be ended at the network: "
        f"{why} Remove the app's access {there}."
    )
