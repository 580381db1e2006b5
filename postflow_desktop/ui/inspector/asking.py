"""A section of the inspector with a button that asks the networks."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.panels import Separator, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingWords:
    """What a section and its button are called."""

    title: str
    button: str
    spoken: str
    """What the button does, for who does not see what it stands beside."""
    hint: str


class AskingSection(QFrame):
    """Hidden while the post is out nowhere; what was told is a widget each, below the title."""

    asked = Signal()

    def __init__(
        self, words: AskingWords, parent: QWidget | None, *, name: str, button: str, icon: str
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(words.title)
        self._words = words
        self._shown: list[QWidget] = []
        self.button = Button(words.button, self, kind="link", size="small", icon=icon, name=button)
        self.button.clicked.connect(self.asked)
        self._column = QVBoxLayout()
        head = QHBoxLayout()
        head.addWidget(Text(words.title, role="strong", parent=self))
        head.addStretch(1)
        head.addWidget(self.button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(Separator(self))
        whole.addLayout(head)
        whole.addLayout(self._column)
        self.hide()

    def _show_button(self, *, can_ask: bool, is_asking: bool) -> None:
        words = self._words
        self.button.setText("Asking…" if is_asking else words.button)
        self.button.setAccessibleName("Asking the networks" if is_asking else words.spoken)
        # While the networks are asked it stays, or the keyboard would go elsewhere.
        self.button.setEnabled(can_ask or is_asking)
        hint = words.hint if can_ask or is_asking else "Not while offline"
        self.button.setToolTip(hint)
        self.button.setAccessibleDescription(hint)

    def _replace(self, items: list[QWidget]) -> None:
        for old in self._shown:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._shown = items
        for item in items:
            self._column.addWidget(item)
