"""The chosen time: wall time and zone as typed, what it means, and why it can't be taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import available_timezones

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.time import PlannedTime, plan_wall_time, zone

_MORNING = time(9)
_LEAST_LEAD = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What the time fields say."""

    wall: datetime
    """Naive: the clock in `zone`."""
    zone: str
    planned: PlannedTime | None = None
    """None where the zone is unknown."""
    note: str = ""
    """A sentence about a skipped or repeated hour."""
    problem: str = ""
    """Why nothing can be planned for then."""
    fix: str = ""

    @property
    def abbreviation(self) -> str:
        """The zone's short name at that time, `CET` or `UTC+03`; empty where it is the zone's."""
        if self.planned is None:
            return ""
        name = self.planned.utc.astimezone(zone(self.zone)).tzname() or ""
        if name == zone_title(self.zone):
            return ""
        return f"UTC{name}" if name[:1] in "+-" else name


def judge(wall: datetime, zone_name: str, *, now: datetime, lead_minutes: int) -> When:
    """What a wall time means; `lead_minutes` is how far ahead it has to be at least."""
    try:
        planned = plan_wall_time(wall, zone_name)
    except InvalidInput as error:
        return When(wall=wall, zone=zone_name, problem=error.message, fix=error.fix)
    problem = fix = ""
    if planned.utc <= now:
        problem = f"{_readable(wall)} is in the past."
        fix = "Choose a later time, or publish now."
    elif planned.utc < now + timedelta(minutes=lead_minutes):
        problem = f"{_readable(wall)} is less than {lead_minutes} minutes from now."
        fix = "Choose a later time, or publish now."
    return When(
        wall=wall, zone=zone_name, planned=planned, note=planned.note, problem=problem, fix=fix
    )


def suggest(day: date | None, zone_name: str, *, now: datetime, lead_minutes: int) -> datetime:
    """A time to begin with: nine o'clock of that day, else the next full hour from now on."""
    here = now.astimezone(zone(zone_name)).replace(tzinfo=None)
    lead = max(_LEAST_LEAD, timedelta(minutes=lead_minutes))
    if day is not None and datetime.combine(day, _MORNING) >= here + lead:
        return datetime.combine(day, _MORNING)
    soon = here + lead
    full = soon.replace(minute=0, second=0, microsecond=0)
    return full if full == soon else full + timedelta(hours=1)


def zone_title(zone_name: str) -> str:
    """A zone's name as it is shown: `UTC` instead of `Etc/UTC`."""
    return zone_name.removeprefix("Etc/")


@cache
def zone_names() -> tuple[str, ...]:
    """All IANA zones that name a place, in order."""
    places = (name for name in available_timezones() if "/" in name and name[:4] != "Etc/")
    return (*sorted(places), "UTC")


def _readable(wall: datetime) -> str:
    return f"{wall:%a} {wall.day} {wall:%b %Y}, {wall:%H:%M}"
