"""Reads the months beside the shown one: the replica keeps their rows, so paging makes none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot

from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.calendar.pending import Range
from postflow_desktop.ui.kit.tasks import Tasks

AFTER_MS = 150
"""A month that is shown for so long has its neighbours read."""


class Ahead(QObject):
    """`ranges` tells the spans of the neighbours, most likely one first."""

    def __init__(
        self,
        backend: Backend,
        tasks: Tasks,
        ranges: Callable[[], tuple[Range, ...]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._ranges = ranges
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self._read)

    def soon(self) -> None:
        """A month was read; another one that comes at once counts instead."""
        self._timer.start()

    @Slot()
    def _read(self) -> None:
        place = self._backend.place()
        if place is None:
            return
        for wanted in self._ranges():
            work = partial(
                self._backend.replica.calendar, place.organization_id, wanted.start, wanted.end
            )
            self._tasks.read(work, _keep_nothing, _keep_nothing)


def _keep_nothing(_: object) -> None:
    """What was read ahead is asked for again when it is wanted."""
