"""Commands in the menus and on the shortcut sheet; no two want the same keys."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from postflow_desktop.ui.calendar.commands import calendar_commands
from postflow_desktop.ui.calendar.viewmodel import CalendarViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.commands import Command
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import Mode, current_theme
from postflow_desktop.ui.kit.widgets import Button, Text
from postflow_desktop.ui.shell.actions import SECTIONS
from postflow_desktop.ui.shell.sheet import Keys, ShortcutSheet
from postflow_desktop.ui.shell.window import MainWindow
from tests.fakes.backend import FakeBackend
from tests.ui.kit.walk import unnamed


@pytest.fixture
def window(window: MainWindow, backend: FakeBackend, changes: Changes) -> MainWindow:
    """The window with the calendar's commands beside its own."""
    calendar = CalendarViewModel(backend, Tasks(immediate=True), changes, window)
    window.commands.add(*calendar_commands(calendar))
    return window


def in_menus(menus: list[QMenu]) -> list[str]:
    return [str(action.data()) for menu in menus for action in menu.actions()]


def bar_menus(window: MainWindow) -> list[QMenu]:
    found = [action.menu() for action in window.menuBar().actions()]
    return [menu for menu in found if isinstance(menu, QMenu)]


def button_menus(window: MainWindow) -> list[QMenu]:
    found = [action.menu() for action in window.actions_of.menu.actions()]
    return [menu for menu in found if isinstance(menu, QMenu)]


# --- registry -------------------------------------------------------------------------------


def test_no_two_commands_want_the_same_keys(window: MainWindow) -> None:
    none = QKeySequence.SequenceMatch.NoMatch
    clashes = [
        f"{one.id} and {other.id}"
        for one, other in combinations(window.commands.all(), 2)
        if "" in (one.scope, other.scope) or one.scope == other.scope
        for mine in one.sequences()
        for theirs in other.sequences()
        if mine.matches(theirs) != none or theirs.matches(mine) != none
    ]
    assert clashes == []
    assert len(window.commands.all()) > 25


def test_every_command_has_words_an_icon_that_exists_and_keys_that_are_keys(
    window: MainWindow,
) -> None:
    for command in window.commands.all():
        assert command.title, command.id
        assert command.section in SECTIONS, command.id
        wanted = [part for part in command.shortcut.split(" | ") if part]
        assert len(command.sequences()) == len(wanted), command.id
        assert not any(keys.isEmpty() for keys in command.sequences()), command.id


# --- menus ----------------------------------------------------------------------------------


def test_both_menus_list_every_command_once(window: MainWindow) -> None:
    wanted = sorted(command.id for command in window.commands.all())
    assert sorted(in_menus(bar_menus(window))) == wanted
    assert sorted(in_menus(button_menus(window))) == wanted


def test_each_stands_in_the_menu_of_its_section(window: MainWindow) -> None:
    for menus in (bar_menus(window), button_menus(window)):
        for menu in menus:
            sections = {window.commands.get(key).section for key in in_menus([menu])}
            assert sections <= {menu.title().removeprefix("&")}


def test_a_command_that_is_taken_away_leaves_the_menus(window: MainWindow, qtbot: QtBot) -> None:
    window.commands.remove(["calendar.edit"])
    qtbot.waitUntil(lambda: "calendar.edit" not in in_menus(bar_menus(window)))
    assert "calendar.edit" not in in_menus(button_menus(window))
    assert "calendar.cancel" in in_menus(bar_menus(window))


def test_a_command_runs_from_its_menu(window: MainWindow) -> None:
    ran: list[str] = []
    window.commands.ran.connect(ran.append)
    (action,) = [
        action
        for menu in bar_menus(window)
        for action in menu.actions()
        if action.data() == "view.theme"
    ]
    action.trigger()
    assert ran == ["view.theme"]
    assert current_theme().look.mode == "dark"


def test_what_cannot_be_run_is_grey_while_the_menu_is_open(window: MainWindow) -> None:
    action = window.actions_of.get("calendar.undo")
    menu = next(m for m in bar_menus(window) if m.title() == "&Edit")
    assert action.isEnabled()
    menu.aboutToShow.emit()
    assert not action.isEnabled()
    menu.aboutToHide.emit()
    assert action.isEnabled()


def test_keys_of_a_screen_hold_only_there(window: MainWindow) -> None:
    action = window.actions_of.get("calendar.today")
    assert action.isEnabled()
    window.show_screen("drafts")
    assert not action.isEnabled()
    window.show_screen("calendar")
    assert action.isEnabled()


def test_a_command_that_was_added_later_has_its_place_and_its_key(window: MainWindow) -> None:
    ran: list[str] = []
    window.commands.add(
        Command("later", "Cut & paste", "Edit", "Ctrl+J", lambda: ran.append("later"))
    )
    assert in_menus(bar_menus(window)).count("later") == 1
    assert window.actions_of.get("later").text() == "Cut && paste"
    QTest.keyClick(
        QApplication.focusWidget() or window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier
    )
    assert ran == ["later"]


def test_f10_opens_the_menu(window: MainWindow, qtbot: QtBot) -> None:
    menu = window.actions_of.menu
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_F10)
    qtbot.waitUntil(menu.isVisible)
    menu.close()


def test_quitting_is_asked_of_who_wires_the_window(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.quit_requested):
        window.commands.run("app.quit")


# --- shortcut sheet -------------------------------------------------------------------------


@pytest.fixture
def sheet(window: MainWindow) -> ShortcutSheet:
    window.commands.run("help.shortcuts")
    found = window.findChild(ShortcutSheet)
    assert found is not None
    return found


def test_the_sheet_has_every_command_with_keys(window: MainWindow, sheet: ShortcutSheet) -> None:
    assert sheet.isVisible()
    words = [text.text() for text in sheet.findChildren(Text)]
    with_keys = [command for command in window.commands.all() if command.shortcut]
    missing = [command.title for command in with_keys if command.title not in words]
    assert missing == []
    assert len(sheet.findChildren(Keys)) == len(with_keys)
    without = [command.title for command in window.commands.all() if not command.shortcut]
    assert set(without) & set(words) == set()


def test_the_keys_of_a_sequence_are_said_one_after_the_other(sheet: ShortcutSheet) -> None:
    spoken = [keys.accessibleName() for keys in sheet.findChildren(Keys)]
    assert "G then D" in spoken
    assert "Ctrl+K" in spoken


def test_the_sheet_closes_by_its_button(sheet: ShortcutSheet, qtbot: QtBot) -> None:
    close = sheet.findChild(Button, "shortcut-sheet-close")
    assert close is not None
    with qtbot.waitSignal(sheet.destroyed):
        close.click()


def test_a_question_mark_opens_it(window: MainWindow) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Question)
    assert window.findChild(ShortcutSheet) is not None


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_has_a_name(sheet: ShortcutSheet, mode: Mode) -> None:
    current_theme().set_mode(mode)
    assert unnamed(sheet) == []
    assert not sheet.grab().isNull()
