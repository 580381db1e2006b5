"""The alarm clock: wakes the publisher on the second at which something becomes due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

_DUE = "due"


class Alarm:
    """APScheduler with a memory job store; the truth about what is due lies in the cluster.

    It goes by the wall clock: set back by an hour, it would ring an hour late. So whoever waits
    for it also looks once in a while by a clock that nobody can set.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        self._ring = ring
        self._scheduler: Any = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(1)}
        )

    def start(self) -> None:
        """Start ringing."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop; returns when no timer runs any more."""
        # A scheduler that is told to end while it rings stumbles over its own job.
        self._scheduler.remove_all_jobs()
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
