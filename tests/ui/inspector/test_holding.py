"""Holding a target back, letting it go and putting it off, in the inspector."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.ports.replica import Change, Link, SyncState
from postflow_desktop.ui.inspector.offer import Offer
from postflow_desktop.ui.inspector.targets import TargetItem
from postflow_desktop.ui.inspector.view import InspectorView
from postflow_desktop.ui.inspector.viewmodel import InspectorViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.composer.held import HeldTasks
from tests.ui.kit.walk import unnamed

TOO_LATE = Conflict("It is too late for that.", code="too_late", fix="postflow post show")
STORM = Pause(reason="Storm warning", by="u2", at=NOW - timedelta(hours=3))


@pytest.fixture
def backend() -> FakeBackend:
    made = FakeBackend()
    made.add_post("Hello", accounts=("a1", "a2"))
    return made


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def offers() -> list[Offer]:
    return []


def make(
    backend: FakeBackend,
    changes: Changes,
    qtbot: QtBot,
    offers: list[Offer],
    tasks: Tasks | None = None,
) -> InspectorView:
    model = InspectorViewModel(backend, tasks or Tasks(immediate=True), changes, now=lambda: NOW)
    view = InspectorView(model)
    model.setParent(view)
    model.offered.connect(offers.append)
    qtbot.addWidget(view)
    view.resize(320, 800)
    view.show()
    model.show_post("p1")
    return view


@pytest.fixture
def view(
    backend: FakeBackend, changes: Changes, qtbot: QtBot, offers: list[Offer]
) -> InspectorView:
    return make(backend, changes, qtbot, offers)


def item(view: InspectorView, number: int = 0) -> TargetItem:
    return view.body.target_items[number]


def test_a_target_is_held_and_released_and_the_other_is_not(
    view: InspectorView, backend: FakeBackend, offers: list[Offer]
) -> None:
    item(view).hold_button.click()
    assert backend.calls == [("keep_back", "p1-a1", "")]
    assert item(view).pill.text() == "On hold"
    assert item(view).paused.text() == "It is held back. Ana, since 13:00"
    assert item(view, 1).pill.text() == "Scheduled"
    assert item(view, 1).paused.isHidden()
    assert view.pill.text() == "Scheduled", "a part of it goes out"
    item(view).hold_button.click()
    assert backend.calls[-1] == ("let_out", "p1-a1")
    assert item(view).pill.text() == "Scheduled"
    assert [offer.action for offer in offers] == ["Undo", "Undo"]


def test_a_hold_is_undone(view: InspectorView, backend: FakeBackend, offers: list[Offer]) -> None:
    item(view).hold_button.click()
    offers.pop().run()
    assert backend.calls[-1] == ("let_out", "p1-a1")
    assert item(view).pill.text() == "Scheduled"


def test_it_shows_at_once_and_comes_back_if_it_was_too_late(
    backend: FakeBackend, changes: Changes, qtbot: QtBot, offers: list[Offer]
) -> None:
    tasks = HeldTasks()
    view = make(backend, changes, qtbot, offers, tasks)
    item(view).hold_button.click()
    assert item(view).pill.text() == "On hold"
    assert not item(view).hold_button.isEnabled()
    backend.failure = TOO_LATE
    tasks.let_one_run()
    assert item(view).pill.text() == "Scheduled"
    assert view.problem.text() == "It is too late for that. Look at the post as it is now."
    assert offers == []


class LaggingBackend(FakeBackend):
    """What it agrees to comes into the replica later."""

    def keep_back(self, target_id: str, reason: str) -> None:
        self._called("keep_back", target_id, reason)


def test_a_replica_that_lags_does_not_take_it_back(
    changes: Changes, qtbot: QtBot, offers: list[Offer]
) -> None:
    backend = LaggingBackend()
    backend.add_post("Hello")
    view = make(backend, changes, qtbot, offers)
    item(view).hold_button.click()
    view.viewmodel.reload()
    assert item(view).pill.text() == "On hold"
    changes.changed.emit(Change(noun="schedules", ids=frozenset({"p1-a1"})))
    assert item(view).pill.text() == "Scheduled", "somebody released it meanwhile"


def test_an_hour_later_and_back(changes: Changes, qtbot: QtBot, offers: list[Offer]) -> None:
    backend = FakeBackend()
    post = backend.add_post("Hello")
    view = make(backend, changes, qtbot, offers)
    item(view).later_button.click()
    assert backend.calls == [("postpone", "p1-a1", 60)]
    offers.pop().run()
    name, post_id, planned = backend.calls[-1]
    assert (name, post_id) == ("move", post.id)
    assert getattr(planned, "utc", None) == post.scheduled_at


def test_an_hour_later_for_one_of_several_can_not_be_taken_back_with_the_others(
    view: InspectorView, backend: FakeBackend, offers: list[Offer]
) -> None:
    item(view).later_button.click()
    assert backend.calls == [("postpone", "p1-a1", 60)]
    assert offers == []


def test_a_pause_of_the_account_or_of_everything_says_why(
    view: InspectorView, backend: FakeBackend, changes: Changes
) -> None:
    first, second = backend.replica.account_rows
    backend.replica.account_rows = [replace(first, pause=STORM), second]
    changes.changed.emit(Change(noun="socialAccounts", ids=frozenset()))
    assert item(view).pill.text() == "Paused"
    assert item(view).paused.text() == (
        "This account is paused. “Storm warning” · Ben, since 10:00"
    )
    assert item(view, 1).pill.text() == "Scheduled"
    backend.replica.paused = STORM
    changes.changed.emit(Change(noun="organizations", ids=frozenset()))
    assert [item(view, number).pill.text() for number in (0, 1)] == ["Paused", "Paused"]
    assert item(view).paused.text().startswith("Publishing is paused here.")
    assert item(view, 1).paused.isHidden(), "it is told once"
    assert view.pill.text() == "Paused"
    assert item(view, 1).hold_button.text() == "Hold", "it can be held by itself as well"


@pytest.mark.parametrize(
    "status", [status for status in TargetStatus if status is not TargetStatus.PENDING]
)
def test_only_what_waits_can_be_held(
    backend: FakeBackend,
    changes: Changes,
    qtbot: QtBot,
    offers: list[Offer],
    status: TargetStatus,
) -> None:
    backend.replica.paused = STORM
    target = backend.replica.targets["p1"][0]
    backend.replica.targets["p1"][0] = replace(target, status=status)
    view = make(backend, changes, qtbot, offers)
    assert item(view).hold_button.isHidden()
    assert item(view).later_button.isHidden()
    assert item(view).paused.isHidden()


def test_offline_nothing_can_be_held(
    view: InspectorView, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(changes.sync):
        changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    assert not item(view).hold_button.isEnabled()
    view.viewmodel.holding.hold("p1-a1")
    view.viewmodel.holding.later("p1-a1")
    assert backend.calls == []


def test_everything_has_a_name(view: InspectorView) -> None:
    assert unnamed(view) == []
    assert item(view).hold_button.accessibleName() == "Hold @bakery1.test"
