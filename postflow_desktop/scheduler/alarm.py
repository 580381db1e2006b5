"""The alarm clock: wakes the publisher when something is due, and every poll in any case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

_DUE = "due"
_POLL = "poll"


class Alarm:
    """APScheduler with a memory job store; the truth about what is due lies in the cluster."""

    def __init__(self, ring: Callable[[], None], *, poll_seconds: float) -> None:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        self._ring = ring
        self._scheduler: Any = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(1)}
        )
        self._scheduler.add_job(
            ring, "interval", seconds=poll_seconds, id=_POLL, coalesce=True, misfire_grace_time=None
        )

    def start(self) -> None:
        """Start ringing."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop; returns when no timer runs any more."""
        self._scheduler.shutdown(wait=True)

    def set_in(self, seconds: float) -> None:
        """Ring once after so many seconds; replaces the ring that was set before."""
        self._scheduler.add_job(
            self._ring,
            "date",
            run_date=datetime.now(UTC) + timedelta(seconds=seconds),
            id=_DUE,
            replace_existing=True,
            misfire_grace_time=None,
        )
