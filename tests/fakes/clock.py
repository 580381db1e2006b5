"""A clock that a test holds."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class HeldClock:
    """Clock port: the wall clock stands until `advance`; boot time runs, plus what was advanced.

    `timed` is set as soon as somebody asks for the boot time, that is, starts to wait.
    """

    def __init__(self, start: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)) -> None:
        self._now = start
        self._advanced = 0.0
        self.timed = threading.Event()

    def now(self) -> datetime:
        """The held time."""
        return self._now

    def boottime(self) -> float:
        """Real seconds and those that the test added."""
        self.timed.set()
        return time.monotonic() + self._advanced

    def advance(self, seconds: float) -> None:
        """Let that many seconds pass on both clocks."""
        self._now += timedelta(seconds=seconds)
        self._advanced += seconds
