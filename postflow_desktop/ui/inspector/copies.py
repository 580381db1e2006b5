"""What stands at the networks of a post that is out, as they said it when somebody asked."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.panels import Separator, Text


class Copies(QFrame):
    """The section of the inspector; hidden while the post is out nowhere."""

    look_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector-copies")
        self.setAccessibleName("At the networks")
        self._lines: tuple[str, ...] = ()
        self._items: list[Text] = []
        self.look_button = Button(
            "Look now", self, kind="link", size="small", icon="eye", name="inspector-look"
        )
        self.look_button.clicked.connect(self.look_asked)
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(Text("At the networks", role="strong", parent=self))
        head.addStretch(1)
        head.addWidget(self.look_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(Separator(self))
        whole.addLayout(head)
        whole.addLayout(self._column)
        self.hide()

    @property
    def lines(self) -> tuple[str, ...]:
        """What is shown, a line each."""
        return self._lines

    def show_lines(self, lines: tuple[str, ...], *, can_look: bool, is_asking: bool) -> None:
        """Show these; the button keeps the keyboard."""
        self.show()
        self.look_button.setText("Asking…" if is_asking else "Look now")
        self.look_button.setAccessibleName(
            "Asking the networks" if is_asking else "Look at the networks now"
        )
        # While the networks are asked it stays, or the keyboard would go elsewhere.
        self.look_button.setEnabled(can_look or is_asking)
        hint = "Ask what stands there now" if can_look or is_asking else "Not while offline"
        self.look_button.setToolTip(hint)
        self.look_button.setAccessibleDescription(hint)
        if lines == self._lines:
            return
        self._lines = lines
        for old in self._items:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._items = [Text(line, role="small", wraps=True, parent=self) for line in lines]
        for item in self._items:
            self._column.addWidget(item)
