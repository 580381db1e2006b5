"""A main window with screens, over a backend in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.widgets import Button
from postflow_desktop.ui.shell.window import MainWindow
from tests.fakes.backend import FakeBackend

MakeWindow = Callable[[], MainWindow]


class Screen(QWidget):
    """A screen with a button and a text to type in."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        column = QVBoxLayout(self)
        self.button = Button(f"Act in {name}", self)
        self.text = QPlainTextEdit(self)
        self.text.setObjectName(f"{name}-text")
        self.text.setAccessibleName(f"Text in {name}")
        self.text.setTabChangesFocus(True)
        column.addWidget(self.button)
        column.addWidget(self.text)


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def make_window(backend: FakeBackend, changes: Changes, tmp_path: Path, qtbot: QtBot) -> MakeWindow:
    """Makes, shows and starts a window; settings are shared between windows of one test."""

    def make() -> MainWindow:
        tasks = Tasks(immediate=True)
        window = MainWindow(backend, tasks, changes, tmp_path / "window.ini")
        window.add_screen("calendar", "Calendar", "calendar-blank", Screen("calendar"), "G, C")
        window.add_screen("drafts", "Drafts", "note-pencil", Screen("drafts"), "G, D", "drafts")
        window.add_screen(
            "attention", "Needs attention", "warning-circle", Screen("a"), "G, A", "attention"
        )
        window.add_screen("settings", "Settings", "gear-six", Screen("settings"), "Ctrl+,")
        window.set_inspector(Screen("inspector"))
        window.show()
        # A screen takes the keyboard when it can be seen.
        window.start()
        return window

    return make


@pytest.fixture
def window(make_window: MakeWindow, qtbot: QtBot) -> MainWindow:
    made = make_window()
    qtbot.addWidget(made)
    qtbot.waitUntil(made.isActiveWindow, timeout=5000)
    return made
