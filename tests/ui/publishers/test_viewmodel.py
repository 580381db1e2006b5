"""What the board of publishers reads, when, and what it keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.presence import PublisherKind
from postflow_desktop.services.ports.replica import Change, Link, SyncState
from postflow_desktop.services.presence import Board
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.publishers.viewmodel import EVERY_MS, PublishersViewModel, Stage
from tests.fakes.backend import NOW, PLACE, FakeBackend
from tests.ui.composer.held import HeldTasks
from tests.ui.publishers.kit import board, presence, seen

PATIENCE = 5000


class CountingBackend(FakeBackend):
    """Counts how often the cluster was asked, and fails when told to."""

    looks = 0
    broken = False

    def board(self) -> Board:
        self.looks += 1
        if self.broken:
            raise ClusterUnreachable("Away.", fix="Wait.")
        return self.seen


@pytest.fixture
def backend() -> CountingBackend:
    made = CountingBackend()
    made.add_post("At night", at=NOW + timedelta(hours=14))
    made.add_post("Right now", at=NOW)
    made.seen = board(presence(under_way=("p2-a1",)), machines=(seen(8, 12),))
    return made


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def model(backend: CountingBackend, changes: Changes) -> PublishersViewModel:
    return PublishersViewModel(backend, Tasks(immediate=True), changes)


def test_nothing_is_asked_while_nobody_looks(
    model: PublishersViewModel, backend: CountingBackend, changes: Changes, qtbot: QtBot
) -> None:
    model.load()
    with qtbot.waitSignal(changes.changed):
        changes.publish(Change(noun="posts", ids=frozenset({"p1"})))
    assert backend.looks == 0
    assert not model._timer.isActive()


def test_a_look_brings_publishers_their_posts_and_the_next_days(
    model: PublishersViewModel, backend: CountingBackend
) -> None:
    model.watch(True)
    assert model.stage is Stage.READY
    assert model.board is backend.seen
    assert model.posts["p2-a1"].title == "Right now"
    assert model.ahead is not None
    assert [one.post_id for one in model.ahead.uncovered] == ["p1"]
    assert [hours.name for hours in model.hours] == ["mias-laptop"]


def test_it_is_read_again_after_fifteen_seconds_and_not_when_nobody_looks(
    model: PublishersViewModel, backend: CountingBackend
) -> None:
    model.watch(True)
    assert model._timer.isActive()
    assert model._timer.interval() == EVERY_MS == 15_000
    model._timer.timeout.emit()
    assert backend.looks == 2
    model.watch(False)
    assert not model._timer.isActive()


def test_a_change_of_posts_is_seen_soon(
    model: PublishersViewModel, backend: CountingBackend, changes: Changes, qtbot: QtBot
) -> None:
    model.watch(True)
    backend.add_post("Another night", at=NOW + timedelta(hours=38))
    changes.publish(Change(noun="posts", ids=frozenset({"p3"})))
    qtbot.waitUntil(lambda: _uncovered(model) == ["p1", "p3"], timeout=PATIENCE)


def test_offline_the_last_board_stays_and_nothing_is_asked(
    model: PublishersViewModel, backend: CountingBackend, changes: Changes, qtbot: QtBot
) -> None:
    model.watch(True)
    with qtbot.waitSignal(changes.sync):
        changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    model.load()
    assert model.offline_since == NOW
    assert model.board is backend.seen
    assert backend.looks == 1
    assert not model._timer.isActive()
    with qtbot.waitSignal(changes.sync):
        changes.publish_sync(SyncState(link=Link.LIVE, since=NOW))
    assert backend.looks == 2


def test_a_failure_is_told_and_tried_again(
    model: PublishersViewModel, backend: CountingBackend
) -> None:
    backend.broken = True
    model.watch(True)
    assert (model.stage, model.board) == (Stage.FAILED, None)
    assert model.problem is not None
    assert model._timer.isActive()
    backend.broken = False
    model.load()
    assert model.problem is None
    assert model.board is backend.seen
    backend.broken = True
    model.load()
    assert (model.stage, model.board) == (Stage.READY, backend.seen), "what was read stays"
    assert model.problem is not None


def test_an_answer_for_another_place_is_dropped(backend: CountingBackend, changes: Changes) -> None:
    tasks = HeldTasks()
    model = PublishersViewModel(backend, tasks, changes)
    model.watch(True)
    backend.here = replace(PLACE, organization_id="o2")
    model.forget()
    tasks.let_one_run()
    assert model.board is None
    assert model.stage is Stage.LOADING


def _uncovered(model: PublishersViewModel) -> list[str]:
    return [one.post_id for one in model.ahead.uncovered] if model.ahead else []


def test_an_agent_takes_the_worry_away(
    model: PublishersViewModel, backend: CountingBackend
) -> None:
    model.watch(True)
    backend.seen = board(presence("m-2", "server", PublisherKind.AGENT), presence())
    model.load()
    assert model.ahead is not None
    assert model.ahead.uncovered == ()
