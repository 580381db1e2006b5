"""Windows that were closed are gone: objects are counted, not trusted."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path
from typing import Any

from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from postflow_desktop.bootstrap import Machine
from postflow_desktop.desktop.app import Running
from postflow_desktop.machine.home import Home
from tests.desktop.kit import Desk, turn, until

TIMES = 20


def test_no_composer_outlives_its_window(desk: Desk) -> None:
    _compose(desk, 0)  # What is made once, at the first time, does not count.
    before = len(QApplication.allWidgets())
    seen = [_compose(desk, number) for number in range(1, TIMES + 1)]
    gc.collect()
    assert [ref for refs in seen for ref in refs if ref() is not None] == []
    assert len(QApplication.allWidgets()) <= before
    assert desk.running.backend._left == []


def _compose(desk: Desk, number: int) -> tuple[weakref.ref[Any], ...]:
    """Open one, type, think better of it, close it."""
    composer = desk.screens.compose()
    until(lambda: composer.model.ready, "the composer")
    QTest.keyClicks(composer.sheet.editor, str(number))
    composer.sheet.editor.clear()
    composer.close()
    until(lambda: not desk.screens.composers.all, "the end of the composer")
    for toast in desk.screens.window.toasts.visible():
        toast.dismiss()
    turn()
    return weakref.ref(composer), weakref.ref(composer.model), weakref.ref(composer.sheet)


def test_no_main_window_outlives_its_end(desk: Desk) -> None:
    desk.close()
    _open(desk.home)
    before = len(QApplication.allWidgets())
    threads = set(threading.enumerate())
    seen = [_open(desk.home) for _ in range(TIMES)]
    gc.collect()
    assert [ref for refs in seen for ref in refs if ref() is not None] == []
    assert len(QApplication.allWidgets()) <= before
    until(lambda: set(threading.enumerate()) <= threads, "the end of the threads")


def _open(home: Path) -> tuple[weakref.ref[Any], ...]:
    """A window with all its screens, and its end."""
    machine = Machine({"POSTFLOW_KEYRING": "file"}, Home(home))
    heard = qInstallMessageHandler(None)
    running = Running(machine)
    qInstallMessageHandler(heard)
    screens = running.screens
    screens.start()
    for name in ("drafts", "attention", "accounts", "publishers", "settings", "calendar"):
        screens.window.show_screen(name)
    refs = (
        weakref.ref(screens),
        weakref.ref(screens.window),
        weakref.ref(screens.calendar),
        weakref.ref(screens.drafts_view),
        weakref.ref(screens.publishers_view),
        weakref.ref(running.backend),
    )
    screens.close()
    running.close()
    machine.close()
    del running, screens
    turn()
    return refs
