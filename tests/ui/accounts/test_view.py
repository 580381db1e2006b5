"""The accounts screen as people use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.errors import ClusterUnreachable, NotAllowed
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.organizations import Role
from postflow_desktop.services.ports.replica import AccountRow, Link, SyncState
from postflow_desktop.ui.accounts.card import AccountCard
from postflow_desktop.ui.accounts.connecting import APP_PASSWORDS, ConnectDialog
from postflow_desktop.ui.accounts.view import AccountsView
from postflow_desktop.ui.accounts.viewmodel import AccountsViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.publishers.dialog import PauseDialog
from tests.fakes.backend import NOW, FakeBackend, account_row
from tests.ui.inspector.names import nameless

SECRET = "abcd-efgh-ijkl-mnop"


@pytest.fixture
def backend() -> FakeBackend:
    fake = FakeBackend()
    expired = replace(
        account_row(2),
        status=AccountStatus.EXPIRED,
        last_error_code="reconnect_needed",
        last_error_message="Bluesky wants a new sign-in for this account.",
    )
    fresh = replace(account_row(1), token_expires_at=NOW + timedelta(hours=2))
    fake.replica.account_rows = [fresh, expired]
    return fake


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def opened() -> list[str]:
    return []


@pytest.fixture
def view(backend: FakeBackend, changes: Changes, opened: list[str], qtbot: QtBot) -> AccountsView:
    model = AccountsViewModel(backend, Tasks(immediate=True), changes)
    made = AccountsView(model, opener=opened.append, now=lambda: NOW)
    model.setParent(made)
    model.load()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def card(view: AccountsView, account_id: str) -> AccountCard:
    found = view.findChild(AccountCard, f"account-{account_id}")
    assert isinstance(found, AccountCard)
    return found


def dialog(view: AccountsView) -> ConnectDialog:
    found = view.findChild(ConnectDialog)
    assert isinstance(found, ConnectDialog)
    return found


def test_each_account_says_who_it_is_and_how_it_is(view: AccountsView) -> None:
    good, bad = card(view, "a1"), card(view, "a2")
    assert good.pill.text() == "Connected"
    assert good.about.text() == "@bakery1.test · Bluesky · bsky.social"
    said = good.facts.lines["Sign-in"].text()
    assert said == "Signed in until Fri 20 Nov, 15:00 CET; renewed by itself."
    assert not good.error.isVisible()
    assert bad.pill.text() == "Sign-in expired"
    assert bad.error.text().endswith("Reconnect it to publish again.")


def test_connecting_by_keyboard(view: AccountsView, backend: FakeBackend, qtbot: QtBot) -> None:
    view.connect_button.click()
    asked = dialog(view)
    assert asked.secret.edit.echoMode() is QLineEdit.EchoMode.Password
    QTest.keyClicks(asked.handle.edit, "new.test")
    QTest.keyClicks(asked.secret.edit, SECRET)
    secret = asked.secret.edit
    with qtbot.waitSignal(asked.accepted):
        QTest.keyClick(secret, Qt.Key.Key_Return)
    assert secret.text() == ""
    assert backend.calls == [("connect", Network.BLUESKY, "", "new.test")]
    assert card(view, "a3").name.full_text() == "Bakery 3"


def test_a_refused_sign_in_keeps_the_dialog_and_what_was_typed(
    view: AccountsView, backend: FakeBackend, qtbot: QtBot
) -> None:
    view.open_connect()
    asked = dialog(view)
    asked.handle.set_text("new.test")
    asked.secret.set_text(SECRET)
    backend.failure = NotAllowed("Not known.", code="wrong_app_password", fix="Check both.")
    asked.submit()
    assert asked.isVisible()
    assert asked.problem.text() == "Not known. Check both."
    assert asked.secret.text() == SECRET
    assert asked.secret.edit.hasSelectedText()
    with qtbot.waitSignal(asked.accepted):
        asked.submit()


def test_leaving_the_dialog_forgets_the_secret(view: AccountsView) -> None:
    view.open_connect()
    asked = dialog(view)
    asked.secret.set_text(SECRET)
    edit = asked.secret.edit
    asked.cancel_button.click()
    assert edit.text() == ""


def test_empty_fields_are_pointed_at(view: AccountsView, backend: FakeBackend) -> None:
    view.open_connect()
    asked = dialog(view)
    asked.submit()
    assert asked.handle.error()
    assert asked.secret.error()
    assert backend.calls == []


def test_the_way_to_an_app_password_is_opened(view: AccountsView, opened: list[str]) -> None:
    view.open_connect()
    dialog(view).link.click()
    assert opened == [APP_PASSWORDS]


def test_the_servers_address_stands_under_advanced(
    view: AccountsView, backend: FakeBackend
) -> None:
    view.open_connect()
    asked = dialog(view)
    assert not asked.service.isVisible()
    asked.advanced.click()
    assert asked.service.isVisible()
    asked.service.set_text("https://pds.example.com")
    asked.handle.set_text("new.test")
    asked.secret.set_text(SECRET)
    asked.submit()
    assert backend.calls[0][2] == "https://pds.example.com"


class CarefulNetwork(FakeBackend):
    """Connects, with something to say about the secret."""

    def connect(
        self,
        network: Network,
        service: str,
        username: str,
        secret: str,
        again: str | None = None,
    ) -> tuple[AccountRow, Sequence[str]]:
        row, _ = super().connect(network, service, username, secret, again)
        return row, ("This does not look like an app password.",)


def test_warnings_stay_with_the_account(changes: Changes, qtbot: QtBot) -> None:
    model = AccountsViewModel(CarefulNetwork(), Tasks(immediate=True), changes)
    view = AccountsView(model)
    qtbot.addWidget(view)
    model.load()
    model.connect_account(Network.BLUESKY, "", "new.test", "main password")
    assert card(view, "a3").note.text() == "This does not look like an app password."


def test_reconnecting_knows_the_account(view: AccountsView, backend: FakeBackend) -> None:
    card(view, "a2").reconnect_button.click()
    asked = dialog(view)
    assert asked.handle.text() == "bakery2.test"
    assert asked.handle.edit.isReadOnly()
    asked.secret.set_text(SECRET)
    asked.submit()
    assert backend.calls == [
        ("connect", Network.BLUESKY, "https://bsky.social", "bakery2.test", "a2")
    ]


def test_checking_shows_its_answer(view: AccountsView) -> None:
    card(view, "a1").check_button.click()
    assert card(view, "a1").note.text() == "The account works."


def test_without_accounts_the_next_step_is_offered(
    view: AccountsView, backend: FakeBackend
) -> None:
    backend.replica.account_rows = []
    view.viewmodel.load()
    assert view.empty.isVisible()
    assert view.empty.title.text() == "Connect a channel to start planning"
    view.empty.button.click()
    assert dialog(view).isVisible()


def test_offline_nothing_can_be_pressed_and_the_reason_is_there(
    view: AccountsView, changes: Changes, qtbot: QtBot
) -> None:
    changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW, message="No answer."))
    qtbot.waitUntil(lambda: "No answer." in view.offline_bar.text())
    assert view.offline_bar.isVisible()
    assert not card(view, "a1").check_button.isEnabled()
    assert not view.connect_button.isEnabled()


def test_a_change_keeps_the_cards_and_the_focus(view: AccountsView, backend: FakeBackend) -> None:
    before = card(view, "a1")
    before.check_button.setFocus()
    row = backend.replica.account_rows[0]
    backend.replica.account_rows[0] = replace(row, display_name="Another name")
    view.viewmodel.load()
    assert card(view, "a1") is before
    assert before.check_button.hasFocus()
    assert before.name.full_text() == "Another name"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_has_a_name_in_both_themes(view: AccountsView, mode: str) -> None:
    current_theme().set_mode(mode)  # type: ignore[arg-type]  # one of its words
    view.open_connect()
    assert nameless(view) == []
    assert nameless(dialog(view)) == []
    assert not view.grab().isNull()


def test_the_dialog_grows_with_what_went_wrong(
    view: AccountsView, backend: FakeBackend, qtbot: QtBot
) -> None:
    view.open_connect()
    dialog = view.findChild(ConnectDialog)
    assert dialog is not None
    qtbot.waitExposed(dialog)
    before = dialog.secret.height()
    dialog.show_problem("Bluesky did not accept the app password. " * 6)
    layout = dialog.layout()
    assert layout is not None
    qtbot.waitUntil(lambda: dialog.height() >= layout.totalHeightForWidth(dialog.width()))
    assert dialog.secret.height() >= before


# --- pausing and announcing ---------------------------------------------------------------------


def test_an_account_is_paused_with_a_reason_and_resumed(
    view: AccountsView, backend: FakeBackend, qtbot: QtBot
) -> None:
    shown = card(view, "a1")
    shown.pause_button.click()
    asked = view.findChild(PauseDialog)
    assert isinstance(asked, PauseDialog)
    QTest.keyClicks(asked.reason.edit, "Rebranding")
    with qtbot.waitSignal(asked.accepted):
        asked.submit()
    assert backend.calls == [("pause_account", "a1", "Rebranding")]
    assert shown.pill.text() == "Paused"
    assert shown.paused.text() == (
        "Nothing of this account goes out. “Rebranding” · Ana, since 13:00"
    )
    assert shown.pause_button.text() == "Resume"
    shown.pause_button.click()
    assert backend.calls[-1] == ("resume_account", "a1")
    assert shown.pill.text() == "Connected"
    assert shown.paused.isHidden()


def test_a_refused_pause_of_an_account_is_taken_back(
    view: AccountsView, backend: FakeBackend
) -> None:
    backend.failure = ClusterUnreachable("The database does not answer.", fix="Try again.")
    view.viewmodel.pause_account("a1", "Rebranding")
    shown = card(view, "a1")
    assert shown.pill.text() == "Connected"
    assert shown.note.text() == "The database does not answer. Try again."


def test_posts_are_announced_before_they_go_out(view: AccountsView, backend: FakeBackend) -> None:
    shown = card(view, "a1")
    assert shown.preflight.currentText() == "Off"
    shown.preflight.set_value("15")
    shown.preflight.activated.emit(shown.preflight.currentIndex())
    assert backend.calls == [("set_preflight", "a1", 15)]
    assert shown.preflight.currentText() == "15 min before"


def test_minutes_that_were_set_elsewhere_are_shown(
    view: AccountsView, backend: FakeBackend
) -> None:
    backend.set_preflight("a1", 45)
    view.viewmodel.load()
    assert card(view, "a1").preflight.currentText() == "45 min before"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_members_can_neither_pause_nor_announce(
    view: AccountsView, backend: FakeBackend, role: Role
) -> None:
    backend.replica.roles["u1"] = role
    view.viewmodel.load()
    shown = card(view, "a1")
    assert not shown.pause_button.isEnabled()
    assert not shown.preflight.isEnabled()
    assert "owner or an admin" in shown.pause_button.toolTip()
