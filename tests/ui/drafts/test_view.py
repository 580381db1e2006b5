"""The drafts on the screen, worked through by keyboard and mouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.services.ports.replica import PostHit
from postflow_desktop.ui.drafts.item import NO_TEXT
from postflow_desktop.ui.drafts.view import DraftsView
from postflow_desktop.ui.drafts.viewmodel import PAGE
from postflow_desktop.ui.kit.theme import Mode, current_theme
from tests.fakes.backend import MemoryReplica
from tests.ui.drafts.conftest import Desk
from tests.ui.kit.walk import tab_order, unnamed, unreachable

HOUR = timedelta(hours=1)


@pytest.fixture
def view(desk: Desk, qtbot: QtBot) -> DraftsView:
    """Three rows: a stored one, a local one, and a stored one that is changed here."""
    desk.stored("First", accounts=("a1", "a2"))
    desk.local("d1", "Second", ago=HOUR)
    desk.stored("Third", ago=3 * HOUR)
    desk.local("d2", "Third, changed", post_id="p2", ago=2 * HOUR)
    return show(desk, qtbot)


def show(desk: Desk, qtbot: QtBot, *, load: bool = True) -> DraftsView:
    made = DraftsView(desk.model)
    qtbot.addWidget(made)
    if load:
        desk.model.load()
    made.resize(1000, 700)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=5000)
    return made


def press(view: DraftsView, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(QApplication.focusWidget() or view, key)


def titles(view: DraftsView) -> list[str]:
    return [item.title.full_text() for item in view.items]


def test_a_row_shows_what_it_is_and_where(view: DraftsView) -> None:
    first, second, third = view.items
    assert titles(view) == ["First", "Second", "Third, changed"]
    assert first.pill.text() == "In the workspace"
    assert second.pill.text() == "Only on this computer"
    assert third.pill.text() == "Newer on this computer"
    assert first.about.full_text() == "Edited today, 13:00"
    assert first.accessibleName() == "First, In the workspace, Bluesky, X, Edited today, 13:00"
    assert first.objectName() == "draft-post-p1"
    assert second.objectName() == "draft-local-d1"


def test_a_draft_without_anything_says_what_is_missing(desk: Desk, qtbot: QtBot) -> None:
    picture = desk.backend.read_image(b"no picture at all", "")
    desk.local("d1", "", accounts=())
    desk.local("d2", "", media=(picture,), ago=HOUR)
    view = show(desk, qtbot)
    empty, pictured = view.items
    assert empty.title.full_text() == NO_TEXT
    assert empty.about.full_text() == "No account chosen · Edited today, 13:00"
    assert empty.tiles.isHidden()
    assert pictured.about.full_text() == "Edited today, 12:00 · 1 picture"


def test_the_keyboard_goes_through_the_rows(view: DraftsView, desk: Desk) -> None:
    view.setFocus()
    first, second, third = view.items
    for key, item in (
        (Qt.Key.Key_Down, first),
        (Qt.Key.Key_Down, second),
        (Qt.Key.Key_J, third),
        (Qt.Key.Key_J, third),
        (Qt.Key.Key_Up, second),
        (Qt.Key.Key_K, first),
        (Qt.Key.Key_End, third),
        (Qt.Key.Key_Home, first),
    ):
        press(view, key)
        assert item.hasFocus(), key
    press(view, Qt.Key.Key_Return, Qt.Key.Key_J, Qt.Key.Key_Enter, Qt.Key.Key_J, Qt.Key.Key_Return)
    assert desk.opened == [("post", "p1"), ("draft", "d1"), ("post", "p2")]


def test_letters_with_ctrl_are_not_the_lists(view: DraftsView) -> None:
    view.items[0].setFocus()
    QTest.keyClick(view.items[0], Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert view.items[0].hasFocus()


def test_the_row_that_has_the_focus_is_scrolled_to(desk: Desk, qtbot: QtBot) -> None:
    for number in range(20):
        desk.stored(f"Draft {number}", ago=number * HOUR)
    view = show(desk, qtbot)
    view.setFocus()
    press(view, Qt.Key.Key_End)
    last = view.items[-1]
    assert last.hasFocus()
    assert not last.visibleRegion().isEmpty()
    press(view, Qt.Key.Key_Home)
    assert not view.items[0].visibleRegion().isEmpty()


def test_delete_takes_the_row_away_and_the_focus_on(view: DraftsView, desk: Desk) -> None:
    view.items[1].setFocus()
    press(view, Qt.Key.Key_Delete)
    assert titles(view) == ["First", "Third, changed"]
    assert view.items[1].hasFocus()
    press(view, Qt.Key.Key_Delete)
    assert view.items[0].hasFocus()
    desk.offers[0][2]()
    assert titles(view) == ["First", "Second"]
    assert view.items[1].hasFocus()


def test_below_the_end_the_focus_goes_up(view: DraftsView) -> None:
    view.items[2].setFocus()
    press(view, Qt.Key.Key_Delete)
    assert view.items[1].hasFocus()


def test_after_the_last_row_the_focus_is_on_what_to_do(desk: Desk, qtbot: QtBot) -> None:
    desk.local("d1")
    view = show(desk, qtbot)
    view.items[0].setFocus()
    press(view, Qt.Key.Key_Delete)
    assert view.empty.isVisible()
    assert view.empty.button.hasFocus()


def test_keys_on_a_button_belong_to_it(view: DraftsView, desk: Desk) -> None:
    view.items[1].delete_button.setFocus()
    press(view, Qt.Key.Key_Return)
    assert titles(view) == ["First", "Third, changed"]
    assert desk.opened == []


def test_the_mouse_opens_and_deletes(view: DraftsView, desk: Desk) -> None:
    QTest.mouseDClick(view.items[1], Qt.MouseButton.LeftButton)
    # The second click of the two is still held.
    QTest.mouseRelease(view.items[1], Qt.MouseButton.LeftButton)
    view.items[0].open_button.click()
    assert desk.opened == [("draft", "d1"), ("post", "p1")]
    view.items[2].delete_button.click()
    assert titles(view) == ["First", "Second"]
    assert desk.offers[-1][1] == "Undo"


def test_tab_goes_row_by_row_also_after_a_new_one_on_top(view: DraftsView, desk: Desk) -> None:
    desk.local("d9", "Newest", ago=-HOUR)
    desk.model.load()
    wanted = [stop for item in view.items for stop in item.stops()]
    assert titles(view)[0] == "Newest"
    assert [stop for stop in tab_order(view) if stop in wanted] == wanted


def test_the_view_passes_on_what_is_said(view: DraftsView, desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.offer) as offered:
        view.items[1].delete_button.click()
    assert offered.args is not None
    assert offered.args[:2] == ["Deleted “Second”", "Undo"]
    desk.go_offline()
    with qtbot.waitSignal(view.toast):
        view.items[0].delete_button.click()


def test_without_drafts_it_says_what_to_do(desk: Desk, qtbot: QtBot) -> None:
    view = show(desk, qtbot)
    assert view.empty.isVisible()
    assert view.empty.title.text() == "No drafts"
    with qtbot.waitSignal(desk.model.compose_requested):
        view.empty.button.click()


def test_words_of_an_empty_state_are_not_cut(desk: Desk, qtbot: QtBot) -> None:
    view = show(desk, qtbot)
    words = view.empty.text
    assert words.height() >= words.heightForWidth(words.width())


def test_while_it_is_read_nothing_is_claimed(desk: Desk, qtbot: QtBot) -> None:
    view = show(desk, qtbot, load=False)
    assert not view.empty.isVisible()
    assert not view.failure.isVisible()
    qtbot.waitUntil(view.progress.isVisible, timeout=5000)
    desk.model.load()
    assert not view.progress.isVisible()
    assert view.empty.isVisible()


def test_a_list_that_cannot_be_read_offers_to_try_again(desk: Desk, qtbot: QtBot) -> None:
    desk.local("d1")
    good, desk.backend.replica = desk.backend.replica, BrokenReplica()
    view = show(desk, qtbot)
    assert view.failure.isVisible()
    assert view.failure.text.text() == "The disk can't be read."
    desk.backend.replica = good
    view.failure.button.click()
    assert titles(view) == ["Local words"]
    desk.backend.replica = BrokenReplica()
    desk.model.load()
    assert titles(view) == ["Local words"]
    assert view.stale_bar.isVisible()
    desk.backend.replica = good
    view.stale_bar.button.click()
    assert not view.stale_bar.isVisible()


class BrokenReplica(MemoryReplica):
    """Its disk is broken."""

    def drafts(self, organization_id: str) -> Sequence[PostHit]:
        raise MachineProblem("The disk can't be read.")


def test_many_rows_come_in_pages(desk: Desk, qtbot: QtBot) -> None:
    for number in range(PAGE + 3):
        desk.stored(f"Draft {number}", ago=number * HOUR)
    view = show(desk, qtbot)
    assert len(view.items) == PAGE
    view.more_button.click()
    assert len(view.items) == PAGE + 3
    assert not view.more_button.isVisible()


def test_in_a_narrow_place_nothing_is_cut(view: DraftsView, qtbot: QtBot) -> None:
    assert view.items[0].pill.isVisible()
    view.resize(500, 700)
    qtbot.waitUntil(view.items[0].mark.isVisible)
    item = view.items[0]
    assert not item.pill.isVisible()
    end = item.delete_button.mapTo(view, item.delete_button.rect().topRight())
    assert view.rect().contains(end)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_has_a_name_and_is_reached(view: DraftsView, mode: Mode) -> None:
    current_theme().set_mode(mode)
    assert unnamed(view) == []
    assert unreachable(view) == []
    assert not view.grab().isNull()


def test_a_large_text_and_the_other_direction_are_painted(view: DraftsView) -> None:
    current_theme().set_scale(1.5)
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert not view.grab().isNull()
