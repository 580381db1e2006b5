"""Work that comes again and again beside publishing: notices, mail, looking ahead.

It runs in whichever process publishes, on a thread of its own; each piece is safe to be done by
several machines, so that it needs no leader.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Self

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.scheduler.bugs import report

log = logging.getLogger("postflow_desktop.scheduler")


_AT_ONCE = 3
"""A mail server that keeps one job waiting does not keep the others waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work; `run` may raise PostFlowError, then it is done again at its next time."""

    name: str
    seconds: float
    """From one time to the next."""
    run: Callable[[], object]


class RecurringWork:
    """Does jobs again and again between `start` and `stop`; also a context manager."""

    def __init__(
        self, jobs: Sequence[Job], *, on_bug: Callable[[Exception], object] = lambda _: None
    ) -> None:
        """`on_bug` gets an error of our own, on a thread of this work; the others go on."""
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        self._jobs = tuple(jobs)
        self._on_bug = on_bug
        self._troubles: dict[str, str] = {}
        self._stopping = False
        self._running = {job.name: Lock() for job in self._jobs}
        self._scheduler: Any = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(_AT_ONCE)}
        )

    def start(self) -> None:
        """Begin; each job's first time is at once, one after the other."""
        now = datetime.now(UTC)
        for place, job in enumerate(self._jobs):
            self._scheduler.add_job(
                self._do,
                "interval",
                args=[job],
                seconds=job.seconds,
                id=job.name,
                next_run_time=now + timedelta(milliseconds=place),
                coalesce=True,
                max_instances=_AT_ONCE,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    def soon(self, name: str) -> None:
        """Do that job now instead of at its next time: a person changed something it looks at."""
        from apscheduler.jobstores.base import JobLookupError

        with suppress(JobLookupError):
            self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))

    def stop(self) -> None:
        """End; returns when nothing of it runs any more."""
        self._stopping = True
        self._scheduler.shutdown(wait=True)

    def again(self) -> None:
        """Do everything now: the machine's clock was set, and the times of the jobs went by it."""
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))

    def once(self) -> None:
        """Do every job one time, here and now, without starting."""
        for job in self._jobs:
            self._do(job)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _do(self, job: Job) -> None:
        """Do it, unless it is being done (APScheduler would log a warning each time)."""
        running = self._running[job.name]
        if self._stopping or not running.acquire(blocking=False):
            return
        try:
            self._run(job)
        finally:
            running.release()

    def _run(self, job: Job) -> None:
        try:
            job.run()
        except PostFlowError as error:
            # Told once: an hour without the cluster must not fill the log.
            if self._troubles.get(job.name) != error.message and not self._stopping:
                extra = {"job": job.name, "reason": error.message}
                log.info("A piece of recurring work has to wait.", extra=extra)
            self._troubles[job.name] = error.message
        except Exception as error:  # noqa: BLE001 - the scheduler would only log it
            report(error, self._on_bug)
        else:
            self._troubles.pop(job.name, None)
