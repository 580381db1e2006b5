"""The three answers to "is it out?", and the address that goes with the first one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.services.attention import Answer
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.fields import Field

_WHAT = {
    Answer.IT_IS_THERE: "It is on the network; PostFlow notes it as published",
    Answer.POST_AGAIN: "It is not on the network; PostFlow sends it again now",
    Answer.DROP: "PostFlow forgets it and sends nothing",
}


class Answers(QFrame):
    """Buttons for the answers; "It is there" first asks for the post's address."""

    answered = Signal(object, str)
    """The Answer, and the address for IT_IS_THERE."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"answers-{name}")
        self.there_button = Button("It is there", self, size="small", name=f"there-{name}")
        self.again_button = Button("Post again", self, size="small", name=f"again-{name}")
        self.drop_button = Button("Drop", self, kind="danger", size="small", name=f"drop-{name}")
        for button, answer in (
            (self.there_button, Answer.IT_IS_THERE),
            (self.again_button, Answer.POST_AGAIN),
            (self.drop_button, Answer.DROP),
        ):
            button.setToolTip(_WHAT[answer])
            button.setAccessibleDescription(_WHAT[answer])
        self.address = Field(
            "Address of the post",
            self,
            name=f"address-{name}",
            placeholder="https://…",
            hint="Copy it from the network.",
        )
        self.note_button = Button(
            "Note as published", self, kind="primary", size="small", name=f"note-{name}"
        )
        self._below = QFrame(self)
        self._lay_out()
        self.there_button.clicked.connect(self.ask_address)
        self.note_button.clicked.connect(self.note)
        self.address.submitted.connect(self.note)
        self.again_button.clicked.connect(self._on_again)
        self.drop_button.clicked.connect(self._on_drop)

    def set_allowed(self, allowed: bool) -> None:
        """Whether an answer can be given now; what was typed stays."""
        for button in (self.there_button, self.again_button, self.drop_button, self.note_button):
            button.setEnabled(allowed)

    def show_problem(self, message: str) -> None:
        """What was wrong with the address."""
        if not self._below.isHidden():
            self.address.set_error(message)

    @Slot()
    def ask_address(self) -> None:
        """Open the line for the address."""
        self._below.show()
        self.address.edit.setFocus()

    @Slot()
    def note(self) -> None:
        """It is there, at this address."""
        address = self.address.text().strip()
        if not address.startswith(("https://", "http://")):
            self.address.set_error("An address begins with https://.")
            self.address.edit.setFocus()
            return
        self.answered.emit(Answer.IT_IS_THERE, address)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the line for the address."""
        if event.key() == Qt.Key.Key_Escape and not self._below.isHidden():
            self._below.hide()
            self.there_button.setFocus()
            return
        super().keyPressEvent(event)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in (self.there_button, self.again_button, self.drop_button):
            row.addWidget(button)
        row.addStretch(1)
        inside = QVBoxLayout(self._below)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(self.address)
        inside.addWidget(self.note_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._below.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self._below)

    @Slot()
    def _on_again(self) -> None:
        self.answered.emit(Answer.POST_AGAIN, "")

    @Slot()
    def _on_drop(self) -> None:
        self.answered.emit(Answer.DROP, "")
