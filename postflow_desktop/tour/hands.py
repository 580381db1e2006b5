"""What a person does with keyboard and mouse, done to the real widgets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QInputMethodEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QTabBar, QWidget

from postflow_desktop.tour.steps import NotObserved, observe
from postflow_desktop.tour.waiting import turn, wait_until

_LEFT = Qt.MouseButton.LeftButton
_NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
_RUNS = re.compile(r"[ -~]+|[^ -~]+")
"""Text by keys, and text that comes from an input method or an emoji picker."""


def bring_to_front(window: QWidget) -> None:
    """Give a window the keyboard, as window managers do when another one closes."""
    window.activateWindow()
    wait_until(window.isActiveWindow, "the window did not get the keyboard", seconds=5)


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """Click what can be seen and pressed; NotObserved otherwise."""
    name = widget.accessibleName() or widget.objectName() or type(widget).__name__
    observe(widget.isVisible(), f"'{name}' can't be seen.")
    reason = widget.accessibleDescription()
    observe(widget.isEnabled(), f"'{name}' can't be pressed. {reason}".strip())
    QTest.mouseClick(widget, _LEFT, _NONE, at or widget.rect().center())
    turn(1)


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = _NONE) -> None:
    """Press a key while the keyboard is there."""
    QTest.keyClick(widget, key, modifiers)
    turn(1)


def type_text(widget: QWidget, text: str) -> None:
    """Type key by key; what no keyboard has comes as from an input method."""
    for run in _RUNS.findall(text):
        if run.isascii():
            QTest.keyClicks(widget, run)
        else:
            event = QInputMethodEvent()
            event.setCommitString(run)
            QApplication.sendEvent(widget, event)
        turn(1)


def retype(widget: QWidget, text: str) -> None:
    """Mark everything and type over it."""
    press(widget, Qt.Key.Key_A, CONTROL)
    type_text(widget, text)


def paste_picture(widget: QWidget, picture: Path) -> None:
    """Copy a picture and paste it with the keyboard."""
    clipboard = QGuiApplication.clipboard()
    clipboard.setImage(QImage(str(picture)))
    press(widget, Qt.Key.Key_V, CONTROL)
    clipboard.clear()


def drop_files(widget: QWidget, files: Sequence[Path]) -> None:
    """Drop files on a widget, as from a file manager."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
    place = widget.rect().center()
    copying = Qt.DropAction.CopyAction
    entering = QDragEnterEvent(place, copying, mime, _LEFT, _NONE)
    QApplication.sendEvent(widget, entering)
    observe(entering.isAccepted(), "Files can't be dropped there.")
    QApplication.sendEvent(widget, QDropEvent(QPointF(place), copying, mime, _LEFT, _NONE))
    turn(1)


def drag(widget: QWidget, start: QPoint, end: QPoint) -> None:
    """Press, carry and let go."""
    QTest.mousePress(widget, _LEFT, _NONE, start)
    QTest.mouseMove(widget, start + QPoint(QApplication.startDragDistance() + 1, 0))
    turn()
    for part in (0.5, 1.0):
        QTest.mouseMove(widget, start + (end - start) * part)
        turn()
    QTest.mouseRelease(widget, _LEFT, _NONE, end)


def choose_tab(bar: QTabBar, index: int) -> None:
    """Click a tab."""
    click(bar, bar.tabRect(index).center())


def choose(menu: QMenu, action: QAction) -> None:
    """Click an entry of a menu that is open."""
    wait_until(menu.isVisible, "no menu opened")
    observe(action.isVisible() and action.isEnabled(), f"'{action.text()}' can't be chosen.")
    QTest.mouseClick(menu, _LEFT, _NONE, menu.actionGeometry(action).center())
    turn(1)


def answer(window: QWidget, dialog: str, *, accept: bool = True) -> None:
    """Press the button of a dialog that was opened over a window."""
    found = wait_until(lambda: visible_child(window, dialog), f"no '{dialog}' opened")
    button = visible_child(found, f"{dialog}-{'accept' if accept else 'cancel'}")
    if button is None:
        raise NotObserved(f"'{dialog}' has no such button.")
    click(button)


def visible_child(window: QWidget, name: str) -> QWidget | None:
    """The child of that name that can be seen now, or None."""
    found = window.findChildren(QWidget, name)
    return next((child for child in found if child.isVisible()), None)
