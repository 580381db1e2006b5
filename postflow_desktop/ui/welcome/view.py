"""The welcome page as a whole: three ways in, two forms, one code."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from postflow_desktop.ui.welcome.cards import StartPage
from postflow_desktop.ui.welcome.code import CodePage, FileChooser, ask_where
from postflow_desktop.ui.welcome.creating import CreateForm
from postflow_desktop.ui.welcome.entering import SignInForm
from postflow_desktop.ui.welcome.forms import Form
from postflow_desktop.ui.welcome.viewmodel import WelcomeViewModel


class WelcomeView(QFrame):
    """Fills the window while there is no place to be."""

    done = Signal(object)
    """The Place to go to."""

    def __init__(
        self,
        viewmodel: WelcomeViewModel,
        parent: QWidget | None = None,
        *,
        choose_file: FileChooser = ask_where,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setProperty("panel", "canvas")
        self.viewmodel = viewmodel
        self.start = StartPage(viewmodel, self)
        self.create_form = CreateForm(viewmodel)
        self.sign_in_form = SignInForm(viewmodel)
        self.code = CodePage(viewmodel, choose_file)
        self._pages = QStackedWidget(self)
        self._places: dict[QWidget, QScrollArea] = {
            card: _centered(card) for card in (self.create_form, self.sign_in_form, self.code)
        }
        self._pages.addWidget(self.start)
        for page in self._places.values():
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.start.create_chosen.connect(self.open_create)
        self.start.sign_in_chosen.connect(self.open_sign_in)
        self.create_form.left.connect(self.open_start)
        self.sign_in_form.left.connect(self.open_start)
        self.code.kept.connect(viewmodel.code_kept)
        viewmodel.changed.connect(self._refresh)
        viewmodel.done.connect(self._on_done)
        self._refresh()

    @Slot()
    def open_start(self) -> None:
        """The three ways in."""
        self.viewmodel.forget_problem()
        self.start.refresh()
        self._pages.setCurrentWidget(self.start)
        self.start.explore.button.setFocus()

    @Slot()
    def open_create(self) -> None:
        """The form for a new workspace."""
        self._open(self.create_form, "workspace")

    @Slot()
    def open_sign_in(self) -> None:
        """The form to sign in."""
        first = "uri" if self.sign_in_form.where.value() == "address" else "email"
        self._open(self.sign_in_form, first)

    def _open(self, form: Form, first: str) -> None:
        self.viewmodel.forget_problem()
        self._pages.setCurrentWidget(self._places[form])
        form.fields[first].edit.setFocus()

    @Slot()
    def _refresh(self) -> None:
        for page in (self.start, self.create_form, self.sign_in_form):
            page.refresh()
        if self.viewmodel.recovery_code:
            self.code.refresh()
            if self._pages.currentWidget() is not self._places[self.code]:
                self.create_form.forget_secrets()
                self._pages.setCurrentWidget(self._places[self.code])
                self.code.copy_button.setFocus()

    @Slot(object)
    def _on_done(self, place: object) -> None:
        self.create_form.forget_secrets()
        self.sign_in_form.forget_secrets()
        self._pages.setCurrentWidget(self.start)
        self.done.emit(place)


def _centered(card: QWidget) -> QScrollArea:
    """The card in the middle; it scrolls where the window is low."""
    inside = QWidget()
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(card, 100)
    row.addStretch(1)
    column = QVBoxLayout(inside)
    column.setContentsMargins(24, 24, 24, 24)
    column.addStretch(2)
    column.addLayout(row)
    column.addStretch(3)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area
