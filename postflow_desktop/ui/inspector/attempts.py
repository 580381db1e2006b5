"""The attempts of a post, last one first; each opens to what exactly happened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.services.ports.attempts import AttemptHistory
from postflow_desktop.ui.kit.panels import IconLabel, Text
from postflow_desktop.ui.words import outcome_look

_INKS = {"text2": "text2", "accent": "accent_text"}


class AttemptItem(QFrame):
    """A line with time and outcome; click, Enter or Space opens the details."""

    toggled = Signal(str, bool)
    """The attempt's id, and whether it is open."""

    def __init__(
        self, attempt: AttemptHistory, parent: QWidget | None = None, *, is_open: bool
    ) -> None:
        super().__init__(parent)
        self.attempt_id = attempt.id
        self.setObjectName(f"attempt-{attempt.id}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look = outcome_look(attempt.outcome)
        self._icon = IconLabel(look.icon, self, size=16, color=_INKS.get(look.tone, look.tone))
        self._words = Text(look.word, wraps=True, parent=self)
        self._time = Text(role="caption", tone="text2", parent=self)
        self._caret = IconLabel("caret-right", self, size=12, color="text3")
        self.details = Text(
            details_of(attempt), role="small", tone="text2", wraps=True, parent=self
        )
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._words, 1)
        head.addWidget(self._time)
        head.addWidget(self._caret)
        below = QHBoxLayout()
        below.setContentsMargins(24, 0, 0, 0)
        below.addWidget(self.details)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(below)
        self.set_open(is_open)

    def show_time(self, time: str, name: str) -> None:
        """When it was, and of which account, where there are several."""
        self._time.setText(time)
        if name:
            self._words.setText(f"{name}: {self._words.text()}")
        self.setAccessibleName(f"{self._words.text()}, {time}")

    @property
    def is_open(self) -> bool:
        """The details are shown."""
        return not self.details.isHidden()

    def set_open(self, is_open: bool) -> None:
        """Show or hide the details."""
        self.details.setVisible(is_open)
        self._caret.set_icon("caret-down" if is_open else "caret-right")
        self.setAccessibleDescription("Details shown" if is_open else "Press Enter for details")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open or close, unless words in the details are being marked."""
        inside = self.rect().contains(event.position().toPoint())
        if inside and not self.details.hasSelectedText():
            self._toggle()
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open or close."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._toggle()
            return
        super().keyPressEvent(event)

    @Slot()
    def _toggle(self) -> None:
        self.set_open(not self.is_open)
        self.toggled.emit(self.attempt_id, self.is_open)


def details_of(attempt: AttemptHistory) -> str:
    """What exactly happened, line by line."""
    lines = [attempt.message]
    if attempt.status is not None:
        lines.append(f"Answer: status {attempt.status}")
    if attempt.code:
        lines.append(f"Code: {attempt.code}")
    if attempt.finished_at is not None:
        took = (attempt.finished_at - attempt.at).total_seconds()
        lines.append(f"Took {took:.1f} s")
    lines.append(f"From the computer {attempt.machine}, claim {attempt.fence}")
    if attempt.sent:
        lines.append(f"Sent: {attempt.sent}")
    if attempt.received:
        lines.append(f"Received: {attempt.received}")
    return "\n".join(line for line in lines if line)
