"""Links that macOS hands over as an event instead of an argument (Qt's QFileOpenEvent)."""

from __future__ import annotations

import sys

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent


class FileLinks(QObject):
    """Tells each link once; does nothing on systems that start a second program instead."""

    opened = Signal(list)
    """One link, as the arguments of a second start would be."""

    def __init__(self, application: QCoreApplication, *, platform: str = sys.platform) -> None:
        super().__init__(application)
        if platform == "darwin":
            # A filter sees every event of the program, so it is there only where it is needed.
            application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take `QFileOpenEvent`s; all others go on."""
        if isinstance(event, QFileOpenEvent) and event.url().isValid():
            self.opened.emit([event.url().toString()])
            return True
        return super().eventFilter(watched, event)
