"""What both forms have in common: fields with errors, what went wrong, two buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout

from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.fields import Field
from postflow_desktop.ui.kit.marks import Progress, notice
from postflow_desktop.ui.kit.panels import Card, Text
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.welcome.viewmodel import WelcomeViewModel
from postflow_desktop.ui.words import explain

FORM_WIDTH = 520
"""px at 100 % text size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormWords:
    """What a form says."""

    act: str
    """The view model's name of it: create or sign_in."""
    title: str
    text: str
    action: str
    busy: str


class Form(Card):
    """A heading, fields, what went wrong, and two buttons; Esc goes back."""

    left = Signal()

    def __init__(self, viewmodel: WelcomeViewModel, words: FormWords) -> None:
        super().__init__(margin=28)
        self.viewmodel = viewmodel
        self._act = act = words.act
        self._busy = words.busy
        self.fields: dict[str, Field] = {}
        self.setObjectName(f"welcome-form-{act}")
        current_theme().changed.connect(self._fit)
        self._fit()
        self.body.setSpacing(16)
        self.body.addWidget(Text(words.title, role="h2", parent=self))
        self.body.addWidget(Text(words.text, tone="text2", wraps=True, parent=self))
        self.problem = notice(self, "danger", name=f"{act}-problem")
        self.progress = Progress(self)
        self.back_button = Button("Back", self, kind="ghost", name=f"{act}-back")
        self.submit_button = Button(words.action, self, kind="primary", name=f"{act}-submit")
        self.back_button.clicked.connect(self.leave)
        self.submit_button.clicked.connect(self.submit)

    @Slot()
    def _fit(self) -> None:
        self.setMaximumWidth(current_theme().px(FORM_WIDTH))

    def add_field(self, field: Field, key: str) -> Field:
        """Know a field by its key; the form lays it out."""
        self.fields[key] = field
        field.submitted.connect(self.submit)
        return field

    def finish(self) -> None:
        """The rows under the fields."""
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.back_button)
        row.addWidget(self.progress, 1)
        row.addWidget(self.submit_button)
        self.body.addWidget(self.problem)
        self.body.addLayout(row)

    def problems(self) -> Mapping[str, str]:
        """What is missing or wrong, by field; each form has its own."""
        return {}

    def send(self) -> None:
        """Hand the form to the view model; each form has its own."""

    @Slot()
    def submit(self) -> None:
        """Check the fields; hand over, or show what is wrong and go to the first of it."""
        if self.viewmodel.busy:
            return
        found = self.problems()
        for key, field in self.fields.items():
            field.set_error(found.get(key, ""))
        wrong = [field for key, field in self.fields.items() if key in found]
        if wrong:
            wrong[0].edit.setFocus()
            return
        self.send()

    @Slot()
    def leave(self) -> None:
        """Go back; secrets do not wait in a hidden form."""
        if not self.viewmodel.busy:
            self.forget_secrets()
            self.left.emit()

    def forget_secrets(self) -> None:
        """Empty the fields that hold one."""
        for key in ("password", "again", "recovery", "uri"):
            if key in self.fields:
                self.fields[key].edit.clear()

    def refresh(self) -> None:
        """Show what the view model says; what was typed stays."""
        busy = self.viewmodel.busy == self._act
        ended = not busy and not self.back_button.isEnabled()
        self.submit_button.setEnabled(not busy)
        self.back_button.setEnabled(not busy)
        for field in self.fields.values():
            field.edit.setReadOnly(busy)
        if busy:
            self.progress.start(self._busy)
        else:
            self.progress.stop()
        error = self.viewmodel.problem if self.viewmodel.problem_of == self._act else None
        self.problem.set_text(explain(error) if error else "")
        self.problem.setVisible(error is not None)
        if ended and self.isVisible():
            # It lost the keyboard when it could not be pressed.
            self.submit_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)


def side_by_side(*fields: Field) -> QLayout:
    """Fields in one row, their labels in line."""
    row = QHBoxLayout()
    row.setSpacing(12)
    for field in fields:
        row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
    return row
