"""The month as one widget: a cached picture of the layout, and over it what moves.

What stands still is painted once into a pixmap of the screen's resolution; focus, selection, hover
and a dragged chip are painted over it, only where something changed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from postflow_desktop.ui.calendar.boxes import Box
from postflow_desktop.ui.calendar.chips import ChipBox
from postflow_desktop.ui.calendar.drag import ChipDrag
from postflow_desktop.ui.calendar.inks import Inks
from postflow_desktop.ui.calendar.layout import CellBox, MonthLayout, MonthSpec, month_layout
from postflow_desktop.ui.calendar.navigation import settled
from postflow_desktop.ui.calendar.painter import MonthPainter, rect
from postflow_desktop.ui.calendar.viewmodel import CalendarViewModel
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.theme import current_theme

_ALARM_MS = 2000
_RING = 4
"""The focus ring's reach around what it is on: 2 px and 2 px away from it."""


class MonthGrid(QWidget):
    """Draws the view model's month; mouse and keyboard come from `MonthInput`."""

    laid_out = Signal()
    """There is another layout."""

    def __init__(self, viewmodel: CalendarViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.viewmodel = viewmodel
        self.drag: ChipDrag | None = None
        self._still = QPixmap()
        self._layout: MonthLayout | None = None
        self._hover: date | None = None
        self._drop: date | None = None
        self._keyboard = False
        self._alarm = ""
        self._alarm_timer = QTimer(self)
        self._alarm_timer.setSingleShot(True)
        self._alarm_timer.timeout.connect(self._end_alarm)
        self.setObjectName("calendar-month")
        self.setProperty("ownFocus", True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._take_look()
        current_theme().changed.connect(self._take_look)
        viewmodel.snapshot_changed.connect(self.lay_out)
        viewmodel.focus_changed.connect(self.update)
        viewmodel.mover.rolled_back.connect(self._ring_alarm)

    # --- what is where ----------------------------------------------------------------------

    @property
    def month_layout(self) -> MonthLayout | None:
        """Where everything stands; None before the first reading."""
        return self._layout

    @property
    def inks(self) -> Inks:
        """Fonts, colours and widths in force."""
        return self._inks

    @property
    def month_painter(self) -> MonthPainter:
        """Draws chips the way the month does."""
        return self._painter

    def minimumSizeHint(self) -> QSize:
        """The least at which every day can say how many posts it has."""
        return QSize(7 * 60, self._inks.sizes.least_height)

    def sizeHint(self) -> QSize:
        """Room for a few posts a day."""
        return QSize(7 * 130, self._inks.sizes.weekday + 6 * 130)

    def show_keyboard(self, shown: bool) -> None:
        """Show or hide the focus ring."""
        if shown != self._keyboard:
            self._keyboard = shown
            self.update()

    def hover(self, day: date | None) -> None:
        """The pointer is over this day's empty part."""
        if day != self._hover:
            self._update_days(self._hover, day)
            self._hover = day

    def offer_drop(self, day: date | None) -> None:
        """Something from outside is held over this day."""
        if day != self._drop:
            self._update_days(self._drop, day)
            self._drop = day

    # --- laying out -------------------------------------------------------------------------

    @Slot()
    def lay_out(self) -> None:
        """Lay the snapshot out again, for this size and look."""
        snapshot = self.viewmodel.snapshot
        if snapshot is None or self.width() < 1:
            return
        spec = MonthSpec(
            month=snapshot.month,
            today=snapshot.today,
            zone=snapshot.zone,
            width=self.width(),
            height=self.height(),
            local=replace(self.viewmodel.local, right_to_left=self.isRightToLeft()),
            sizes=self._inks.sizes,
            moving=snapshot.moving,
        )
        self._layout = month_layout(snapshot.rows, spec, self._inks)
        self._still = QPixmap()
        self.update()
        self.laid_out.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size, another layout."""
        super().resizeEvent(event)
        self.lay_out()

    def event(self, event: QEvent) -> bool:
        """Another screen or reading direction needs another picture."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._still = QPixmap()
            self.update()
        elif event.type() == QEvent.Type.LayoutDirectionChange:
            self._take_look()
        return super().event(event)

    @Slot()
    def _take_look(self) -> None:
        self._inks = Inks(current_theme())
        self._painter = MonthPainter(self._inks, right_to_left=self.isRightToLeft())
        self.setMinimumSize(self.minimumSizeHint())
        self.lay_out()

    # --- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The still picture, then what moves, only where it is asked for."""
        painter = QPainter(self)
        try:
            if self._layout is None:
                painter.fillRect(event.rect(), self._inks.color("surface"))
                return
            painter.drawPixmap(0, 0, self._still_picture(self._layout))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_over(painter, self._layout, event.rect())
        finally:
            painter.end()

    def _still_picture(self, layout: MonthLayout) -> QPixmap:
        dpr = self.devicePixelRatioF()
        if self._still.isNull():
            height = max(layout.height, self.height())
            self._still = QPixmap(round(self.width() * dpr), round(height * dpr))
            self._still.setDevicePixelRatio(dpr)
            self._still.fill(self._inks.color("surface"))
            painter = QPainter(self._still)
            try:
                self._painter.month(painter, layout)
            finally:
                painter.end()
        return self._still

    def _paint_over(self, painter: QPainter, layout: MonthLayout, dirty: QRect) -> None:
        drag = self.drag
        if self._drop is not None:
            self._paint_target(painter, layout.cell(self._drop), "accent")
        if drag is not None:
            self._paint_drag_ground(painter, layout, drag, dirty)
        elif self._hover is not None:
            self._paint_hover(painter, layout.cell(self._hover))
        self._paint_marks(painter, layout)
        if drag is not None:
            drag.paint(painter, self._painter)

    def _paint_marks(self, painter: QPainter, layout: MonthLayout) -> None:
        """Selection, alarm, focus ring."""
        viewmodel = self.viewmodel
        if viewmodel.selected and (chip := self._chip(layout, viewmodel.selected)):
            self._painter.outline(painter, rect(chip.box), "accent")
        if self._alarm and (chip := self._chip(layout, self._alarm)):
            self._painter.outline(painter, rect(chip.box), "danger", 2)
        if self._keyboard and self.hasFocus() and (box := self.focus_box()):
            ring = rect(box).adjusted(-_RING, -_RING, _RING, _RING)
            self._painter.outline(painter, ring, "focus", 2)

    def _paint_drag_ground(
        self, painter: QPainter, layout: MonthLayout, drag: ChipDrag, dirty: QRect
    ) -> None:
        origin = layout.cell(drag.chip.day)
        home = drag.target == drag.chip.day
        if drag.target is not None and not home and not drag.returning:
            target = layout.cell(drag.target)
            if target is not None and rect(target.box).toRect().intersects(dirty):
                self._paint_target(painter, target, "danger" if drag.forbidden else "accent")
        if origin is not None and rect(origin.box).toRect().intersects(dirty):
            ground = "canvas" if origin.weekend else "surface"
            drag.paint_origin(painter, self._painter, ground)

    def _paint_target(self, painter: QPainter, cell: CellBox | None, tone: str) -> None:
        if cell is None:
            return
        self._painter.cell(painter, cell, "danger_bg" if tone == "danger" else "accent_subtle")
        self._painter.outline(painter, rect(cell.box), tone)

    def _paint_hover(self, painter: QPainter, cell: CellBox | None) -> None:
        """A plus in the corner of a day that can be planned: a click there starts a post."""
        if cell is None or cell.past:
            return
        size = self._inks.sizes.icon
        pad = self._inks.sizes.pad + 2
        box = cell.box
        x = box.x + pad if self.isRightToLeft() else box.right - pad - size
        y = cell.pill.y + (cell.pill.height - size) / 2
        ink = self._inks.color("text3")
        painter.drawPixmap(
            QPoint(x, round(y)), icons.pixmap("plus", size, ink, self.devicePixelRatioF())
        )

    # --- small things -----------------------------------------------------------------------

    def focus_box(self) -> Box | None:
        """What the keyboard is on: a chip, a "+N more" or a day (its inside)."""
        if self._layout is None:
            return None
        focus = settled(self.viewmodel.focus, self._layout)
        cell = self._layout.cell(focus.day)
        if cell is None:
            return None
        if focus.more and cell.more:
            return cell.more.box
        chip = next((c for c in cell.chips if c.row.post_id == focus.post_id), None)
        if chip is not None:
            return chip.box
        box, inset = cell.box, _RING + 1
        return Box(box.x + inset, box.y + inset, box.width - 2 * inset, box.height - 2 * inset)

    def _chip(self, layout: MonthLayout, post_id: str) -> ChipBox | None:
        row = self.viewmodel.row(post_id)
        cell = layout.cell(self.viewmodel.day_of(row)) if row else None
        return next((c for c in cell.chips if c.row.post_id == post_id), None) if cell else None

    def _update_days(self, *days: date | None) -> None:
        for day in days:
            cell = self._layout.cell(day) if self._layout and day else None
            if cell is not None:
                self.update(QRectF(rect(cell.box)).toAlignedRect())

    @Slot(str)
    def _ring_alarm(self, post_id: str) -> None:
        """A post that went back shows it for a moment."""
        self._alarm = post_id
        self._alarm_timer.start(_ALARM_MS)
        self.update()

    @Slot()
    def _end_alarm(self) -> None:
        self._alarm = ""
        self.update()
