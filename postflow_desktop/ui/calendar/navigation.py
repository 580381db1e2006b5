"""Where the keyboard goes inside the month: pure functions over a layout.

A stop is a day's head, one of its chips, or its "+N more". Arrows never leave the grid: past its
edge they name a day that is not shown, and the month follows. Tab goes through the posts in order
of time and leaves after the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from postflow_desktop.ui.calendar.layout import CellBox, MonthLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """Where the keyboard is."""

    day: date
    post_id: str | None = None
    more: bool = False
    """On the day's "+N more"."""


class Direction(StrEnum):
    """An arrow key, as it looks on the keyboard."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


def stops_of(cell: CellBox) -> tuple[Focus, ...]:
    """The stops of a day below its head, from top to bottom."""
    chips = tuple(Focus(day=cell.day, post_id=chip.row.post_id) for chip in cell.chips)
    return (*chips, Focus(day=cell.day, more=True)) if cell.more else chips


def settled(focus: Focus, layout: MonthLayout) -> Focus:
    """The nearest stop that exists: a chip that has no room any more gives its "+N more"."""
    cell = layout.cell(focus.day)
    if cell is None or focus.post_id is None:
        return focus if cell and cell.more else Focus(day=focus.day)
    if any(chip.row.post_id == focus.post_id for chip in cell.chips):
        return focus
    return Focus(day=focus.day, more=cell.more is not None)


def arrow(focus: Focus, direction: Direction, layout: MonthLayout) -> Focus:
    """The stop that an arrow key leads to."""
    if direction in (Direction.LEFT, Direction.RIGHT):
        forward = (direction is Direction.RIGHT) != layout.right_to_left
        return _sideways(focus, 1 if forward else -1, layout)
    return _vertical(focus, 1 if direction is Direction.DOWN else -1, layout)


def next_post(focus: Focus, layout: MonthLayout, *, forward: bool) -> Focus | None:
    """The next stop with a post for Tab, or None where Tab leaves the grid."""
    stops = [stop for cell in layout.cells for stop in stops_of(cell)]
    here = settled(focus, layout)
    if here in stops:
        index = stops.index(here) + (1 if forward else -1)
        return stops[index] if 0 <= index < len(stops) else None
    if forward:
        return next((stop for stop in stops if stop.day >= here.day), None)
    return next((stop for stop in reversed(stops) if stop.day < here.day), None)


def _sideways(focus: Focus, days: int, layout: MonthLayout) -> Focus:
    day = focus.day + timedelta(days=days)
    here, there = layout.cell(focus.day), layout.cell(day)
    if here is None or there is None:
        return Focus(day=day)
    place = _place(settled(focus, layout), here)
    stops = stops_of(there)
    if place is None or not stops:
        return Focus(day=day)
    return stops[min(place, len(stops) - 1)]


def _vertical(focus: Focus, step: int, layout: MonthLayout) -> Focus:
    cell = layout.cell(focus.day)
    stops: Sequence[Focus] = ()
    place: int | None = None
    if cell is not None:
        stops, place = stops_of(cell), _place(settled(focus, layout), cell)
    index = (-1 if place is None else place) + step
    if 0 <= index < len(stops):
        return stops[index]
    if index == -1 and place is not None:
        return Focus(day=focus.day)
    return _next_week(focus.day + timedelta(days=7 * step), step, layout)


def _next_week(day: date, step: int, layout: MonthLayout) -> Focus:
    cell = layout.cell(day)
    if step < 0 and cell is not None and (stops := stops_of(cell)):
        return stops[-1]
    return Focus(day=day)


def _place(focus: Focus, cell: CellBox) -> int | None:
    stops = stops_of(cell)
    return stops.index(focus) if focus in stops else None
