"""The form for a new workspace, with the strength of its password."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from postflow_desktop.ui.kit.choices import Segments
from postflow_desktop.ui.kit.fields import Field
from postflow_desktop.ui.kit.panels import Text
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.welcome.forms import Form, FormWords, side_by_side
from postflow_desktop.ui.welcome.viewmodel import (
    NewPlace,
    WelcomeViewModel,
    new_place_problems,
    strength,
)

_WORDS = FormWords(
    act="create",
    title="Create a workspace",
    text="Your keys are made on this computer; your password never leaves it.",
    action="Create workspace",
    busy="Creating the workspace and your keys…",
)


class StrengthMeter(QWidget):
    """Three steps of a bar; the words under the field say the same."""

    _INKS = ("border_strong", "danger", "warning", "success")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = 0
        self.setFixedHeight(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_level(self, level: int) -> None:
        """0 to 3."""
        self._level = level
        self.update()

    def sizeHint(self) -> QSize:
        """A thin bar."""
        return QSize(120, 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """As many steps in colour as the level."""
        theme = current_theme()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            wide = (self.width() - 8) / 3
            for step in range(3):
                ink = self._INKS[self._level] if step < self._level else "border"
                painter.setBrush(theme.color(ink))
                painter.drawRoundedRect(QRectF(step * (wide + 4), 0, wide, 4), 2, 2)
        finally:
            painter.end()


class CreateForm(Form):
    """A new workspace with its first person and organization."""

    def __init__(self, viewmodel: WelcomeViewModel) -> None:
        super().__init__(viewmodel, _WORDS)
        self._own_organization = False
        self.where = Segments(
            "Where it lives",
            [("here", "On this computer"), ("address", "At an address")],
            self,
            name="create-where",
        )
        self.where.set_value("here")
        self._add_fields()
        self.address = self.fields["uri"]
        self.address.hide()
        self.meter = StrengthMeter(self)
        self.hint = Text(strength("").hint, role="small", tone="text2", wraps=True, parent=self)
        self.hint.setObjectName("create-strength")
        self._lay_out()
        self.finish()
        self.where.chosen.connect(self._on_where)
        self.fields["password"].changed.connect(self._on_password)
        self.fields["workspace"].changed.connect(self._on_workspace)
        self.fields["organization"].edit.textEdited.connect(self._on_organization)

    def _add_fields(self) -> None:
        self.add_field(
            Field("Workspace name", self, name="create-workspace", placeholder="Corner Bakery"),
            "workspace",
        )
        about_address = (
            "A MongoDB replica set, such as an Atlas cluster. If a workspace is there already, "
            "you get your own account in it."
        )
        self.add_field(
            Field(
                "Address",
                self,
                name="create-uri",
                placeholder="mongodb+srv://…",
                hint=about_address,
            ),
            "uri",
        )
        about = "The business or team you post for."
        self.add_field(
            Field("Organization", self, name="create-organization", hint=about), "organization"
        )
        self.add_field(Field("Your name", self, name="create-name"), "name")
        self.add_field(
            Field("E-mail", self, name="create-email", placeholder="you@example.com"), "email"
        )
        self.add_field(Field("Password", self, name="create-password", secret=True), "password")
        self.add_field(Field("Password again", self, name="create-again", secret=True), "again")

    def _lay_out(self) -> None:
        fields = self.fields
        self.body.addWidget(fields["workspace"])
        self.body.addWidget(self.where, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.address)
        self.body.addWidget(fields["organization"])
        self.body.addLayout(side_by_side(fields["name"], fields["email"]))
        self.body.addLayout(side_by_side(fields["password"], fields["again"]))
        below = QVBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.meter)
        below.addWidget(self.hint)
        self.body.addLayout(below)

    def problems(self) -> Mapping[str, str]:
        """By the view model's rules; an address that was chosen must be there."""
        form = self._form()
        found = new_place_problems(form)
        if self.where.value() == "address" and not form.uri.strip():
            found["uri"] = "Paste the address of the database."
        return found

    def send(self) -> None:
        """Create it."""
        self.viewmodel.create(self._form())

    def _form(self) -> NewPlace:
        text = {key: field.text() for key, field in self.fields.items()}
        if self.where.value() == "here":
            text["uri"] = ""
        return NewPlace(**text)

    @Slot(str)
    def _on_where(self, value: str) -> None:
        self.address.setVisible(value == "address")
        if value == "address":
            self.address.edit.setFocus()

    @Slot(str)
    def _on_password(self, password: str) -> None:
        found = strength(password)
        self.meter.set_level(found.level if password else 0)
        self.hint.setText(found.hint)

    @Slot(str)
    def _on_workspace(self, name: str) -> None:
        if not self._own_organization:
            self.fields["organization"].edit.setText(name)

    @Slot(str)
    def _on_organization(self, name: str) -> None:
        self._own_organization = bool(name)
