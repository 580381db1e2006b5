"""All posts of one day, where the month has no room for them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from postflow_desktop.ui.calendar.boxes import Box
from postflow_desktop.ui.calendar.chips import ChipBox, ChipMaker, ChipStyle
from postflow_desktop.ui.calendar.layout import CellBox
from postflow_desktop.ui.calendar.localization import long_day
from postflow_desktop.ui.calendar.month import Month
from postflow_desktop.ui.calendar.painter import rect
from postflow_desktop.ui.kit.widgets import Text
from postflow_desktop.ui.words import count_of

_WIDTH = 320
_MOST_HEIGHT = 360
_MARGIN = 12
_RING = 2


class DayList(QWidget):
    """The day's chips below each other; arrows move, Enter inspects, E edits, Del cancels."""

    chosen = Signal(str)
    opened = Signal(str)
    canceled = Signal(str)
    reached = Signal(QRect)
    """The keyboard is here now: scroll it into view."""

    def __init__(self, month: Month, cell: CellBox, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("calendar-day-list")
        self.setProperty("ownFocus", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._month = month
        self._painter = month.month_painter
        self._chips = _chips_of(month, cell, parent.isRightToLeft())
        self._at = 0
        sizes = month.inks.sizes
        height = len(self._chips) * (sizes.chip + sizes.gap + 2) + 2 * _RING
        self.setFixedSize(QSize(_WIDTH, height))
        self._tell()

    @property
    def current(self) -> ChipBox:
        """The chip under the keyboard."""
        return self._chips[self._at]

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chips that are seen."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            seen = event.rect()
            for chip in self._chips:
                if rect(chip.box).toAlignedRect().intersects(seen):
                    self._painter.chip(painter, chip)
            if self.hasFocus():
                ring = rect(self.current.box).adjusted(-_RING, -_RING, _RING, _RING)
                self._painter.outline(painter, ring, "focus", 2)
        finally:
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move and act."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Home: -self._at}
        steps[Qt.Key.Key_End] = len(self._chips) - 1 - self._at
        acts = {
            Qt.Key.Key_Return: self.chosen,
            Qt.Key.Key_Enter: self.chosen,
            Qt.Key.Key_Space: self.chosen,
            Qt.Key.Key_E: self.opened,
            Qt.Key.Key_Delete: self.canceled,
            Qt.Key.Key_Backspace: self.canceled,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._go(self._at + steps[key])
        elif key in acts:
            acts[key].emit(self.current.row.post_id)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Inspect the post under the pointer."""
        x, y = event.position().x(), event.position().y()
        chip = next((chip for chip in self._chips if chip.box.has(x, y)), None)
        if chip is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(chip.row.post_id)

    def _go(self, index: int) -> None:
        self._at = min(max(index, 0), len(self._chips) - 1)
        self._tell()
        self.reached.emit(rect(self.current.box).toAlignedRect())
        self.update()

    def _tell(self) -> None:
        self.setAccessibleName(self._month.describe(self.current.row))


class DayPopover(QFrame):
    """Opens beside "+N more"; Esc and a click elsewhere close it."""

    def __init__(self, month: Month, cell: CellBox) -> None:
        super().__init__(month, Qt.WindowType.Popup)
        self.setObjectName("calendar-day-popover")
        self.setProperty("panel", "popover")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._month = month
        heading = long_day(cell.day, month.viewmodel.locale)
        self.setAccessibleName(f"{heading}, {count_of(len(cell.rows), 'post', 'posts')}")
        self.list = DayList(month, cell, self)
        self.list.chosen.connect(self._choose)
        self.list.opened.connect(self._open)
        self.list.canceled.connect(self._cancel)
        self.list.reached.connect(self._follow)
        self._scroll = QScrollArea(self)
        self._scroll.setWidget(self.list)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        height = min(self.list.height(), _MOST_HEIGHT)
        scrolls = self.list.height() > height
        bar = self._scroll.verticalScrollBar().sizeHint().width() if scrolls else 0
        self._scroll.setFixedSize(_WIDTH + bar, height)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN - min(bar, 8), _MARGIN)
        column.setSpacing(8)
        column.addWidget(Text(heading, role="strong", parent=self))
        column.addWidget(self._scroll)
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def open_beside(self, box: Box) -> None:
        """Show it over the day, wholly on the screen."""
        self.adjustSize()
        at = self._month.mapToGlobal(QPoint(box.x, box.bottom + 4))
        room = self._month.screen().availableGeometry()
        x = min(max(at.x(), room.left()), room.right() - self.width())
        y = min(max(at.y(), room.top()), room.bottom() - self.height())
        self.move(x, y)
        self.show()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def _choose(self, post_id: str) -> None:
        self.close()
        self._month.viewmodel.select(post_id)

    def _open(self, post_id: str) -> None:
        self.close()
        self._month.viewmodel.open(post_id)

    def _cancel(self, post_id: str) -> None:
        self.close()
        self._month.viewmodel.cancel(post_id)

    def _follow(self, box: QRect) -> None:
        center = box.center()
        self._scroll.ensureVisible(center.x(), center.y(), 0, box.height())


def _chips_of(month: Month, cell: CellBox, right_to_left: bool) -> tuple[ChipBox, ...]:
    viewmodel, sizes = month.viewmodel, month.inks.sizes
    style = ChipStyle(
        zone=viewmodel.zone,
        time=viewmodel.local.time,
        sizes=sizes,
        measure=month.inks,
        right_to_left=right_to_left,
    )
    maker = ChipMaker(style)
    snapshot = viewmodel.snapshot
    moving = snapshot.moving if snapshot else frozenset()
    step = sizes.chip + sizes.gap + 2
    return tuple(
        maker.chip(
            row,
            cell.day,
            Box(_RING, _RING + index * step, _WIDTH - 2 * _RING, sizes.chip),
            moving=row.post_id in moving,
        )
        for index, row in enumerate(cell.rows)
    )
