"""Errors of our own on threads of our own: told, where a future or a timer would swallow them."""

from __future__ import annotations

import logging
from collections.abc import Callable

from postflow_desktop.domain.errors import PostFlowError

log = logging.getLogger("postflow_desktop.scheduler")


def report(error: Exception, on_bug: Callable[[Exception], object]) -> None:
    """Log the error with its stack, and have a report of it kept; never raises PostFlowError."""
    log.error(
        "PostFlow met a bug of its own while publishing; it goes on.",
        exc_info=error,
        extra={"action": "bug", "kind": type(error).__name__},
    )
    try:
        on_bug(error)
    except PostFlowError as problem:
        log.error("No report of it could be written.", extra={"reason": problem.message})
