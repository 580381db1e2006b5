"""Boards of publishers for the tests of their page."""

from __future__ import annotations

from datetime import datetime, timedelta

from postflow_desktop.domain.presence import (
    Presence,
    PublisherKind,
    PublisherProcess,
    SeenMachine,
)
from postflow_desktop.services.presence import Board
from tests.fakes.backend import NOW

HERE = "m-1"


def presence(
    machine: str = HERE,
    name: str = "mias-laptop",
    kind: PublisherKind = PublisherKind.DESKTOP,
    *,
    under_way: tuple[str, ...] = (),
    last: datetime | None = None,
) -> Presence:
    """On for three hours, heard twelve seconds ago."""
    who = PublisherProcess(
        machine=machine,
        name=name,
        kind=kind,
        process=f"p-{machine}",
        version="0.4.0",
        organization_ids=("o1",),
    )
    return Presence(
        who=who,
        since=NOW - timedelta(hours=3),
        at=NOW - timedelta(seconds=12),
        under_way=under_way,
        last_published_at=last,
    )


def seen(start: int, end: int, *, machine: str = HERE, name: str = "mias-laptop") -> SeenMachine:
    """On each of the last fourteen days from one hour to another, UTC."""
    day = NOW.replace(hour=0, minute=0)
    hours = [
        day + timedelta(hours=hour) - timedelta(days=back)
        for back in range(14)
        for hour in range(start, end)
    ]
    return SeenMachine(machine=machine, name=name, hours=frozenset(h for h in hours if h <= NOW))


def board(*publishers: Presence, machines: tuple[SeenMachine, ...] = ()) -> Board:
    """A board, read now, by the laptop."""
    return Board(at=NOW, here=HERE, publishers=publishers, machines=machines)
