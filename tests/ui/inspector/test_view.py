"""The inspector as people use it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QDate, QDateTime, Qt, QTime, QTimeZone
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.post import Media, MediaKind, PostStatus
from postflow_desktop.domain.target import TargetError, TargetStatus
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.services.attention import Answer
from postflow_desktop.services.ports.attempts import AttemptHistory
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.inspector.view import InspectorView
from postflow_desktop.ui.inspector.viewmodel import InspectorViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import current_theme
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.inspector.names import nameless
from tests.ui.inspector.pictures import png

AT = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def opened() -> list[str]:
    return []


@pytest.fixture
def view(backend: FakeBackend, changes: Changes, opened: list[str], qtbot: QtBot) -> InspectorView:
    model = InspectorViewModel(backend, Tasks(immediate=True), changes, now=lambda: NOW)
    made = InspectorView(model, opener=opened.append)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(320, 800)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    return made


def attempt(number: int, outcome: str | None, **other: object) -> AttemptHistory:
    values: dict[str, object] = {
        "id": f"attempt-{number}",
        "target_id": "p1-a1",
        "at": NOW - timedelta(minutes=60 - number),
        "machine": "kitchen-laptop",
        "fence": number,
        "outcome": outcome,
    }
    return AttemptHistory(**{**values, **other})  # type: ignore[arg-type]  # filled by name


def test_a_planned_post_is_shown_in_full(view: InspectorView, backend: FakeBackend) -> None:
    picture = backend.read_image(png(80, 60), "A loaf")
    view.show_post(backend.add_post("Fresh bread ☕", at=AT, media=(picture,)).id)
    assert view.title.text() == "Fresh bread ☕"
    assert view.pill.text() == "Scheduled"
    assert view.body.timing.line.text() == "Thu 26 Nov, 09:30 CET"
    assert view.body.preview.words.text() == "Fresh bread ☕"
    assert view.body.preview.pictures.accessibleName() == "1 picture: A loaf"
    assert [item.name.full_text() for item in view.body.target_items] == ["@bakery1.test"]
    assert view.acts.publish_button.isVisible()
    assert not view.acts.retry_button.isVisible()


def test_another_time_is_set_by_keyboard(
    view: InspectorView, backend: FakeBackend, qtbot: QtBot
) -> None:
    view.show_post(backend.add_post("Hello", at=AT).id)
    timing = view.body.timing
    timing.change_button.click()
    assert timing.edit.text() == "Thu 26 Nov 2026  09:30"
    timing.edit.setDateTime(QDateTime(QDate(2026, 12, 1), QTime(18, 5), QTimeZone.utc()))
    QTest.keyClick(timing.edit, Qt.Key.Key_Return)
    planned = backend.calls[0][2]
    assert isinstance(planned, PlannedTime)
    assert planned.local == "2026-12-01T18:05:00"
    assert timing.line.text() == "Tue 1 Dec, 18:05 CET"
    assert not timing.editing


def test_esc_leaves_the_editor_first_and_the_panel_then(
    view: InspectorView, backend: FakeBackend, qtbot: QtBot
) -> None:
    view.show_post(backend.add_post("Hello", at=AT).id)
    timing = view.body.timing
    timing.change_button.click()
    QTest.keyClick(timing.edit, Qt.Key.Key_Escape)
    assert not timing.editing
    assert view.viewmodel.post_id
    with qtbot.waitSignal(view.closed):
        QTest.keyClick(timing.change_button, Qt.Key.Key_Escape)
    assert backend.calls == []


def test_a_day_of_the_calendar_goes_into_the_editor(
    view: InspectorView, backend: FakeBackend
) -> None:
    view.show_post(backend.add_post("Hello", at=AT).id)
    view.body.timing.open_editor()
    view.body.timing.calendar.clicked.emit(QDate(2026, 12, 24))
    assert view.body.timing.edit.text() == "Thu 24 Dec 2026  09:30"


def test_a_reading_of_the_post_keeps_the_open_editor_and_details(
    view: InspectorView, backend: FakeBackend
) -> None:
    post = backend.add_post("Hello", at=AT)
    backend.replica.attempts[post.id] = [attempt(1, "not_sent")]
    view.show_post(post.id)
    view.body.timing.open_editor()
    view.body.timing.edit.setDate(QDate(2026, 12, 24))
    view.body.attempt_items[0].set_open(True)
    backend.replica.posts[post.id] = replace(post, text="Changed elsewhere")
    view.viewmodel.reload()
    assert view.title.text() == "Changed elsewhere"
    assert view.body.timing.edit.date() == QDate(2026, 12, 24)
    assert view.body.timing.editing
    assert view.body.attempt_items[0].is_open
    view.show_post(backend.add_post("Another", at=AT).id)
    assert not view.body.timing.editing


def test_what_is_out_can_be_opened_on_the_network(
    view: InspectorView, backend: FakeBackend, opened: list[str]
) -> None:
    view.show_post(backend.add_post("Out", status=PostStatus.PUBLISHED).id)
    item = view.body.target_items[0]
    assert item.open_button.text() == "Open on Bluesky"
    item.open_button.click()
    assert opened == ["https://example.com/p1"]
    assert not view.acts.edit_button.isVisible()


def test_what_went_to_the_sandbox_is_opened_on_its_page(
    view: InspectorView, backend: FakeBackend, opened: list[str]
) -> None:
    post = backend.add_post("Out", status=PostStatus.PUBLISHED)
    backend.replica.targets = {
        key: [replace(target, sandbox_machine="m1") for target in targets]
        for key, targets in backend.replica.targets.items()
    }
    view.show_post(post.id)
    view.body.target_items[0].open_button.click()
    (address,) = opened
    service = backend.replica.account_rows[0].service
    assert address.startswith(f"{service}/#")


def test_attempts_are_told_in_plain_words_and_open_by_key(
    view: InspectorView, backend: FakeBackend, qtbot: QtBot
) -> None:
    post = backend.add_post("Hello", status=PostStatus.FAILED)
    backend.replica.attempts[post.id] = [
        attempt(
            1,
            "ambiguous",
            status=502,
            code="server_error",
            message="Status 502.",
            sent='{"text":"Hello"}',
        ),
        attempt(2, "rejected"),
        attempt(3, None),
    ]
    view.show_post(post.id)
    names = [item.accessibleName() for item in view.body.attempt_items]
    assert names[0].startswith("Started; its end is not known yet")
    assert names[1].startswith("The network refused it")
    assert names[2] == "No clear answer: it may be out, 12:01:00"
    last = view.body.attempt_items[2]
    assert not last.details.isVisible()
    QTest.keyClick(last, Qt.Key.Key_Return)
    assert last.details.isVisible()
    assert "status 502" in last.details.text()
    assert "kitchen-laptop" in last.details.text()
    assert 'Sent: {"text":"Hello"}' in last.details.text()
    QTest.mouseClick(last, Qt.MouseButton.LeftButton)
    assert not last.details.isVisible()


def test_many_attempts_are_folded(view: InspectorView, backend: FakeBackend) -> None:
    post = backend.add_post("Hello")
    backend.replica.attempts[post.id] = [attempt(n, "not_sent") for n in range(1, 9)]
    view.show_post(post.id)
    assert len(view.body.attempt_items) == 5
    view.body.more_button.click()
    assert len(view.body.attempt_items) == 8


def test_a_failure_shows_its_fix_and_retry(view: InspectorView, backend: FakeBackend) -> None:
    error = TargetError(code="image_too_large", message="Too large.", fix="Make it smaller.")
    view.show_post(backend.add_post("Hello", status=PostStatus.FAILED, error=error).id)
    assert view.body.target_items[0].error.text() == "Too large. Make it smaller."
    view.acts.retry_button.click()
    assert backend.calls == [("retry", "p1")]


def test_the_three_answers_are_there_where_it_is_unclear(
    view: InspectorView, backend: FakeBackend
) -> None:
    post = backend.add_post(
        "Unclear", status=PostStatus.FAILED, target_status=TargetStatus.NEEDS_ATTENTION
    )
    view.show_post(post.id)
    item = view.body.target_items[0]
    assert item.error.text() == "It may be out or not. Look at the account, then choose."
    item.answers.there_button.click()
    item.answers.address.set_text("https://example.com/1")
    item.answers.note_button.click()
    assert backend.calls == [("answer", "p1-a1", Answer.IT_IS_THERE, "https://example.com/1")]


def test_deleting_asks_and_says_where_it_is_out(
    view: InspectorView, backend: FakeBackend, qtbot: QtBot
) -> None:
    view.show_post(backend.add_post("Out", status=PostStatus.PUBLISHED).id)
    question = view.ask_delete()
    assert question is not None
    assert question.accept_button.text() == "Delete everywhere"
    assert backend.calls == []
    with qtbot.waitSignal(view.closed):
        question.submit()
    assert backend.calls == [("delete", "p1", True)]


def test_canceling_from_the_menu_offers_undo(
    view: InspectorView, backend: FakeBackend, qtbot: QtBot
) -> None:
    view.show_post(backend.add_post("Hello", at=AT).id)
    with qtbot.waitSignal(view.offered) as offered:
        view.acts.cancel_action.trigger()
    assert offered.args is not None
    assert offered.args[0].action == "Undo"
    assert view.pill.text() == "Draft"


def test_publish_now_shows_the_way_back(view: InspectorView, backend: FakeBackend) -> None:
    view.show_post(backend.add_post("Hello", at=AT).id)
    view.acts.publish_button.click()
    assert view.acts.keep_button.isVisible()
    assert not view.acts.publish_button.isVisible()
    view.acts.keep_button.click()
    assert view.acts.publish_button.isVisible()
    assert backend.calls == []


def test_a_refused_act_stays_until_it_is_closed(view: InspectorView, backend: FakeBackend) -> None:
    view.show_post(backend.add_post("Hello", at=AT).id)
    backend.failure = Conflict("It is being sent.", code="under_way", fix="postflow post show")
    view.viewmodel.cancel()
    assert view.problem.isVisible()
    assert "postflow" not in view.problem.text()
    view.problem.close_button.click()
    assert not view.problem.isVisible()
    view.viewmodel.reload()
    assert not view.problem.isVisible()


def test_editing_asks_for_the_composer(
    view: InspectorView, backend: FakeBackend, qtbot: QtBot
) -> None:
    view.show_post(backend.add_post("Hello", at=AT).id)
    with qtbot.waitSignal(view.edit_requested) as asked:
        view.acts.edit_button.click()
    assert asked.args == ["p1"]


def test_nothing_gone_and_offline_have_their_own_words(
    view: InspectorView, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    assert view.message.title.text() == "No post selected"
    view.show_post("nowhere")
    assert view.message.title.text() == "This post is gone"
    view.show_post(backend.add_post("Hello", at=AT).id)
    changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    qtbot.waitUntil(view.offline_bar.isVisible)
    assert not view.body.timing.change_button.isVisible()
    assert not view.acts.publish_button.isVisible()
    assert view.acts.edit_button.isVisible()


def test_long_words_never_make_it_wider_than_its_place(
    view: InspectorView, backend: FakeBackend
) -> None:
    row = backend.replica.account_rows[0]
    backend.replica.account_rows[0] = replace(row, username="a" * 80 + ".bsky.social")
    view.show_post(backend.add_post("Hello " * 60, at=AT).id)
    view.grab()
    assert view.width() == 320
    assert view.body.width() <= 320
    assert view.body.target_items[0].pill.geometry().right() <= view.body.width()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_has_a_name_in_both_themes(
    view: InspectorView, backend: FakeBackend, mode: str
) -> None:
    current_theme().set_mode(mode)  # type: ignore[arg-type]  # one of its words
    post = backend.add_post(
        "Unclear", status=PostStatus.FAILED, target_status=TargetStatus.NEEDS_ATTENTION
    )
    backend.replica.attempts[post.id] = [attempt(1, "ambiguous")]
    view.show_post(post.id)
    assert nameless(view) == []
    assert not view.grab().isNull()


def test_a_video_and_a_document_are_marks_with_what_is_known(
    view: InspectorView, backend: FakeBackend
) -> None:
    film = Media(
        kind=MediaKind.VIDEO,
        sha256="a" * 64,
        mime="video/mp4",
        size=45_000_000,
        width=1920,
        height=1080,
        duration=80.0,
    )
    paper = Media(
        kind=MediaKind.DOCUMENT,
        sha256="b" * 64,
        mime="application/pdf",
        size=2_000_000,
        width=0,
        height=0,
        title="Prices",
        pages=3,
    )
    view.show_post(backend.add_post("", at=AT, media=(film, paper)).id)
    assert view.title.text() == "1 video, 1 document without text"
    name = view.body.preview.pictures.accessibleName()
    assert name == ("2 media: Video 1:20 · 1920 × 1080 · 45 MB; Document Prices · 3 pages · 2 MB")
    assert not view.body.preview.pictures.grab().toImage().isNull()
    assert "media_bytes" not in [call[0] for call in backend.calls]
