"""Where everything of a month stands: a pure function from rows to boxes (ux.md, Calendar).

Nothing here measures text itself: `Measure` is handed in, so layouts can be tested without Qt.
Only chips that fit are built; the rest of a day is counted, whatever the month holds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from postflow_desktop.services.ports.replica import CalendarRow
from postflow_desktop.ui.calendar.boxes import Box
from postflow_desktop.ui.calendar.chips import ChipBox, ChipMaker, ChipStyle, Measure
from postflow_desktop.ui.calendar.days import WEEKS, day_begins, shown_days
from postflow_desktop.ui.calendar.sizes import Sizes

_AT = attrgetter("at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Localization:
    """What differs from country to country."""

    week_start: int = 0
    """0 is Monday."""
    weekend: frozenset[int] = frozenset({5, 6})
    right_to_left: bool = False
    time: Callable[[datetime], str] = lambda moment: f"{moment:%H:%M}"
    """A wall time, short."""
    number: Callable[[int], str] = str
    month: Callable[[date], str] = lambda day: f"{day:%b}"
    """A month's short name."""
    weekday: Callable[[int], str] = lambda number: (
        "Mon",
        "Tue",
        "Wed",
        "Thu",
        "Fri",
        "Sat",
        "Sun",
    )[number]
    """A weekday's short name; 0 is Monday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSpec:
    """Which month is laid out, where, and on which day."""

    month: date
    today: date
    zone: ZoneInfo
    width: int
    height: int
    """Logical pixels; a height too small for the grid is stretched to its least one."""
    local: Localization
    sizes: Sizes
    moving: frozenset[str] = frozenset()
    """Posts on their way to another day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreBox:
    """The line that counts the posts of a day for which there is no room."""

    day: date
    box: Box
    count: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellBox:
    """A day."""

    day: date
    box: Box
    label: str
    pill: Box
    """Around the day's number; filled for today."""
    in_month: bool
    weekend: bool
    today: bool
    past: bool
    """It ended before today."""
    rows: Sequence[CalendarRow]
    """All posts of the day in order of time."""
    chips: tuple[ChipBox, ...]
    more: MoreBox | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekdayBox:
    """The name of a column."""

    box: Box
    text: str
    weekend: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLayout:
    """A month of 42 cells in order of days."""

    month: date
    width: int
    height: int
    weekdays: tuple[WeekdayBox, ...]
    cells: tuple[CellBox, ...]
    right_to_left: bool

    @property
    def chips(self) -> tuple[ChipBox, ...]:
        """All chips in order of time."""
        return tuple(chip for cell in self.cells for chip in cell.chips)

    @property
    def more(self) -> tuple[MoreBox, ...]:
        """All lines that count what does not fit."""
        return tuple(cell.more for cell in self.cells if cell.more)

    def cell(self, day: date) -> CellBox | None:
        """The cell of a day, if it is shown."""
        index = (day - self.cells[0].day).days
        return self.cells[index] if 0 <= index < len(self.cells) else None

    def cell_at(self, x: float, y: float) -> CellBox | None:
        """The cell under a point."""
        return next((cell for cell in self.cells if cell.box.has(x, y)), None)

    def chip(self, post_id: str) -> ChipBox | None:
        """The chip of a post, if there is room for it."""
        return next((chip for chip in self.chips if chip.row.post_id == post_id), None)

    def chip_at(self, x: float, y: float) -> ChipBox | None:
        """The chip under a point."""
        cell = self.cell_at(x, y)
        return next((c for c in cell.chips if c.box.has(x, y)), None) if cell else None

    def more_at(self, x: float, y: float) -> MoreBox | None:
        """The counting line under a point."""
        cell = self.cell_at(x, y)
        return cell.more if cell and cell.more and cell.more.box.has(x, y) else None


def month_layout(rows: Sequence[CalendarRow], spec: MonthSpec, measure: Measure) -> MonthLayout:
    """Lay out a month; `rows` are in order of time and may reach beyond the six weeks."""
    days = shown_days(spec.month, spec.local.week_start)
    grid = _Grid(spec)
    maker = ChipMaker(
        ChipStyle(
            zone=spec.zone,
            time=spec.local.time,
            sizes=spec.sizes,
            measure=measure,
            right_to_left=spec.local.right_to_left,
        )
    )
    begins = [day_begins(day, spec.zone) for day in days]
    begins.append(day_begins(date.fromordinal(days[-1].toordinal() + 1), spec.zone))
    edges = [bisect_left(rows, moment, key=_AT) for moment in begins]
    cells = tuple(
        _cell(day, rows[edges[i] : edges[i + 1]], grid.box(i % 7, i // 7), (spec, maker))
        for i, day in enumerate(days)
    )
    return MonthLayout(
        month=spec.month,
        width=spec.width,
        height=grid.bottom,
        weekdays=tuple(_weekday(days[column], grid.heading(column), spec) for column in range(7)),
        cells=cells,
        right_to_left=spec.local.right_to_left,
    )


class _Grid:
    """Columns and lines that fill the width and height to the last pixel."""

    def __init__(self, spec: MonthSpec) -> None:
        self._spec = spec
        self._top = spec.sizes.weekday
        self.bottom = max(spec.height, spec.sizes.least_height)

    def heading(self, column: int) -> Box:
        return self._placed(self._x(column), 0, self._x(column + 1), self._top)

    def box(self, column: int, line: int) -> Box:
        return self._placed(self._x(column), self._y(line), self._x(column + 1), self._y(line + 1))

    def _x(self, column: int) -> int:
        return column * self._spec.width // 7

    def _y(self, line: int) -> int:
        return self._top + line * (self.bottom - self._top) // WEEKS

    def _placed(self, left: int, top: int, right: int, bottom: int) -> Box:
        box = Box(left, top, right - left, bottom - top)
        return box.mirrored(self._spec.width) if self._spec.local.right_to_left else box


def _weekday(day: date, box: Box, spec: MonthSpec) -> WeekdayBox:
    number = day.weekday()
    return WeekdayBox(
        box=box, text=spec.local.weekday(number), weekend=number in spec.local.weekend
    )


def _cell(
    day: date, rows: Sequence[CalendarRow], box: Box, how: tuple[MonthSpec, ChipMaker]
) -> CellBox:
    spec, maker = how
    shown = _room(len(rows), box.height, spec.sizes)
    chips = tuple(
        maker.chip(row, day, _slot(box, index, spec.sizes), moving=row.post_id in spec.moving)
        for index, row in enumerate(rows[:shown])
    )
    label = spec.local.number(day.day)
    if day.day == 1:
        label = f"{spec.local.month(day)} {label}"
    return CellBox(
        day=day,
        box=box,
        label=label,
        pill=_pill(box, maker.label_width(label), spec),
        in_month=day.month == spec.month.month,
        weekend=day.weekday() in spec.local.weekend,
        today=day == spec.today,
        past=day < spec.today,
        rows=rows,
        chips=chips,
        more=_more(day, len(rows) - shown, _slot(box, shown, spec.sizes), spec),
    )


def _room(count: int, height: int, sizes: Sizes) -> int:
    """How many chips are shown: all if they fit, else as many as leave room for "+N more"."""
    space = height - sizes.head - sizes.bottom
    step = sizes.chip + sizes.gap
    if count * step - sizes.gap <= space:
        return count
    return max(0, (space - sizes.more) // step)


def _slot(cell: Box, index: int, sizes: Sizes) -> Box:
    top = cell.y + sizes.head + index * (sizes.chip + sizes.gap)
    return Box(cell.x + sizes.pad, top, max(0, cell.width - 2 * sizes.pad), sizes.chip)


def _pill(cell: Box, text_width: int, spec: MonthSpec) -> Box:
    sizes = spec.sizes
    width = min(max(sizes.pill, text_width + sizes.pill_pad), cell.width - sizes.pad)
    top = cell.y + (sizes.head - sizes.pill) // 2
    x = cell.right - sizes.pad - width if spec.local.right_to_left else cell.x + sizes.pad
    return Box(x, top, width, sizes.pill)


def _more(day: date, count: int, slot: Box, spec: MonthSpec) -> MoreBox | None:
    if count == 0:
        return None
    box = Box(slot.x, slot.y, slot.width, spec.sizes.more)
    return MoreBox(day=day, box=box, count=count, text=f"+{spec.local.number(count)} more")
