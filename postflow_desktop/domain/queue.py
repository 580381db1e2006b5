"""A queue: the weekly slots of an account, and the instants that they fall on."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.late import LateRule
from postflow_desktop.domain.time import LAST_YEAR, PlannedTime, plan_wall_time, require_aware, zone

MAX_PER_DAY = 50
MAX_SLOTS = 7 * MAX_PER_DAY
MAX_QUEUE_NAME = 100

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SLOT = re.compile(r"([a-z]+) +([0-9]{1,2}):([0-9]{2})")
_LONGEST_JUMP = timedelta(days=1)
"""No clock was ever put forward by more: Samoa left out the 30th of December 2011."""


@dataclass(frozen=True, slots=True, order=True)
class WeeklySlot:
    """A wall time of every week."""

    weekday: int
    """0 is Monday, as `date.weekday` has it."""
    hour: int
    minute: int

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError(f"no day of the week: {self.weekday}")
        time(self.hour, self.minute)

    def __str__(self) -> str:
        return f"{_DAYS[self.weekday]} {self.hour:02}:{self.minute:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """When an account's posts go out if nobody names a time; one per account."""

    organization_id: str
    account_id: str
    slots: tuple[WeeklySlot, ...]
    """In the order of the week, each once."""
    timezone: str
    enabled: bool = True
    """A queue that is off takes no posts; those that it has go out."""
    max_per_day: int | None = None
    """Only so many slots of each day are used, the first ones; None for all."""
    name: str | None = None
    late: LateRule | None = None
    """For what is in its slots; None: as the organization has it."""
    id: str | None = None
    """None until it is stored."""


def parse_slots(text: str) -> tuple[WeeklySlot, ...]:
    """Read `mon 09:00,fri 17:30`, in any order; InvalidInput (`bad_slots`)."""
    slots = {_parse_slot(part) for part in text.split(",")}
    if len(slots) > MAX_SLOTS:
        raise InvalidInput(
            f"A queue can't have {len(slots)} slots a week.",
            code="bad_slots",
            fix=f"Use at most {MAX_SLOTS}.",
        )
    return tuple(sorted(slots))


def format_slots(slots: Iterable[WeeklySlot]) -> str:
    """What `parse_slots` reads."""
    return ",".join(str(slot) for slot in sorted(slots))


def slots_from(queue: Queue, start: datetime) -> Iterator[PlannedTime]:
    """The queue's slots at or after an instant, by instant, each instant once; `note` is kept.

    A wall time that is skipped moves forward by the gap, and of one that comes twice the first
    is meant (see `domain.time`); so days are laid out ahead until nothing can fall before.
    """
    require_aware(start)
    used, day = 0, ""
    last: datetime | None = None
    for planned in _ordered(queue, start):
        if planned.utc == last:
            continue
        last = planned.utc
        today = planned.local[:10]
        used = used + 1 if today == day else 1
        day = today
        within = queue.max_per_day is None or used <= queue.max_per_day
        if within and planned.utc >= start:
            yield replace(planned, slot=True)


def _ordered(queue: Queue, start: datetime) -> Iterator[PlannedTime]:
    """Every slot, by instant, from the day before the start on: its slots may move past it."""
    tz = zone(queue.timezone)
    waiting: list[tuple[datetime, datetime, PlannedTime]] = []
    for day in _days((start.astimezone(tz) - _LONGEST_JUMP).date()):
        settled = _utc(datetime.combine(day, time.min), tz) - _LONGEST_JUMP
        while waiting and waiting[0][0] < settled:
            yield heapq.heappop(waiting)[2]
        for slot in queue.slots:
            if slot.weekday == day.weekday():
                wall = datetime.combine(day, time(slot.hour, slot.minute))
                planned = plan_wall_time(wall, queue.timezone)
                heapq.heappush(waiting, (planned.utc, wall, planned))
    while waiting:
        yield heapq.heappop(waiting)[2]


def _days(first: date) -> Iterator[date]:
    day = first
    while day.year <= LAST_YEAR:
        yield day
        day += timedelta(days=1)


def _utc(wall: datetime, tz: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=tz).astimezone(UTC)


def _parse_slot(text: str) -> WeeklySlot:
    match = _SLOT.fullmatch(text.strip().lower())
    if match is None or match[1] not in _DAYS:
        raise _bad_slot(text)
    try:
        return WeeklySlot(_DAYS.index(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise _bad_slot(text) from error


def _bad_slot(text: str) -> InvalidInput:
    return InvalidInput(
        f"'{text.strip()[:40]}' is not a slot.",
        code="bad_slots",
        fix='Write them as "mon 09:00,fri 17:30": a day from mon to sun, '
        "a time from 00:00 to 23:59, commas between.",
    )
