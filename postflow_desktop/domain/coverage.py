"""Who will be awake when a post is due: by who is on now, and who was on at that time before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from postflow_desktop.domain.presence import Presence, PublisherKind, SeenMachine
from postflow_desktop.domain.time import PlannedTime, plan_wall_time, zone

HISTORY_DAYS = 14
SOON = timedelta(hours=1)
"""Who is on now is taken to be on for this long."""
FIX = (
    "Start an agent on a computer that is always on (postflow agent), "
    "or leave this one on with PostFlow open."
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NAMED = 2


class Cover(StrEnum):
    """What speaks for a post going out on time."""

    AGENT = "agent"
    ON_NOW = "on_now"
    SEEN = "seen"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Who will be awake, as a sentence; a fix where nobody will."""

    cover: Cover
    sentence: str
    fix: str = ""

    @property
    def warning(self) -> str:
        """What to tell the person; empty where somebody will be awake."""
        return f"{self.sentence} {self.fix}" if self.cover is Cover.NOBODY else ""


def coverage(
    planned: PlannedTime,
    now: datetime,
    alive: Sequence[Presence],
    seen: Sequence[SeenMachine],
) -> Coverage:
    """Who will be awake at that time; `now` is the cluster's."""
    staying = [p.who.name for p in alive if p.who.always_on]
    if staying:
        return Coverage(cover=Cover.AGENT, sentence=f"The agent on {_names(staying)} is on.")
    awake = [p.who.name for p in alive if p.who.kind is not PublisherKind.COMMAND]
    if awake and planned.utc <= now + SOON:
        return Coverage(cover=Cover.ON_NOW, sentence=f"PostFlow is on now on {_names(awake)}.")
    return _by_history(planned, now, seen)


def _by_history(planned: PlannedTime, now: datetime, seen: Sequence[SeenMachine]) -> Coverage:
    wall = datetime.fromisoformat(planned.local)
    same_hour = dict(_earlier(wall, planned.timezone, now))
    same_day = [at for day, at in same_hour.items() if day.weekday() == wall.weekday()]
    weekday = _WEEKDAYS[wall.weekday()]
    last = f"in the last {HISTORY_DAYS} days"
    if names := _on_at(same_day, seen):
        return Coverage(
            cover=Cover.SEEN,
            sentence=f"PostFlow was on at {wall:%H:%M} on a {weekday} {last}: {_names(names)}.",
        )
    on_others = _on_at(same_hour.values(), seen)
    first = _first(seen)
    if first is not None and on_others and all(at < first for at in same_day):
        return Coverage(
            cover=Cover.SEEN,
            sentence=f"PostFlow was on at {wall:%H:%M} on other days: {_names(on_others)}. "
            f"It has not been here on a {weekday} yet.",
        )
    if first is not None and all(at < first for at in same_hour.values()):
        since = first.astimezone(zone(planned.timezone))
        return Coverage(
            cover=Cover.NOBODY,
            sentence=f"PostFlow has been here only since {since:%A %H:%M}, "
            f"so nobody knows who is on at {wall:%H:%M}.",
            fix=FIX,
        )
    when = f"{wall:%H:%M} on a {weekday}" if on_others else f"{wall:%H:%M}"
    return Coverage(cover=Cover.NOBODY, sentence=f"No computer was on at {when} {last}.", fix=FIX)


def _on_at(moments: Iterable[datetime], seen: Sequence[SeenMachine]) -> list[str]:
    """Who was on in one of these hours."""
    hours = {_hour(at) for at in moments}
    return [machine.name for machine in seen if machine.hours & hours]


def _first(seen: Sequence[SeenMachine]) -> datetime | None:
    """The first hour that is known of anybody."""
    return min((hour for machine in seen for hour in machine.hours), default=None)


def _earlier(wall: datetime, zone_name: str, now: datetime) -> Iterator[tuple[date, datetime]]:
    """The same wall time on each of the last days, whatever the clocks did meanwhile."""
    today = now.astimezone(zone(zone_name)).date()
    for back in range(HISTORY_DAYS + 1):
        day = today - timedelta(days=back)
        at = plan_wall_time(datetime.combine(day, wall.time()), zone_name).utc
        if now - timedelta(days=HISTORY_DAYS) <= at <= now:
            yield day, at


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _names(names: Sequence[str]) -> str:
    some = list(dict.fromkeys(names))
    shown = ", ".join(some[:_NAMED])
    return f"{shown} and {len(some) - _NAMED} more" if len(some) > _NAMED else shown
