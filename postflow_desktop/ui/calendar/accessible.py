"""What a screen reader finds in the month: a list of days, posts and "+N more" lines.

Built only when one is running (`QAccessible.isActive`); kept until the next layout. Qt asks for
children by index and identifies an interface by a registered id.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import isValid

from postflow_desktop.ui.calendar.boxes import Box
from postflow_desktop.ui.calendar.layout import CellBox
from postflow_desktop.ui.calendar.localization import long_day
from postflow_desktop.ui.calendar.month import Month
from postflow_desktop.ui.calendar.navigation import Focus, settled, stops_of
from postflow_desktop.ui.words import count_of


@dataclass(frozen=True, slots=True)
class Spot:
    """A child: where it is, what it is called, which stop of the keyboard it is."""

    focus: Focus
    box: Box
    name: str


def spots_of(month: Month) -> tuple[Spot, ...]:
    """All children of the month, in order of days and times."""
    layout = month.month_layout
    if layout is None:
        return ()
    return tuple(spot for cell in layout.cells for spot in _spots_of_day(month, cell))


def _spots_of_day(month: Month, cell: CellBox) -> list[Spot]:
    day = long_day(cell.day, month.viewmodel.locale)
    posts = count_of(len(cell.rows), "post", "posts") if cell.rows else "no posts"
    today = "today, " if cell.today else ""
    spots = [Spot(Focus(day=cell.day), cell.box, f"{day}, {today}{posts}")]
    names = [month.describe(chip.row) for chip in cell.chips]
    boxes = [chip.box for chip in cell.chips]
    if cell.more is not None:
        names.append(f"{count_of(cell.more.count, 'more post', 'more posts')} on {day}")
        boxes.append(cell.more.box)
    stops = stops_of(cell)
    spots += [Spot(*parts) for parts in zip(stops, boxes, names, strict=True)]
    return spots


class SpotInterface(QAccessibleInterface):
    """One day, post or "+N more" line."""

    def __init__(self, month: Month, spot: Spot) -> None:
        super().__init__()
        self._month = month
        self.spot = spot

    def isValid(self) -> bool:
        """Whether the month is still there."""
        return isValid(self._month)

    def object(self) -> QObject | None:  # type: ignore[override]  # None: it is no QObject
        """It is none."""
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]  # None before it is shown
        """The window of the month."""
        return self._month.window().windowHandle()

    def parent(self) -> QAccessibleInterface:
        """The month."""
        return QAccessible.queryAccessibleInterface(self._month)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: ARG002
        """It has none."""
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: ARG002
        """It has none."""
        return None

    def childCount(self) -> int:
        """It has none."""
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: ARG002
        """It has none."""
        return -1

    def text(self, kind: QAccessible.Text) -> str:
        """What it is called."""
        return self.spot.name if kind is QAccessible.Text.Name else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Names follow from posts."""

    def rect(self) -> QRect:
        """Where it is on the screen."""
        box = self.spot.box
        at = self._month.mapToGlobal(QPoint(box.x, box.y))
        return QRect(at.x(), at.y(), box.width, box.height)

    def role(self) -> QAccessible.Role:
        """An item of a list."""
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        """What can be done with it and whether the keyboard is on it."""
        state = QAccessible.State()
        state.focusable = True
        state.selectable = self.spot.focus.post_id is not None
        state.focused = self._month.hasFocus() and _current(self._month) == self.spot.focus
        state.selected = self.spot.focus.post_id == (self._month.viewmodel.selected or "-")
        return state

    def foregroundColor(self) -> QColor:
        """The text's colour."""
        return self._month.inks.color("text")

    def backgroundColor(self) -> QColor:
        """The ground's colour."""
        return self._month.inks.color("surface")


class MonthInterface(QAccessibleWidget):
    """The month; its children are made when a reader asks and dropped with the layout."""

    def __init__(self, month: Month) -> None:
        super().__init__(month, QAccessible.Role.List, "Calendar month")
        self._month = month
        self._children: list[SpotInterface] = []
        self._ids: list[int] = []
        self._stale = True
        _watchers[month] = self

    def children_of_layout(self) -> list[SpotInterface]:
        """The children, made again after the layout changed."""
        if self._stale:
            self.drop()
            self._children = [SpotInterface(self._month, spot) for spot in spots_of(self._month)]
            self._ids = [QAccessible.registerAccessibleInterface(c) for c in self._children]
            self._stale = False
        return self._children

    def mark_stale(self) -> None:
        """The layout changed."""
        self._stale = True

    def drop(self) -> None:
        """Give the children back to Qt, which deletes them."""
        for number in self._ids:
            QAccessible.deleteAccessibleInterface(number)
        self._children, self._ids, self._stale = [], [], True

    def childCount(self) -> int:
        """Days, posts and "+N more" lines."""
        return len(self.children_of_layout())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # or none
        """One of them."""
        children = self.children_of_layout()
        return children[index] if 0 <= index < len(children) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Its index, or -1."""
        children = self.children_of_layout()
        return next((i for i, known in enumerate(children) if known is child), -1)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """The smallest one under a point of the screen."""
        at = self._month.mapFromGlobal(QPoint(x, y))
        found = [c for c in self.children_of_layout() if c.spot.box.has(at.x(), at.y())]
        return found[-1] if found else None

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The one with the keyboard."""
        if not self._month.hasFocus():
            return None
        index = self.focus_index()
        return self.child(index) if index >= 0 else None

    def focus_index(self) -> int:
        """The index of the one with the keyboard, or -1."""
        focus = _current(self._month)
        children = self.children_of_layout()
        return next((i for i, child in enumerate(children) if child.spot.focus == focus), -1)


_watchers: dict[Month, MonthInterface] = {}
"""Interfaces in use; Qt deletes them with their widgets, Python must not earlier."""
_installed: list[bool] = []


def install_factory() -> None:
    """Teach Qt to look into months; before the first one is made, as Qt keeps what it found."""
    if not _installed:
        QAccessible.installFactory(_make)
        _installed.append(True)


def make_accessible(month: Month) -> None:
    """Tell readers what changes in this month from now on."""
    announcer = _Announcer(month)
    month.laid_out.connect(announcer.layout_changed)
    month.viewmodel.focus_changed.connect(announcer.focus_changed)


class _Announcer(QObject):
    """Tells readers what changed."""

    def __init__(self, month: Month) -> None:
        super().__init__(month)
        self._month = month
        month.destroyed.connect(_forget_deleted)

    def layout_changed(self) -> None:
        """Other children."""
        interface = _watchers.get(self._month)
        if interface is not None:
            interface.mark_stale()
            event = QAccessibleEvent(self._month, QAccessible.Event.ObjectReorder)
            QAccessible.updateAccessibility(event)

    def focus_changed(self) -> None:
        """The keyboard went to another child."""
        interface = _watchers.get(self._month)
        if interface is None or not QAccessible.isActive() or not self._month.hasFocus():
            return
        index = interface.focus_index()
        if index >= 0:
            event = QAccessibleEvent(self._month, QAccessible.Event.Focus)
            event.setChild(index)
            QAccessible.updateAccessibility(event)


def _make(key: str, thing: QObject) -> QAccessibleInterface | None:
    del key
    return MonthInterface(thing) if isinstance(thing, Month) else None


def _forget_deleted() -> None:
    for month in [month for month in _watchers if not isValid(month)]:
        _watchers.pop(month).drop()


def _current(month: Month) -> Focus:
    layout = month.month_layout
    focus = month.viewmodel.focus
    return settled(focus, layout) if layout else focus
