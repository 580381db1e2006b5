"""A machine of the tour: a home of its own, its window, and a look at its cluster from outside."""

from __future__ import annotations

import gc
import os
import threading
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent

from postflow_desktop.bootstrap import Machine, Seat
from postflow_desktop.desktop.app import Running
from postflow_desktop.desktop.connection import Connection
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.target import Target
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.settings import WorkspaceRecord
from postflow_desktop.services.ports.replica import CalendarRow, Link
from postflow_desktop.services.posts import PostView
from postflow_desktop.tour.hands import bring_to_front
from postflow_desktop.tour.waiting import turn, wait_until
from postflow_desktop.ui.calendar.chips import ChipBox
from postflow_desktop.ui.composer.view import ComposerWindow
from postflow_desktop.ui.kit.theme import Look, current_theme

LOOK = Look(mode="light", contrast=False, motion="reduced")
"""The same on every machine."""
_SIZE = (1280, 800)
_PASSED_ON = ("PATH", "POSTFLOW_MONGOD")
_LINGER_SECONDS = 0.5
_CLOSE_TURNS = 400


class Desk:
    """One machine with its window; `open` first, `close` whatever happened."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        environ = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environ["POSTFLOW_KEYRING"] = "file"
        self.machine = Machine(environ, Home(folder), linger_seconds=_LINGER_SECONDS)
        self.running = Running(self.machine)
        self.screens = self.running.screens
        self.window = self.screens.window
        self._told: list[str] = []
        self._reports: set[Path] = set()
        self._outside: Connection | None = None
        self.ended = False
        """The window and its composers have closed."""
        self.closed = False
        """Everything behind them has ended, too."""
        self.running.failures.told.connect(self._told.append)
        self.running.tasks.problem.connect(self._take_problem)
        self.screens.finished.connect(self._end)

    def open(self) -> None:
        """Open the window, as it looks on every machine."""
        self.window.resize(*_SIZE)
        self.screens.start()
        current_theme().set_look(LOOK)
        bring_to_front(self.window)

    # --- seen in the window -----------------------------------------------------------------

    def faults(self) -> list[str]:
        """What the window told of faults since the last time, with their crash reports' ends."""
        told, self._told = self._told, []
        reports = sorted(set(self.machine.home.crashes.glob("*.txt")) - self._reports)
        self._reports.update(reports)
        return [*told, *(path.read_text().rstrip().rpartition("\n")[2] for path in reports)]

    def row(self, post_id: str) -> CalendarRow | None:
        """A post on the shown month."""
        return self.screens.calendar.row(post_id)

    def chip(self, post_id: str) -> ChipBox:
        """The chip of a post; it may take a moment to come."""
        month = self.screens.calendar_view.month

        def look() -> ChipBox | None:
            return month.month_layout.chip(post_id) if month.month_layout else None

        return wait_until(look, "the post did not come to the calendar")

    def wait_live(self) -> None:
        """Wait until the replica is equal to the cluster."""
        wait_until(
            lambda: self.running.changes.state.link is Link.LIVE,
            lambda: f"the window was not in sync ({self.running.changes.state.message})",
        )

    @property
    def composers(self) -> list[ComposerWindow]:
        """The composers that are open."""
        return list(self.screens.composers.all)

    # --- seen past the window ---------------------------------------------------------------

    @property
    def record(self) -> WorkspaceRecord:
        """The workspace that was made or signed in to first."""
        return self.machine.home.workspaces()[0]

    def seat(self) -> Seat:
        """The person in the cluster, by a connection that is not the window's."""
        if self._outside is None:
            self._outside = Connection(self.machine, self.record)
        return self._outside.seat()

    def stored(self, post_id: str) -> PostView:
        """The post as the cluster has it."""
        return self.seat().posts.show(post_id)

    def targets(self, post_id: str) -> tuple[Target, ...]:
        """The post's targets as the cluster has them."""
        return self.stored(post_id).targets

    # --- the end ----------------------------------------------------------------------------

    def forget_outside(self) -> None:
        """Close the connection that is not the window's."""
        if self._outside is not None:
            self._outside.close()
            self._outside = None

    def close(self) -> None:
        """Close the window and everything behind it, whatever state it is in; twice is fine."""
        if self.closed:
            return
        self.closed = True
        self.forget_outside()
        self.screens.close()
        for _ in range(_CLOSE_TURNS):
            if self.ended:
                break
            turn()
        self.running.close()
        self.machine.close()
        self._free()

    def wait_ended(self) -> bool:
        """Wait until the embedded database has ended; whether it has."""
        pause = threading.Event()
        for _ in range(150):
            if not self.machine.embedded_is_running():
                return True
            pause.wait(0.1)
        return False

    def _free(self) -> None:
        """Let nothing of the window live on: Qt would style it anew with every theme.

        Python's names of it go too, else Qt's next object at the same place may be taken for it.
        """
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        del self.window, self.screens, self.running
        gc.collect()

    def _end(self) -> None:
        self.ended = True

    def _take_problem(self, error: PostFlowError) -> None:
        self._told.append(error.message)
