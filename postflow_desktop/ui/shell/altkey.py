"""Alt alone shows the menu bar or hides it; any other key with it does not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class AltKey(QObject):
    """Listens to one window."""

    pressed_alone = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._alone = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002 - Qt's signature
        """Down and up with nothing between; Alt that goes to another window does not count."""
        kind = event.type()
        if kind == QEvent.Type.ActivationChange:
            self._alone = False
        elif isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            self._alone = event.key() == Qt.Key.Key_Alt
        elif isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyRelease:
            was_alone, self._alone = self._alone, False
            if was_alone and event.key() == Qt.Key.Key_Alt:
                self.pressed_alone.emit()
        return False
