"""The end of a process, for whoever waits for a network in the middle of a post."""

from __future__ import annotations

import threading


class Halt:
    """Set once; whoever waits ends at once and says so."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """The process ends."""
        self._event.set()

    def wait(self, seconds: float) -> bool:
        """Wait so long; True, and at once, where the process ends."""
        return self._event.wait(seconds)
