"""Whether anybody will be awake at the chosen time: asked a moment after it was chosen."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.ui.backend import PlaceBackend
from postflow_desktop.ui.composer.moments import Moments
from postflow_desktop.ui.kit.tasks import Tasks

ASK_MS = 400
"""Whoever turns through the hours is not asked about each of them."""


class Awake(QObject):
    """A hint, never a condition: without an answer nothing is said, and nothing waits for one."""

    changed = Signal()

    def __init__(
        self, backend: PlaceBackend, tasks: Tasks, moments: Moments, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._alarm = moments.alarm(self)
        self._alarm.rang.connect(self._ask)
        self._planned: PlannedTime | None = None
        self.warning = ""
        """Why nobody may be there, and what to do; empty where somebody will."""

    def look(self, planned: PlannedTime | None) -> None:
        """Another time was chosen; None: none, or the cluster can't be asked."""
        if planned == self._planned:
            return
        self._planned = planned
        self._say("")
        if planned is None:
            self._alarm.disarm()
        else:
            self._alarm.arm(ASK_MS)

    def _ask(self) -> None:
        planned = self._planned
        if planned is not None:
            work = partial(self._backend.coverage, planned)
            told = partial(self._told, planned)
            self._tasks.run(work, told, self._untold, key=f"awake {id(self)}")

    def _told(self, planned: PlannedTime, warning: str) -> None:
        if planned == self._planned:
            self._say(warning)

    def _untold(self, _error: PostFlowError) -> None:
        """Asked again when the time changes or the cluster is back."""
        self._planned = None

    def _say(self, warning: str) -> None:
        if warning != self.warning:
            self.warning = warning
            self.changed.emit()
