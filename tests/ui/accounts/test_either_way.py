"""Bluesky in the window: an app password, or rather in the browser."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.network import Network
from postflow_desktop.ui.accounts.connecting import ConnectDialog
from postflow_desktop.ui.accounts.signin import SignInDialog
from postflow_desktop.ui.accounts.signin_model import Step
from postflow_desktop.ui.accounts.view import AccountsView
from postflow_desktop.ui.accounts.viewmodel import AccountsViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import current_theme
from tests.fakes.backend import FakeBackend, account_row
from tests.fakes.signing_in import signed_in
from tests.ui.inspector.names import nameless


@pytest.fixture
def backend() -> FakeBackend:
    fake = FakeBackend()
    fake.replica.account_rows = [account_row(1)]
    fake.browser.browser_networks = (Network.X,)
    fake.browser.either_way = (Network.BLUESKY,)
    return fake


@pytest.fixture
def view(backend: FakeBackend, qtbot: QtBot) -> AccountsView:
    model = AccountsViewModel(backend, Tasks(immediate=True), Changes())
    made = AccountsView(model)
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


def secret_dialog(view: AccountsView) -> ConnectDialog:
    view.connect_on(Network.BLUESKY)
    found = view.findChildren(ConnectDialog)[-1]
    assert isinstance(found, ConnectDialog)
    return found


def browser_dialog(view: AccountsView) -> SignInDialog:
    found = view.findChildren(SignInDialog)[-1]
    assert isinstance(found, SignInDialog)
    return found


def test_the_app_password_is_asked_for_and_the_browser_is_one_click_away(
    view: AccountsView, backend: FakeBackend
) -> None:
    asked = secret_dialog(view)
    assert asked.browser.isVisible()
    assert "two weeks" in asked.browser_note.text()
    asked.handle.set_text("cafe.test")
    press(asked, "connect-in-browser")
    assert not asked.isVisible()
    shown = browser_dialog(view)
    # Nobody has to register anything.
    assert shown.model.step is Step.READY
    assert shown.ready_page.change.isHidden()
    assert "two weeks" in shown.ready_page.lasts.text()
    assert "transition:generic" in shown.ready_page.scopes.text()
    press(shown, "sign-in-accept")
    assert backend.browser.asked == [("cafe.test", "")]
    assert backend.browser.kept == [(Network.BLUESKY, ("cafe",), None)]
    assert "cafe" in [row.username for row in view.viewmodel.rows]


def test_the_browser_finds_the_server_that_was_typed(
    view: AccountsView, backend: FakeBackend
) -> None:
    asked = secret_dialog(view)
    press(asked, "connect-advanced")
    asked.service.set_text("http://localhost:2583")
    press(asked, "connect-in-browser")
    press(browser_dialog(view), "sign-in-accept")
    assert backend.browser.asked == [("", "http://localhost:2583")]


def test_nothing_that_was_typed_is_sent_before_the_browser(
    view: AccountsView, backend: FakeBackend
) -> None:
    asked = secret_dialog(view)
    asked.secret.set_text("abcd-efgh-ijkl-mnop")
    press(asked, "connect-in-browser")
    assert asked.secret.text() == ""
    assert "connect" not in [name for name, *_ in backend.calls]


def test_reconnecting_in_the_browser_takes_that_account_only(
    view: AccountsView, backend: FakeBackend
) -> None:
    backend.browser.brings = lambda: (signed_in("bakery1.test"),)
    view.reconnect("a1")
    asked = view.findChildren(ConnectDialog)[-1]
    press(asked, "connect-in-browser")
    shown = browser_dialog(view)
    assert shown.windowTitle() == "Reconnect @bakery1.test"
    press(shown, "sign-in-accept")
    assert backend.browser.kept == [(Network.BLUESKY, ("bakery1.test",), "a1")]


def test_a_network_with_a_secret_only_offers_no_browser(
    view: AccountsView, backend: FakeBackend
) -> None:
    backend.browser.either_way = ()
    asked = secret_dialog(view)
    assert asked.browser.isHidden()
    assert asked.browser_note.isHidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_has_a_name_in_both_themes(view: AccountsView, theme: str) -> None:
    current_theme().set_mode(theme)  # type: ignore[arg-type]  # one of its words
    try:
        asked = secret_dialog(view)
        assert nameless(asked) == []
        assert not asked.grab().isNull()
        press(asked, "connect-in-browser")
        shown = browser_dialog(view)
        assert nameless(shown) == []
        assert not shown.grab().isNull()
    finally:
        current_theme().set_mode("light")
