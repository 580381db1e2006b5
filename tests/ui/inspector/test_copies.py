"""What stands at the networks of the shown post, asked from the inspector."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import NetworkUnreachable
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.network_copies import CopyState, NetworkCopy
from postflow_desktop.services.ports.publisher import PublishedPost
from postflow_desktop.services.ports.replica import Change, Link, SyncState
from postflow_desktop.ui.kit.changes import Changes
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.composer.held import HeldTasks
from tests.ui.inspector.names import nameless
from tests.ui.inspector.showing import make
from tests.ui.kit.walk import unnamed


def copy(account: str, network: Network, state: CopyState, **more: object) -> NetworkCopy:
    values: dict[str, object] = {
        "target_id": f"t-{account}",
        "account_id": account,
        "network": network,
        "step": 0,
        "external_id": "1",
        "state": state,
        **more,
    }
    return NetworkCopy(**values)  # type: ignore[arg-type]  # filled by name


THERE = PublishedPost(external_id="1", url="https://x.example/1", text="Hello  and\nmore " * 12)


@pytest.fixture
def backend() -> FakeBackend:
    made = FakeBackend()
    made.add_post("Hello", status=PostStatus.PUBLISHED, accounts=("a1", "a2"))
    made.network_copies = [
        copy("a1", Network.BLUESKY, CopyState.GONE),
        copy("a2", Network.X, CopyState.PRESENT, post=THERE),
        copy("a2", Network.X, CopyState.UNKNOWN, step=1, message="X is away.", fix="Ask later."),
    ]
    return made


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


def test_nothing_is_said_before_somebody_asks(
    backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    view = make(backend, changes, qtbot)
    copies = view.body.copies
    assert copies.isVisible()
    assert copies.lines == ()
    assert "copies" not in [call[0] for call in backend.calls]


def test_a_look_by_keyboard_says_what_stands_where(
    backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    view = make(backend, changes, qtbot)
    copies = view.body.copies
    copies.button.setFocus()
    QTest.keyClick(copies.button, Qt.Key.Key_Space)
    gone, there, away, when = copies.lines
    assert gone.startswith("Bluesky, @")
    assert gone.endswith(": it is not there any more.")
    assert "it is there: “Hello and more Hello" in there
    assert there.endswith("…”")
    assert away.endswith(", part 2: X is away. Ask later.")
    assert when.startswith("As of ")
    assert nameless(view) == []
    assert unnamed(view) == []


def test_a_draft_is_nowhere(changes: Changes, qtbot: QtBot) -> None:
    backend = FakeBackend()
    backend.add_post("Hello", status=PostStatus.DRAFT, accounts=("a1",))
    view = make(backend, changes, qtbot)
    assert not view.body.copies.isVisible()


def test_while_it_is_asked_nobody_asks_again(
    backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    tasks = HeldTasks()
    view = make(backend, changes, qtbot, tasks)
    while tasks.waiting:
        tasks.let_one_run()
    question, copies = view.viewmodel.networks.copies, view.body.copies
    question.ask()
    question.ask()
    assert copies.button.text() == "Asking…"
    while tasks.waiting:
        tasks.let_one_run()
    assert [call[0] for call in backend.calls].count("copies") == 1
    assert copies.button.text() == "Look now"
    assert len(copies.lines) == 4


def test_offline_it_can_not_be_asked_and_what_was_said_stays(
    backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    view = make(backend, changes, qtbot)
    view.viewmodel.networks.copies.ask()
    changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    copies = view.body.copies
    qtbot.waitUntil(lambda: not copies.button.isEnabled())
    assert len(copies.lines) == 4


def test_trouble_is_told(backend: FakeBackend, changes: Changes, qtbot: QtBot) -> None:
    view = make(backend, changes, qtbot)
    backend.failure = NetworkUnreachable("Nothing goes.", fix="Wait.")
    view.viewmodel.networks.copies.ask()
    assert view.viewmodel.problem is not None
    assert view.body.copies.lines == ()


def test_a_change_of_the_post_keeps_what_was_said(
    backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    view = make(backend, changes, qtbot)
    view.viewmodel.networks.copies.ask()
    backend.replica.metrics["p1"] = []
    before = view.viewmodel.detail
    changes.publish(Change(noun="posts", ids=frozenset({"p1"})))
    qtbot.waitUntil(lambda: view.viewmodel.detail is not before)
    assert len(view.body.copies.lines) == 4
