"""Queues: their slots, and posts that go out at the next free one.

A slot is taken by the write that stores its target (a unique index on account and slot), so that
machines which ask at once get different ones. Whatever settles a target frees its slot for the
next post that asks; nothing that has a time is moved because of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.errors import Conflict, InvalidInput, NotFound
from postflow_desktop.domain.late import MAX_GRACE_MINUTES, LatePolicy, LateRule
from postflow_desktop.domain.post import Post
from postflow_desktop.domain.queue import MAX_PER_DAY, Queue, WeeklySlot, slots_from
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.domain.time import PlannedTime, zone
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.planning import PLANNABLE, PlanningService, nothing_to_plan
from postflow_desktop.services.ports.accounts import AccountStore
from postflow_desktop.services.ports.organizations import Membership, Organization
from postflow_desktop.services.ports.queues import QueueStore
from postflow_desktop.services.ports.targets import TargetStore

MAX_COUNT = 1000
_ROUNDS = 500
"""Somebody gets a slot in every round, so this many can ask for one at once."""
_FIRST_LOOK, _LONGEST_LOOK = 32, 4096
"""Slots whose targets are asked for at once; a longer queue is looked at in longer steps."""
_OTHERS_WERE_FIRST = frozenset({"slot_taken", "already_scheduled", "changed_meanwhile"})


def _without_end(account_ids: Sequence[str]) -> AbstractContextManager[None]:
    """Where no plan counts."""
    del account_ids
    return nullcontext()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueParts:
    """The ports of the queue use cases, for one member of one organization."""

    actor: Membership
    organization: Organization
    queues: QueueStore
    accounts: AccountStore
    targets: TargetStore
    planning: PlanningService
    entering: Callable[[Sequence[str]], AbstractContextManager[None]] = _without_end
    """Room in the plan for one more post in the queues of these accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChange:
    """What a person sets; None leaves it as it is."""

    slots: tuple[WeeklySlot, ...] | None = None
    timezone: str | None = None
    """IANA; the organization's where the queue is new."""
    enabled: bool | None = None
    max_per_day: int | None = None
    """0 for no limit."""
    late: LatePolicy | None = None
    """What becomes of a post in its slots that nobody could publish in time."""
    late_grace: int | None = None
    """Minutes; the organization's where the queue had no rule of its own."""
    late_as_organization: bool = False
    """No rule of its own any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """A queue with its account and what is in it."""

    queue: Queue
    account: SocialAccount
    waiting: int
    next: PlannedTime | None
    """The slot that the next post gets."""


class QueueService:
    """The queues of one organization."""

    def __init__(self, parts: QueueParts) -> None:
        self._parts = parts
        self._organization_id = parts.organization.id

    def set(self, account_id: str, change: QueueChange) -> QueueView:
        """Make or change an account's queue; posts that have a slot keep it.

        InvalidInput: `slots_missing`, `unknown_zone`, `bad_max_per_day`, `bad_grace`; NotFound.
        """
        require(self._parts.actor, Action.CHANGE_QUEUES)
        account = self._account(account_id)
        known = self._parts.queues.of_account(self._organization_id, account_id)
        queue = known or self._new(account_id, change)
        if change.slots is not None:
            queue = replace(queue, slots=change.slots)
        if change.timezone is not None:
            queue = replace(queue, timezone=zone(change.timezone).key)
        if change.enabled is not None:
            queue = replace(queue, enabled=change.enabled)
        if change.max_per_day is not None:
            queue = replace(queue, max_per_day=_per_day(change.max_per_day))
        queue = replace(queue, late=self._late(queue.late, change))
        return self._view(self._parts.queues.save(queue), account)

    def show(self, account_id: str | None = None) -> list[QueueView]:
        """All queues, or that of one account; NotFound (`unknown_account`, `no_queue`)."""
        require(self._parts.actor, Action.READ)
        if account_id is not None:
            account = self._account(account_id)
            return [self._view(self._queue(account), account)]
        queues = {q.account_id: q for q in self._parts.queues.list(self._organization_id)}
        accounts = self._parts.accounts.list(self._organization_id)
        return [self._view(queues[a.id], a) for a in accounts if a.id in queues]

    def of_account(self, account_id: str) -> Queue:
        """An account's queue; NotFound (`unknown_account`, `no_queue`)."""
        require(self._parts.actor, Action.READ)
        return self._queue(self._account(account_id))

    def next_slots(self, queue: Queue, start: datetime | None, count: int) -> list[PlannedTime]:
        """The next free slots at or after an instant, else from when a post may be planned.

        InvalidInput (`bad_count`).
        """
        if not 1 <= count <= MAX_COUNT:
            raise InvalidInput(
                f"{count} slots can't be listed.", code="bad_count", fix=f"Use 1 to {MAX_COUNT}."
            )
        return list(islice(self._free(queue, start or self._earliest()), count))

    def check(self, accounts: Sequence[SocialAccount]) -> None:
        """NotFound (`no_queue`), Conflict (`queue_off`) unless each queue takes posts."""
        for account in accounts:
            if not self._queue(account).enabled:
                raise Conflict(
                    f"The queue of @{account.username} is off.",
                    code="queue_off",
                    fix=f"Turn it on: postflow queue set --account {account.id} --on",
                )

    def check_room(self, accounts: Sequence[SocialAccount]) -> None:
        """LimitReached (`plan_limit`) where a queue has no room for one more post by now."""
        with self._parts.entering([account.id for account in accounts]):
            return

    def put(self, post: Post, accounts: Sequence[SocialAccount]) -> list[Target]:
        """Give the post the next free slot of each account; what has a slot keeps it.

        As `check`; Conflict (`nothing_to_plan`, `changed_meanwhile`, `queue_full`); LimitReached
        (`plan_limit`).
        """
        self.check(accounts)
        found = self._parts.targets.of_posts(self._organization_id, [post.id])
        known = {target.account_id: target for target in found}
        with self._parts.entering([a.id for a in accounts if _wants_slot(known.get(a.id))]):
            return self._put(post, accounts)

    def _put(self, post: Post, accounts: Sequence[SocialAccount]) -> list[Target]:
        first: dict[str, Target] | None = None
        problem: Conflict | None = None
        for _ in range(_ROUNDS):
            found = self._parts.targets.of_posts(self._organization_id, [post.id])
            targets = {target.account_id: target for target in found}
            asking = [a for a in accounts if _wants_slot(targets.get(a.id))]
            if not asking:
                return _in_slots(found)
            if problem is not None and problem.code != "slot_taken":
                raise problem
            # What others do to it after the first look is theirs: it is not moved again.
            first = targets if first is None else first
            problem = self._place(post, asking, first)
        raise Conflict(
            "Too many posts ask for a slot of this queue at once.",
            code="queue_busy",
            fix="Put it into the queue again in a moment.",
        )

    def _place(
        self, post: Post, asking: Sequence[SocialAccount], first: dict[str, Target]
    ) -> Conflict | None:
        """Try the first free slots; what was in the way, if others were faster."""
        times = {account.id: self._first_free(account) for account in asking}
        seen = {account.id: first[account.id] for account in asking if account.id in first}
        try:
            self._parts.planning.place(post, asking, times=times, seen=seen)
        except Conflict as error:
            if error.code not in _OTHERS_WERE_FIRST:
                raise
            return error
        return None

    def _first_free(self, account: SocialAccount) -> PlannedTime:
        slot = next(self._free(self._queue(account), self._earliest()), None)
        if slot is None:
            raise Conflict(
                f"The queue of @{account.username} has no free slot left.",
                code="queue_full",
                fix="Give it more slots: postflow queue set",
            )
        return slot

    def _free(self, queue: Queue, start: datetime) -> Iterator[PlannedTime]:
        slots = slots_from(queue, start)
        size = _FIRST_LOOK
        while look := list(islice(slots, size)):
            taken = self._parts.queues.taken(
                queue.organization_id, queue.account_id, look[0].utc, look[-1].utc
            )
            yield from (slot for slot in look if slot.utc not in taken)
            size = min(2 * size, _LONGEST_LOOK)

    def _earliest(self) -> datetime:
        return self._parts.targets.now() + self._parts.planning.lead

    def _account(self, account_id: str) -> SocialAccount:
        account = self._parts.accounts.get(self._organization_id, account_id)
        if account is None:
            raise NotFound(
                f"There is no account '{account_id}' in this organization.",
                code="unknown_account",
                fix="List the accounts with `postflow account list`.",
            )
        return account

    def _queue(self, account: SocialAccount) -> Queue:
        queue = self._parts.queues.of_account(self._organization_id, account.id)
        if queue is None or not queue.slots:
            raise NotFound(
                f"@{account.username} has no queue yet.",
                code="no_queue",
                fix=f"Give it slots: postflow queue set --account {account.id} "
                '--slots "mon 09:00,fri 17:30"',
            )
        return queue

    def _new(self, account_id: str, change: QueueChange) -> Queue:
        if change.slots is None:
            raise InvalidInput(
                "A new queue needs slots.",
                code="slots_missing",
                fix='Give them: --slots "mon 09:00,fri 17:30"',
            )
        return Queue(
            organization_id=self._organization_id,
            account_id=account_id,
            slots=change.slots,
            timezone=self._parts.organization.timezone,
        )

    def _late(self, known: LateRule | None, change: QueueChange) -> LateRule | None:
        if change.late_as_organization:
            return None
        if change.late is None and change.late_grace is None:
            return known
        rule = known or self._parts.organization.settings.late
        if change.late is not None:
            rule = replace(rule, policy=change.late)
        if change.late_grace is not None:
            rule = replace(rule, grace_minutes=_grace(change.late_grace))
        return rule

    def _view(self, queue: Queue, account: SocialAccount) -> QueueView:
        return QueueView(
            queue=queue,
            account=account,
            waiting=self._parts.queues.waiting(queue.organization_id, queue.account_id),
            next=next(self._free(queue, self._earliest()), None),
        )


def _wants_slot(target: Target | None) -> bool:
    if target is None:
        return True
    has_slot = target.from_queue and target.status is TargetStatus.PENDING
    return target.status in PLANNABLE and not has_slot


def _in_slots(targets: Sequence[Target]) -> list[Target]:
    queued = [t for t in targets if t.from_queue and t.status is TargetStatus.PENDING]
    if not queued:
        raise nothing_to_plan(targets)
    return queued


def _grace(minutes: int) -> int:
    if not 0 <= minutes <= MAX_GRACE_MINUTES:
        raise InvalidInput(
            f"A grace of {minutes} minutes is not possible.",
            code="bad_grace",
            fix=f"Use 0 to {MAX_GRACE_MINUTES}.",
        )
    return minutes


def _per_day(number: int) -> int | None:
    if not 0 <= number <= MAX_PER_DAY:
        raise InvalidInput(
            f"A queue can't have {number} posts a day.",
            code="bad_max_per_day",
            fix=f"Use 1 to {MAX_PER_DAY}, or 0 for no limit.",
        )
    return number or None
