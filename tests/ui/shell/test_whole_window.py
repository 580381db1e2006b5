"""The assembled window with all of its screens, used without a mouse and without eyes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop.desktop.backend import DesktopBackend
from postflow_desktop.desktop.screens import Screens
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetError, TargetStatus
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.accounts.connecting import ConnectDialog
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.publishers.banner import PauseBanner
from postflow_desktop.ui.publishers.dialog import PauseDialog
from postflow_desktop.ui.shell.sheet import ShortcutSheet
from postflow_desktop.ui.shell.window import MainWindow
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.inspector.pictures import png
from tests.ui.kit.walk import tab_order, unnamed

PATIENCE = 5000
KEYS = {
    "calendar": (Qt.Key.Key_G, Qt.Key.Key_C),
    "drafts": (Qt.Key.Key_G, Qt.Key.Key_D),
    "attention": (Qt.Key.Key_G, Qt.Key.Key_N),
    "accounts": (Qt.Key.Key_G, Qt.Key.Key_A),
    "publishers": (Qt.Key.Key_G, Qt.Key.Key_P),
}
SCREENS = (*KEYS, "settings")


class HoldingBackend(FakeBackend):
    """A composer keeps its place open; in memory there is nothing to keep."""

    def hold(self) -> FakeBackend:
        return self

    def let_go(self, held: object) -> None:
        """Nothing was opened."""


@pytest.fixture
def backend() -> HoldingBackend:
    made = HoldingBackend()
    picture = made.read_image(png(80, 60), "A loaf")
    tomorrow = NOW + timedelta(days=1)
    made.add_post("Fresh bread", at=tomorrow, accounts=("a1", "a2"), media=(picture,))
    made.add_post("Out", at=NOW - timedelta(days=1), status=PostStatus.PUBLISHED)
    made.add_post("An idea", at=None, status=PostStatus.DRAFT)
    error = TargetError(code="image_too_large", message="Too large.", fix="Make it smaller.")
    made.add_post("Failed", at=NOW - timedelta(days=2), status=PostStatus.FAILED, error=error)
    made.add_post(
        "Unclear", status=PostStatus.FAILED, target_status=TargetStatus.NEEDS_ATTENTION, at=NOW
    )
    made.calls.clear()
    return made


@pytest.fixture
def screens(backend: HoldingBackend, tmp_path: Path, qtbot: QtBot) -> Iterator[Screens]:
    """Everything is made and shown, as it is some moments after the start."""
    made = Screens(
        cast("DesktopBackend", backend),
        Tasks(immediate=True),
        Changes(),
        tmp_path / "window.ini",
        now=lambda: NOW,
    )
    made.start()
    for name in ("inspector", *KEYS, "settings", "welcome"):
        made.make(name)
    qtbot.waitUntil(made.window.isActiveWindow, timeout=PATIENCE)
    yield made
    made.close()


@pytest.fixture
def window(screens: Screens) -> MainWindow:
    return screens.window


def press(window: MainWindow, *keys: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
    """Keys go to what has the focus, as from a keyboard."""
    for key in keys:
        QTest.keyClick(window.windowHandle(), key, held or Qt.KeyboardModifier.NoModifier)


def pane_of(window: MainWindow) -> QWidget | None:
    """The part of the window that has the keyboard."""
    focused = QApplication.focusWidget()
    panes = (window.nav, window.toolbar, window.main.stack, window.body.dock)
    return next((pane for pane in panes if focused and pane.isAncestorOf(focused)), None)


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_that_is_operated_lacks_a_name(
    screens: Screens, window: MainWindow, screen: str
) -> None:
    screens._show_post("p4")
    window.show_screen(screen)
    window.open_palette()
    assert unnamed(window) == []


def test_nothing_in_the_windows_beside_it_lacks_a_name(
    screens: Screens, window: MainWindow
) -> None:
    composer = screens.compose(text="Hello #market https://example.com")
    window.open_shortcuts()
    screens.accounts_view.open_connect()
    sheet = window.findChild(ShortcutSheet)
    dialog = screens.accounts_view.findChild(ConnectDialog)
    assert sheet is not None
    assert dialog is not None
    assert [unnamed(part) for part in (composer, sheet, dialog)] == [[], [], []]


@pytest.mark.parametrize("screen", KEYS)
def test_a_screen_is_reached_and_left_by_keyboard(window: MainWindow, screen: str) -> None:
    other = "drafts" if screen == "calendar" else "calendar"
    press(window, *KEYS[other])
    press(window, *KEYS[screen])
    assert window.current_screen() == screen
    assert pane_of(window) is window.main.stack
    press(window, Qt.Key.Key_F6)
    assert pane_of(window) is window.nav
    press(window, Qt.Key.Key_F6, held=Qt.KeyboardModifier.ShiftModifier)
    assert pane_of(window) is window.main.stack
    press(window, *KEYS[other])
    assert window.current_screen() == other


def test_the_settings_are_reached_and_left_by_keyboard(window: MainWindow) -> None:
    press(window, Qt.Key.Key_Comma, held=Qt.KeyboardModifier.ControlModifier)
    assert window.current_screen() == "settings"
    assert pane_of(window) is window.main.stack
    press(window, *KEYS["calendar"])
    assert window.current_screen() == "calendar"


@pytest.mark.parametrize("screen", SCREENS)
def test_tab_goes_through_all_parts_and_comes_back(window: MainWindow, screen: str) -> None:
    window.show_screen(screen)
    window.panes.enter(window.main.stack)
    start = QApplication.focusWidget()
    met: list[QWidget | None] = []
    # A list of days takes several steps to be left; nothing may hold the keyboard for ever.
    for _ in range(4 * len(tab_order(window)) + 40):
        press(window, Qt.Key.Key_Tab)
        if pane_of(window) not in met[-1:]:
            met.append(pane_of(window))
        if QApplication.focusWidget() is start and len(set(met)) > 2:
            break
    assert {window.nav, window.toolbar, window.main.stack} <= set(met)
    assert None not in met
    assert len(met) <= 4, "each part is gone through in one piece"


def test_the_inspector_is_entered_and_closed_by_keyboard(
    screens: Screens, window: MainWindow
) -> None:
    press(window, *KEYS["attention"])
    press(window, Qt.Key.Key_J, Qt.Key.Key_Return)
    assert window.body.is_inspector_open()
    press(window, Qt.Key.Key_F6)
    assert pane_of(window) is window.body.dock
    press(window, Qt.Key.Key_Escape)
    assert not window.body.is_inspector_open()
    assert pane_of(window) is window.main.stack


def test_a_button_that_goes_away_hands_the_keyboard_to_its_neighbour(
    screens: Screens, window: MainWindow
) -> None:
    screens._show_post("p1")
    acts = screens.inspector_view.acts
    acts.publish_button.setFocus(Qt.FocusReason.TabFocusReason)
    press(window, Qt.Key.Key_Space)
    assert acts.keep_button.hasFocus()
    press(window, Qt.Key.Key_Space)
    assert pane_of(window) is window.body.dock
    assert [toast.text for toast in window.toasts.visible()] == [
        "Nothing was published; the post stays as it was."
    ]


def test_the_sync_state_leads_to_the_board_of_publishers(
    window: MainWindow, screens: Screens
) -> None:
    window.nav.sync_cell.setFocus(Qt.FocusReason.TabFocusReason)
    press(window, Qt.Key.Key_Space)
    assert window.current_screen() == "publishers"
    assert screens.publishers_view.isVisible()


def test_a_move_to_an_hour_with_nobody_awake_is_told_and_leads_to_the_board(
    window: MainWindow, screens: Screens, backend: HoldingBackend
) -> None:
    backend.warning = "No computer was on at 13:00 in the last 14 days."
    screens.calendar.move("p1", (NOW + timedelta(days=3)).date())
    moved, told = window.toasts.visible()
    assert moved.action.text() == "Undo"
    assert (told.kind, told.text) == ("warning", backend.warning)
    told.action.click()
    assert window.current_screen() == "publishers"


def test_a_new_time_in_the_inspector_with_nobody_awake_is_told(
    window: MainWindow, screens: Screens, backend: HoldingBackend
) -> None:
    backend.warning = "No computer was on at 04:00 in the last 14 days."
    screens._show_post("p1")
    screens.inspector.move(datetime.fromisoformat("2026-11-26T04:00"))
    assert backend.warning in [toast.text for toast in window.toasts.visible()]


def test_a_pause_stands_over_every_screen_and_is_lifted_by_keyboard(
    window: MainWindow, screens: Screens, backend: HoldingBackend, qtbot: QtBot
) -> None:
    assert window.commands.run("publishing.pause")
    dialog = window.findChild(PauseDialog)
    assert dialog is not None
    assert unnamed(dialog) == []
    dialog.reason.set_text("Storm warning")
    dialog.submit()
    banner = window.findChild(PauseBanner)
    assert banner is not None
    for screen in SCREENS:
        window.show_screen(screen)
        assert banner.isVisible()
    assert not window.commands.run("publishing.pause")
    window.activateWindow()
    window.panes.enter(window.main.stack)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=PATIENCE)
    for _ in range(200):
        if not banner.button.hasFocus():
            press(window, Qt.Key.Key_Tab)
    assert banner.button.hasFocus()
    press(window, Qt.Key.Key_Space)
    assert not banner.isVisible()
    assert [call[0] for call in backend.calls] == ["pause_all", "resume_all"]


def test_a_composer_leads_to_the_board(
    window: MainWindow, screens: Screens, backend: HoldingBackend
) -> None:
    composer = screens.compose(text="Hello")
    composer.bottom.acts.awake.button.click()
    assert window.current_screen() == "publishers"


def test_every_command_stands_in_the_menu_bar(window: MainWindow) -> None:
    bar = window.menuBar()
    menus = [action.menu() for action in bar.actions() if action.isVisible()]
    shown = {action.objectName() for menu in menus for action in _actions(menu)}
    assert shown >= {command.id for command in window.commands.all()}


def test_quit_is_the_last_of_its_menu(window: MainWindow) -> None:
    menu = window.menuBar().actions()[0].menu()
    assert [action.objectName() for action in _actions(menu)][-2:] == ["window.close", "app.quit"]


def _actions(menu: object) -> list[QAction]:
    assert isinstance(menu, QMenu)
    return menu.actions()


def test_the_toolbars_buttons_have_the_same_size_on_every_screen(window: MainWindow) -> None:
    widths = set()
    for screen in SCREENS:
        window.show_screen(screen)
        window.grab()
        widths.add(window.toolbar.new_post.width())
    assert widths == {window.toolbar.new_post.sizeHint().width()}


@pytest.mark.parametrize("screen", SCREENS)
def test_being_offline_is_said_once(
    screens: Screens, window: MainWindow, screen: str, qtbot: QtBot
) -> None:
    window.show_screen(screen)
    screens.changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    own = {
        "attention": screens.attention_view.offline_bar,
        "accounts": screens.accounts_view.offline_bar,
        "publishers": screens.publishers_view.offline_bar,
    }.get(screen)
    qtbot.waitUntil((own or window.main.offline).isVisible, timeout=PATIENCE)
    assert window.main.offline.isVisible() is (own is None)


@pytest.mark.parametrize("width", [960, 1280])
def test_a_notice_leaves_the_inspector_free(
    screens: Screens, window: MainWindow, width: int, qtbot: QtBot
) -> None:
    window.resize(width, 640)
    toast = window.toasts.show("Moved to Thu 26, 09:30. It stands among four others now.")
    screens._show_post("p1")
    body = window.body
    assert body.pushes() is (width == 1280)
    qtbot.waitUntil(lambda: body.free().contains(toast.geometry()), timeout=PATIENCE)
    assert not toast.geometry().intersects(body.dock.geometry())
