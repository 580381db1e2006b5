"""Python's garbage is collected on the main thread, in the moment before the event loop rests.

Left to itself, Python collects wherever an allocation crosses its threshold: in a worker thread, or
in the middle of a call into Qt. A Qt object that dies there takes the program along.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Slot

_YOUNG = 5_000
"""New objects since the last collection that make one worth its time (under a millisecond)."""
_MIDDLE_EVERY = 10
_OLD_EVERY = 200
"""A whole collection walks everything that lives, so it is rare."""


class Collector(QObject):
    """Collects while the thread that made it runs an event loop; `stop` gives it back to Python."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rounds = 0
        self._was_on = gc.isenabled()
        self._running = False

    def start(self) -> None:
        """Take over; what lives now is taken to live on and not looked at again."""
        dispatcher = QAbstractEventDispatcher.instance()
        self._was_on = gc.isenabled()
        self._running = True
        gc.disable()
        gc.freeze()
        dispatcher.aboutToBlock.connect(self._on_rest)

    def stop(self) -> None:
        """Back to Python's own way."""
        if not self._running:
            return
        self._running = False
        dispatcher = QAbstractEventDispatcher.instance()
        if dispatcher is not None:
            dispatcher.aboutToBlock.disconnect(self._on_rest)
        gc.unfreeze()
        if self._was_on:
            gc.enable()

    @Slot()
    def _on_rest(self) -> None:
        if gc.get_count()[0] < _YOUNG:
            return
        self._rounds += 1
        if self._rounds % _OLD_EVERY == 0:
            gc.collect(2)
        else:
            gc.collect(1 if self._rounds % _MIDDLE_EVERY == 0 else 0)
