"""One row of what needs a person: which post, what happened, what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.attention import Answer
from postflow_desktop.services.ports.replica import AttentionRow
from postflow_desktop.ui.inspector.answers import Answers
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.marks import ElidedText, NetworkMark, notice
from postflow_desktop.ui.kit.panels import Card, Pill, Text
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.words import explain, fix_for, network_title, target_look

_ASKS = TargetStatus.NEEDS_ATTENTION.value
_SAYS = {
    _ASKS: ("It may be out or not.", "Look at the account, then choose."),
    TargetStatus.MISSED.value: (
        "Its time passed while nobody could publish it.",
        "Publish it now, or open it to choose another time.",
    ),
}
_FAILED = ("It did not go out.", "Open it to see what happened.")


class AttentionItem(Card):
    """Takes the focus as a whole; its buttons follow by Tab."""

    retry_asked = Signal(str)
    """The target's id."""
    look_asked = Signal(str)
    answered = Signal(str, object, str)

    def __init__(self, row: AttentionRow, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=16)
        self.row = row
        key = row.target_id
        self.setObjectName(f"attention-{key}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.mark = NetworkMark(row.network, self, size=32)
        self.title = ElidedText(role="title", parent=self)
        self.pill = Pill("", self)
        self.about = Text(role="small", tone="text2", wraps=True, parent=self)
        self.happened = Text(wraps=True, parent=self)
        self.fix = Text(tone="text2", wraps=True, parent=self)
        self.problem = notice(self, "danger", name=f"attention-problem-{key}")
        self.retry_button = Button("Retry", self, size="small", name=f"retry-{key}")
        self.retry_button.setToolTip("Sends again what is not out, on every account of this post")
        self.look_button = Button("Open", self, size="small", name=f"look-{key}")
        self.look_button.setToolTip("Show the post with everything that happened")
        self.answers = Answers(key, self)
        current_theme().changed.connect(self._fit)
        self._fit()
        self._lay_out()
        self.retry_button.clicked.connect(self._on_retry)
        self.look_button.clicked.connect(self.look)
        self.answers.answered.connect(self._on_answer)

    def show_row(
        self, row: AttentionRow, *, when: str, can_act: bool, problem: PostFlowError | None
    ) -> None:
        """Show the row as it is now; a half-typed address stays."""
        self.row = row
        look = target_look(TargetStatus(row.status))
        self.title.setText(row.title or "Post without text")
        self.pill.set_state(look.word, tone=look.tone, icon=look.icon)
        who = f"@{row.username}" if row.username else "An account that is gone"
        self.about.setText(f"{who} · {network_title(row.network)} · {when}")
        happened, fix = _SAYS.get(row.status, _FAILED)
        if row.error is not None:
            happened = row.error.message
            fix = fix_for(row.error.code, row.error.fix) or fix
        self.happened.setText(happened)
        self.fix.setText(fix)
        asks = row.status == _ASKS
        self.retry_button.setVisible(not asks)
        missed = row.status == TargetStatus.MISSED.value
        self.retry_button.setText("Publish now" if missed else "Retry")
        self.retry_button.setEnabled(can_act)
        self.answers.setVisible(asks)
        self.answers.set_allowed(can_act)
        self.problem.set_text(explain(problem) if problem else "")
        self.problem.setVisible(problem is not None)
        self.setAccessibleName(f"{self.title.full_text()}, {look.word}, {who}, {when}")
        self.setAccessibleDescription(f"{happened} {fix}")

    @Slot()
    def _fit(self) -> None:
        self.answers.setMaximumWidth(current_theme().px(480))

    @Slot()
    def look(self) -> None:
        """Show the post in the inspector."""
        self.look_asked.emit(self.row.target_id)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.pill)
        head.addStretch(1)
        head.addWidget(self.look_button)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        words.addWidget(self.about)
        words.addSpacing(6)
        words.addWidget(self.happened)
        words.addWidget(self.fix)
        words.addWidget(self.problem)
        words.addSpacing(8)
        words.addWidget(self.retry_button, 0, Qt.AlignmentFlag.AlignLeft)
        words.addWidget(self.answers)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.body.addLayout(row)

    @Slot()
    def _on_retry(self) -> None:
        self.retry_asked.emit(self.row.target_id)

    @Slot(object, str)
    def _on_answer(self, answer: Answer, address: str) -> None:
        self.answered.emit(self.row.target_id, answer, address)
