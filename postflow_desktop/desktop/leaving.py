"""Closing the window and quitting: to the tray, after a word about what is due, or at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from postflow_desktop.ui.shell.window import MainWindow
from postflow_desktop.ui.tray.closing import (
    HABIT_KEY,
    TOLD_KEY,
    TOLD_QUIT_KEY,
    Closing,
    ClosingDialog,
    Habit,
    closing,
    keeps_running,
    quitting,
)
from postflow_desktop.ui.tray.view import Tray
from postflow_desktop.ui.tray.viewmodel import TrayViewModel

_WATCH_MS = 5_000


class Leaving(QObject):
    """Stands between a window and its closing."""

    ended = Signal()
    """PostFlow is to end."""

    def __init__(
        self,
        window: MainWindow,
        model: TrayViewModel,
        tray: Tray,
        tell: Callable[[str, str], object],
        parent: QObject,
    ) -> None:
        """`tell` shows a title and words when there is no window to show them in."""
        super().__init__(parent)
        self._window = window
        self._model = model
        self._tray = tray
        self._tell = tell
        self._ends = False
        self.dialog: ClosingDialog | None = None
        """What is being asked."""
        self._watch = QTimer(self)
        self._watch.setInterval(_WATCH_MS)
        self._watch.timeout.connect(self.look_after)
        window.installEventFilter(self)

    def start(self) -> None:
        """From now on a window that hides is looked after."""
        self._ends = False
        self._watch.start()

    def stop(self) -> None:
        """The end: nothing is asked any more."""
        self._ends = True
        self._watch.stop()
        if self.dialog is not None:
            self.dialog.reject()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window is closed by its button, its key or the system."""
        closes = event.type() == QEvent.Type.Close and watched is self._window
        if closes and not self.may_close():
            event.ignore()
            return True
        return False

    def may_close(self) -> bool:
        """Whether PostFlow ends with its window; else something else was done."""
        if self._ends or _session_ends():
            return True
        memory, due = self._window.memory, self._model.state.due
        habit: Habit = "quit" if memory.text(HABIT_KEY) == "quit" else "keep"
        has_tray, told = self._tray.is_available(), memory.flag(TOLD_QUIT_KEY)
        match closing(due, has_tray=has_tray, habit=habit, told_quit=told):
            case Closing.HIDE:
                self._hide()
            case Closing.ASK:
                self._ask(quits=has_tray)
            case Closing.END:
                return True
        return False

    @Slot()
    def ask_to_quit(self) -> None:
        """End PostFlow; what that means is said once."""
        told = self._window.memory.flag(TOLD_QUIT_KEY)
        if quitting(self._model.state.due, told_quit=told) is Closing.ASK:
            self._ask(quits=True)
        else:
            self._end()

    @Slot()
    def look_after(self) -> None:
        """A tray that went must not take the window with it."""
        self._tray.refresh()
        if not self._tray.is_available() and not self._window.isVisible():
            self._window.show()

    def _hide(self) -> None:
        self._window.hide()
        if not self._window.memory.flag(TOLD_KEY):
            self._remember(TOLD_KEY)
            self._tell("PostFlow keeps running", keeps_running(self._model.state.due))

    def _ask(self, *, quits: bool) -> None:
        self._window.bring_to_front()
        if self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
            return
        if quits:
            self._remember(TOLD_QUIT_KEY)
        self.dialog = ClosingDialog(self._window, self._model.state.due, quits=quits)
        self.dialog.accepted.connect(self._end)
        self.dialog.finished.connect(self._asked)
        self.dialog.open()

    def _remember(self, key: str) -> None:
        self._window.memory.keep(key, True)
        self._window.memory.save()

    @Slot()
    def _asked(self) -> None:
        self.dialog = None

    @Slot()
    def _end(self) -> None:
        self._ends = True
        self.ended.emit()


def _session_ends() -> bool:
    """The system logs out: who stands in its way then is asked about by the system."""
    app = QApplication.instance()
    return isinstance(app, QGuiApplication) and app.isSavingSession()
