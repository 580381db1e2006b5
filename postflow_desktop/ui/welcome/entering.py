"""The form to sign in to a workspace that exists."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout

from postflow_desktop.ui.kit.choices import Segments
from postflow_desktop.ui.kit.fields import Field, Select
from postflow_desktop.ui.kit.panels import Text
from postflow_desktop.ui.welcome.forms import Form, FormWords
from postflow_desktop.ui.welcome.viewmodel import Entry, WelcomeViewModel, entry_problems

_WORDS = FormWords(
    act="sign_in",
    title="Sign in or join",
    text="Joining a team? Ask a teammate for the workspace's address, and sign in with your own "
    "e-mail, password and recovery code. Without an account there yet, go back and choose Create "
    "a workspace with that address.",
    action="Sign in",
    busy="Opening the workspace…",
)


class SignInForm(Form):
    """Into a workspace that exists; the recovery code once on each computer."""

    def __init__(self, viewmodel: WelcomeViewModel) -> None:
        super().__init__(viewmodel, _WORDS)
        known = viewmodel.workspaces
        self.where = Segments(
            "Where the workspace is",
            [("here", "On this computer"), ("address", "At an address")],
            self,
            name="sign_in-where",
        )
        self.where.set_value("here" if known else "address")
        self.where.setVisible(bool(known))
        self.choice = Select(
            "Workspace", [(item.name, item.name) for item in known], self, name="sign_in-workspace"
        )
        self.choice_label = Text("Workspace", role="strong", parent=self)
        for widget in (self.choice_label, self.choice):
            widget.setVisible(bool(known))
        self._add_fields()
        self.address = self.fields["uri"]
        self.address.setVisible(not known)
        self.body.addWidget(self.where, 0, Qt.AlignmentFlag.AlignLeft)
        labelled = QVBoxLayout()
        labelled.setSpacing(4)
        labelled.addWidget(self.choice_label)
        labelled.addWidget(self.choice)
        self.body.addLayout(labelled)
        for field in self.fields.values():
            self.body.addWidget(field)
        self.finish()
        self.where.chosen.connect(self._on_where)

    def _add_fields(self) -> None:
        self.add_field(
            Field(
                "Workspace address",
                self,
                name="sign_in-uri",
                placeholder="mongodb+srv://…",
                hint="mongodb://… or mongodb+srv://…, as its owner gave it to you.",
            ),
            "uri",
        )
        self.add_field(
            Field("E-mail", self, name="sign_in-email", placeholder="you@example.com"), "email"
        )
        self.add_field(Field("Password", self, name="sign_in-password", secret=True), "password")
        self.add_field(
            Field(
                "Recovery code",
                self,
                name="sign_in-recovery",
                placeholder="XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX",
                hint="Needed once on each computer. You were shown it when you made your account.",
            ),
            "recovery",
        )

    def problems(self) -> Mapping[str, str]:
        """By the view model's rules."""
        return entry_problems(self._form())

    def send(self) -> None:
        """Sign in."""
        self.viewmodel.sign_in(self._form())

    def _form(self) -> Entry:
        text = {key: field.text() for key, field in self.fields.items()}
        here = self.where.value() == "here"
        if here:
            text["uri"] = ""
        return Entry(workspace=self.choice.value() if here else "", **text)

    @Slot(str)
    def _on_where(self, value: str) -> None:
        self.address.setVisible(value == "address")
        for widget in (self.choice_label, self.choice):
            widget.setVisible(value == "here")
