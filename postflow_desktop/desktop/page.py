"""The place of a screen in the window: the screen itself is made when somebody looks at it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget


class Page(QWidget):
    """Holds the widget that `make` gives; a window with one screen is painted far sooner."""

    def __init__(self, make: Callable[[], QWidget]) -> None:
        super().__init__()
        self._make = make
        self._held: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._column = column

    def fill(self) -> None:
        """Make the screen, unless it is there."""
        if self._held is None:
            self._held = self._make()
            self._column.addWidget(self._held)

    def showEvent(self, event: QShowEvent) -> None:
        """The latest moment."""
        self.fill()
        super().showEvent(event)
