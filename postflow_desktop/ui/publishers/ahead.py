"""What of the next days has nobody awake to publish it; pure, but slow enough for the pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from postflow_desktop.domain.coverage import Cover, Coverage
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.ports.replica import CalendarRow
from postflow_desktop.services.presence import Board

AHEAD = timedelta(days=7)
_WAITING = frozenset({PostStatus.SCHEDULED, PostStatus.QUEUED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """A post at whose time no computer is expected to be on."""

    post_id: str
    at: datetime
    title: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDays:
    """The next days."""

    planned: int = 0
    """So many posts go out."""
    uncovered: tuple[Uncovered, ...] = ()
    """Those with nobody awake, by time."""


def next_days(board: Board, rows: Sequence[CalendarRow], zone_name: str) -> NextDays:
    """What the board says to the rows of the calendar that are planned."""
    known: dict[datetime, Coverage] = {}
    waiting = [row for row in rows if row.status in _WAITING and row.at > board.at]
    for at in {row.at for row in waiting}:
        known[at] = board.coverage(plan_instant(at, zone_name))
    return NextDays(
        planned=len(waiting),
        uncovered=tuple(
            Uncovered(
                post_id=row.post_id, at=row.at, title=row.title, sentence=known[row.at].sentence
            )
            for row in sorted(waiting, key=lambda row: (row.at, row.post_id))
            if known[row.at].cover is Cover.NOBODY
        ),
    )
