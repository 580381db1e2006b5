"""What is in the list, what was not seen yet, and seeing it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.notice import NoticeAction, NoticeKind
from postflow_desktop.services.ports.replica import Change, Link, SyncState
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.notices.viewmodel import NoticesViewModel, Stage
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.notices.figures import notice


@pytest.fixture
def backend() -> FakeBackend:
    fake = FakeBackend()
    fake.replica.notice_list = [
        notice(NoticeKind.FAILED, 1),
        notice(NoticeKind.MISSED, 2, ago=60 * 24, read=True),
        notice(NoticeKind.PUBLISHED, 3, ago=60 * 48),
        notice(NoticeKind.NEEDS_ATTENTION, 4, ago=60 * 24 * 400, withdrawn=True),
    ]
    return fake


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def model(backend: FakeBackend, changes: Changes) -> NoticesViewModel:
    made = NoticesViewModel(backend, Tasks(immediate=True), changes, changes, now=lambda: NOW)
    made.load()
    return made


def offline(changes: Changes) -> None:
    changes._take_state(SyncState(link=Link.OFFLINE, since=NOW))


def toasts(model: NoticesViewModel) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    model.toast.connect(lambda text, kind: said.append((text, kind)))
    return said


def test_unread_is_what_is_loud_and_was_not_seen(model: NoticesViewModel) -> None:
    assert [model.is_unread(n) for n in model.rows] == [True, False, False, False]
    assert model.unread == 1


def test_days_are_named(model: NoticesViewModel) -> None:
    assert [model.day_of(n) for n in model.rows] == [
        "Today",
        "Yesterday",
        "Wednesday 18 November",
        "Thursday 16 October 2025",
    ]
    assert model.time_of(model.rows[0]) == "12:55"


def test_seen_at_once_and_told_to_the_cluster(
    model: NoticesViewModel, backend: FakeBackend
) -> None:
    model.mark_read(model.rows[0])
    model.mark_read(model.rows[0])
    assert model.unread == 0
    assert backend.calls == [("mark_read", ["target:p1-a1"])]


def test_all_are_seen(model: NoticesViewModel, backend: FakeBackend) -> None:
    model.mark_all_read()
    model.mark_all_read()
    assert model.unread == 0
    assert backend.calls == [("mark_read", None)]


def test_raised_again_it_is_unread_again(
    model: NoticesViewModel, backend: FakeBackend, changes: Changes
) -> None:
    model.mark_read(model.rows[0])
    backend.replica.notice_list[0] = replace(backend.replica.notice_list[0], at=NOW)
    changes._gather(Change(noun="notifications", ids=frozenset()))
    changes._flush()
    assert model.unread == 1


def test_offline_it_says_so_and_keeps_it_unread(
    model: NoticesViewModel, backend: FakeBackend, changes: Changes
) -> None:
    said = toasts(model)
    offline(changes)
    model.mark_all_read()
    assert model.unread == 1
    assert backend.calls == []
    assert [kind for _, kind in said] == ["warning"]
    assert said[0][0].startswith("Offline:")


def test_a_refusal_takes_it_back(model: NoticesViewModel, backend: FakeBackend) -> None:
    said = toasts(model)
    backend.failure = ClusterUnreachable("The workspace does not answer.")
    model.mark_read(model.rows[0])
    assert model.unread == 1
    assert said == [("The workspace does not answer.", "error")]


def test_who_acts_has_seen_it(model: NoticesViewModel, backend: FakeBackend) -> None:
    acted: list[tuple[str, NoticeAction]] = []
    model.acted.connect(lambda n, action: acted.append((n.key, action)))
    model.act(model.rows[0], NoticeAction.RETRY)
    assert acted == [("target:p1-a1", NoticeAction.RETRY)]
    assert model.unread == 0


def test_nothing_is_done_twice_at_once(model: NoticesViewModel) -> None:
    acted: list[object] = []
    model.acted.connect(lambda n, action: acted.append(action))
    model.set_busy("target:p1-a1", busy=True)
    model.act(model.rows[0], NoticeAction.RETRY)
    assert acted == []
    model.set_busy("target:p1-a1", busy=False)
    model.act(model.rows[0], NoticeAction.RETRY)
    assert acted == [NoticeAction.RETRY]


def test_another_place_begins_empty(model: NoticesViewModel, backend: FakeBackend) -> None:
    model.forget()
    assert (model.rows, model.unread, model.stage) == ((), 0, Stage.LOADING)
    backend.here = None
    model.load()
    assert model.stage is Stage.LOADING


def test_a_list_that_can_not_be_read_says_so(
    backend: FakeBackend, changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(organization_id: str, *, limit: int = 100) -> list[object]:
        raise ClusterUnreachable("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(backend.replica, "notices", broken)
        model = NoticesViewModel(backend, Tasks(immediate=True), changes, changes, now=lambda: NOW)
        model.load()
        assert (model.stage, str(model.problem)) == (Stage.FAILED, "The disk is full.")
    model.load()
    assert len(model.rows) == 4
    assert model.problem is None
