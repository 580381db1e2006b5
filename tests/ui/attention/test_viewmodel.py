"""The view model of what needs a person: rows, count, answers, refusals."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import Conflict, InvalidInput
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.attention import Answer
from postflow_desktop.services.ports.replica import Change, Link, SyncState
from postflow_desktop.ui.attention.viewmodel import AttentionViewModel, Stage
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import NOW, FakeBackend


@pytest.fixture
def backend() -> FakeBackend:
    fake = FakeBackend()
    fake.add_post("Failed", status=PostStatus.FAILED)
    fake.add_post("Unclear", status=PostStatus.FAILED, target_status=TargetStatus.NEEDS_ATTENTION)
    fake.add_post("Fine", status=PostStatus.PUBLISHED)
    return fake


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def model(backend: FakeBackend, changes: Changes) -> AttentionViewModel:
    return AttentionViewModel(backend, Tasks(immediate=True), changes)


def test_rows_and_their_count_are_told(model: AttentionViewModel) -> None:
    counts: list[int] = []
    model.count_changed.connect(counts.append)
    model.load()
    assert [row.title for row in model.rows] == ["Failed", "Unclear"]
    assert counts == [2]
    model.load()
    assert counts == [2]


def test_an_answered_row_goes_at_once(model: AttentionViewModel, backend: FakeBackend) -> None:
    counts: list[int] = []
    model.load()
    model.count_changed.connect(counts.append)
    model.answer(model.rows[1], Answer.IT_IS_THERE, " https://example.com/1 ")
    assert backend.calls == [("answer", "p2-a1", Answer.IT_IS_THERE, "https://example.com/1")]
    assert [row.title for row in model.rows] == ["Failed"]
    assert counts == [1]


def test_a_target_that_fails_again_is_back(
    model: AttentionViewModel, changes: Changes, qtbot: QtBot
) -> None:
    model.load()
    model.retry(model.rows[0])
    assert [row.title for row in model.rows] == ["Unclear"]
    changes.publish(Change(noun="schedules", ids=frozenset({"p1-a1"})))
    qtbot.waitUntil(lambda: len(model.rows) == 2)


def test_a_refusal_stays_with_its_row(model: AttentionViewModel, backend: FakeBackend) -> None:
    model.load()
    backend.failure = Conflict("Settled meanwhile.", code="settled_meanwhile")
    model.answer(model.rows[1], Answer.DROP)
    assert list(model.problems) == ["p2-a1"]
    assert len(model.rows) == 2
    assert model.busy == set()
    backend.failure = InvalidInput("The address is missing.", code="url_missing")
    model.answer(model.rows[1], Answer.IT_IS_THERE, "")
    assert model.problems["p2-a1"].code == "url_missing"


def test_looking_selects_the_post(model: AttentionViewModel) -> None:
    model.load()
    selected: list[str] = []
    model.post_selected.connect(selected.append)
    model.look(model.rows[0])
    assert selected == ["p1"]


def test_offline_nothing_is_asked(
    model: AttentionViewModel, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    model.load()
    with qtbot.waitSignal(model.changed):
        changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    assert model.offline
    model.retry(model.rows[0])
    assert backend.calls == []


def test_forgetting_leaves_nothing_of_the_former_place(model: AttentionViewModel) -> None:
    model.load()
    counts: list[int] = []
    model.count_changed.connect(counts.append)
    model.forget()
    assert model.rows == ()
    assert counts == [0]
    assert model.stage is Stage.LOADING
