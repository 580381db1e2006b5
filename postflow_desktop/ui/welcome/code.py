"""The page of the recovery code: shown once, kept by the person, never by the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.choices import CheckBox
from postflow_desktop.ui.kit.marks import notice
from postflow_desktop.ui.kit.panels import Card, IconLabel, Text
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.welcome.forms import FORM_WIDTH
from postflow_desktop.ui.welcome.viewmodel import WelcomeViewModel
from postflow_desktop.ui.words import explain

FileChooser = Callable[[QWidget, str], str]
"""Asks where to save; empty if the person changed their mind."""
_SUGGESTED = "PostFlow recovery code.txt"
_CODE_SIZE = 20


def ask_where(parent: QWidget, suggested: str) -> str:
    """The system's own dialog."""
    path, _ = QFileDialog.getSaveFileName(
        parent, "Save the recovery code", suggested, "Text files (*.txt)"
    )
    return path


class CodePage(Card):
    """The code in large letters; going on needs the mark "I have kept it"."""

    kept = Signal()

    def __init__(self, viewmodel: WelcomeViewModel, choose_file: FileChooser = ask_where) -> None:
        super().__init__(margin=28)
        self._viewmodel = viewmodel
        self._choose_file = choose_file
        self.setObjectName("welcome-code")
        self.code = QLabel("", self)
        self.code.setObjectName("welcome-code-text")
        self.code.setAccessibleName("Recovery code")
        self.code.setTextFormat(Qt.TextFormat.PlainText)
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy_button = Button("Copy", self, icon="copy", name="welcome-code-copy")
        self.save_button = Button(
            "Save as text file…", self, icon="download-simple", name="welcome-code-save"
        )
        self.said = Text("", role="small", tone="success", parent=self)
        self.problem = notice(self, "danger", name="welcome-code-problem")
        self.mark = CheckBox("I have kept the code in a safe place", self, name="welcome-code-kept")
        self.go_on = Button("Continue", self, kind="primary", name="welcome-code-continue")
        self.go_on.setEnabled(False)
        self._lay_out()
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._save)
        self.mark.toggled.connect(self.go_on.setEnabled)
        self.go_on.clicked.connect(self._go_on)
        current_theme().changed.connect(self._set_font)
        self._set_font()

    def refresh(self) -> None:
        """Show the view model's code, in two lines of three groups."""
        groups = self._viewmodel.recovery_code.split("-")
        half = (len(groups) + 1) // 2
        self.code.setText("-".join(groups[:half]) + "\n" + "-".join(groups[half:]))
        error = self._viewmodel.problem if self._viewmodel.problem_of == "save" else None
        self.problem.set_text(explain(error) if error else "")
        self.problem.setVisible(error is not None)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconLabel("key", self, size=24, color="accent_text"))
        head.addWidget(Text("Keep your recovery code", role="h2", parent=self), 1)
        text = (
            "With your e-mail and password it signs you in on another computer. It is shown "
            "only now, and nobody can make it again: without it and this computer, what your "
            "keys protect is lost."
        )
        box = QFrame(self)
        box.setProperty("panel", "sunken")
        inner = QVBoxLayout(box)
        inner.setContentsMargins(16, 20, 16, 20)
        inner.addWidget(self.code)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.copy_button)
        acts.addWidget(self.save_button)
        acts.addWidget(self.said, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.mark, 1)
        foot.addWidget(self.go_on)
        self.body.setSpacing(16)
        self.body.addLayout(head)
        self.body.addWidget(Text(text, tone="text2", wraps=True, parent=self))
        self.body.addWidget(box)
        self.body.addLayout(acts)
        self.body.addWidget(self.problem)
        self.body.addSpacing(4)
        self.body.addLayout(foot)

    @Slot()
    def _set_font(self) -> None:
        self.setMaximumWidth(current_theme().px(FORM_WIDTH))
        font = current_theme().font("mono")
        font.setPixelSize(current_theme().px(_CODE_SIZE))
        font.setWeight(font.Weight.DemiBold)
        self.code.setFont(font)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._viewmodel.recovery_code)
        self.said.setText("Copied.")

    @Slot()
    def _save(self) -> None:
        path = self._choose_file(self, _SUGGESTED)
        if path:
            self.said.setText("")
            self._viewmodel.forget_problem()
            self._viewmodel.save_code(path, self._saved)

    def _saved(self) -> None:
        self.said.setText("Saved.")

    @Slot()
    def _go_on(self) -> None:
        self.code.clear()
        self.mark.setChecked(False)
        self.said.setText("")
        self.kept.emit()
