"""Waiting for something to become true, with an end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def wait_for(done: Callable[[], bool], *, seconds: float = 30.0, what: str = "it") -> None:
    """Return as soon as `done` holds; AssertionError after so many seconds."""
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        pause.wait(0.05)
