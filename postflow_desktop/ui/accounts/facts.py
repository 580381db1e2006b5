"""What is known of an account below its name: sign-in, last success, quota, what was allowed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from postflow_desktop.domain.account_scopes import missing_scopes
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.accounts.telling import Fact
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.panels import Text
from postflow_desktop.ui.words import count_of

_LABEL_WIDTH = 92


class FactsPanel(QWidget):
    """Labels on the left, what there is to say beside them; what was allowed can be opened."""

    def __init__(self, account_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self._shown: Sequence[Fact] = ()
        self.lines: dict[str, Text] = {}
        self._labels: dict[str, Text] = {}
        self._scopes: tuple[str, ...] = ()
        self._missing: tuple[str, ...] = ()
        self.toggle = Button(
            "Show", self, kind="link", size="small", icon="caret-right", name=f"scopes-{account_id}"
        )
        self.count = Text(role="small", tone="text", parent=self)
        self.scopes = Text(role="small", tone="text2", wraps=True, parent=self)
        self.scopes.hide()
        self._allowed = self._label("Allowed")
        self._allowed_row = QHBoxLayout()
        self._allowed_row.setSpacing(6)
        self._allowed_row.addWidget(self.count)
        self._allowed_row.addWidget(self.toggle)
        self._allowed_row.addStretch(1)
        self.toggle.clicked.connect(self._toggle)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """These lines; what stands already is only written anew."""
        if [fact.label for fact in facts] != [fact.label for fact in self._shown]:
            self._replace(facts)
        self._shown = facts
        for fact in facts:
            line = self.lines[fact.label]
            line.setText(fact.text)
            line.set_tone("danger" if fact.is_bad else "text")

    def show_scopes(self, row: AccountRow) -> None:
        """How many things were allowed, and which are missing."""
        missing = missing_scopes(row.network, row.user_id, row.scopes)
        self._scopes, self._missing = row.scopes, tuple(need.scope for need in missing)
        for widget in (self._allowed, self.count, self.toggle):
            widget.setVisible(bool(self._scopes))
        words = count_of(len(self._scopes), "permission", "permissions")
        lacking = f"; {len(missing)} missing" if missing else ""
        self.count.setText(f"{words}{lacking}.")
        self.count.set_tone("danger" if missing else "text")
        self.toggle.setAccessibleName(f"Permissions of @{row.username}")
        parts = [", ".join(self._scopes)]
        if self._missing:
            parts.append(f"Missing: {', '.join(self._missing)}")
        self.scopes.setText("\n".join(parts))
        self.scopes.setVisible(bool(self._scopes) and self.toggle.text() == "Hide")

    def _replace(self, facts: Sequence[Fact]) -> None:
        for text in (*self.lines.values(), *self._labels.values()):
            self._grid.removeWidget(text)
            text.hide()
            text.deleteLater()
        for item in (self._allowed, self.scopes):
            self._grid.removeWidget(item)
        self._grid.removeItem(self._allowed_row)
        self.lines, self._labels = {}, {}
        for place, fact in enumerate(facts):
            label = self._labels[fact.label] = self._label(fact.label)
            line = self.lines[fact.label] = Text(role="small", wraps=True, parent=self)
            line.setAccessibleName(fact.label)
            self._grid.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(line, place, 1)
        self._grid.addWidget(self._allowed, len(facts), 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addLayout(self._allowed_row, len(facts), 1)
        self._grid.addWidget(self.scopes, len(facts) + 1, 1)

    def _label(self, words: str) -> Text:
        label = Text(words, role="small", tone="text2", parent=self)
        label.setFixedWidth(_LABEL_WIDTH)
        return label

    @Slot()
    def _toggle(self) -> None:
        opens = self.toggle.text() == "Show"
        self.toggle.setText("Hide" if opens else "Show")
        self.toggle.set_icon("caret-down" if opens else "caret-right")
        self.scopes.setVisible(opens)
