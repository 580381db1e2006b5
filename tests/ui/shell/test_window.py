"""The main window: from screen to screen, what it remembers, its panes, its inspector."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import Unreachable
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.ports.replica import Change
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.theme import Mode, current_theme
from postflow_desktop.ui.kit.tokens import SIZES
from postflow_desktop.ui.shell.links import Compose, OpenPost
from postflow_desktop.ui.shell.window import MainWindow
from tests.fakes.backend import FakeBackend
from tests.ui.kit.walk import unnamed
from tests.ui.shell.conftest import MakeWindow, Screen

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def press(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifier)


def screen(window: MainWindow, name: str) -> Screen:
    found = window.findChild(Screen, name)
    assert found is not None
    return found


# --- from screen to screen ------------------------------------------------------------------


def test_the_first_screen_is_open_and_has_the_keyboard(window: MainWindow) -> None:
    assert window.current_screen() == "calendar"
    assert window.toolbar.title.text() == "Calendar"
    assert window.nav.items["calendar"].isChecked()
    assert screen(window, "calendar").button.hasFocus()


def test_a_click_in_the_navigation_opens_a_screen(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.screen_shown) as shown:
        window.nav.items["drafts"].click()
    assert shown.args == ["drafts"]
    assert screen(window, "drafts").isVisible()
    assert not screen(window, "calendar").isVisible()
    assert window.toolbar.title.text() == "Drafts"
    marked = [name for name, item in window.nav.items.items() if item.isChecked()]
    assert marked == ["drafts"]


def test_the_gear_opens_the_settings(window: MainWindow) -> None:
    window.nav.settings_button.click()
    assert window.current_screen() == "settings"
    assert not any(item.isChecked() for item in window.nav.items.values())


def test_keys_open_screens_one_after_the_other(window: MainWindow) -> None:
    press(window, Qt.Key.Key_G)
    press(window, Qt.Key.Key_D)
    assert window.current_screen() == "drafts"
    assert screen(window, "drafts").button.hasFocus()
    press(window, Qt.Key.Key_Comma, CTRL)
    assert window.current_screen() == "settings"
    press(window, Qt.Key.Key_G)
    press(window, Qt.Key.Key_C)
    assert window.current_screen() == "calendar"


def test_letters_typed_into_a_text_are_text(window: MainWindow, qtbot: QtBot) -> None:
    asked: list[object] = []
    window.compose_requested.connect(asked.append)
    text = screen(window, "calendar").text
    text.setFocus()
    QTest.keyClicks(text, "gdc")
    assert text.toPlainText() == "gdc"
    assert window.current_screen() == "calendar"
    assert asked == []


def test_the_words_at_the_head_follow_the_screen(window: MainWindow) -> None:
    window.set_title("calendar", "November 2026")
    assert window.toolbar.title.text() == "November 2026"
    window.set_title("drafts", "Three drafts")
    assert window.toolbar.title.text() == "November 2026"
    window.show_screen("drafts")
    assert window.toolbar.title.text() == "Three drafts"


def test_a_screen_brings_its_tools_along_and_takes_them_away(window: MainWindow) -> None:
    left, right = QWidget(), QWidget()
    window.set_toolbar("drafts", left=left, right=right)
    assert not left.isVisible()
    window.show_screen("drafts")
    assert left.isVisible()
    assert right.isVisible()
    window.show_screen("calendar")
    assert not right.isVisible()


def test_a_screen_that_nobody_added_is_an_error(window: MainWindow) -> None:
    with pytest.raises(KeyError):
        window.show_screen("nothing")


def test_a_new_post_is_asked_for_by_key_and_by_button(window: MainWindow) -> None:
    asked: list[object] = []
    window.compose_requested.connect(asked.append)
    press(window, Qt.Key.Key_C)
    press(window, Qt.Key.Key_N, CTRL)
    window.toolbar.new_post.click()
    assert asked == [None, None, None]


# --- what it remembers ----------------------------------------------------------------------


@pytest.fixture
def again(make_window: MakeWindow, window: MainWindow, qtbot: QtBot) -> MakeWindow:
    """Closes the window and makes another one with the same settings file."""

    def reopen() -> MainWindow:
        window.close()
        made = make_window()
        qtbot.addWidget(made)
        return made

    return reopen


def test_a_second_window_stands_as_the_first_one_did(window: MainWindow, again: MakeWindow) -> None:
    # The screen that is not there is 800 px wide: nothing wider would come back.
    window.resize(SIZES.min_width, SIZES.min_height + 21)
    window.show_screen("drafts")
    before = window.size()
    after = again()
    assert after.size() == before
    assert after.current_screen() == "drafts"


def test_without_a_memory_it_has_its_usual_size(window: MainWindow) -> None:
    assert (window.width(), window.height()) == (1280, 800)


def test_a_narrow_navigation_stays_narrow(window: MainWindow, again: MakeWindow) -> None:
    assert window.nav.width() == SIZES.nav
    press(window, Qt.Key.Key_Backslash, CTRL)
    assert window.nav.width() == SIZES.nav_collapsed
    assert window.main.x() == SIZES.nav_collapsed
    assert window.nav.items["drafts"].toolTip() == "Drafts"
    after = again()
    assert after.nav.collapsed
    assert after.nav.width() == SIZES.nav_collapsed
    after.commands.run("view.nav")
    assert after.nav.width() == SIZES.nav
    assert after.nav.items["drafts"].toolTip() == ""


def test_a_screen_that_is_not_there_any_more_is_not_opened(
    window: MainWindow, again: MakeWindow
) -> None:
    window.memory.keep("window/screen", "nothing")
    window._current = "nothing"
    assert again().current_screen() == "calendar"


def test_the_theme_is_toggled_and_remembered(window: MainWindow, again: MakeWindow) -> None:
    press(window, Qt.Key.Key_L, CTRL | SHIFT)
    assert current_theme().look.mode == "dark"
    again()
    assert current_theme().look.mode == "dark"


def test_alt_alone_shows_the_menu_bar(window: MainWindow, again: MakeWindow) -> None:
    bar = window.menuBar()
    assert not bar.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Alt)
    assert bar.isVisible()
    assert again().menuBar().isVisible()


def test_alt_with_another_key_does_not(window: MainWindow) -> None:
    QTest.keyPress(window, Qt.Key.Key_Alt)
    QTest.keyClick(window, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    QTest.keyRelease(window, Qt.Key.Key_Alt)
    assert not window.menuBar().isVisible()


# --- panes and inspector --------------------------------------------------------------------


def pane_of_focus(window: MainWindow) -> str:
    focused = QApplication.focusWidget()
    panes = {
        "nav": window.nav,
        "toolbar": window.toolbar,
        "screen": window.main.stack,
        "inspector": window.body.dock,
    }
    if focused is None:
        return ""
    return next((name for name, pane in panes.items() if pane.isAncestorOf(focused)), "")


def test_f6_goes_round_the_panes_and_back(window: MainWindow) -> None:
    window.open_inspector()
    seen = [pane_of_focus(window)]
    for _ in range(4):
        press(window, Qt.Key.Key_F6)
        seen.append(pane_of_focus(window))
    assert seen == ["screen", "inspector", "nav", "toolbar", "screen"]
    press(window, Qt.Key.Key_F6, SHIFT)
    assert pane_of_focus(window) == "toolbar"


def test_a_pane_remembers_where_the_keyboard_was(window: MainWindow) -> None:
    text = screen(window, "calendar").text
    text.setFocus()
    press(window, Qt.Key.Key_F6)
    assert not text.hasFocus()
    press(window, Qt.Key.Key_F6, SHIFT)
    assert text.hasFocus()


def test_the_inspector_opens_beside_the_screen_and_closes(window: MainWindow) -> None:
    wide = window.main.width()
    press(window, Qt.Key.Key_I)
    assert window.body.is_inspector_open()
    assert screen(window, "inspector").isVisible()
    assert window.main.width() == wide - SIZES.inspector
    press(window, Qt.Key.Key_I)
    assert not window.body.is_inspector_open()
    assert window.main.width() == wide


def test_where_there_is_little_room_it_lies_over_the_screen(window: MainWindow) -> None:
    window.resize(SIZES.min_width, SIZES.min_height)
    wide = window.main.width()
    window.open_inspector()
    assert window.main.width() == wide
    assert window.body.dock.geometry().right() == window.body.rect().right()


def test_a_closed_inspector_gives_the_keyboard_back(window: MainWindow) -> None:
    window.open_inspector()
    screen(window, "inspector").text.setFocus()
    window.close_inspector()
    focused = QApplication.focusWidget()
    assert focused is None or not window.body.dock.isAncestorOf(focused)


def test_without_an_inspector_there_is_none_to_open(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window()
    qtbot.addWidget(window)
    window.body.dock.content = None
    window.open_inspector()
    assert not window.body.is_inspector_open()
    assert not window.commands.run("view.inspector")


# --- links ----------------------------------------------------------------------------------


def test_a_link_shows_a_post_or_begins_one(window: MainWindow) -> None:
    posts: list[str] = []
    begun: list[object] = []
    window.post_requested.connect(posts.append)
    window.compose_requested.connect(begun.append)
    window.open_link(OpenPost("p1"))
    window.open_link(Compose("Hello"))
    assert posts == ["p1"]
    assert begun == [Compose("Hello")]


# --- numbers and channels -------------------------------------------------------------------


def test_numbers_beside_the_screens_follow_the_posts(
    window: MainWindow, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    drafts, attention = window.nav.items["drafts"], window.nav.items["attention"]
    assert (drafts.count(), attention.count()) == (0, 0)
    backend.add_post("One", at=None, status=PostStatus.DRAFT)
    backend.add_post("Two", status=PostStatus.FAILED)
    changes.publish(Change(noun="posts", ids=frozenset({"p1", "p2"})))
    qtbot.waitUntil(lambda: (drafts.count(), attention.count()) == (1, 1))
    assert drafts.accessibleName() == "Drafts, 1"


def test_channels_filter_one_by_one_or_together(window: MainWindow) -> None:
    chosen: list[object] = []
    window.channels_filtered.connect(chosen.append)
    one, two = window.nav.channel_rows()
    QTest.mouseClick(one, Qt.MouseButton.LeftButton)
    QTest.mouseClick(two, Qt.MouseButton.LeftButton, CTRL)
    assert one.isChecked()
    assert two.isChecked()
    QTest.mouseClick(two, Qt.MouseButton.LeftButton)
    QTest.mouseClick(two, Qt.MouseButton.LeftButton)
    wanted = [{"a1"}, {"a1", "a2"}, {"a2"}, set()]
    assert chosen == [frozenset(ids) for ids in wanted]


def test_all_channels_come_back_by_a_command(window: MainWindow) -> None:
    window.viewmodel.set_filter(frozenset({"a1"}))
    window.commands.run("view.channels")
    assert window.viewmodel.filter == frozenset()
    assert not any(row.isChecked() for row in window.nav.channel_rows())


def test_what_cannot_be_read_is_told(
    window: MainWindow, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    def refuse(organization_id: str) -> None:
        raise Unreachable("The file can't be read.", code="x", fix="Try again.")

    backend.replica.counts = refuse  # type: ignore[assignment, method-assign]  # it breaks now
    changes.publish(Change(noun="posts", ids=frozenset()))
    qtbot.waitUntil(lambda: len(window.toasts.visible()) == 1)
    assert window.toasts.visible()[0].text == "The file can't be read. Try again."


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_has_a_name(window: MainWindow, mode: Mode) -> None:
    current_theme().set_mode(mode)
    window.open_inspector()
    assert unnamed(window) == []
    assert not window.grab().isNull()
