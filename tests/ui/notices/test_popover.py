"""The list under the bell by keyboard and mouse: empty, many, failing, offline, large."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.domain.notice import NoticeAction, NoticeKind
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.panels import Text
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.notices.bell import Bell
from postflow_desktop.ui.notices.popover import NoticesPopover
from postflow_desktop.ui.notices.viewmodel import NoticesViewModel
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.inspector.names import nameless
from tests.ui.notices.figures import notice

Acted = list[tuple[str, NoticeAction]]


@pytest.fixture
def backend() -> FakeBackend:
    fake = FakeBackend()
    fake.replica.notice_list = [
        notice(NoticeKind.PREFLIGHT, 1, ago=1),
        notice(NoticeKind.FAILED, 2, ago=5),
        notice(NoticeKind.MISSED, 3, ago=60 * 24, read=True),
        notice(NoticeKind.NEEDS_ATTENTION, 4, ago=60 * 25, withdrawn=True),
        notice(NoticeKind.ACCOUNT_EXPIRED, 5, ago=60 * 48),
        notice(NoticeKind.PUBLISHED, 6, ago=60 * 49),
    ]
    return fake


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


@pytest.fixture
def popover(
    backend: FakeBackend, changes: Changes, window: QWidget, qtbot: QtBot
) -> NoticesPopover:
    model = NoticesViewModel(backend, Tasks(immediate=True), changes, window, now=lambda: NOW)
    made = NoticesPopover(model, window)
    model.load()
    bell = Bell(window)
    bell.move(800, 10)
    bell.show()
    made.open_under(bell)
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def acted(popover: NoticesPopover) -> Acted:
    heard: Acted = []
    popover.viewmodel.acted.connect(lambda n, action: heard.append((n.key, action)))
    return heard


def press(popover: NoticesPopover, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or popover, key)


def test_days_rows_and_what_they_offer(popover: NoticesPopover) -> None:
    assert popover.days == ("Today", "Yesterday", "Wednesday 18 November")
    assert [[b.text() for b in item.buttons.values()] for item in popover.items] == [
        ["Hold", "Edit", "+1 h"],
        ["Retry", "Open"],
        ["Publish now", "Reschedule"],
        [],
        ["Reconnect"],
        ["Open"],
    ]
    assert [item.dot.is_unread for item in popover.items] == [True, True, False, False, True, False]


def test_what_is_settled_is_shown_as_done(popover: NoticesPopover) -> None:
    done = popover.items[3]
    assert done.done.isVisible()
    assert not done.fix.isVisible()
    assert done.accessibleName().endswith(", done")
    assert not popover.items[0].done.isVisible()


def test_rows_say_everything_to_a_screen_reader(popover: NoticesPopover) -> None:
    first = popover.items[0]
    assert first.accessibleName() == "preflight 1, 12:59, unread"
    assert first.accessibleDescription() == "What happened. The post is kept. What to do."
    assert first.buttons[NoticeAction.HOLD].accessibleName() == "Hold: preflight 1"
    assert nameless(popover) == []


def test_the_keyboard_goes_through_it(popover: NoticesPopover, acted: Acted) -> None:
    assert popover.items[0].hasFocus()
    press(popover, Qt.Key.Key_Down)
    press(popover, Qt.Key.Key_J)
    assert popover.items[2].hasFocus()
    press(popover, Qt.Key.Key_End)
    assert popover.items[-1].hasFocus()
    press(popover, Qt.Key.Key_Down)
    assert popover.items[-1].hasFocus()
    press(popover, Qt.Key.Key_Home)
    press(popover, Qt.Key.Key_Up)
    assert popover.items[0].hasFocus()
    press(popover, Qt.Key.Key_Tab)
    assert popover.items[0].buttons[NoticeAction.HOLD].hasFocus()
    press(popover, Qt.Key.Key_Return)
    assert acted == [("target:p1-a1", NoticeAction.HOLD)]
    assert popover.isVisible()


def test_enter_looks_at_it(popover: NoticesPopover, acted: Acted) -> None:
    press(popover, Qt.Key.Key_Down)
    press(popover, Qt.Key.Key_Return)
    assert acted == [("target:p2-a1", NoticeAction.OPEN)]
    assert not popover.isVisible()


def test_what_is_done_can_be_looked_at(popover: NoticesPopover, acted: Acted) -> None:
    popover.items[3].setFocus()
    press(popover, Qt.Key.Key_Return)
    assert acted == [("target:p4-a1", NoticeAction.OPEN)]


def test_an_account_is_connected_again(popover: NoticesPopover, acted: Acted) -> None:
    popover.items[4].setFocus()
    press(popover, Qt.Key.Key_Return)
    assert acted == [("account:a5", NoticeAction.RECONNECT)]


def test_delete_marks_as_seen(popover: NoticesPopover, backend: FakeBackend) -> None:
    press(popover, Qt.Key.Key_Down)
    press(popover, Qt.Key.Key_Delete)
    assert backend.calls == [("mark_read", ["target:p2-a1"])]
    assert not popover.items[1].dot.is_unread
    assert popover.items[1].hasFocus()


def test_all_are_marked_once(popover: NoticesPopover, backend: FakeBackend) -> None:
    popover.read_button.click()
    assert backend.calls == [("mark_read", None)]
    assert not popover.read_button.isEnabled()


def test_a_button_by_mouse(popover: NoticesPopover, acted: Acted) -> None:
    button = popover.items[1].buttons[NoticeAction.RETRY]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert acted == [("target:p2-a1", NoticeAction.RETRY)]


def test_a_row_by_mouse(popover: NoticesPopover, acted: Acted) -> None:
    QTest.mouseClick(popover.items[2], Qt.MouseButton.LeftButton)
    assert acted == [("target:p3-a1", NoticeAction.OPEN)]


def test_while_something_is_done_its_buttons_wait(popover: NoticesPopover) -> None:
    popover.viewmodel.set_busy("target:p2-a1", busy=True)
    buttons = popover.items[1].buttons.values()
    assert not any(button.isEnabled() for button in buttons)
    popover.viewmodel.set_busy("target:p2-a1", busy=False)
    assert all(button.isEnabled() for button in buttons)


def test_esc_closes(popover: NoticesPopover) -> None:
    press(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()


def test_a_reading_keeps_the_focus_where_it_was(
    popover: NoticesPopover, backend: FakeBackend
) -> None:
    popover.items[1].setFocus()
    backend.replica.notice_list.append(notice(NoticeKind.FAILED, 9, ago=0))
    popover.viewmodel.load()
    assert popover.items[0].notice.key == "target:p9-a1"
    assert popover.items[2].hasFocus()
    backend.replica.notice_list[1] = replace(backend.replica.notice_list[1], withdrawn=True)
    popover.viewmodel.load()
    assert popover.items[2].hasFocus()
    assert popover.items[2].done.isVisible()


def test_empty_and_failing(
    popover: NoticesPopover, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(organization_id: str, *, limit: int = 100) -> list[object]:
        raise MachineProblem("The disk is full.", fix="Make room.")

    with monkeypatch.context() as patch:
        patch.setattr(backend.replica, "notices", broken)
        popover.viewmodel.forget()
        popover.viewmodel.load()
        assert popover.failure.isVisible()
        assert popover.failure.text.text() == "The disk is full. Make room."
    backend.replica.notice_list = []
    popover.failure.button.click()
    assert popover.empty.isVisible()
    assert popover.empty.title.text() == "Nothing to tell"


def test_it_grows_with_what_comes(popover: NoticesPopover, backend: FakeBackend) -> None:
    rows, backend.replica.notice_list = backend.replica.notice_list, []
    popover.close()
    popover.viewmodel.load()
    popover.open_under(popover)
    low = popover.height()
    backend.replica.notice_list = rows
    popover.viewmodel.load()
    assert popover.height() > low


def test_every_kind_has_a_look(popover: NoticesPopover, backend: FakeBackend) -> None:
    backend.replica.notice_list = [
        notice(kind, number, ago=number) for number, kind in enumerate(NoticeKind)
    ]
    popover.viewmodel.load()
    assert [item.notice.kind for item in popover.items] == list(NoticeKind)
    assert all(item.buttons for item in popover.items)


def test_many_come_in_portions(popover: NoticesPopover, backend: FakeBackend) -> None:
    backend.replica.notice_list = [notice(NoticeKind.FAILED, n, ago=n) for n in range(50)]
    popover.viewmodel.load()
    assert len(popover.items) == 20
    popover.more_button.click()
    assert len(popover.items) == 40
    popover.more_button.click()
    assert len(popover.items) == 50
    assert not popover.more_button.isVisible()


def test_offline_is_said(popover: NoticesPopover, changes: Changes) -> None:
    assert not popover.offline_bar.isVisible()
    changes._take_state(SyncState(link=Link.OFFLINE, since=NOW))
    assert popover.offline_bar.isVisible()


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_words_have_room(popover: NoticesPopover, mode: str, scale: float, qtbot: QtBot) -> None:
    current_theme().set_mode("dark" if mode == "dark" else "light")
    current_theme().set_scale(scale)
    qtbot.waitUntil(lambda: popover.width() == round(380 * scale))
    for item in popover.items:
        for text in item.findChildren(Text):
            if text.isVisible() and text.wordWrap():
                assert text.height() >= text.heightForWidth(text.width())


def test_the_bell_counts(qtbot: QtBot) -> None:
    bell = Bell()
    qtbot.addWidget(bell)
    plain = bell.grab().toImage()
    bell.set_count(3)
    three = bell.grab().toImage()
    assert bell.accessibleName() == "Notifications, 3 unread"
    bell.set_count(12)
    assert len({three == plain, three == bell.grab().toImage()}) == 1
    bell.set_count(0)
    assert bell.grab().toImage() == plain
    assert bell.accessibleName() == "Notifications"
