"""Mouse, keyboard and drops on the month; no rule of its own, everything goes to the view model."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from postflow_desktop.services.ports.replica import CalendarRow
from postflow_desktop.ui.calendar.chips import ChipBox
from postflow_desktop.ui.calendar.grid import MonthGrid
from postflow_desktop.ui.calendar.hand import Hand
from postflow_desktop.ui.calendar.keys import act_of
from postflow_desktop.ui.calendar.layout import MoreBox
from postflow_desktop.ui.calendar.localization import long_day
from postflow_desktop.ui.calendar.looks import look_of, networks_of, title_of
from postflow_desktop.ui.calendar.navigation import Direction, Focus, arrow, next_post, settled
from postflow_desktop.ui.calendar.viewmodel import CalendarViewModel

_BY_KEYBOARD = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
    }
)


class Month(MonthGrid):
    """The month that can be used."""

    more_requested = Signal(object)
    """A MoreBox: list that day."""
    menu_requested = Signal(str, QPoint)
    """A post, and where its menu is to open (global)."""

    def __init__(self, viewmodel: CalendarViewModel, parent: QWidget | None = None) -> None:
        super().__init__(viewmodel, parent)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Calendar month")
        self._pressed: ChipBox | MoreBox | date | None = None
        self._press_at = QPoint()
        self.hand = Hand(self)

    # --- mouse ------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember what was pressed; the right button ends a drag."""
        self.show_keyboard(False)
        if self.drag is not None and event.button() == Qt.MouseButton.RightButton:
            self.hand.cancel()
            return
        if event.button() != Qt.MouseButton.LeftButton or self.month_layout is None:
            return
        x, y = event.position().x(), event.position().y()
        cell = self.month_layout.cell_at(x, y)
        self._press_at = event.position().toPoint()
        self._pressed = (
            self.month_layout.chip_at(x, y)
            or self.month_layout.more_at(x, y)
            or (cell.day if cell else None)
        )
        if isinstance(self._pressed, ChipBox):
            focus = Focus(day=self._pressed.day, post_id=self._pressed.row.post_id)
            self.viewmodel.set_focus(focus)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hover, begin a drag beyond the threshold, go on with it."""
        position = event.position().toPoint()
        if self.drag is not None:
            if not self.drag.returning:
                self.hand.move(position)
            return
        if isinstance(self._pressed, ChipBox) and event.buttons() & Qt.MouseButton.LeftButton:
            way = (position - self._press_at).manhattanLength()
            if way >= QApplication.startDragDistance():
                chip, self._pressed = self._pressed, None
                self.hand.lift(chip, self._press_at, position)
            return
        self._hover_at(position)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop, or a click if it was let go where it was pressed."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        pressed, self._pressed = self._pressed, None
        if self.drag is not None:
            if not self.drag.returning:
                self.hand.drop()
            return
        position = event.position().toPoint()
        if (position - self._press_at).manhattanLength() < QApplication.startDragDistance():
            self._click(pressed)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit a post."""
        chip = self._chip_at(event.position().toPoint())
        if chip is not None and event.button() == Qt.MouseButton.LeftButton:
            self.viewmodel.open(chip.row.post_id)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is hovered any more."""
        self.hover(None)
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of a post, by mouse or by key."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            box = self.focus_box()
            if self.viewmodel.focus.post_id and box:
                at = self.mapToGlobal(QPoint(box.x, box.bottom))
                self.menu_requested.emit(self.viewmodel.focus.post_id, at)
            return
        chip = self._chip_at(event.pos())
        if chip is not None and self.drag is None:
            self.viewmodel.set_focus(Focus(day=chip.day, post_id=chip.row.post_id))
            self.menu_requested.emit(chip.row.post_id, event.globalPos())

    def _click(self, pressed: ChipBox | MoreBox | date | None) -> None:
        if isinstance(pressed, ChipBox):
            self.viewmodel.select(pressed.row.post_id)
        elif isinstance(pressed, MoreBox):
            self.viewmodel.set_focus(Focus(day=pressed.day, more=True))
            self.more_requested.emit(pressed)
        elif pressed is not None:
            self.viewmodel.set_focus(Focus(day=pressed))
            self.viewmodel.compose_on(pressed)

    def _hover_at(self, position: QPoint) -> None:
        layout = self.month_layout
        cell = layout.cell_at(position.x(), position.y()) if layout else None
        chip = self._chip_at(position)
        self.hover(cell.day if cell and chip is None else None)
        hand = cell is not None and (chip is not None or not cell.past)
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def _chip_at(self, position: QPoint) -> ChipBox | None:
        layout = self.month_layout
        return layout.chip_at(position.x(), position.y()) if layout else None

    def hideEvent(self, event: QHideEvent) -> None:
        """A chip can't stay in the air."""
        self.hand.cancel()
        super().hideEvent(event)

    # --- keyboard ---------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keyboard model of ux.md; what is no key of the month goes on."""
        if event.key() == Qt.Key.Key_Escape and self._escape():
            return
        act = act_of(event, right_to_left=self.isRightToLeft())
        if self.drag is not None or act is None:
            super().keyPressEvent(event)
            return
        self.show_keyboard(True)
        if isinstance(act, Direction):
            if self.month_layout is not None:
                self.viewmodel.set_focus(arrow(self.viewmodel.focus, act, self.month_layout))
        else:
            act(self)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, N802 - Qt's signature
        """Tab goes through the posts in order of time, then leaves."""
        if self.month_layout is None or not self.hasFocus():
            return super().focusNextPrevChild(next)
        stop = next_post(self.viewmodel.focus, self.month_layout, forward=next)
        if stop is None:
            return super().focusNextPrevChild(next)
        self.show_keyboard(True)
        self.viewmodel.set_focus(stop)
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring where the keyboard came in."""
        super().focusInEvent(event)
        self.show_keyboard(event.reason() in _BY_KEYBOARD)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring; a chip in the air goes home when another window comes."""
        super().focusOutEvent(event)
        if event.reason() is Qt.FocusReason.ActiveWindowFocusReason:
            self.hand.cancel()
        self.update()

    def activate(self) -> None:
        """Enter: inspect a post, list a day's posts, or write one for an empty spot."""
        layout = self.month_layout
        focus = settled(self.viewmodel.focus, layout) if layout else self.viewmodel.focus
        cell = layout.cell(focus.day) if layout else None
        if focus.post_id:
            self.viewmodel.select(focus.post_id)
        elif focus.more and cell and cell.more:
            self.more_requested.emit(cell.more)
        else:
            self.viewmodel.compose_on(focus.day)

    def _escape(self) -> bool:
        if self.drag is not None:
            self.hand.cancel()
        elif self.viewmodel.selected:
            self.viewmodel.select("")
        elif self.viewmodel.channels.filter is not None:
            self.viewmodel.channels.clear_filter()
        else:
            return False
        return True

    # --- things from outside ----------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files, links and words can be dropped on a day."""
        if _files_of(event.mimeData()) or event.mimeData().hasText():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show the day they would fall on; past days take nothing."""
        day = self._open_day(event.position().toPoint())
        self.offer_drop(day)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(day is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """They went away again."""
        self.offer_drop(None)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """A new post on that day, with what was dropped."""
        day = self._open_day(event.position().toPoint())
        self.offer_drop(None)
        if day is None:
            return
        files = _files_of(event.mimeData())
        text = "" if files else event.mimeData().text().strip()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.viewmodel.compose_on(day, files, text)

    def _open_day(self, position: QPoint) -> date | None:
        layout = self.month_layout
        cell = layout.cell_at(position.x(), position.y()) if layout else None
        return cell.day if cell and not cell.past else None

    # --- tool tips --------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Tool tips say what a chip has no room for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            chip = self._chip_at(event.pos()) if self.drag is None else None
            if chip is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.describe(chip.row), self)
            return True
        return super().event(event)

    def describe(self, row: CalendarRow) -> str:
        """A post in words: title, day, time, networks, status."""
        viewmodel = self.viewmodel
        wall = row.at.astimezone(viewmodel.zone)
        snapshot = viewmodel.snapshot
        moving = snapshot is not None and row.post_id in snapshot.moving
        return ", ".join(
            (
                title_of(row),
                long_day(wall.date(), viewmodel.locale),
                viewmodel.local.time(wall),
                networks_of(row),
                look_of(row, moving=moving).words,
            )
        )


def _files_of(data: QMimeData) -> tuple[Path, ...]:
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
