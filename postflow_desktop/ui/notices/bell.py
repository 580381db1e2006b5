"""The bell in the toolbar: a number where something was not seen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from postflow_desktop.ui.kit.buttons import IconButton
from postflow_desktop.ui.kit.theme import current_theme

KEYS = "Ctrl+Shift+N"
_MOST = 9


class Bell(IconButton):
    """Opens the notices."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bell", "Notifications", parent, shortcut=KEYS, name="bell")
        self._count = 0

    @property
    def count(self) -> int:
        """What it shows."""
        return self._count

    def set_count(self, count: int) -> None:
        """So many were not seen."""
        self._count = count
        self.set_label(f"Notifications, {count} unread" if count else "Notifications", KEYS)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bell, and the number over it."""
        super().paintEvent(event)
        if not self._count:
            return
        theme = current_theme()
        words = f"{_MOST}+" if self._count > _MOST else str(self._count)
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            font = theme.font("caption")
            wide = QFontMetricsF(font).horizontalAdvance(words)
            high = theme.px(15)
            box = QRectF(0, 0, max(high, wide + theme.px(7)), high)
            middle = QRectF(self.rect()).center()
            box.moveLeft(min(middle.x() - 1, self.width() - box.width()))
            if self.isRightToLeft():
                box.moveLeft(self.width() - box.right())
            box.moveTop(max(0.0, middle.y() - theme.px(14)))
            painter.setPen(theme.color("surface"))
            painter.setBrush(theme.color("accent"))
            painter.drawRoundedRect(box, high / 2, high / 2)
            painter.setFont(font)
            painter.setPen(Qt.GlobalColor.white)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        finally:
            painter.end()
