"""The inspector's view model: showing a post, its acts, and what goes wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import Conflict, InvalidInput
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.services.attention import Answer
from postflow_desktop.services.ports.replica import Change, Link, SyncState
from postflow_desktop.ui.inspector.model import Can
from postflow_desktop.ui.inspector.offer import Offer
from postflow_desktop.ui.inspector.viewmodel import InspectorViewModel, Stage
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.inspector.pictures import png


class HeldTasks(Tasks):
    """Answers reads when the test says so."""

    def __init__(self) -> None:
        super().__init__(immediate=True)
        self.waiting: list[Callable[[], None]] = []

    def read(self, work, done, failed=None, *, key=None):  # type: ignore[no-untyped-def]
        self.waiting.append(lambda: done(work()))


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def model(backend: FakeBackend, changes: Changes) -> InspectorViewModel:
    return InspectorViewModel(backend, Tasks(immediate=True), changes, now=lambda: NOW)


def listen(model: InspectorViewModel) -> tuple[list[str], list[Offer]]:
    toasts: list[str] = []
    offers: list[Offer] = []
    model.toast.connect(lambda text, kind: toasts.append(text))
    model.offered.connect(offers.append)
    return toasts, offers


def test_a_post_is_shown_with_what_can_be_done(
    model: InspectorViewModel, backend: FakeBackend
) -> None:
    model.show_post(backend.add_post("Hello").id)
    assert model.stage is Stage.READY
    assert model.detail is not None
    assert model.detail.post.text == "Hello"
    assert model.can.move
    assert model.can.cancel
    assert not model.can.retry


def test_a_post_that_is_not_there_is_gone(model: InspectorViewModel) -> None:
    model.show_post("nowhere")
    assert model.stage is Stage.GONE
    assert not model.can.edit


def test_an_answer_for_a_post_left_behind_is_dropped(
    backend: FakeBackend, changes: Changes
) -> None:
    tasks = HeldTasks()
    model = InspectorViewModel(backend, tasks, changes)
    one, two = backend.add_post("One"), backend.add_post("Two")
    model.show_post(one.id)
    assert model.stage is Stage.LOADING
    model.show_post(two.id)
    for answer in reversed(tasks.waiting):
        answer()
    assert model.detail is not None
    assert model.detail.post.text == "Two"


def test_moving_means_the_wall_time_in_the_posts_zone(
    model: InspectorViewModel, backend: FakeBackend
) -> None:
    toasts, _ = listen(model)
    model.show_post(backend.add_post("Hello").id)
    model.move(datetime(2026, 11, 26, 9, 30))  # noqa: DTZ001 - a wall time
    call = backend.calls[0]
    planned = call[2]
    assert isinstance(planned, PlannedTime)
    assert call[:2] == ("move", "p1")
    assert planned.utc.isoformat() == "2026-11-26T08:30:00+00:00"
    assert toasts == ["The post has its new time."]
    assert model.detail is not None
    assert model.detail.post.scheduled_at == planned.utc


def test_the_hour_that_does_not_exist_is_told(
    model: InspectorViewModel, backend: FakeBackend
) -> None:
    toasts, _ = listen(model)
    model.show_post(backend.add_post("Hello").id)
    model.move(datetime(2027, 3, 28, 2, 30))  # noqa: DTZ001 - a wall time
    assert "does not exist" in toasts[0]


def test_a_refused_act_stays_beside_the_post(
    model: InspectorViewModel, backend: FakeBackend
) -> None:
    model.show_post(backend.add_post("Hello").id)
    backend.failure = Conflict("It is being sent.", code="under_way", fix="postflow post show")
    model.cancel()
    assert model.problem is not None
    assert model.busy == ""
    model.cancel()
    assert model.problem is None


def test_canceling_can_be_undone(model: InspectorViewModel, backend: FakeBackend) -> None:
    toasts, offers = listen(model)
    post = backend.add_post("Hello")
    model.show_post(post.id)
    model.cancel()
    assert [offer.action for offer in offers] == ["Undo"]
    assert toasts == []
    offers[0].run()
    moved = backend.calls[-1]
    assert moved[:2] == ("move", post.id)
    assert isinstance(moved[2], PlannedTime)
    assert moved[2].utc == post.scheduled_at


def test_undo_is_not_offered_where_it_would_plan_more_than_before(
    model: InspectorViewModel, backend: FakeBackend
) -> None:
    _, offers = listen(model)
    post = backend.add_post("Hello", accounts=("a1", "a2"))
    first, second = backend.replica.targets[post.id]
    backend.replica.targets[post.id] = [first, replace(second, status=TargetStatus.FAILED)]
    model.show_post(post.id)
    model.cancel()
    assert offers == []


def test_publish_now_waits_and_can_be_taken_back(
    model: InspectorViewModel, backend: FakeBackend
) -> None:
    toasts, offers = listen(model)
    model.show_post(backend.add_post("Hello").id)
    model.publish()
    assert model.leaving
    assert not model.can.move
    offers[0].run()
    model.publish_at_once()
    assert backend.calls == []
    assert not model.leaving
    assert "Nothing was published" in toasts[0]


def test_publish_now_goes_out_for_its_own_post_when_another_is_shown(
    model: InspectorViewModel, backend: FakeBackend
) -> None:
    first, second = backend.add_post("One"), backend.add_post("Two")
    model.show_post(first.id)
    model.publish()
    model.show_post(second.id)
    assert not model.leaving
    model.publish_at_once()
    assert backend.calls == [("publish_now", first.id)]


def test_retry_is_for_what_failed(model: InspectorViewModel, backend: FakeBackend) -> None:
    model.show_post(backend.add_post("Hello", status=PostStatus.FAILED).id)
    assert model.can.retry
    model.retry()
    assert backend.calls == [("retry", "p1")]


def test_what_is_out_is_deleted_on_the_networks_too(
    model: InspectorViewModel, backend: FakeBackend
) -> None:
    closed: list[bool] = []
    model.closed.connect(lambda: closed.append(True))
    model.show_post(backend.add_post("Out", status=PostStatus.PUBLISHED).id)
    model.delete()
    assert backend.calls == [("delete", "p1", True)]
    assert closed == [True]
    assert model.stage is Stage.EMPTY


def test_an_answer_without_an_address_is_refused_in_place(
    model: InspectorViewModel, backend: FakeBackend
) -> None:
    post = backend.add_post(
        "Unclear", status=PostStatus.FAILED, target_status=TargetStatus.NEEDS_ATTENTION
    )
    model.show_post(post.id)
    backend.failure = InvalidInput("The post's address is missing.", code="url_missing")
    model.answer("p1-a1", Answer.IT_IS_THERE, "")
    assert model.problem is not None
    model.answer("p1-a1", Answer.IT_IS_THERE, "https://example.com/1")
    assert model.problem is None


def test_news_of_the_shown_post_are_read_again_others_not(
    model: InspectorViewModel, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    post = backend.add_post("Before")
    model.show_post(post.id)
    backend.replica.posts[post.id] = replace(post, text="After")
    changes.publish(Change(noun="posts", ids=frozenset({"another"})))
    changes.publish(Change(noun="memberships", ids=frozenset()))
    with qtbot.waitSignal(changes.changed):
        pass
    assert shown_text(model) == "Before"
    changes.publish(Change(noun="posts", ids=frozenset({post.id})))
    qtbot.waitUntil(lambda: shown_text(model) == "After")


def shown_text(model: InspectorViewModel) -> str:
    assert model.detail is not None
    return model.detail.post.text


def test_offline_only_editing_is_left(
    model: InspectorViewModel, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    model.show_post(backend.add_post("Hello").id)
    with qtbot.waitSignal(model.changed):
        changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    assert model.offline
    assert model.can.edit
    assert model.can == Can(edit=True)


def test_pictures_come_small_and_one_that_is_gone_is_marked(
    model: InspectorViewModel, backend: FakeBackend
) -> None:
    there = backend.read_image(png(1200, 600), "Bread")
    gone = replace(there, sha256="0" * 64)
    model.show_post(backend.add_post("Hello", media=(there, gone)).id)
    picture = model.pictures[there.sha256]
    assert isinstance(picture, QImage)
    assert (picture.width(), picture.height()) == (576, 288)
    assert model.pictures[gone.sha256] is None


def test_a_draft_without_a_time_has_the_organizations_zone(
    model: InspectorViewModel, backend: FakeBackend
) -> None:
    model.show_post(backend.add_post("Draft", at=None, status=PostStatus.DRAFT).id)
    assert model.timezone == "Europe/Berlin"
    assert not model.can.cancel
    assert model.can.publish


@pytest.mark.parametrize("status", [PostStatus.PUBLISHING, PostStatus.PUBLISHED])
def test_what_is_out_or_under_way_is_not_changed(
    model: InspectorViewModel, backend: FakeBackend, status: PostStatus
) -> None:
    post: Post = backend.add_post("Hello", status=status, at=NOW - timedelta(hours=1))
    model.show_post(post.id)
    assert model.can == Can(delete=status is PostStatus.PUBLISHED)


def test_a_new_time_with_nobody_awake_is_told(
    model: InspectorViewModel, backend: FakeBackend
) -> None:
    said: list[str] = []
    model.unattended.connect(said.append)
    model.show_post(backend.add_post("Hello").id)
    wall = datetime.fromisoformat("2026-11-26T04:00")
    model.move(wall)
    assert said == []
    backend.warning = "No computer was on at 04:00."
    model.move(wall)
    assert said == ["No computer was on at 04:00."]
    backend.failure = Conflict("It is being sent.", code="under_way", fix="Wait.")
    model.move(wall)
    assert len(said) == 1
