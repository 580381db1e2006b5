"""Lifts a chip, carries it over the days, drops it or lets it glide home."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import (
    QAbstractAnimation,
    QEasingCurve,
    QObject,
    QPoint,
    Qt,
    QTimer,
    QVariantAnimation,
    Slot,
)
from PySide6.QtWidgets import QAbstractButton, QToolTip

from postflow_desktop.services.ports.replica import CalendarRow
from postflow_desktop.ui.calendar.boxes import Box
from postflow_desktop.ui.calendar.chips import ChipBox
from postflow_desktop.ui.calendar.drag import ChipDrag
from postflow_desktop.ui.calendar.grid import MonthGrid
from postflow_desktop.ui.calendar.localization import short_day
from postflow_desktop.ui.kit.theme import current_theme

_RETURN_MS = 120
_PAGE_AFTER_MS = 600


class Hand(QObject):
    """One grid's dragging; what it holds is the grid's `drag`, which the grid paints."""

    def __init__(self, grid: MonthGrid) -> None:
        super().__init__(grid)
        self._grid = grid
        self._viewmodel = grid.viewmodel
        self._pagers: tuple[QAbstractButton, ...] = ()
        self._pager: QAbstractButton | None = None
        self._page_timer = QTimer(self)
        self._page_timer.setSingleShot(True)
        self._page_timer.setInterval(_PAGE_AFTER_MS)
        self._page_timer.timeout.connect(self._page)
        self._return = QVariantAnimation(self)
        self._return.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._return.valueChanged.connect(self._glide)
        self._return.finished.connect(self._end)
        grid.laid_out.connect(self._aim_again)

    def page_by(self, *buttons: QAbstractButton) -> None:
        """Holding a chip over one of these presses it after a moment."""
        self._pagers = buttons

    def lift(self, chip: ChipBox, pressed_at: QPoint, position: QPoint) -> None:
        """Take a chip up where it was pressed."""
        grid = self._grid
        ghost, margin = grid.month_painter.ghost(chip, grid.devicePixelRatioF())
        grid.drag = ChipDrag(
            chip=chip,
            grab=pressed_at - QPoint(chip.box.x, chip.box.y),
            ghost=ghost,
            margin=margin,
            bounds=grid.size(),
            position=position,
        )
        grid.hover(None)
        QToolTip.hideText()
        grid.update()
        self.move(position)

    def move(self, position: QPoint) -> None:
        """Carry it; only what changed is painted again."""
        drag, layout = self._grid.drag, self._grid.month_layout
        if drag is None or layout is None or drag.returning:
            return
        before = drag.dirty()
        drag.position = position
        cell = layout.cell_at(position.x(), position.y())
        old = drag.target_box
        if drag.aim(cell.day if cell else None, cell.box if cell else None):
            self._judge(drag)
            self._update(old)
            self._update(drag.target_box)
        self._grid.update(before.united(drag.dirty()))
        self._watch_pagers(position)

    def drop(self) -> None:
        """Let go: the post moves to that day, or the chip goes home."""
        drag = self._grid.drag
        if drag is None or drag.returning:
            return
        if drag.target is None or not self._viewmodel.mover.move(drag.chip.row, drag.target):
            self.cancel()
            return
        self._end()

    def cancel(self) -> None:
        """Let the chip glide home; nothing happened."""
        drag = self._grid.drag
        if drag is None or drag.returning:
            return
        self._page_timer.stop()
        self._grid.update(drag.dirty())
        drag.returning = True
        self._update(drag.target_box)
        self._grid.unsetCursor()
        duration = current_theme().ms(_RETURN_MS)
        if duration == 0 or not self._grid.isVisible():
            self._end()
            return
        self._return.setStartValue(drag.position)
        self._return.setEndValue(drag.home() + drag.grab)
        self._return.setDuration(duration)
        self._return.start()

    # --- inside -----------------------------------------------------------------------------

    def _judge(self, drag: ChipDrag) -> None:
        """What dropping it here would do, in words."""
        row = drag.chip.row
        refusal = self._viewmodel.mover.refusal(row, drag.target)
        text = refusal or (self._promise(row, drag.target) if drag.target else "")
        drag.say(text, self._grid.inks.strong(text), forbidden=bool(refusal))
        forbidden, holding = Qt.CursorShape.ForbiddenCursor, Qt.CursorShape.ClosedHandCursor
        self._grid.setCursor(forbidden if refusal else holding)

    def _promise(self, row: CalendarRow, day: date) -> str:
        planned = self._viewmodel.mover.planned(row, day)
        wall = planned.utc.astimezone(self._viewmodel.zone)
        words = f"{short_day(day, self._viewmodel.locale)}, {self._viewmodel.local.time(wall)}"
        return f"{words} (the clocks change)" if planned.note else words

    @Slot()
    def _aim_again(self) -> None:
        """The layout changed under a chip in the air: judge the day under it anew."""
        drag = self._grid.drag
        if drag is None or drag.returning:
            return
        row = self._viewmodel.row(drag.chip.row.post_id)
        if row is not None and row.at != drag.chip.row.at:
            self.cancel()
            return
        drag.aim(None, None)
        self.move(drag.position)

    @Slot(object)
    def _glide(self, position: QPoint) -> None:
        drag = self._grid.drag
        if drag is not None:
            before = drag.dirty()
            drag.position = position
            self._grid.update(before.united(drag.dirty()))

    @Slot()
    def _end(self) -> None:
        if self._return.state() is QAbstractAnimation.State.Running:
            self._return.stop()
        self._page_timer.stop()
        self._grid.drag = None
        self._grid.unsetCursor()
        self._grid.update()

    def _update(self, box: Box | None) -> None:
        if box is not None:
            self._grid.update(box.x, box.y, box.width, box.height)

    def _watch_pagers(self, position: QPoint) -> None:
        at = self._grid.mapToGlobal(position)
        over = next(
            (b for b in self._pagers if b.isVisible() and b.rect().contains(b.mapFromGlobal(at))),
            None,
        )
        if over is not self._pager:
            self._pager = over
            self._page_timer.stop()
        if over is not None and not self._page_timer.isActive():
            self._page_timer.start()

    @Slot()
    def _page(self) -> None:
        if self._pager is not None and self._grid.drag is not None:
            self._pager.click()
            self._page_timer.start()
