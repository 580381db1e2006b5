"""The command palette: opened, typed in, run, and what it remembers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.ui.kit.theme import Mode, current_theme
from postflow_desktop.ui.shell.palette import Palette
from postflow_desktop.ui.shell.window import MainWindow
from tests.fakes.backend import FakeBackend
from tests.ui.kit.walk import unnamed
from tests.ui.shell.conftest import Screen

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def palette(window: MainWindow) -> Palette:
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_K, CTRL)
    return window.palette_view


def titles(palette: Palette) -> list[str]:
    """What can be chosen, top to bottom."""
    model = palette.model
    found = [model.entry(model.index(row, 0)) for row in model.entry_rows()]
    return [entry.title for entry in found if entry]


def notes(palette: Palette) -> list[str]:
    """What stands beside them."""
    model = palette.model
    found = [model.entry(model.index(row, 0)) for row in model.entry_rows()]
    return [entry.note for entry in found if entry]


def headings(palette: Palette) -> list[str]:
    model = palette.model
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    return [str(model.data(row)) for row in rows if model.entry(row) is None]


def chosen(palette: Palette) -> str:
    entry = palette.model.entry(palette.list.currentIndex())
    return entry.title if entry else ""


def press(palette: Palette, key: Qt.Key) -> None:
    QTest.keyClick(palette.input, key)


def test_ctrl_k_opens_it_over_the_window(palette: Palette, window: MainWindow) -> None:
    assert palette.isVisible()
    assert palette.input.hasFocus()
    assert palette.geometry() == window.rect()
    assert headings(palette) == ["Actions", "Go to"]
    assert "New post" in titles(palette)
    assert "Drafts" in titles(palette)


def test_letters_find_and_enter_runs(palette: Palette, window: MainWindow) -> None:
    QTest.keyClicks(palette.input, "drf")
    assert titles(palette)[0] == "Drafts"
    press(palette, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert window.current_screen() == "drafts"


def test_the_keyboard_returns_to_where_it_was(window: MainWindow) -> None:
    text = window.findChild(Screen, "calendar").text  # type: ignore[union-attr]  # it is there
    text.setFocus()
    window.open_palette()
    assert window.palette_view.input.hasFocus()
    press(window.palette_view, Qt.Key.Key_Escape)
    assert text.hasFocus()


def test_esc_takes_the_words_back_and_then_closes(palette: Palette) -> None:
    QTest.keyClicks(palette.input, "theme")
    press(palette, Qt.Key.Key_Escape)
    assert palette.isVisible()
    assert palette.input.text() == ""
    press(palette, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_arrows_go_round_and_leave_headings_out(palette: Palette) -> None:
    shown = titles(palette)
    assert chosen(palette) == shown[0]
    press(palette, Qt.Key.Key_Up)
    assert chosen(palette) == shown[-1]
    press(palette, Qt.Key.Key_Down)
    seen = []
    for _ in shown:
        seen.append(chosen(palette))
        press(palette, Qt.Key.Key_Down)
    assert seen == shown


def test_a_click_beside_it_closes_it(palette: Palette) -> None:
    QTest.mouseClick(palette, Qt.MouseButton.LeftButton, pos=palette.panel.geometry().center())
    assert palette.isVisible()
    QTest.mouseClick(palette, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not palette.isVisible()


def test_a_click_on_an_entry_runs_it(palette: Palette, window: MainWindow) -> None:
    QTest.keyClicks(palette.input, "> theme")
    spot = palette.list.visualRect(palette.list.currentIndex()).center()
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert current_theme().look.mode == "dark"
    assert not palette.isVisible()


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("@", ["Bakery 1", "Bakery 2"]),
        ("@ 2", ["Bakery 2"]),
        ("/ cal", ["Calendar"]),
        ("> full", ["Full screen"]),
    ],
)
def test_a_mark_leaves_one_section(palette: Palette, typed: str, wanted: list[str]) -> None:
    palette.input.setText(typed)
    assert titles(palette) == wanted


def test_a_channel_is_filtered_to(palette: Palette, window: MainWindow) -> None:
    palette.input.setText("@ bakery 2")
    press(palette, Qt.Key.Key_Return)
    assert window.viewmodel.filter == frozenset({"a2"})


def test_posts_are_found_by_their_words(
    palette: Palette, window: MainWindow, backend: FakeBackend, qtbot: QtBot
) -> None:
    backend.add_post("Market day in the square")
    backend.add_post("Market rules", at=None, status=PostStatus.DRAFT)
    asked: list[str] = []
    window.post_requested.connect(asked.append)
    QTest.keyClicks(palette.input, "market")
    qtbot.waitUntil(lambda: "Posts" in headings(palette))
    assert titles(palette) == ["Market day in the square", "Market rules"]
    said = [palette.model.data(palette.model.index(row, 0)) for row in palette.model.entry_rows()]
    assert said == ["Market day in the square, Sat 21 Nov, 13:00", "Market rules, Draft"]
    press(palette, Qt.Key.Key_Return)
    assert asked == ["p1"]


def test_nothing_found_is_said(palette: Palette) -> None:
    palette.input.setText("qqqxyz")
    assert titles(palette) == []
    assert not palette.list.isVisible()
    press(palette, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_what_was_used_stands_first_the_next_time(palette: Palette, window: MainWindow) -> None:
    palette.input.setText("theme")
    press(palette, Qt.Key.Key_Return)
    assert window.memory.recent() == ["view.theme"]
    window.open_palette()
    assert headings(palette)[0] == "Recent"
    assert titles(palette)[0] == "Light or dark theme"


def test_what_cannot_be_done_is_not_offered(window: MainWindow, backend: FakeBackend) -> None:
    backend.here = None
    window.refresh_place()
    window.open_palette()
    assert "New post" not in titles(window.palette_view)
    assert "Full screen" in titles(window.palette_view)


def test_ctrl_f_opens_it_to_find_a_post(window: MainWindow) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_F, CTRL)
    assert window.palette_view.isVisible()


def test_it_follows_the_window(palette: Palette, window: MainWindow) -> None:
    window.resize(window.width() - 100, window.height() - 60)
    assert palette.geometry() == window.rect()
    middle = palette.panel.geometry().center().x() - palette.rect().center().x()
    assert abs(middle) <= 1


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_has_a_name(palette: Palette, mode: Mode) -> None:
    current_theme().set_mode(mode)
    assert unnamed(palette) == []
    assert not palette.grab().isNull()
