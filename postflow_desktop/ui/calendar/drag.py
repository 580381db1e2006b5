"""A chip in the hand: where it is, over which day, and what dropping it there would do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap

from postflow_desktop.ui.calendar.boxes import Box
from postflow_desktop.ui.calendar.chips import ChipBox
from postflow_desktop.ui.calendar.painter import MonthPainter, rect

ORIGIN_OPACITY = 0.35
_PILL_PAD = 12
_PILL_HEIGHT = 26
_BELOW = QPoint(12, 20)
"""From the pointer to the pill."""
_EDGE = 4


@dataclass(slots=True, kw_only=True)
class ChipDrag:
    """What is drawn while a chip is dragged; the grid decides and moves it."""

    chip: ChipBox
    grab: QPoint
    """From the chip's corner to the pointer."""
    ghost: QPixmap
    margin: int
    """Of the shadow around the ghost."""
    bounds: QSize
    """The widget's size, so that the pill stays in it."""
    position: QPoint = field(default_factory=QPoint)
    """Of the pointer."""
    target: date | None = None
    target_box: Box | None = None
    text: str = ""
    text_width: int = 0
    forbidden: bool = False
    returning: bool = False
    """Let go and gliding home; there is no pill and no target any more."""

    def aim(self, day: date | None, box: Box | None) -> bool:
        """Hold it over a day; whether that is another one than before."""
        if day == self.target:
            return False
        self.target, self.target_box = day, box
        return True

    def say(self, text: str, width: int, *, forbidden: bool) -> None:
        """What dropping it here would do, or why it can't be done."""
        self.text, self.text_width, self.forbidden = text, width, forbidden

    def ghost_at(self) -> QPoint:
        """The corner of the lifted chip."""
        return self.position - self.grab

    def home(self) -> QPoint:
        """The corner of its place."""
        return QPoint(self.chip.box.x, self.chip.box.y)

    def pill_box(self) -> QRectF:
        """Under the pointer, inside the widget."""
        width = min(self.text_width + 2 * _PILL_PAD, self.bounds.width() - 2 * _EDGE)
        at = self.position + _BELOW
        x = min(max(at.x(), _EDGE), self.bounds.width() - width - _EDGE)
        y = min(max(at.y(), _EDGE), self.bounds.height() - _PILL_HEIGHT - _EDGE)
        return QRectF(x, y, width, _PILL_HEIGHT)

    def dirty(self) -> QRect:
        """What has to be painted again because of where it is now."""
        corner = self.ghost_at() - QPoint(self.margin, self.margin)
        around = QRect(corner, self.ghost.deviceIndependentSize().toSize())
        if self.returning:
            return around
        return around.united(self.pill_box().toAlignedRect().adjusted(-1, -1, 1, 1))

    def paint(self, painter: QPainter, month: MonthPainter) -> None:
        """The ghost and its pill; everything below them is there already."""
        corner = self.ghost_at() - QPoint(self.margin, self.margin)
        painter.drawPixmap(QPointF(corner), self.ghost)
        if self.text and not self.returning:
            month.pill(painter, self.pill_box(), self.text, bad=self.forbidden)

    def paint_origin(self, painter: QPainter, month: MonthPainter, ground: str) -> None:
        """The place it was taken from, faintly."""
        painter.fillRect(rect(self.chip.box), month.inks.color(ground))
        painter.setOpacity(ORIGIN_OPACITY)
        month.chip(painter, self.chip)
        painter.setOpacity(1.0)
