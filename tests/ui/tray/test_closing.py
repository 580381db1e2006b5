"""What is said before PostFlow ends with posts that nobody else would publish."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop.ui.kit.panels import Text
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.tray.closing import ClosingDialog
from postflow_desktop.ui.tray.state import Due
from tests.ui.inspector.names import nameless

DUE = Due(count=6, uncovered=5, until="Sunday", lines=("14:00  Bread", "15:00  Cake", "16:00  Tea"))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def dialog(window: QWidget, qtbot: QtBot) -> ClosingDialog:
    made = ClosingDialog(window, DUE, quits=False)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    made.open()
    qtbot.waitExposed(made)
    return made


def words(dialog: ClosingDialog) -> list[str]:
    return [text.text() for text in dialog.findChildren(Text) if text.isVisible() and text.text()]


def test_it_says_what_is_due_and_what_becomes_of_it(dialog: ClosingDialog) -> None:
    said = words(dialog)
    assert "Close PostFlow?" in said
    assert (
        "5 posts are due in the next 48 hours, and no other computer is expected to be on." in said
    )
    assert "·  14:00  Bread" in said
    assert "·  and 2 more" in said
    assert any("shown as missed" in line for line in said)
    assert (dialog.accept_button.text(), dialog.cancel_button.text()) == (
        "Close anyway",
        "Keep open",
    )
    assert nameless(dialog) == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_enter_and_esc_keep_it_open(dialog: ClosingDialog, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitSignal(dialog.rejected, timeout=1000):
        QTest.keyClick(QApplication.focusWidget() or dialog, key)


def test_tab_leads_to_the_end(dialog: ClosingDialog, qtbot: QtBot) -> None:
    assert dialog.cancel_button.hasFocus()
    QTest.keyClick(dialog.cancel_button, Qt.Key.Key_Tab)
    assert dialog.accept_button.hasFocus()
    with qtbot.waitSignal(dialog.accepted, timeout=1000):
        QTest.keyClick(dialog.accept_button, Qt.Key.Key_Space)


def test_one_post_and_quitting_have_words_of_their_own(qtbot: QtBot) -> None:
    made = ClosingDialog(None, Due(count=1, uncovered=1, lines=("14:00  Bread",)), quits=True)
    qtbot.addWidget(made)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    made.show()
    said = words(made)
    assert "Quit PostFlow?" in said
    assert any(line.startswith("1 post is due in the next 48 hours") for line in said)
    assert made.accept_button.text() == "Quit anyway"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_large_text_is_not_pressed_together(qtbot: QtBot, mode: str) -> None:
    current_theme().set_mode("dark" if mode == "dark" else "light")
    current_theme().set_scale(1.5)
    made = ClosingDialog(None, DUE, quits=False)
    qtbot.addWidget(made)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    made.show()
    qtbot.waitExposed(made)
    for text in made.findChildren(Text):
        if text.isVisible() and text.wordWrap():
            assert text.height() >= text.heightForWidth(text.width())
