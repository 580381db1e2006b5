"""The inside of a chip: which parts it has at its width and where they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.replica import CalendarRow
from postflow_desktop.ui.calendar.boxes import Box
from postflow_desktop.ui.calendar.looks import Look, look_of, title_of
from postflow_desktop.ui.calendar.sizes import Sizes

# Widths at 100 % text from which a chip has more parts.
_TWO_ICONS_FROM = 170
_BOTH_FROM = 130
"""Two networks: the second mark takes no more room than a "+1" would."""
_COUNT_FROM = 130
_TITLE_FROM = 90
_LEAST_TITLE = 20
"""A title narrower than this says nothing."""


class Measure(Protocol):
    """Widths of text in logical pixels; `strong` is the type of times and numbers."""

    def strong(self, text: str) -> int:
        """Width of a time, a "+n" or a day's number."""
        ...

    def plain(self, text: str) -> int:
        """Width of a title."""
        ...

    def elided(self, text: str, width: int) -> str:
        """A title cut to that width, with an ellipsis where something was cut."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipBox:
    """A chip with its parts; x are left edges, also in right-to-left layouts."""

    row: CalendarRow
    day: date
    box: Box
    look: Look
    bar_x: int
    """The bar in the colour of its first network."""
    icons: tuple[tuple[Network, int], ...]
    """Networks with their x."""
    time: str
    time_x: int
    extra: str
    """`+2` for networks without an icon; empty where there are none or no room."""
    extra_x: int
    title: str
    title_x: int
    status_x: int | None
    """Where the status icon stands; None if it has none or no room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipStyle:
    """What all chips of a layout have in common."""

    zone: ZoneInfo
    time: Callable[[datetime], str]
    """Writes a wall time."""
    sizes: Sizes
    measure: Measure
    right_to_left: bool = False


class ChipMaker:
    """Builds the chips of one layout."""

    def __init__(self, style: ChipStyle) -> None:
        self._style = style

    def label_width(self, text: str) -> int:
        """Width of a day's number."""
        return self._style.measure.strong(text)

    def chip(self, row: CalendarRow, day: date, box: Box, *, moving: bool = False) -> ChipBox:
        """The chip of a post in a box."""
        look = look_of(row, moving=moving)
        measure, icon = self._style.measure, self._style.sizes.icon
        time = self._style.time(row.at.astimezone(self._style.zone))
        line = _Line(self._style, box)
        bar_x = line.bar()
        status_x = line.status(look, measure.strong(time))
        crowded = bool(look.icon) and status_x is None
        width = box.width / self._style.sizes.scale
        both = width >= _BOTH_FROM and len(row.networks) == 2
        shown = 2 if both or width >= _TWO_ICONS_FROM else 1
        icons = () if crowded else line.icons(row.networks, shown)
        if crowded:
            status_x = line.place(icon)
        time_x = line.place(measure.strong(time))
        hidden = len(row.networks) - len(icons)
        extra = f"+{hidden}" if hidden > 0 and width >= _COUNT_FROM else ""
        extra_x = line.place(measure.strong(extra)) if extra else 0
        title, title_x = line.title(title_of(row)) if width >= _TITLE_FROM else ("", 0)
        return ChipBox(
            row=row,
            day=day,
            box=box,
            look=look,
            bar_x=bar_x,
            icons=icons,
            time=time,
            time_x=time_x,
            extra=extra,
            extra_x=extra_x,
            title=title,
            title_x=title_x,
            status_x=status_x,
        )


class _Line:
    """Places parts one after another from the leading edge."""

    def __init__(self, style: ChipStyle, box: Box) -> None:
        self._sizes = style.sizes
        self._measure = style.measure
        self._mirrored = style.right_to_left
        self._box = box
        self._at = self._sizes.bar + 2 * self._sizes.space
        self._end = box.width - self._sizes.space

    def bar(self) -> int:
        """The x of the bar at the leading edge."""
        return self._x(2, self._sizes.bar)

    def place(self, width: int) -> int:
        """The x of the next part."""
        x = self._x(self._at, width)
        self._at += width + self._sizes.space
        return x

    def icons(self, networks: tuple[Network, ...], count: int) -> tuple[tuple[Network, int], ...]:
        """The first networks, as many as are to be shown."""
        return tuple((network, self.place(self._sizes.icon)) for network in networks[:count])

    def status(self, look: Look, time_width: int) -> int | None:
        """The status icon's x at the far edge, if time and network leave room for it."""
        if not look.icon:
            return None
        taken = self._at + 2 * self._sizes.icon + time_width + 2 * self._sizes.space
        if taken > self._end:
            return None
        self._end -= self._sizes.icon
        x = self._x(self._end, self._sizes.icon)
        self._end -= self._sizes.space
        return x

    def title(self, words: str) -> tuple[str, int]:
        """The title as far as there is room, and its x."""
        room = self._end - self._at
        if room < _LEAST_TITLE * self._sizes.scale:
            return "", 0
        text = self._measure.elided(words, room)
        if not self._mirrored:
            return text, self._x(self._at, 0)
        return text, self._x(self._at, min(room, self._measure.plain(text)))

    def _x(self, offset: int, width: int) -> int:
        if self._mirrored:
            return self._box.right - offset - width
        return self._box.x + offset
