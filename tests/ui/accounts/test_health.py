"""What the cards say about how accounts are doing, and the question before one is disconnected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.account import DISCONNECTED, AccountStatus
from postflow_desktop.domain.account_use import AccountUse, CapUse, PostTrouble
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.quota import Quota
from postflow_desktop.domain.target import TargetError
from postflow_desktop.services.disconnecting import WAITS, DisconnectPlan, PostsThen
from postflow_desktop.services.ports.replica import AccountRow, Link, SyncState
from postflow_desktop.ui.accounts.card import AccountCard
from postflow_desktop.ui.accounts.disconnecting import DisconnectDialog
from postflow_desktop.ui.accounts.signin import SignInDialog
from postflow_desktop.ui.accounts.view import AccountsView
from postflow_desktop.ui.accounts.viewmodel import AccountsViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import current_theme
from tests.fakes.backend import NOW, FakeBackend, account_row, stored_account
from tests.ui.inspector.names import nameless

X_SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")
QUARTER = Quota(seconds=900, limit=100, remaining=83, resets_at=NOW + timedelta(minutes=30), cost=1)


def x_account(**changes: object) -> AccountRow:
    row = replace(
        account_row(1, Network.X),
        username="cornerbakery",
        display_name="Corner Bakery",
        service="https://api.x.com",
        token_expires_at=NOW + timedelta(hours=2),
        last_checked_at=NOW - timedelta(hours=1),
        scopes=X_SCOPES,
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def linkedin_account(**changes: object) -> AccountRow:
    row = replace(
        account_row(2, Network.LINKEDIN),
        username="Ana Baker",
        display_name="Ana Baker",
        user_id="urn:li:person:1",
        service="https://api.linkedin.com",
        token_expires_at=NOW + timedelta(days=9, hours=1),
        renews=False,
        scopes=("openid", "profile", "w_member_social"),
    )
    return replace(row, **changes)  # type: ignore[arg-type]


@pytest.fixture
def backend() -> FakeBackend:
    fake = FakeBackend()
    fake.replica.account_rows = [x_account(), linkedin_account()]
    fake.uses["a1"] = AccountUse(
        at=NOW,
        last_published_at=NOW - timedelta(hours=2),
        quotas=(QUARTER,),
        caps=(CapUse(posts=100, seconds=900, left=90),),
    )
    return fake


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def view(backend: FakeBackend, changes: Changes, qtbot: QtBot) -> AccountsView:
    model = AccountsViewModel(backend, Tasks(immediate=True), changes)
    made = AccountsView(model, now=lambda: NOW)
    model.setParent(made)
    model.load()
    qtbot.addWidget(made)
    made.resize(1000, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


def card(view: AccountsView, account_id: str) -> AccountCard:
    found = view.findChild(AccountCard, f"account-{account_id}")
    assert isinstance(found, AccountCard)
    return found


def question(view: AccountsView) -> DisconnectDialog:
    found = view.findChild(DisconnectDialog)
    assert isinstance(found, DisconnectDialog)
    return found


def test_a_healthy_card_says_what_is_known(view: AccountsView) -> None:
    shown = card(view, "a1")
    lines = {label: line.text() for label, line in shown.facts.lines.items()}
    assert shown.pill.text() == "Connected"
    assert lines == {
        "Sign-in": "Signed in until Fri 20 Nov, 15:00 CET; renewed by itself.",
        "Last success": "Post Fri 20 Nov, 11:00 CET; sign-in Fri 20 Nov, 12:00 CET.",
        "Quota": "83 of 100 posts left in this quarter of an hour, until 13:30.",
    }
    assert shown.facts.count.text() == "5 permissions."
    assert not shown.error.isVisible()
    assert not shown.more.isVisible()


def test_permissions_are_opened_by_keyboard(view: AccountsView) -> None:
    facts = card(view, "a1").facts
    assert not facts.scopes.isVisible()
    facts.toggle.setFocus()
    QTest.keyClick(facts.toggle, Qt.Key.Key_Space)
    assert facts.scopes.isVisible()
    assert "media.write" in facts.scopes.text()
    QTest.keyClick(facts.toggle, Qt.Key.Key_Space)
    assert not facts.scopes.isVisible()


def test_a_missing_permission_is_told_with_the_way_to_it(
    view: AccountsView, backend: FakeBackend
) -> None:
    lacking = tuple(scope for scope in X_SCOPES if scope != "media.write")
    backend.replica.account_rows[0] = x_account(scopes=lacking)
    view.viewmodel.load()
    shown = card(view, "a1")
    assert shown.pill.text() == "Not all allowed"
    assert shown.error.text() == (
        "It was not allowed to upload pictures and videos (media.write). Reconnect it, and allow "
        "everything on the network's page."
    )
    assert shown.facts.count.text() == "4 permissions; 1 missing."
    backend.browser.browser_networks = (Network.X,)
    shown.error.button.click()
    assert isinstance(view.findChild(SignInDialog), SignInDialog)


def test_linkedin_is_reconnected_with_one_click_from_day_50(
    view: AccountsView, backend: FakeBackend
) -> None:
    shown = card(view, "a2")
    assert shown.pill.text() == "Ends soon"
    assert "ends in 9 days" in shown.error.text()
    assert "one click" in shown.error.text()
    assert "does not renew" in shown.facts.lines["Sign-in"].text()
    early = linkedin_account(token_expires_at=NOW + timedelta(days=10, minutes=1))
    backend.replica.account_rows[1] = early
    view.viewmodel.load()
    assert shown.pill.text() == "Connected"
    assert not shown.error.isVisible()


def test_an_ended_sign_in_is_broken_and_asks_for_a_reconnection(
    view: AccountsView, backend: FakeBackend
) -> None:
    backend.replica.account_rows[0] = x_account(
        status=AccountStatus.EXPIRED,
        last_error_code="reconnect_needed",
        last_error_message="X wants a new sign-in for this account.",
        last_error_fix="Connect the account again.",
    )
    view.viewmodel.load()
    shown = card(view, "a1")
    assert shown.pill.text() == "Sign-in expired"
    assert shown.error.text() == (
        "X wants a new sign-in for this account. Connect the account again."
    )
    assert shown.error.button.text() == "Reconnect"
    assert shown.accessibleName() == "X @cornerbakery, Sign-in expired"
    assert shown.accessibleDescription() == shown.error.text()


def test_the_last_refused_post_stands_with_its_fix(
    view: AccountsView, backend: FakeBackend
) -> None:
    error = TargetError(code="no_credits", message="No credits are left.", fix="Buy some.")
    trouble = PostTrouble(at=NOW - timedelta(minutes=5), error=error)
    backend.uses["a1"] = AccountUse(at=NOW, trouble=trouble)
    view.viewmodel.look()
    shown = card(view, "a1")
    assert shown.facts.lines["Last error"].text() == (
        "Fri 20 Nov, 12:55 CET: No credits are left. Buy some."
    )
    assert shown.error.text() == "The last post was refused: No credits are left. Buy some."
    assert shown.error.button.text() == "Check"


def test_offline_the_cluster_is_not_asked_and_what_was_known_stays(
    view: AccountsView, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(view.viewmodel.changed):
        changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW, message="No answer."))
    backend.uses = {}
    view.viewmodel.look()
    assert "83 of 100" in card(view, "a1").facts.lines["Quota"].text()


# --- disconnecting ------------------------------------------------------------------------------


def test_disconnecting_an_account_without_posts_asks_nothing_about_posts(
    view: AccountsView, backend: FakeBackend
) -> None:
    card(view, "a1").disconnect_button.click()
    asked = question(view)
    assert not asked.choice.isVisible()
    assert backend.calls == [("disconnect_plan", "a1")]
    asked.submit()
    assert backend.calls[1:] == [("disconnect", "a1")]
    assert [row.id for row in view.viewmodel.rows] == ["a2"]


def waiting(backend: FakeBackend, **changes: object) -> None:
    backend.plan = DisconnectPlan(
        account=stored_account(account_row()),
        waiting=3,
        first_at=NOW + timedelta(days=1),
        last_at=NOW + timedelta(days=6),
    )
    backend.plan = replace(backend.plan, **changes)  # type: ignore[arg-type]


def test_posts_that_wait_are_counted_and_kept_by_default(
    view: AccountsView, backend: FakeBackend
) -> None:
    waiting(backend)
    card(view, "a1").disconnect_button.click()
    asked = question(view)
    assert asked.posts.text() == (
        "3 scheduled posts wait for it, from Sat 21 Nov, 13:00 CET to Thu 26 Nov, 13:00 CET."
    )
    assert asked.then is PostsThen.KEEP
    assert "somebody connects this account again" in asked.meaning.text()
    asked.submit()
    assert backend.calls[-1] == ("disconnect", "a1", "keep")
    assert card(view, "a1").note.text() == (
        "@cornerbakery is disconnected, and its sign-in revoked. 3 posts wait until it is "
        "reconnected."
    )


def test_posts_that_wait_can_be_taken_out_of_the_plan(
    view: AccountsView, backend: FakeBackend
) -> None:
    waiting(backend)
    card(view, "a1").disconnect_button.click()
    asked = question(view)
    asked.choice.set_value(PostsThen.CANCEL.value)
    asked.choice.chosen.emit(PostsThen.CANCEL.value)
    assert "a draft again" in asked.meaning.text()
    asked.submit()
    assert backend.calls[-1] == ("disconnect", "a1", "cancel")
    assert [row.id for row in view.viewmodel.rows] == ["a2"]


def test_nothing_is_disconnected_while_a_post_is_being_sent(
    view: AccountsView, backend: FakeBackend
) -> None:
    waiting(backend, under_way=1)
    card(view, "a1").disconnect_button.click()
    asked = question(view)
    assert not asked.accept_button.isEnabled()
    asked.submit()
    assert asked.isVisible()
    assert backend.calls == [("disconnect_plan", "a1")]


def test_posts_that_came_meanwhile_are_told_on_the_card(
    view: AccountsView, backend: FakeBackend
) -> None:
    card(view, "a1").disconnect_button.click()
    backend.failure = Conflict("3 posts wait.", code="account_in_use", fix="--posts keep")
    question(view).submit()
    assert card(view, "a1").note.text() == (
        "3 posts wait. Say what becomes of these posts, then disconnect."
    )


def test_a_disconnected_account_says_that_its_posts_wait(
    view: AccountsView, backend: FakeBackend
) -> None:
    backend.replica.account_rows[0] = x_account(
        status=AccountStatus.REVOKED,
        last_error_code=DISCONNECTED,
        last_error_message="It was disconnected. 3 scheduled posts wait for it.",
        last_error_fix="Connect it again, and they go on.",
        scopes=(),
        renews=False,
        token_expires_at=None,
        pause=Pause(reason=WAITS, by="u1", at=NOW),
    )
    view.viewmodel.load()
    shown = card(view, "a1")
    assert shown.pill.text() == "Disconnected"
    assert not shown.paused.isVisible()
    assert not shown.pause_button.isEnabled()
    assert "3 scheduled posts wait" in shown.error.text()
    assert shown.facts.lines["Sign-in"].text() == "None; its tokens are removed."
    assert not shown.facts.toggle.isVisible()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_has_a_name_in_both_themes(
    view: AccountsView, backend: FakeBackend, mode: str
) -> None:
    current_theme().set_mode(mode)  # type: ignore[arg-type]  # one of its words
    waiting(backend)
    card(view, "a1").disconnect_button.click()
    assert nameless(view) == []
    assert nameless(question(view)) == []
    assert not view.grab().isNull()
