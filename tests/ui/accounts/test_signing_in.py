"""Connecting in the browser as people do it: the app, the page, the choice, and what goes wrong."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.account import SignedIn
from postflow_desktop.domain.errors import ClusterUnreachable, NetworkUnreachable, NotAllowed
from postflow_desktop.domain.network import Network
from postflow_desktop.ui.accounts.networks import NetworkMenu
from postflow_desktop.ui.accounts.signin import SignInDialog
from postflow_desktop.ui.accounts.signin_model import Step
from postflow_desktop.ui.accounts.view import AccountsView
from postflow_desktop.ui.accounts.viewmodel import AccountsViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import current_theme
from tests.fakes.backend import FakeBackend, account_row
from tests.fakes.signing_in import PAGE, signed_in
from tests.ui.inspector.names import nameless


@pytest.fixture
def backend() -> FakeBackend:
    fake = FakeBackend()
    fake.replica.account_rows = [account_row(1)]
    fake.browser.browser_networks = (Network.LINKEDIN, Network.THREADS, Network.X)
    fake.browser.clients[Network.X] = ("app", "", "http://127.0.0.1:8765/callback")
    return fake


@pytest.fixture
def opened() -> list[str]:
    return []


@pytest.fixture
def view(backend: FakeBackend, opened: list[str], qtbot: QtBot) -> AccountsView:
    model = AccountsViewModel(backend, Tasks(immediate=True), Changes())
    made = AccountsView(model, opener=opened.append)
    model.setParent(made)
    model.load()
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    qtbot.waitExposed(made)
    return made


def press(parent: QWidget, name: str) -> None:
    button = parent.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    assert button.isVisibleTo(parent), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def dialog(view: AccountsView, network: Network = Network.X) -> SignInDialog:
    view.connect_on(network)
    found = view.findChildren(SignInDialog)[-1]
    assert isinstance(found, SignInDialog)
    return found


def test_the_network_is_chosen_first(view: AccountsView) -> None:
    view.open_connect()
    menu = view.findChild(NetworkMenu)
    assert isinstance(menu, NetworkMenu)
    assert [b.text() for b in menu.buttons.values()] == ["Bluesky", "LinkedIn", "Threads", "X"]
    assert "bills" in menu.buttons[Network.X].accessibleDescription()
    assert nameless(menu) == []
    press(menu, "network-x")
    assert isinstance(view.findChild(SignInDialog), SignInDialog)


def test_an_account_is_connected_in_the_browser(view: AccountsView, backend: FakeBackend) -> None:
    shown = dialog(view)
    assert shown.model.step is Step.READY
    assert "$0.20" in shown.ready_page.costs.text()
    assert shown.accept_button.text() == "Open the browser"
    press(shown, "sign-in-accept")
    assert backend.browser.sign_ins[0].shown == 1
    assert backend.browser.kept == [(Network.X, ("cafe",), None)]
    assert "cafe" in [row.username for row in view.viewmodel.rows]


def test_the_costs_and_steps_are_shown_before_the_app_is_entered(
    view: AccountsView, backend: FakeBackend, opened: list[str]
) -> None:
    shown = dialog(view, Network.LINKEDIN)
    page = shown.app_page
    assert shown.model.step is Step.APP
    assert page.steps.text().startswith("1. Create an app")
    assert "review" in page.review.text()
    press(shown, "sign-in-register")
    assert opened == ["https://www.linkedin.com/developers/apps"]
    press(shown, "sign-in-accept")
    assert page.client_id.error() == "Paste the app's id."
    assert page.secret.error() == "Paste the app's secret."
    page.client_id.set_text(" app ")
    page.secret.set_text("secret")
    press(shown, "sign-in-accept")
    assert backend.browser.clients[Network.LINKEDIN][:2] == ("app", "secret")
    assert shown.accept_button.text() == "Open the browser"


def test_an_app_can_be_entered_again(view: AccountsView) -> None:
    shown = dialog(view)
    press(shown, "sign-in-change-app")
    assert shown.model.step is Step.APP
    assert shown.app_page.secret.isHidden()


def test_one_sign_in_brings_several_accounts(view: AccountsView, backend: FakeBackend) -> None:
    found = (signed_in("Ana"), signed_in("Bakery", 2), signed_in("Cafe", 3))
    backend.browser.brings = lambda: found
    shown = dialog(view)
    press(shown, "sign-in-accept")
    assert shown.model.step is Step.CHOOSING
    boxes = shown.choice_page.boxes
    assert [(b.text(), b.isChecked()) for b in boxes] == [
        ("Ana", True),
        ("Bakery", False),
        ("Cafe", False),
    ]
    boxes[0].setChecked(False)
    press(shown, "sign-in-accept")
    assert backend.browser.kept == []
    boxes[1].setChecked(True)
    boxes[2].setChecked(True)
    press(shown, "sign-in-accept")
    assert backend.browser.kept == [(Network.X, ("Bakery", "Cafe"), None)]


def test_reconnecting_takes_that_account_only(view: AccountsView, backend: FakeBackend) -> None:
    from dataclasses import replace

    backend.replica.account_rows = [replace(account_row(1), network=Network.X)]
    view.viewmodel.load()
    backend.browser.brings = lambda: (signed_in("bakery1.test"), signed_in("other", 2))
    view.reconnect("a1")
    shown = view.findChild(SignInDialog)
    assert isinstance(shown, SignInDialog)
    assert shown.windowTitle() == "Reconnect @bakery1.test"
    press(shown, "sign-in-accept")
    assert backend.browser.kept == [(Network.X, ("bakery1.test", "other"), "a1")]


@pytest.mark.parametrize(
    "error",
    [
        NotAllowed("No access was given.", code="access_denied", fix="Start again."),
        NotAllowed("It belongs to another sign-in.", code="wrong_state", fix="Start again."),
        NotAllowed("Another server answered.", code="wrong_issuer", fix="Start again."),
        NetworkUnreachable("The browser did not come back.", code="browser_silent", fix="Again."),
    ],
)
def test_what_goes_wrong_is_said_and_can_be_tried_again(
    view: AccountsView, backend: FakeBackend, error: NotAllowed | NetworkUnreachable
) -> None:
    def fail() -> Sequence[SignedIn]:
        raise error

    backend.browser.brings = fail
    shown = dialog(view)
    press(shown, "sign-in-accept")
    assert shown.model.step is Step.READY
    assert error.message in shown.problem.text()
    backend.browser.brings = lambda: (signed_in("cafe"),)
    press(shown, "sign-in-accept")
    assert backend.browser.kept


def test_a_taken_port_is_said(view: AccountsView, backend: FakeBackend) -> None:
    shown = dialog(view)
    backend.failure = ClusterUnreachable("Port 8765 is taken.", code="port_taken", fix="End it.")
    press(shown, "sign-in-accept")
    assert "Port 8765 is taken." in shown.problem.text()
    assert shown.accept_button.isEnabled()


class Waiting:
    """A dialog whose browser has not come back."""

    def __init__(self, backend: FakeBackend, qtbot: QtBot) -> None:
        self.tasks = Tasks()
        import threading

        self.back = threading.Event()

        def wait() -> Sequence[SignedIn]:
            self.back.wait(20)
            if backend.browser.sign_ins[-1].canceled:
                raise NotAllowed("Canceled.", code="sign_in_canceled")
            return (signed_in("cafe"),)

        backend.browser.brings = wait
        model = AccountsViewModel(backend, self.tasks, Changes())
        self.view = AccountsView(model)
        model.setParent(self.view)
        qtbot.addWidget(self.view)
        self.view.show()
        self.dialog = dialog(self.view)
        qtbot.waitUntil(lambda: self.dialog.model.step is Step.READY)
        press(self.dialog, "sign-in-accept")
        qtbot.waitUntil(lambda: self.dialog.model.step is Step.WAITING)

    def end(self) -> None:
        self.back.set()
        self.tasks.shutdown()


def test_the_waiting_can_be_stopped(backend: FakeBackend, qtbot: QtBot) -> None:
    waiting = Waiting(backend, qtbot)
    try:
        press(waiting.dialog, "sign-in-copy")
        assert QGuiApplication.clipboard().text() == PAGE
        press(waiting.dialog, "sign-in-again")
        qtbot.waitUntil(lambda: backend.browser.sign_ins[0].shown == 2)
        press(waiting.dialog, "sign-in-stop")
        assert backend.browser.sign_ins[0].canceled
        assert waiting.dialog.model.step is Step.READY
        assert not waiting.dialog.problem.isVisible()
    finally:
        waiting.end()


def test_closing_the_dialog_ends_the_waiting(backend: FakeBackend, qtbot: QtBot) -> None:
    waiting = Waiting(backend, qtbot)
    try:
        waiting.dialog.reject()
        assert backend.browser.sign_ins[0].canceled
    finally:
        waiting.end()
    assert backend.browser.kept == []


def test_without_a_browser_the_address_can_be_copied(backend: FakeBackend, qtbot: QtBot) -> None:
    backend.browser.opens = False
    waiting = Waiting(backend, qtbot)
    try:
        words = waiting.dialog.waiting_page.text
        qtbot.waitUntil(lambda: words.text().startswith("No browser could be started"))
    finally:
        waiting.end()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("network", [Network.X, Network.LINKEDIN, Network.THREADS])
def test_everything_has_a_name_in_both_themes(
    view: AccountsView, theme: str, network: Network
) -> None:
    current_theme().set_mode(theme)  # type: ignore[arg-type]  # one of its words
    try:
        shown = dialog(view, network)
        assert nameless(shown) == []
        assert not shown.grab().isNull()
    finally:
        current_theme().set_mode("light")
