"""Logs what keeps the main thread from answering for more than 50 ms, with its stack.

A thread looks at the main thread's top frame every 25 ms while the event loop turns. When nothing
has turned for two seconds it sleeps without a timer, so that an idle window causes no wake-ups;
the first turn wakes it. Work inside Qt that no Python code asked for is not seen.
"""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
import traceback

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Slot

_log = logging.getLogger(__name__)
_LIMIT = 0.05
"""Seconds the main thread may work in one go."""
_LOOK = 0.025
"""Seconds between two looks."""
_REST = 2.0
"""Seconds without a turn of the loop until the thread sleeps."""


class Watchdog(QObject):
    """Watches the thread that made it; `stop` ends it."""

    def __init__(
        self, parent: QObject | None = None, *, limit: float = _LIMIT, rest: float = _REST
    ) -> None:
        super().__init__(parent)
        self._limit = limit
        self._looks_until_rest = max(1, round(rest / _LOOK))
        self._turn = 0
        self._waiting_frame = 0
        self._asleep = False
        self._ended = False
        self._wake = threading.Event()
        self._watched = threading.get_ident()
        self._thread = threading.Thread(target=self._look_on, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch; needs an event loop in this thread."""
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.connect(self._on_turn)
        dispatcher.aboutToBlock.connect(self._on_wait)
        self._thread.start()

    def stop(self) -> None:
        """End to watch and join the thread."""
        dispatcher = QAbstractEventDispatcher.instance()
        if dispatcher is not None:
            # A Qt object collected inside of `disconnect` would wait for its lock for ever.
            collects = gc.isenabled()
            gc.disable()
            dispatcher.awake.disconnect(self._on_turn)
            dispatcher.aboutToBlock.disconnect(self._on_wait)
            if collects:
                gc.enable()
        self._ended = True
        self._wake.set()
        self._thread.join()

    def is_running(self) -> bool:
        """Whether the thread is there."""
        return self._thread.is_alive()

    def is_asleep(self) -> bool:
        """Whether it waits without a timer, because nothing goes on."""
        return self._asleep

    @Slot()
    def _on_turn(self) -> None:
        self._turn += 1
        if self._asleep:
            self._wake.set()

    @Slot()
    def _on_wait(self) -> None:
        # Called by the loop itself: the frame below is the one that waits in `exec`.
        self._waiting_frame = id(sys._getframe(1))  # noqa: SLF001 - the documented way
        self._on_turn()

    def _look_on(self) -> None:
        idle = 0
        turn, since, told = -1, time.monotonic(), False
        while not self._ended:
            self._asleep = idle >= self._looks_until_rest
            if self._wake.wait(None if self._asleep else _LOOK):
                self._wake.clear()
                idle = 0
            now = time.monotonic()
            frame = sys._current_frames().get(self._watched)  # noqa: SLF001 - the documented way
            waits = frame is None or id(frame) == self._waiting_frame
            if turn != self._turn or waits:
                idle = idle + 1 if turn == self._turn else 0
                turn, since, told = self._turn, now, False
            elif now - since > self._limit and not told:
                told = True
                took = round((now - since) * 1000)
                stack = "".join(traceback.format_stack(frame, limit=12))
                _log.warning("The window has not answered for %d ms, at:\n%s", took, stack)
            del frame
