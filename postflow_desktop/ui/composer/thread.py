"""Further parts of a thread and the first comment, below the post's own text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from postflow_desktop.ui.kit.widgets import IconButton, IconLabel, Text

_ROW_HEIGHT = 76
_ROWS_SHOWN = 3


class ShortText(QFrame):
    """A few lines with a name above them, and a button that takes them away."""

    typed = Signal(str)
    removed = Signal()

    def __init__(self, name: str, label: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QPlainTextEdit(self)
        self.edit.setObjectName(name)
        self.edit.setAccessibleName(label)
        self.edit.setProperty("bare", True)
        self.edit.setTabChangesFocus(True)
        self.edit.setFrameShape(QFrame.Shape.NoFrame)
        self.edit.setFixedHeight(_ROW_HEIGHT - 28)
        self.label = Text(label, role="small", tone="text2", parent=self)
        self.remove = IconButton("x", f"Remove {label.lower()}", self, size=24)
        self.remove.setObjectName(f"{name}-remove")
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(IconLabel(icon, self, size=14, color="text2"))
        head.addWidget(self.label, 1)
        head.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.edit)
        self.edit.textChanged.connect(self._tell)
        self.remove.clicked.connect(self.removed)

    def show_text(self, text: str) -> None:
        """Show it, unless it is there already: the cursor stays where it is."""
        if self.edit.toPlainText() == text:
            return
        blocked = self.edit.blockSignals(True)
        self.edit.setPlainText(text)
        self.edit.blockSignals(blocked)

    def _tell(self) -> None:
        self.typed.emit(self.edit.toPlainText())


class Thread(QScrollArea):
    """What follows the post; nothing of it is there until it is asked for."""

    part_typed = Signal(int, str)
    part_removed = Signal(int)
    comment_typed = Signal(str)
    comment_removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer-thread")
        self.setAccessibleName("What follows the post")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.parts: list[ShortText] = []
        inside = QWidget(self)
        self.comment = ShortText("composer-comment", "First comment", "chat-text", inside)
        self.comment.typed.connect(self.comment_typed)
        self.comment.removed.connect(self.comment_removed)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.comment)
        self.setWidget(inside)
        self.show_thread((), None)

    def show_thread(self, parts: Sequence[str], first_comment: str | None) -> None:
        """Show these texts; a comment of None is none."""
        while len(self.parts) > len(parts):
            gone = self.parts.pop()
            self._column.removeWidget(gone)
            gone.deleteLater()
        while len(self.parts) < len(parts):
            self._add()
        for row, text in zip(self.parts, parts, strict=True):
            row.show_text(text)
        self.comment.show_text(first_comment or "")
        self.comment.setVisible(first_comment is not None)
        rows = len(parts) + int(first_comment is not None)
        self.setFixedHeight(min(rows, _ROWS_SHOWN) * (_ROW_HEIGHT + 8))
        self.setVisible(bool(rows))

    def focus_last_part(self) -> None:
        """Ready to type into the last part, if there is one."""
        if self.parts:
            self._focus(self.parts[-1])

    def focus_comment(self) -> None:
        """Ready to type the comment."""
        self._focus(self.comment)

    def _focus(self, row: ShortText) -> None:
        if row.isHidden():
            return
        self.ensureWidgetVisible(row)
        row.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self) -> None:
        index = len(self.parts)
        label = f"Part {index + 2}"
        row = ShortText(f"composer-part-{index + 2}", label, "arrow-bend-down-right", self.widget())
        row.typed.connect(partial(self.part_typed.emit, index))
        row.removed.connect(partial(self.part_removed.emit, index))
        self._column.insertWidget(index, row)
        row.show()
        self.parts.append(row)
