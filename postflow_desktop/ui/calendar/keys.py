"""Which key of the month does what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from postflow_desktop.ui.calendar.navigation import Direction
from postflow_desktop.ui.calendar.viewmodel import CalendarViewModel

_ARROWS = {
    Qt.Key.Key_Left: Direction.LEFT,
    Qt.Key.Key_Right: Direction.RIGHT,
    Qt.Key.Key_Up: Direction.UP,
    Qt.Key.Key_Down: Direction.DOWN,
}
_WEEK = 7


class Keyed(Protocol):
    """A month that keys act on."""

    viewmodel: CalendarViewModel

    def activate(self) -> None:
        """Enter."""
        ...


Act = Callable[[Keyed], object]


def _open(month: Keyed) -> None:
    if month.viewmodel.current:
        month.viewmodel.open(month.viewmodel.current)


def _cancel(month: Keyed) -> None:
    if month.viewmodel.current:
        month.viewmodel.cancel(month.viewmodel.current)


_PLAIN: dict[Qt.Key, Act] = {
    Qt.Key.Key_Return: lambda month: month.activate(),
    Qt.Key.Key_Enter: lambda month: month.activate(),
    Qt.Key.Key_Space: lambda month: month.activate(),
    Qt.Key.Key_T: lambda month: month.viewmodel.go_today(),
    Qt.Key.Key_PageDown: lambda month: month.viewmodel.next_month(),
    Qt.Key.Key_J: lambda month: month.viewmodel.next_month(),
    Qt.Key.Key_PageUp: lambda month: month.viewmodel.previous_month(),
    Qt.Key.Key_K: lambda month: month.viewmodel.previous_month(),
    Qt.Key.Key_C: lambda month: month.viewmodel.compose_on(month.viewmodel.focus.day),
    Qt.Key.Key_E: _open,
    Qt.Key.Key_Delete: _cancel,
    Qt.Key.Key_Backspace: _cancel,
}


def act_of(event: QKeyEvent, *, right_to_left: bool) -> Act | Direction | None:
    """What a key does on the month: a direction to go, something to do, or None: not ours."""
    if event.matches(QKeySequence.StandardKey.Undo):
        return lambda month: month.viewmodel.undo()
    if event.matches(QKeySequence.StandardKey.Redo):
        return lambda month: month.viewmodel.redo()
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key(event.key())
    if modifiers == Qt.KeyboardModifier.NoModifier:
        return _ARROWS.get(key) or _PLAIN.get(key)
    return _shift_of(key, modifiers, right_to_left)


def _shift_of(key: Qt.Key, modifiers: Qt.KeyboardModifier, right_to_left: bool) -> Act | None:
    """Alt with left and right moves a post by a day, with Shift by a week."""
    alt, shift = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
    if key not in (Qt.Key.Key_Left, Qt.Key.Key_Right) or modifiers not in (alt, alt | shift):
        return None
    days = _WEEK if modifiers & shift else 1
    later = (key == Qt.Key.Key_Right) != right_to_left
    return lambda month: month.viewmodel.shift(days if later else -days)
