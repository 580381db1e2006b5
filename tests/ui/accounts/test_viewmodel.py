"""Accounts' view model: rows, connecting, checking, disconnecting, and being offline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import Conflict, MachineProblem, NotAllowed
from postflow_desktop.domain.network import Network
from postflow_desktop.services.disconnecting import Disconnected, PostsThen, Revoked
from postflow_desktop.services.ports.replica import AccountRow, Change, Link, SyncState
from postflow_desktop.ui.accounts.viewmodel import AccountsViewModel, Stage
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import NOW, FakeBackend, MemoryReplica, account_row, stored_account


@pytest.fixture
def backend() -> FakeBackend:
    fake = FakeBackend()
    fake.replica.account_rows = [account_row(1)]
    return fake


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def model(backend: FakeBackend, changes: Changes) -> AccountsViewModel:
    made = AccountsViewModel(backend, Tasks(immediate=True), changes)
    made.load()
    return made


def ids(model: AccountsViewModel) -> list[str]:
    return [row.id for row in model.rows]


def test_the_rows_are_read_from_the_replica(model: AccountsViewModel) -> None:
    assert model.stage is Stage.READY
    assert ids(model) == ["a1"]


def test_a_connected_account_is_shown_before_the_replica_has_it(
    model: AccountsViewModel, backend: FakeBackend
) -> None:
    shown: list[object] = []
    model.connected.connect(lambda row, warnings: shown.append((row.username, warnings)))
    model.connect_account(Network.BLUESKY, " https://bsky.social ", " new.test ", "secret")
    assert backend.calls == [("connect", Network.BLUESKY, "https://bsky.social", "new.test")]
    assert shown == [("new.test", ())]
    assert ids(model) == ["a1", "a2"]
    assert not model.connecting


def test_a_refused_connection_changes_nothing_and_can_be_tried_again(
    model: AccountsViewModel, backend: FakeBackend
) -> None:
    errors: list[object] = []
    model.connect_failed.connect(errors.append)
    backend.failure = NotAllowed("Wrong.", code="wrong_app_password", fix="Check both.")
    model.connect_account(Network.BLUESKY, "https://bsky.social", "new.test", "secret")
    assert len(errors) == 1
    assert not model.connecting
    assert ids(model) == ["a1"]


def test_checking_notes_what_the_network_said(
    model: AccountsViewModel, backend: FakeBackend
) -> None:
    model.check("a1")
    assert model.notes["a1"] == ("The account works.", "success")
    backend.failure = NotAllowed("A new sign-in is needed.", code="reconnect_needed", fix="Do it.")
    model.check("a1")
    assert model.notes["a1"] == ("A new sign-in is needed. Do it.", "danger")
    assert model.busy == {}


class SlowReplica(FakeBackend):
    """Its replica hears of a disconnected account later."""

    def disconnect(self, account_id: str, then: PostsThen | None = None) -> Disconnected:
        self._called("disconnect", account_id, then)
        row = self._row_of(account_id)
        return Disconnected(account=stored_account(row), sign_in=Revoked.REVOKED)


def test_a_disconnected_account_is_gone_before_the_replica_knows(changes: Changes) -> None:
    backend = SlowReplica()
    model = AccountsViewModel(backend, Tasks(immediate=True), changes)
    model.load()
    toasts: list[str] = []
    model.toast.connect(lambda text, kind: toasts.append(text))
    model.disconnect_account("a1")
    assert ids(model) == ["a2"]
    assert toasts == ["@bakery1.test is disconnected, and its sign-in revoked."]


def test_posts_that_wait_keep_an_account(model: AccountsViewModel, backend: FakeBackend) -> None:
    backend.failure = Conflict("3 posts wait.", code="account_in_use", fix="Use --force.")
    model.disconnect_account("a1")
    sentence, kind = model.notes["a1"]
    assert ids(model) == ["a1"]
    assert sentence.startswith("3 posts wait.")
    assert "--force" not in sentence
    assert kind == "warning"


def test_news_of_accounts_are_read_again(
    model: AccountsViewModel, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    backend.replica.account_rows = [replace(account_row(1), username="renamed.test")]
    with qtbot.waitSignal(model.changed):
        changes.publish(Change(noun="socialAccounts", ids=frozenset({"a1"})))
    assert [row.username for row in model.rows] == ["renamed.test"]


def test_a_failed_read_is_told_and_rows_that_are_known_stay(
    model: AccountsViewModel, backend: FakeBackend
) -> None:
    backend.replica = BrokenReplica()
    model.load()
    assert model.problem is not None
    assert ids(model) == ["a1"]
    model.forget()
    model.load()
    assert (model.stage, ids(model)) == (Stage.FAILED, [])


class BrokenReplica(MemoryReplica):
    """Its disk is full."""

    def accounts(self, organization_id: str) -> Sequence[AccountRow]:
        raise MachineProblem("The disk is full.")


def test_offline_says_why(model: AccountsViewModel, changes: Changes, qtbot: QtBot) -> None:
    assert model.offline == ""
    with qtbot.waitSignal(model.changed):
        changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW, message="No answer."))
    assert model.offline == "No answer."
