"""The list of what needs a person, worked through by keyboard and mouse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import Conflict, MachineProblem
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetError, TargetStatus
from postflow_desktop.services.attention import Answer
from postflow_desktop.services.ports.replica import AttentionRow, Link, SyncState
from postflow_desktop.ui.attention.view import AttentionView
from postflow_desktop.ui.attention.viewmodel import AttentionViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import current_theme
from tests.fakes.backend import NOW, FakeBackend, MemoryReplica
from tests.ui.inspector.names import nameless


@pytest.fixture
def backend() -> FakeBackend:
    fake = FakeBackend()
    error = TargetError(code="image_too_large", message="Too large.", fix="Make it smaller.")
    fake.add_post("Failed", status=PostStatus.FAILED, error=error)
    fake.add_post("Unclear", status=PostStatus.FAILED, target_status=TargetStatus.NEEDS_ATTENTION)
    fake.add_post("Missed", status=PostStatus.FAILED, target_status=TargetStatus.MISSED)
    return fake


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def view(backend: FakeBackend, changes: Changes, qtbot: QtBot) -> AttentionView:
    model = AttentionViewModel(backend, Tasks(immediate=True), changes, now=lambda: NOW)
    made = AttentionView(model)
    model.setParent(made)
    qtbot.addWidget(made)
    model.load()
    made.resize(1000, 700)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    return made


def press(qtbot: QtBot, view: AttentionView, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or view, key)


def test_each_row_says_what_happened_and_what_to_do(view: AttentionView) -> None:
    failed, unclear, missed = view.items
    assert (failed.happened.text(), failed.fix.text()) == ("Too large.", "Make it smaller.")
    assert failed.about.text() == "@bakery1.test · Bluesky · Sat 21 Nov, 13:00 CET"
    assert failed.retry_button.text() == "Retry"
    assert not failed.answers.isVisible()
    assert unclear.answers.isVisible()
    assert not unclear.retry_button.isVisible()
    assert missed.retry_button.text() == "Publish now"
    assert missed.pill.text() == "Missed"


def test_the_keyboard_goes_through_the_rows(
    view: AttentionView, backend: FakeBackend, qtbot: QtBot
) -> None:
    view.setFocus()
    press(qtbot, view, Qt.Key.Key_J)
    assert view.items[0].hasFocus()
    press(qtbot, view, Qt.Key.Key_J)
    press(qtbot, view, Qt.Key.Key_Down)
    press(qtbot, view, Qt.Key.Key_J)
    assert view.items[2].hasFocus()
    press(qtbot, view, Qt.Key.Key_K)
    with qtbot.waitSignal(view.post_selected) as selected:
        press(qtbot, view, Qt.Key.Key_Return)
    assert selected.args == ["p2"]
    press(qtbot, view, Qt.Key.Key_K)
    press(qtbot, view, Qt.Key.Key_R)
    assert backend.calls == [("retry", "p1")]


def test_the_next_row_has_the_focus_after_one_is_settled(view: AttentionView, qtbot: QtBot) -> None:
    view.items[0].setFocus()
    press(qtbot, view, Qt.Key.Key_R)
    assert [item.title.full_text() for item in view.items] == ["Unclear", "Missed"]
    assert view.items[0].hasFocus()


def test_it_is_there_asks_for_the_address(
    view: AttentionView, backend: FakeBackend, qtbot: QtBot
) -> None:
    answers = view.items[1].answers
    answers.there_button.click()
    assert answers.address.edit.hasFocus()
    QTest.keyClicks(answers.address.edit, "example.com/jk")
    QTest.keyClick(answers.address.edit, Qt.Key.Key_Return)
    assert answers.address.error()
    assert backend.calls == []
    answers.address.set_text("https://example.com/jk")
    QTest.keyClick(answers.address.edit, Qt.Key.Key_Return)
    assert backend.calls == [("answer", "p2-a1", Answer.IT_IS_THERE, "https://example.com/jk")]


def test_a_reading_of_the_list_keeps_a_half_typed_address(
    view: AttentionView, backend: FakeBackend
) -> None:
    answers = view.items[1].answers
    answers.ask_address()
    answers.address.set_text("https://exa")
    backend.add_post("Another", status=PostStatus.FAILED)
    view.viewmodel.load()
    assert len(view.items) == 4
    assert view.items[1].answers.address.text() == "https://exa"
    assert view.items[1].answers.address.isVisible()


@pytest.mark.parametrize(
    ("button", "answer"), [("again_button", Answer.POST_AGAIN), ("drop_button", Answer.DROP)]
)
def test_the_other_answers_take_one_click(
    view: AttentionView, backend: FakeBackend, button: str, answer: Answer
) -> None:
    getattr(view.items[1].answers, button).click()
    assert backend.calls == [("answer", "p2-a1", answer, "")]


def test_a_refusal_stands_in_its_row(view: AttentionView, backend: FakeBackend) -> None:
    backend.failure = Conflict("Settled meanwhile.", code="settled_meanwhile", fix="Look again.")
    view.items[1].answers.drop_button.click()
    assert view.items[1].problem.text() == "Settled meanwhile. Look again."
    assert view.items[1].problem.isVisible()


def test_nothing_to_do_is_said_kindly(qtbot: QtBot, changes: Changes) -> None:
    model = AttentionViewModel(FakeBackend(), Tasks(immediate=True), changes)
    view = AttentionView(model)
    qtbot.addWidget(view)
    view.show()
    assert not view.empty.isVisible()
    model.load()
    assert view.empty.isVisible()
    assert view.empty.title.text() == "All caught up."


def test_a_list_that_cannot_be_read_offers_to_try_again(
    view: AttentionView, backend: FakeBackend
) -> None:
    good = backend.replica
    backend.replica = BrokenReplica()
    view.viewmodel.forget()
    view.viewmodel.load()
    assert view.failure.isVisible()
    backend.replica = good
    view.failure.button.click()
    assert len(view.items) == 3


class BrokenReplica(MemoryReplica):
    """Its disk is broken."""

    def attention(self, organization_id: str) -> list[AttentionRow]:
        raise MachineProblem("The disk can't be read.")


def test_offline_rows_can_be_looked_at_only(
    view: AttentionView, changes: Changes, qtbot: QtBot
) -> None:
    changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    qtbot.waitUntil(view.offline_bar.isVisible)
    assert not view.items[0].retry_button.isEnabled()
    assert not view.items[1].answers.again_button.isEnabled()
    assert view.items[0].look_button.isEnabled()


def test_many_rows_come_in_pages(qtbot: QtBot, changes: Changes) -> None:
    backend = FakeBackend()
    for number in range(60):
        backend.add_post(f"Post {number}", status=PostStatus.FAILED)
    model = AttentionViewModel(backend, Tasks(immediate=True), changes)
    view = AttentionView(model)
    qtbot.addWidget(view)
    view.show()
    model.load()
    assert len(view.items) == 50
    view.more_button.click()
    assert len(view.items) == 60
    assert not view.more_button.isVisible()


def test_an_account_that_is_gone_still_has_its_row(
    view: AttentionView, backend: FakeBackend
) -> None:
    target = backend.replica.targets["p1"][0]
    backend.replica.targets["p1"] = [replace(target, account_id="gone")]
    view.viewmodel.load()
    assert view.items[0].about.text().startswith("An account that is gone")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_has_a_name_in_both_themes(view: AttentionView, mode: str) -> None:
    current_theme().set_mode(mode)  # type: ignore[arg-type]  # one of its words
    assert nameless(view) == []
    assert not view.grab().isNull()
