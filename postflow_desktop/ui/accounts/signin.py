"""The dialog that connects accounts in the browser: the app, the page, the choice."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from postflow_desktop.ui.accounts.signin_model import SignInModel, Step
from postflow_desktop.ui.accounts.signin_pages import AppPage, ChoicePage, ReadyPage, WaitingPage
from postflow_desktop.ui.kit.browser import Opener
from postflow_desktop.ui.kit.dialogs import Dialog
from postflow_desktop.ui.kit.marks import Progress
from postflow_desktop.ui.words import explain, network_title

_WIDE = 520


class SignInDialog(Dialog):
    """Shows the step that the model is at; closing it ends the waiting."""

    def __init__(self, model: SignInModel, opener: Opener, parent: QWidget | None = None) -> None:
        self._title = network_title(model.network)
        verb = "Reconnect" if model.again else "Connect"
        name = f"@{model.again.username}" if model.again else self._title
        super().__init__(parent, title=f"{verb} {name}", action="Go on", name="sign-in")
        self.setMinimumWidth(_WIDE)
        self.model = model
        model.setParent(self)
        self._opener = opener
        self.progress = Progress(self)
        self.app_page = AppPage(self)
        self.ready_page = ReadyPage(self)
        self.waiting_page = WaitingPage(self)
        self.choice_page = ChoicePage(self)
        self._blank = QWidget(self)
        self._pages: tuple[QWidget, ...] = (
            self._blank,
            self.app_page,
            self.ready_page,
            self.waiting_page,
            self.choice_page,
        )
        for page in self._pages:
            page.hide()
            self.body.addWidget(page)
        self.body.addWidget(self.progress)
        self._connect_parts()
        self._shown = Step.LOOKING
        self.refresh()
        model.start()

    def _connect_parts(self) -> None:
        model = self.model
        self.app_page.register.clicked.connect(self._open_console)
        for field in self.app_page.fields:
            field.submitted.connect(self.submit)
        self.ready_page.change.clicked.connect(model.enter_app)
        self.waiting_page.again.clicked.connect(model.show_again)
        self.waiting_page.copy.clicked.connect(self._copy)
        self.waiting_page.stop.clicked.connect(model.stop_waiting)
        model.changed.connect(self.refresh)
        model.finished.connect(self._on_finished)
        self.finished.connect(self._on_closed)

    @Slot()
    def submit(self) -> None:
        """What the main button says."""
        match self.model.step:
            case Step.APP:
                words = self.app_page.words()
                if words is not None:
                    self.model.save_app(words)
            case Step.READY:
                self.model.open_browser()
            case Step.CHOOSING:
                chosen = self.choice_page.chosen()
                if chosen:
                    self.model.choose(chosen)
            case Step.LOOKING if self.model.problem is not None:
                self.model.start()

    @Slot()
    def refresh(self) -> None:
        """Show the step."""
        model, way = self.model, self.model.way
        if way is not None and self._shown is Step.LOOKING:
            self.app_page.show_guide(way.guide)
            self.ready_page.show_guide(way.guide, self._title)
        if model.step is Step.CHOOSING and self._shown is not Step.CHOOSING:
            self.choice_page.show_accounts(model.found)
        self._turn_to(self._page(model.step))
        self.waiting_page.show_state(self._title, opened=model.opened)
        self.show_problem("" if model.problem is None else explain(model.problem))
        self._show_button(model)
        waits = {
            Step.LOOKING: "Looking for your app…",
            Step.WAITING: "Waiting for the browser…",
            Step.KEEPING: "Connecting…",
        }
        if model.step in waits and model.problem is None:
            self.progress.start(waits[model.step])
        else:
            self.progress.stop()
        if model.step is not self._shown:
            self._shown = model.step
            self._focus(model.step)

    def _turn_to(self, wanted: QWidget) -> None:
        """Show one page; the dialog is as high as that wants, no higher."""
        if not wanted.isHidden():
            return
        for page in self._pages:
            page.setVisible(page is wanted)
        if self.isVisible():
            self.fit()

    def _page(self, step: Step) -> QWidget:
        pages: dict[Step, QWidget] = {
            Step.APP: self.app_page,
            Step.READY: self.ready_page,
            Step.WAITING: self.waiting_page,
            Step.CHOOSING: self.choice_page,
        }
        return pages.get(step, self._blank)

    def _show_button(self, model: SignInModel) -> None:
        words = {
            Step.APP: "Save and go on",
            Step.READY: "Open the browser",
            Step.CHOOSING: "Connect",
            Step.LOOKING: "Try again",
        }
        self.accept_button.setText(words.get(model.step, "Go on"))
        waits = model.step is Step.LOOKING and model.problem is None
        self.accept_button.setVisible(model.step in words and not waits)
        self.set_busy(model.busy)

    def _focus(self, step: Step) -> None:
        if step is Step.APP:
            self.app_page.client_id.edit.setFocus()
        elif step is Step.WAITING:
            self.waiting_page.again.setFocus()
        elif step is Step.CHOOSING:
            self.choice_page.boxes[0].setFocus()
        else:
            self.accept_button.setFocus()

    @Slot()
    def _open_console(self) -> None:
        if self.model.way is not None:
            self._opener(self.model.way.guide.register_at)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.model.address)

    @Slot()
    def _on_finished(self) -> None:
        self.accept()

    @Slot()
    def _on_closed(self) -> None:
        self.app_page.forget()
        self.model.close()
