"""What an organization's plan allows: rooms to take from, what is used, what is locked.

The store takes one more only while there is room, in one step with storing it, so that of two
machines that race for the last place one gets it. A smaller plan locks what is beyond it, newest
first: it can be looked at and taken away, but nothing new is planned for it. Nothing is deleted,
and what was planned before goes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.errors import Conflict, LimitReached
from postflow_desktop.domain.plan import Limits, Meter, Plan, beyond, month_of
from postflow_desktop.services.ports.entitlements import EntitlementStore, NoRoom, Room

_HOLD_SECONDS = 20.0
"""Far longer than planning one post takes."""
_HOLD_TRIES = 500
_HOLD_PAUSE = 0.05

_WORDS = {
    Meter.SOCIAL_ACCOUNTS: ("connected account#", "Disconnect one that you don't need"),
    Meter.POSTS_PER_MONTH: ("post# a month", "Wait for the first of next month (UTC)"),
    Meter.TEAM_MEMBERS: ("member#", "Remove somebody"),
    Meter.WORKSPACES: ("organization# of one owner", "Use one that you have"),
    Meter.QUEUE_SIZE: ("waiting post# in the queue of an account", "Wait until one is out"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One meter of an organization."""

    meter: Meter
    used: int
    most: int | None
    """None where there is no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlements:
    """What an organization has: its plan, what is used of it, and what is locked."""

    plan: Plan
    usages: tuple[Usage, ...]
    locked_accounts: tuple[str, ...]
    locked_members: tuple[str, ...]
    month: datetime
    """Since when posts are counted."""


class EntitlementService:
    """The plans of the organizations of one workspace."""

    def __init__(self, store: EntitlementStore, pause: Callable[[float], object]) -> None:
        """`pause` waits so many seconds."""
        self._store = store
        self._pause = pause

    @contextmanager
    def taking(self, organization_id: str, meter: Meter) -> Iterator[Room | None]:
        """The room to hand to the store; LimitReached (`plan_limit`) where it finds none."""
        plan = self._store.plan_of(organization_id)
        room = None if plan is None else self._room(plan, organization_id, meter)
        try:
            yield room
        except NoRoom as error:
            if plan is None:
                raise
            raise limit_reached(plan, meter) from error

    @contextmanager
    def founding(self, user_id: str) -> Iterator[Room | None]:
        """Room for one more organization of this owner, by the largest plan that they have."""
        plans = self._store.plans_of_owner(user_id)
        largest = max(plans, key=_organizations, default=None)
        most = None if largest is None else largest.limits.of(Meter.WORKSPACES)
        room = None if most is None else Room(meter=Meter.WORKSPACES, scope=user_id, most=most)
        try:
            yield room
        except NoRoom as error:
            if largest is None:
                raise
            raise limit_reached(largest, Meter.WORKSPACES) from error

    @contextmanager
    def queueing(self, organization_id: str, account_ids: Sequence[str]) -> Iterator[None]:
        """Room for one more post in each of these queues, while nobody else takes of them.

        LimitReached (`plan_limit`); Conflict (`queue_busy`).
        """
        plan = self._store.plan_of(organization_id)
        most = None if plan is None else plan.limits.of(Meter.QUEUE_SIZE)
        if plan is None or most is None:
            yield
            return
        rooms = [
            Room(meter=Meter.QUEUE_SIZE, scope=account, most=most, organization_id=organization_id)
            # Everybody in the same order, so that nobody waits for each other.
            for account in sorted(account_ids)
        ]
        held: list[tuple[Room, str]] = []
        try:
            for room in rooms:
                held.append((room, self._hold(room)))
                if self._store.used(room) >= most:
                    raise limit_reached(plan, Meter.QUEUE_SIZE)
            yield
        finally:
            for room, token in held:
                self._store.let_go(room, token)

    def check_unlocked(self, organization_id: str, accounts: Sequence[SocialAccount]) -> None:
        """LimitReached (`account_locked`) where the plan has no room for one of these."""
        plan = self._store.plan_of(organization_id)
        most = None if plan is None else plan.limits.of(Meter.SOCIAL_ACCOUNTS)
        if plan is None or most is None:
            return
        locked = beyond(self._store.accounts(organization_id), most)
        for account in accounts:
            if account.id in locked:
                raise LimitReached(
                    f"@{account.username} is locked: the plan {plan.name} has {most} connected "
                    "accounts, and it is beyond them. Nothing was changed; what was planned before "
                    "goes out.",
                    code="account_locked",
                    fix="Disconnect an account that you don't need, or choose a larger plan.",
                )

    def show(self, organization_id: str) -> Entitlements | None:
        """Everything about an organization's plan; None where there is no organization."""
        plan = self._store.plan_of(organization_id)
        if plan is None:
            return None
        accounts = self._store.accounts(organization_id)
        members = self._store.members(organization_id)
        month = month_of(self._store.now())
        posts = Room(
            meter=Meter.POSTS_PER_MONTH,
            scope=organization_id,
            organization_id=organization_id,
            most=1_000_000,
            since=month,
        )
        used = {
            Meter.SOCIAL_ACCOUNTS: len(accounts),
            Meter.POSTS_PER_MONTH: self._store.used(posts),
            Meter.TEAM_MEMBERS: len(members),
        }
        limits = plan.limits
        return Entitlements(
            plan=plan,
            usages=tuple(Usage(meter=m, used=n, most=limits.of(m)) for m, n in used.items()),
            locked_accounts=_in_order(accounts, limits, Meter.SOCIAL_ACCOUNTS),
            locked_members=_in_order(members, limits, Meter.TEAM_MEMBERS),
            month=month,
        )

    def _room(self, plan: Plan, organization_id: str, meter: Meter) -> Room | None:
        most = plan.limits.of(meter)
        if most is None:
            return None
        counted = meter is Meter.POSTS_PER_MONTH
        return Room(
            meter=meter,
            scope=organization_id,
            organization_id=organization_id,
            most=most,
            since=month_of(self._store.now()) if counted else None,
        )

    def _hold(self, room: Room) -> str:
        for _ in range(_HOLD_TRIES):
            token = self._store.hold(room, _HOLD_SECONDS)
            if token is not None:
                return token
            self._pause(_HOLD_PAUSE)
        raise Conflict(
            "Too many posts ask for a slot of this queue at once.",
            code="queue_busy",
            fix="Put it into the queue again in a moment.",
        )


def limit_reached(plan: Plan, meter: Meter) -> LimitReached:
    """The plan ends here, with its name, the limit, and what helps."""
    what, help_ = _WORDS[meter]
    most = plan.limits.of(meter)
    counted = what.replace("#", "" if most == 1 else "s")
    return LimitReached(
        f"The plan {plan.name} has {most} {counted}, and no room for one more. "
        "Nothing was changed.",
        code="plan_limit",
        fix=f"{help_}, or choose a larger plan.",
    )


def _organizations(plan: Plan) -> float:
    most = plan.limits.of(Meter.WORKSPACES)
    return float("inf") if most is None else most


def _in_order(ids: Sequence[str], limits: Limits, meter: Meter) -> tuple[str, ...]:
    locked = beyond(ids, limits.of(meter))
    return tuple(each for each in ids if each in locked)
