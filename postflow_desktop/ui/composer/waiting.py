"""A file that is being read, as a tile among the others; the first one can be stopped."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from postflow_desktop.ui.composer.tiles import TILE
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.widgets import Button, Text


class WaitingTile(QWidget):
    """Its name, how far it is, and a way to stop it."""

    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Text("", role="small", tone="text2", wraps=True, parent=self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stop = Button("Stop", self, size="small", name="composer-stop-reading")
        self.stop.setAccessibleName("Stop reading this file")
        self.stop.clicked.connect(self.stopped)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.words, 1)
        column.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignHCenter)
        size = current_theme().px(TILE)
        self.setFixedSize(size, size)

    def show_words(self, words: str, *, first: bool) -> None:
        """What is read; only the first is, the others wait."""
        more = "" if words.endswith("%") else "…"
        self.words.setText(f"{'Reading' if first else 'Waiting'}\n{words}{more}")
        self.stop.setVisible(first)
