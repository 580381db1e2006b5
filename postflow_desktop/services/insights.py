"""How posts and accounts are doing: measured again and again as they grow older, and on demand.

A post is measured by its network's pace until it is 90 days old; an account once a day. Each
account is measured by one machine at a time (a turn under a lease), and not while its network
takes no more requests of it, be it for posting or for reading.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.errors import (
    Bug,
    ClusterUnreachable,
    Conflict,
    PostFlowError,
    Refused,
)
from postflow_desktop.domain.metrics import AccountDay, MeasuredPost, Pace
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.measuring import LEASE_SECONDS, Measurement, MeasuringParts
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.accounts import AccountStore
from postflow_desktop.services.ports.analytics import OutPost
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.gates import GateStore
from postflow_desktop.services.ports.metrics import TooManyRequests
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.targets import TargetStore
from postflow_desktop.services.sessions import unknown_account

log = logging.getLogger("postflow_desktop.insights")

RUN_SECONDS = 20.0
"""After so long a run leaves the other accounts to the next one."""
POSTS_OF_A_TURN = 200
FRESH = timedelta(seconds=30)
"""Numbers so young are not asked for again, however often a person presses Refresh."""
_SLACK = timedelta(days=2)
"""How much later than planned a post may have gone out and still be looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightsParts:
    """What the recurring measuring works with."""

    organization_ids: Sequence[str]
    accounts: AccountStore
    gates: GateStore
    measuring: MeasuringParts
    clock: Clock
    """The cluster's time."""
    machine: str
    """Sandbox accounts of other machines can't be asked from here."""


class Insights:
    """Measures what is due in some organizations."""

    def __init__(self, parts: InsightsParts) -> None:
        self._parts = parts

    def run(self) -> int:
        """Measure what is due; how many posts. ClusterUnreachable."""
        parts, measured = self._parts, 0
        started = parts.clock.boottime()
        for organization_id in parts.organization_ids:
            blocks = parts.gates.standing([organization_id]).blocks
            for account in parts.accounts.list(organization_id):
                if parts.clock.boottime() - started > RUN_SECONDS:
                    return measured
                if self._may(account, blocks):
                    measured += self._measure(account)
        return measured

    def _may(self, account: SocialAccount, blocks: Mapping[str, datetime]) -> bool:
        until = blocks.get(account.id)
        return (
            account.network in self._parts.measuring.metrics
            and account.status is AccountStatus.ACTIVE
            and account.sandbox_machine in {None, self._parts.machine}
            and (until is None or until <= self._parts.clock.now())
        )

    def _measure(self, account: SocialAccount) -> int:
        """One account's trouble is no reason to leave out the others."""
        measuring = self._parts.measuring
        owner = measuring.new_owner()
        turn = measuring.analytics.take(account, owner, lease_seconds=LEASE_SECONDS)
        if turn is None:
            return 0
        pace, count = measuring.metrics[account.network].pace, 0
        try:
            with Measurement(measuring, account, turn) as measurement:
                since = turn.now - pace.longest - _SLACK
                out = measuring.analytics.out(account.organization_id, account.id, since)
                due = due_posts(pace, out, turn.now)[:POSTS_OF_A_TURN]
                for _ in measurement.posts(measurement.affordable(due)):
                    count += 1
                if not turn.has_account_day:
                    measurement.account()
        except ClusterUnreachable:
            raise
        except PostFlowError as error:
            extra = {"account": account.id, "code": error.code, "reason": error.message}
            log.info("An account could not be measured.", extra=extra)
        return count


def due_posts(pace: Pace, posts: Sequence[OutPost], now: datetime) -> list[OutPost]:
    """What is to be measured now, the longest overdue first; what is gone stays gone, and what has
    become too old is left as it was measured last.
    """
    due: list[tuple[datetime, OutPost]] = []
    for post in posts:
        known = post.measured
        if known is not None and known.gone_at is not None:
            continue
        at = pace.next_at(post.published_at, None if known is None else known.asked_at)
        if at is not None and at <= now <= post.published_at + pace.longest:
            due.append((at, post))
    return [post for _, post in sorted(due, key=lambda pair: (pair[0], pair[1].post_id))]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLook:
    """How a post is doing on one account."""

    target: Target
    account: SocialAccount | None
    """None where it was disconnected."""
    is_told: bool
    """PostFlow can ask this network."""
    measured: MeasuredPost | None
    problem: PostFlowError | None = None
    """Why it could not be measured just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberParts:
    """What a member's looks work with."""

    actor: Membership
    known_post: Callable[[str], object]
    """Raises NotFound (`unknown_post`) where the organization has no such post."""
    targets: TargetStore
    accounts: AccountStore
    measuring: MeasuringParts
    clock: Clock
    machine: str


class MemberInsights:
    """Looking at numbers, and asking for new ones, as a member of an organization."""

    def __init__(self, parts: MemberParts) -> None:
        self._parts = parts
        self._organization_id = parts.actor.organization_id

    def post(self, post_id: str, *, refresh: bool = False) -> Sequence[PostLook]:
        """How a post is doing on every account where it is out; NotFound (`unknown_post`).

        With `refresh` the networks are asked first (NotAllowed, `role_too_small`); what stands in
        the way on an account is told in its row.
        """
        if refresh:
            require(self._parts.actor, Action.USE_ACCOUNTS)
        self._parts.known_post(post_id)
        targets = self._parts.targets.of_posts(self._organization_id, [post_id])
        store = self._parts.measuring.analytics
        known = {m.account_id: m for m in store.of_post(self._organization_id, post_id)}
        out = [t for t in targets if t.status is TargetStatus.PUBLISHED and t.result is not None]
        return [self._look(target, known.get(target.account_id), refresh) for target in out]

    def account(
        self, account_id: str, *, refresh: bool = False, days: int = 30
    ) -> Sequence[AccountDay]:
        """An account's numbers by day, the last first; NotFound (`unknown_account`).

        With `refresh` the network is asked first; raises what stands in the way.
        """
        account = self._parts.accounts.get(self._organization_id, account_id)
        if account is None:
            raise unknown_account(account_id)
        if refresh:
            require(self._parts.actor, Action.USE_ACCOUNTS)
            self._check(account)
            with self._measurement(account) as measurement:
                measurement.account()
        store = self._parts.measuring.analytics
        return store.account_days(self._organization_id, account_id, limit=days)

    def _look(self, target: Target, known: MeasuredPost | None, refresh: bool) -> PostLook:
        account = self._parts.accounts.get(self._organization_id, target.account_id)
        is_told = target.network in self._parts.measuring.metrics
        problem: PostFlowError | None = None
        if refresh and is_told:
            try:
                known = self._refreshed(target, account, known)
            except ClusterUnreachable:
                raise
            except PostFlowError as error:
                problem = error
        return PostLook(
            target=target, account=account, is_told=is_told, measured=known, problem=problem
        )

    def _refreshed(
        self, target: Target, account: SocialAccount | None, known: MeasuredPost | None
    ) -> MeasuredPost | None:
        if account is None:
            raise unknown_account(target.account_id)
        if known is not None and self._parts.clock.now() - known.asked_at < FRESH:
            return known
        self._check(account)
        with self._measurement(account) as measurement:
            (measured,) = measurement.posts([out_post(target, known)])
        return measured

    def _check(self, account: SocialAccount) -> None:
        if account.network not in self._parts.measuring.metrics:
            raise Refused(
                f"PostFlow can't read numbers of {account.network.value} yet.",
                code="no_metrics",
                fix="Look at them on the network itself.",
            )
        if account.sandbox_machine not in {None, self._parts.machine}:
            raise Refused(
                "This sandbox account lives on another computer; only that one can ask it.",
                code="sandbox_elsewhere",
                fix="Refresh its numbers there.",
            )

    def _measurement(self, account: SocialAccount) -> Measurement:
        measuring = self._parts.measuring
        turn = measuring.analytics.take(
            account, measuring.new_owner(), lease_seconds=LEASE_SECONDS, on_demand=True
        )
        if turn is not None:
            return Measurement(measuring, account, turn)
        until = measuring.analytics.blocked_until(account.organization_id, account.id)
        if until is not None:
            raise TooManyRequests(
                "The network takes no more questions about this account until "
                f"{until:%Y-%m-%d %H:%M} UTC. The last numbers are kept.",
                retry_at=until,
                fix="There is nothing to do: PostFlow asks again then.",
            )
        raise Conflict(
            "Another computer is asking about this account right now. Nothing was changed.",
            code="being_measured",
            fix="Its numbers come by themselves in a moment.",
        )


def out_post(target: Target, measured: MeasuredPost | None) -> OutPost:
    """A published target as what is measured."""
    if target.result is None:
        raise Bug("A post without a place on its network can't be measured.")
    return OutPost(
        post_id=target.post_id,
        external_id=target.result.external_id,
        url=target.result.url,
        published_at=target.published_at or target.scheduled_at,
        measured=measured,
    )
