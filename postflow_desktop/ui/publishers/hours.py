"""At which hours of the day a machine is usually on; pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from postflow_desktop.domain.coverage import HISTORY_DAYS
from postflow_desktop.domain.presence import SeenMachine
from postflow_desktop.domain.time import zone

HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualHours:
    """One machine, hour by hour, on the clock of the organization."""

    machine: str
    name: str
    counts: tuple[int, ...]
    """For each of the 24 hours: on how many of the last days it was on then."""
    days: int
    """On how many of the last days it was on at all."""

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The hours at which it is on more often than not, as (from, to), `to` up to 24."""
        often = [count * 2 > self.days for count in self.counts]
        starts = [h for h in range(HOURS) if often[h] and (h == 0 or not often[h - 1])]
        return tuple((start, _end(often, start)) for start in starts)

    @property
    def words(self) -> str:
        """The same for people and screen readers."""
        seen = f"{self.days} of {HISTORY_DAYS} days"
        if not self.spans:
            return f"{seen}, at changing hours"
        if self.spans == ((0, HOURS),):
            return f"{seen}, around the clock"
        spans = ", ".join(f"{start:02}–{end:02}" for start, end in self.spans)
        return f"{seen}, mostly {spans}"


def usual_hours(
    machines: Iterable[SeenMachine], zone_name: str, now: datetime
) -> tuple[UsualHours, ...]:
    """Machines that were on in the last days, the most often seen first."""
    found = [_of(machine, zone_name, now) for machine in machines]
    return tuple(
        sorted(
            (hours for hours in found if hours.days),
            key=lambda hours: (-sum(hours.counts), hours.name, hours.machine),
        )
    )


def _of(machine: SeenMachine, zone_name: str, now: datetime) -> UsualHours:
    here = zone(zone_name)
    recent = [
        hour.astimezone(here)
        for hour in machine.hours
        if now - timedelta(days=HISTORY_DAYS) <= hour <= now
    ]
    by_hour: list[set[date]] = [set() for _ in range(HOURS)]
    for hour in recent:
        by_hour[hour.hour].add(hour.date())
    # Fourteen times 24 hours touch fifteen days of the calendar.
    days = min(HISTORY_DAYS, len({hour.date() for hour in recent}))
    return UsualHours(
        machine=machine.machine,
        name=machine.name,
        counts=tuple(min(HISTORY_DAYS, len(dates)) for dates in by_hour),
        days=days,
    )


def _end(often: list[bool], start: int) -> int:
    return next((hour for hour in range(start, HOURS) if not often[hour]), HOURS)
