"""Wall time, IANA zones and UTC, with the two hard hours of the year.

A person means a wall time in a zone; the cluster needs an instant. Both are kept. In the hour
that is skipped the time moves forward by the gap; in the hour that comes twice the first one is
meant (`fold=0`), as PEP 495 has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from postflow_desktop.domain.errors import InvalidInput

LAST_YEAR = 2199
_YEARS = range(1971, LAST_YEAR + 1)


def require_aware(moment: datetime | None) -> None:
    """Refuse a naive datetime where it is made, not where it hurts."""
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"naive datetime: {moment.isoformat()}")


def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; InvalidInput where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            f"'{name}' is not a time zone.",
            code="unknown_zone",
            fix="Use an IANA name such as Europe/Berlin or America/New_York.",
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTime:
    """An instant together with what the person meant by it."""

    utc: datetime
    local: str
    """Wall time, ISO without offset, as it will read on the clock in `timezone`."""
    timezone: str
    fold: int = 0
    note: str = ""
    """A sentence for the person where the wall time did not exist or came twice."""
    slot: bool = False
    """It is a slot of the account's queue, not a time that somebody chose."""

    def __post_init__(self) -> None:
        require_aware(self.utc)


def plan_wall_time(wall: datetime, zone_name: str) -> PlannedTime:
    """The instant of a naive wall time in a zone, the skipped and repeated hour included."""
    tz = zone(zone_name)
    meant = wall.replace(tzinfo=tz, fold=0)
    utc = meant.astimezone(UTC)
    shown = utc.astimezone(tz)
    note = ""
    if shown.replace(tzinfo=None) != wall:
        note = (
            f"{wall:%H:%M} does not exist on {wall:%Y-%m-%d} in {zone_name} "
            f"(the clocks go forward); it will be {shown:%H:%M}."
        )
    elif meant.utcoffset() != wall.replace(tzinfo=tz, fold=1).utcoffset():
        note = (
            f"{wall:%H:%M} comes twice on {wall:%Y-%m-%d} in {zone_name}; the first one is meant."
        )
    local = shown.replace(tzinfo=None).isoformat(timespec="seconds")
    return PlannedTime(utc=utc, local=local, timezone=zone_name, note=note)


def plan_instant(moment: datetime, zone_name: str) -> PlannedTime:
    """An aware instant, with the wall time it has in a zone."""
    require_aware(moment)
    shown = moment.astimezone(zone(zone_name))
    local = shown.replace(tzinfo=None).isoformat(timespec="seconds")
    return PlannedTime(utc=moment.astimezone(UTC), local=local, timezone=zone_name, fold=shown.fold)


def parse_when(text: str, zone_name: str) -> PlannedTime:
    """Read `2026-11-23T09:00[:30]`, with `Z` or an offset, or local to the zone."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidInput(
            f"'{text}' is not a time.",
            code="bad_time",
            fix="Write it as 2026-11-23T09:00, with Z or an offset if it is not local time.",
        ) from error
    if moment.year not in _YEARS:
        raise InvalidInput(
            f"'{text}' is out of range.", code="bad_time", fix="Choose a time within this century."
        )
    if moment.tzinfo is None:
        return plan_wall_time(moment, zone_name)
    return plan_instant(moment, zone_name)


def utc_text(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with `Z` and milliseconds, as commands print it."""
    if moment is None:
        return None
    require_aware(moment)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def truncate_to_millisecond(moment: datetime) -> datetime:
    """What a BSON date can hold: milliseconds (bsonspec.org)."""
    return moment - timedelta(microseconds=moment.microsecond % 1000)
