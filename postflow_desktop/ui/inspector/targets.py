"""A row per account of the post: how it went there, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.services.attention import Answer
from postflow_desktop.ui.inspector.answers import Answers
from postflow_desktop.ui.inspector.model import TargetRow
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.marks import ElidedText, NetworkMark, notice
from postflow_desktop.ui.kit.panels import Pill, Text
from postflow_desktop.ui.words import fix_for, network_title


class TargetItem(QFrame):
    """One account."""

    open_asked = Signal(str)
    """The post's address on the network."""
    answered = Signal(str, object, str)
    """Target id, Answer, address."""
    hold_asked = Signal(str)
    release_asked = Signal(str)
    later_asked = Signal(str)

    def __init__(self, row: TargetRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"target-{row.key}")
        self.row = row
        self.mark = NetworkMark(row.network, self, size=22)
        self.name = ElidedText(role="strong", parent=self)
        self.pill = Pill("", self)
        self.own = Text(role="small", tone="text2", wraps=True, parent=self)
        self.chosen = Text(role="small", tone="text2", wraps=True, parent=self)
        self.error = notice(self, "danger", name=f"error-{row.key}")
        self.open_button = Button(
            f"Open on {network_title(row.network)}",
            self,
            kind="link",
            size="small",
            icon="arrow-square-out",
            name=f"open-{row.key}",
        )
        self.paused = notice(self, "warning", name=f"paused-{row.key}")
        self.paused.set_icon("pause-circle")
        self.hold_button = Button("Hold", self, size="small", icon="hand", name=f"hold-{row.key}")
        self.later_button = Button("+1 h", self, size="small", name=f"later-{row.key}")
        self.answers = Answers(row.key, self)
        self._lay_out()
        self.open_button.clicked.connect(self._on_open)
        self.hold_button.clicked.connect(self._on_hold)
        self.later_button.clicked.connect(self._on_later)
        self.answers.answered.connect(self._on_answer)

    def show_row(self, row: TargetRow, *, can_answer: bool, paused: str = "") -> None:
        """Show the target as it is now; a half-typed address stays.

        `paused` says why it does not go out, who said so and since when.
        """
        self.row = row
        self._show_hold(row, paused, can_act=can_answer)
        self.name.setText(row.name)
        self.pill.setVisible(row.look is not None)
        if row.look is not None:
            self.pill.set_state(row.look.word, tone=row.look.tone, icon=row.look.icon)
        self.setAccessibleName(", ".join(part for part in (row.name, self.pill.text()) if part))
        self.own.setText(f"Its own words: {row.text}")
        self.own.setVisible(bool(row.text))
        self.chosen.setText(row.chosen)
        self.chosen.setVisible(bool(row.chosen))
        self.open_button.setVisible(bool(row.url))
        self._show_error(row)
        self.answers.setVisible(row.asks)
        self.answers.set_allowed(can_answer)

    def _show_hold(self, row: TargetRow, paused: str, *, can_act: bool) -> None:
        self.paused.set_text(paused)
        self.paused.setVisible(bool(paused))
        self.hold_button.setText("Release" if row.held else "Hold")
        self.hold_button.set_icon("play" if row.held else "hand")
        hint = "Let it go out" if row.held else "Keep it back until you release it"
        self.hold_button.setToolTip(hint)
        self.hold_button.setAccessibleName(f"{self.hold_button.text()} {row.name}")
        self.later_button.setToolTip("Put it off by an hour")
        self.later_button.setAccessibleName(f"Put {row.name} off by an hour")
        for button in (self.hold_button, self.later_button):
            button.setVisible(row.waits)
            button.setEnabled(can_act)

    def _show_error(self, row: TargetRow) -> None:
        error = row.error
        text = f"{error.message} {fix_for(error.code, error.fix)}".strip() if error else ""
        if row.asks and not text:
            text = "It may be out or not. Look at the account, then choose."
        self.error.set_text(text)
        self.error.set_kind("danger" if row.look and row.look.tone == "danger" else "warning")
        self.error.setVisible(bool(text))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.mark)
        head.addWidget(self.name, 1)
        head.addWidget(self.pill)
        under = QHBoxLayout()
        under.setContentsMargins(30, 0, 0, 0)
        under.setSpacing(8)
        under.addWidget(self.open_button)
        under.addWidget(self.hold_button)
        under.addWidget(self.later_button)
        under.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.own)
        column.addWidget(self.chosen)
        column.addWidget(self.paused)
        column.addLayout(under)
        column.addWidget(self.error)
        column.addWidget(self.answers)

    @Slot()
    def _on_open(self) -> None:
        self.open_asked.emit(self.row.url)

    @Slot()
    def _on_hold(self) -> None:
        if self.row.target_id is not None:
            asked = self.release_asked if self.row.held else self.hold_asked
            asked.emit(self.row.target_id)

    @Slot()
    def _on_later(self) -> None:
        if self.row.target_id is not None:
            self.later_asked.emit(self.row.target_id)

    @Slot(object, str)
    def _on_answer(self, answer: Answer, address: str) -> None:
        if self.row.target_id is not None:
            self.answered.emit(self.row.target_id, answer, address)
