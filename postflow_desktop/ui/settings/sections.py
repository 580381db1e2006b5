"""How the settings screen is built: titled cards with rows of a label, a hint and a control."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.widgets import Card, Separator, Text


class Section(QWidget):
    """A heading over a card of rows."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self._card = Card(self, margin=0)
        self._card.body.setSpacing(0)
        self._rows = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Text(title, role="title", parent=self))
        column.addWidget(self._card)

    def add_row(self, label: str, control: QWidget, hint: str = "") -> None:
        """A label with a hint at the left, a control at the right."""
        self._line()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Text(label, role="nav", parent=self))
        if hint:
            words.addWidget(Text(hint, role="small", tone="text2", wraps=True, parent=self))
        row = QHBoxLayout()
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        self._card.body.addLayout(row)

    def add_fact(self, label: str) -> Text:
        """A label and a value that can be read; the value is returned to be filled."""
        self._line()
        value = Text("", tone="text2", wraps=True, parent=self)
        value.setAccessibleDescription(label)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        name = Text(label, role="nav", parent=self)
        name.setMinimumWidth(current_theme().px(150))
        row = QHBoxLayout()
        row.setContentsMargins(16, 10, 16, 10)
        row.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(value, 1)
        self._card.body.addLayout(row)
        return value

    def add_wide(self, widget: QWidget) -> QWidget:
        """Something as wide as the card; what is returned can be hidden with its line."""
        box = QWidget(self)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Separator(box))
        column.addWidget(widget)
        self._card.body.addWidget(box)
        self._rows += 1
        return box

    def _line(self) -> None:
        if self._rows:
            self._card.body.addWidget(Separator(self))
        self._rows += 1


def plain_frame(parent: QWidget) -> QFrame:
    """A ground for a page of sections."""
    frame = QFrame(parent)
    frame.setProperty("panel", "canvas")
    return frame
