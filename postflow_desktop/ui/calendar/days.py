"""Wall days: which days a month shows, and the instants at which they begin in a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKS = 6
SHOWN_DAYS = WEEKS * 7
FIRST_MONTH = date(1971, 1, 1)
LAST_MONTH = date(2199, 11, 1)
"""Paging ends here; `domain.time` takes no later year."""


def first_of(day: date) -> date:
    """The first day of its month, kept within the years that can be planned."""
    return min(max(day.replace(day=1), FIRST_MONTH), LAST_MONTH)


def add_months(month: date, count: int) -> date:
    """The first day of the month that lies so many months later, or earlier."""
    index = month.year * 12 + month.month - 1 + count
    index = min(max(index, FIRST_MONTH.year * 12), LAST_MONTH.year * 12 + LAST_MONTH.month - 1)
    return date(index // 12, index % 12 + 1, 1)


def first_shown(month: date, week_start: int) -> date:
    """The day in the first cell; weeks start at `week_start` (0 is Monday)."""
    first = month.replace(day=1)
    return first - timedelta(days=(first.weekday() - week_start) % 7)


def shown_days(month: date, week_start: int) -> tuple[date, ...]:
    """The 42 days of six weeks in which the month lies."""
    start = first_shown(month, week_start)
    return tuple(start + timedelta(days=number) for number in range(SHOWN_DAYS))


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which the wall day begins; days have 23 to 25 hours.

    Where midnight is skipped by a change of the clocks, the day begins with that change.
    """
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def window_of(month: date, week_start: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when (included) until when (excluded) the month's six weeks last."""
    start = first_shown(month, week_start)
    return day_begins(start, zone), day_begins(start + timedelta(days=SHOWN_DAYS), zone)


def wall_day(moment: datetime, zone: ZoneInfo) -> date:
    """The day that the calendar on a wall in that zone shows."""
    return moment.astimezone(zone).date()
