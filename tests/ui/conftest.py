"""The window's tests run without a screen, with one look, and fail on what Qt complains about."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_SCALE_FACTOR"] = "1"
os.environ["QT_FONT_DPI"] = "96"
os.environ["QT_LOGGING_RULES"] = "qt.text.font.db=false;qt.qpa.*=false"

import pytest
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLocale,
    Qt,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from postflow_desktop.ui.kit.theme import Look, current_theme

FIXED_LOOK = Look(mode="light", contrast=False, motion="reduced")
"""What every test starts with."""

_COMPLAINTS = frozenset({QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg})
_HARMLESS = (
    "This plugin does not support",
    "QStandardPaths: ",
    "propagateSizeHints",
)
"""What Qt says about the screen that is not there."""


@pytest.fixture(autouse=True)
def garbage_between_tests() -> Iterator[None]:
    """Nothing is collected in the middle of a test.

    A Qt object that is collected while Python is inside of `disconnect` waits for the lock that
    this holds, for ever (seen with PySide6 6.11.3).
    """
    gc.disable()
    yield
    gc.enable()
    gc.collect(1)


@pytest.fixture(autouse=True, scope="module")
def no_garbage_left() -> Iterator[None]:
    """What Qt made is collected on the main thread, before tests with threads of their own."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def fixed_look(qapp: QApplication, garbage_between_tests: None) -> Iterator[None]:
    """One locale, one look; afterwards no window is left."""
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    theme = current_theme()
    theme.install(qapp)
    theme.set_look(FIXED_LOOK)
    yield
    for window in qapp.topLevelWidgets():
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.set_look(FIXED_LOOK)


@pytest.fixture(autouse=True)
def no_held_button(fixed_look: None) -> Iterator[None]:
    """Lets go of the mouse: a press without release would be held in every test that follows."""
    yield
    scratch = QWidget()
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
        if QGuiApplication.mouseButtons() & button:
            QTest.mouseRelease(scratch, button)
    assert QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton


@pytest.fixture(autouse=True)
def no_qt_complaints(fixed_look: None) -> Iterator[None]:
    """Fails the test on a warning of Qt that is not on the list of harmless ones."""
    said: list[str] = []

    def collect(kind: QtMsgType, context: object, message: str) -> None:
        if kind in _COMPLAINTS and not message.startswith(_HARMLESS):
            said.append(message)

    before = qInstallMessageHandler(collect)
    yield
    qInstallMessageHandler(before)
    if said:
        pytest.fail("Qt complained:\n" + "\n".join(said), pytrace=False)
