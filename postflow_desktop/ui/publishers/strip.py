"""The hours of a day of one machine, painted: the more often it was on, the fuller the cell."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from postflow_desktop.domain.coverage import HISTORY_DAYS
from postflow_desktop.ui.kit.direction import write
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.publishers.hours import HOURS, UsualHours

_CELL = 20
_GAP = 2
_TICKS = (0, 6, 12, 18)


class HoursStrip(QWidget):
    """24 cells; times run from left to right wherever people read from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hours: UsualHours | None = None
        self._now = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_AlwaysShowToolTips)
        current_theme().changed.connect(self.updateGeometry)

    def show_hours(self, hours: UsualHours, now_hour: int) -> None:
        """Show a machine; the hour that it is now has an outline."""
        self._hours, self._now = hours, now_hour
        self.setAccessibleName(f"{hours.name}: {hours.words}")
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(current_theme().px(240), current_theme().px(_CELL))

    def cell(self, hour: int) -> QRectF:
        """Where an hour is painted."""
        wide = self.width() / HOURS
        return QRectF(hour * wide, 0, wide - _GAP, self.height())

    def tip(self, hour: int) -> str:
        """What is said about an hour."""
        if self._hours is None:
            return ""
        count = self._hours.counts[hour]
        on = f"on {count} of {HISTORY_DAYS} days" if count else "never on"
        return f"{hour:02}:00 to {(hour + 1) % HOURS:02}:00: {on}"

    def event(self, event: QEvent) -> bool:
        """Each hour has a tool tip of its own."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            hour = min(HOURS - 1, max(0, int(event.pos().x() * HOURS / max(1, self.width()))))
            QToolTip.showText(event.globalPos(), self.tip(hour), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The cells."""
        theme = current_theme()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            counts = self._hours.counts if self._hours else (0,) * HOURS
            for hour, count in enumerate(counts):
                painter.setPen(Qt.PenStyle.NoPen)
                box = self.cell(hour).adjusted(0.5, 0.5, -0.5, -0.5)
                painter.setBrush(theme.color("sunken"))
                painter.drawRoundedRect(box, 3, 3)
                if count:
                    painter.setBrush(_filled(theme.color("accent"), count))
                    painter.drawRoundedRect(box, 3, 3)
                if hour == self._now:
                    painter.setPen(QPen(theme.color("text2"), 1.5))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawRoundedRect(box, 3, 3)
        finally:
            painter.end()


class HoursScale(QWidget):
    """The hours over the strips."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """One small line."""
        return QSize(current_theme().px(240), current_theme().px(16))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Each sixth hour at the beginning of its cell."""
        theme = current_theme()
        painter = QPainter(self)
        try:
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("text3"))
            wide = self.width() / HOURS
            for hour in _TICKS:
                box = QRectF(QPointF(hour * wide, 0), QPointF(hour * wide + 60, self.height()))
                write(painter, box, f"{hour:02}:00", right_to_left=False)
        finally:
            painter.end()


def _filled(ink: QColor, count: int) -> QColor:
    """The rarest is still to be seen, the usual is the full colour."""
    made = QColor(ink)
    made.setAlphaF(min(1.0, 0.22 + 0.78 * count / HISTORY_DAYS))
    return made
