"""What closing the window means while posts are due, decided and said. Never a nag."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from PySide6.QtWidgets import QVBoxLayout, QWidget

from postflow_desktop.ui.kit.dialogs import Dialog
from postflow_desktop.ui.kit.marks import ElidedText
from postflow_desktop.ui.kit.panels import Text
from postflow_desktop.ui.tray.state import Due
from postflow_desktop.ui.words import count_of

Habit = Literal["keep", "quit"]
"""What a person chose for closing the window."""

HABIT_KEY = "closing/habit"
TOLD_KEY = "closing/told"
TOLD_QUIT_KEY = "closing/told_quit"


class Closing(Enum):
    """What happens now."""

    END = "end"
    """PostFlow ends."""
    HIDE = "hide"
    """The window goes, PostFlow runs on in the tray."""
    ASK = "ask"
    """First say what it means."""


def closing(due: Due, *, has_tray: bool, habit: Habit, told_quit: bool) -> Closing:
    """The window is closed by its button or key."""
    if not due.count:
        return Closing.END
    if not has_tray:
        return Closing.ASK if due.uncovered else Closing.END
    if habit == "keep":
        return Closing.HIDE
    return quitting(due, told_quit=told_quit)


def quitting(due: Due, *, told_quit: bool) -> Closing:
    """Somebody asked for the end: that is said once, and not where another computer covers."""
    return Closing.ASK if due.uncovered and not told_quit else Closing.END


def keeps_running(due: Due) -> str:
    """Said once, when the window hides."""
    posts = count_of(due.count, "post", "posts")
    until = f"until {due.until}" if due.until != "today" else "today"
    return f"{posts} {until}. Quit from the tray."


class ClosingDialog(Dialog):
    """The posts that nobody would publish; Enter and Esc keep PostFlow open."""

    def __init__(
        self,
        parent: QWidget | None,
        due: Due,
        *,
        quits: bool,
    ) -> None:
        end = "Quit anyway" if quits else "Close anyway"
        super().__init__(
            parent,
            title="Quit PostFlow?" if quits else "Close PostFlow?",
            action=end,
            name="closing",
            danger=True,
            cancel="Keep open",
        )
        self.setWindowTitle("PostFlow")
        verb = "is" if due.uncovered == 1 else "are"
        posts = count_of(due.uncovered, "post", "posts")
        self.body.addWidget(
            Text(
                f"{posts} {verb} due in the next 48 hours, and no other computer is expected to "
                "be on.",
                wraps=True,
                parent=self,
            )
        )
        self.body.addLayout(self._list(due))
        self.body.addWidget(
            Text(
                "They go out when PostFlow is open again here or on another computer. What is "
                "too late by then is kept and shown as missed.",
                tone="text2",
                wraps=True,
                parent=self,
            )
        )
        self.cancel_button.setDefault(True)
        self.cancel_button.setFocus()

    def _list(self, due: Due) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2)
        more = due.uncovered - len(due.lines)
        rest = (f"and {more} more",) if more > 0 else ()
        for line in (*due.lines, *rest):
            words = ElidedText(f"·  {line}", role="small", parent=self)
            words.set_tone("text2")
            column.addWidget(words)
        return column
