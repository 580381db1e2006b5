"""Waiting in the window's own event loop, so that everything goes on while the tour looks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QTimer

from postflow_desktop.tour.steps import NotObserved

PATIENCE_SECONDS = 45.0
"""Far more than anything takes; only what is broken waits so long."""
_LOOK_MS = 25

T = TypeVar("T")


def turn(milliseconds: int = _LOOK_MS) -> None:
    """Let the event loop run for a while; other threads run meanwhile, as in the window."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(
    look: Callable[[], T | None],
    what: str | Callable[[], str],
    *,
    seconds: float = PATIENCE_SECONDS,
) -> T:
    """What `look` sees as soon as that counts as true; NotObserved with `what` in vain."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > deadline:
            reason = what if isinstance(what, str) else what()
            raise NotObserved(f"Within {seconds:.0f} s {reason}.")
        turn()
    return seen
