"""What was asked for but is not in the replica yet, laid over its rows.

A post shows at its new time from the moment it is asked for. It stays there while the cluster is
asked and until the replica says the same; if the cluster refuses, it goes back to where the
cluster last had it.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter

from postflow_desktop.domain.time import PlannedTime, truncate_to_millisecond
from postflow_desktop.services.ports.replica import CalendarRow
from postflow_desktop.ui.calendar.history import Step, Way

Goal = PlannedTime | None
"""A time, or None for: out of the plan."""
_ORDER = attrgetter("at", "post_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The rows that were asked for."""

    start: datetime
    end: datetime
    account_ids: frozenset[str] | None = None

    def has(self, row: CalendarRow) -> bool:
        """Whether the row would be among them."""
        wanted = self.account_ids is None or bool(self.account_ids & set(row.account_ids))
        return wanted and self.start <= row.at < self.end


@dataclass(slots=True, kw_only=True)
class Wish:
    """What is wanted for one post."""

    row: CalendarRow
    """The post as it was before."""
    origin: CalendarRow | None
    """The post as the replica last had it; None if it was out of the plan."""
    wanted: Goal
    sending: bool = False
    agreed: tuple[Goal, ...] = ()
    """What the cluster last said yes to, if anything."""
    steps: list[tuple[Step, Way]] = field(default_factory=list)
    """What the cluster has not said yes to yet."""
    passed: set[datetime] = field(default_factory=set)
    """Times the replica may still show on the way here."""

    @property
    def shown(self) -> CalendarRow | None:
        """The row to show."""
        return at_goal(self.row, self.wanted)


def at_goal(row: CalendarRow, goal: Goal) -> CalendarRow | None:
    """The row at that time, or None where it is out of the plan."""
    return None if goal is None else replace(row, at=truncate_to_millisecond(goal.utc))


class Wishes:
    """All that is under way, by post."""

    def __init__(self) -> None:
        self._wishes: dict[str, Wish] = {}

    def get(self, post_id: str) -> Wish | None:
        """What is wanted for a post."""
        return self._wishes.get(post_id)

    def want(self, step: Step, way: Way, origin: CalendarRow | None) -> Wish:
        """Want a step for a post; `origin` is the post as the replica is known to have it."""
        post_id = step.row.post_id
        wish = self._wishes.get(post_id)
        if wish is None:
            passed = {origin.at} if origin else set()
            wish = Wish(row=origin or step.row, origin=origin, wanted=None, passed=passed)
            self._wishes[post_id] = wish
        wish.wanted = step.goal(way)
        wish.steps.append((step, way))
        return wish

    def agree(self, post_id: str, goal: Goal) -> Way | None:
        """The cluster took that; the way of the last step if nothing newer is wanted."""
        wish = self._wishes[post_id]
        wish.sending = False
        wish.agreed = (goal,)
        if (row := at_goal(wish.row, goal)) is not None:
            wish.passed.add(row.at)
        if wish.wanted != goal:
            return None
        way = wish.steps[-1][1]
        wish.steps.clear()
        return way

    def refuse(self, post_id: str) -> list[tuple[Step, Way]]:
        """The cluster did not take it: back to what it last agreed to; the steps that fell."""
        wish = self._wishes.pop(post_id)
        fallen, wish.steps = wish.steps, []
        if wish.agreed and (wish.origin is None or wish.origin.at in wish.passed):
            wish.sending, wish.wanted = False, wish.agreed[0]
            self._wishes[post_id] = wish
        return fallen

    def confirm(self, rows: Iterable[CalendarRow], seen: Range) -> None:
        """Drop what the replica shows by itself now."""
        if not self._wishes:
            return
        found = {row.post_id: row for row in rows if row.post_id in self._wishes}
        for post_id, wish in list(self._wishes.items()):
            row = found.get(post_id)
            if not wish.sending and _is_in_replica(wish, row, seen):
                del self._wishes[post_id]
            elif row is not None:
                wish.origin = row

    def laid_over(self, rows: Sequence[CalendarRow], seen: Range) -> Sequence[CalendarRow]:
        """The rows to show."""
        if not self._wishes:
            return rows
        kept = [row for row in rows if row.post_id not in self._wishes]
        for wish in self._wishes.values():
            if (row := wish.shown) is not None and seen.has(row):
                insort(kept, row, key=_ORDER)
        return kept

    def sending(self) -> frozenset[str]:
        """Posts for which the cluster is being asked."""
        return frozenset(post_id for post_id, wish in self._wishes.items() if wish.sending)

    def clear(self) -> None:
        """Forget everything, as when another workspace is shown."""
        self._wishes.clear()


def _is_in_replica(wish: Wish, row: CalendarRow | None, seen: Range) -> bool:
    if wish.origin is None:
        return wish.wanted is None if row is None else True
    if row is None:
        # Gone from where the replica had it: moved, taken out or deleted, by us or another.
        return seen.has(wish.origin)
    shown = wish.shown
    if shown is not None and row.at == shown.at:
        return True
    return row.at not in wish.passed or row.status is not wish.origin.status
