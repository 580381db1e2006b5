"""Every act of the window by name: menus, shortcuts, palette and shortcut sheet read this list.

A shortcut is Qt's portable text ("Ctrl+K"); a key sequence has commas ("G, C"); several for one
command are separated by " | ", the first one is shown. A command with a scope (a screen's id) has
its keys only while that screen is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One act: what it is called, where it stands, its keys, and what it does."""

    id: str
    title: str
    section: str
    """The menu it stands in: File, Edit, View, Post, Go, Window, Help."""
    shortcut: str
    run: Callable[[], object]
    enabled: Callable[[], bool] = _always
    scope: str = ""
    icon: str = ""
    keywords: str = ""
    """Further words under which the palette finds it."""

    def sequences(self) -> tuple[QKeySequence, ...]:
        """Its key sequences; empty if it has none."""
        return tuple(QKeySequence(part.strip()) for part in self.shortcut.split(" | ") if part)

    def shown_shortcut(self) -> str:
        """The first shortcut as this system writes it."""
        sequences = self.sequences()
        return sequences[0].toString(QKeySequence.SequenceFormat.NativeText) if sequences else ""


class Commands(QObject):
    """The registry. Two commands that could be meant by the same keys are refused."""

    changed = Signal()
    ran = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: dict[str, Command] = {}

    def add(self, *commands: Command) -> None:
        """Add commands; ValueError if an id or a shortcut is taken."""
        for command in commands:
            if command.id in self._commands:
                raise ValueError(f"The command {command.id} exists already.")
            self._refuse_taken_keys(command)
            self._commands[command.id] = command
        self.changed.emit()

    def remove(self, ids: Iterable[str]) -> None:
        """Take commands away, as when their screen goes."""
        for command_id in ids:
            self._commands.pop(command_id, None)
        self.changed.emit()

    def all(self) -> tuple[Command, ...]:
        """All commands in the order they were added."""
        return tuple(self._commands.values())

    def get(self, command_id: str) -> Command:
        """One command; KeyError if there is none of that id."""
        return self._commands[command_id]

    def run(self, command_id: str) -> bool:
        """Run a command if it can be run now; whether it was."""
        command = self._commands[command_id]
        if not command.enabled():
            return False
        command.run()
        self.ran.emit(command_id)
        return True

    def _refuse_taken_keys(self, new: Command) -> None:
        for old in self._commands.values():
            if old.scope and new.scope and old.scope != new.scope:
                continue
            for mine in new.sequences():
                for theirs in old.sequences():
                    if _collide(mine, theirs):
                        keys = mine.toString()
                        raise ValueError(f"{new.id} and {old.id} both want {keys}.")


def _collide(one: QKeySequence, other: QKeySequence) -> bool:
    """Equal, or one is the beginning of the other, so that Qt could not tell them apart."""
    exact = QKeySequence.SequenceMatch.NoMatch
    return one.matches(other) != exact or other.matches(one) != exact
