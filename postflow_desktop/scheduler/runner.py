"""Worker threads that carry the publishing engine, woken by the alarm."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto
from queue import SimpleQueue
from threading import Lock

from postflow_desktop.domain.errors import ClusterUnreachable, MachineProblem, PostFlowError
from postflow_desktop.scheduler.alarm import Alarm
from postflow_desktop.services.publishing.engine import PublishingEngine

log = logging.getLogger("postflow_desktop.scheduler")

GIVE_UP_AFTER = 4
"""Rounds in a row without the cluster before `run_until_idle` gives up (about half a minute)."""
SOON = 0.05
"""Seconds; between finding something due and looking again."""


class _Event(Enum):
    WAKE = auto()
    QUIET = auto()
    LOST = auto()
    STOP = auto()


class PublisherRunner:
    """Runs an engine on several threads until told to stop, or until nothing is left to do.

    A slow post holds one worker; whatever becomes due meanwhile goes to the others.
    """

    def __init__(
        self,
        engine: PublishingEngine,
        *,
        workers: int = 8,
        poll_seconds: float = 15.0,
        on_lost: Callable[[], object] = lambda: None,
    ) -> None:
        """`on_lost` is called when the cluster does not answer; it may bring it back."""
        self._engine = engine
        self._on_lost = on_lost
        self._workers = workers
        self._poll = poll_seconds
        self._events: SimpleQueue[_Event] = SimpleQueue()
        self._active = 0
        self._lock = Lock()
        self._stopping = False

    def wake(self) -> None:
        """Look at once, before the next timer: somebody waits for it."""
        self._engine.hurry()
        self._events.put(_Event.WAKE)

    def stop(self) -> None:
        """Ask for the end: what is being sent is finished, nothing new is begun."""
        self._stopping = True
        self._events.put(_Event.STOP)

    def run(self) -> None:
        """Publish what becomes due until `stop`; an unreachable cluster is waited for."""
        self._loop(lambda: False, patience=None)

    def run_until_idle(self) -> None:
        """Publish until nothing is due or under way; ClusterUnreachable if it stays away."""
        self._loop(lambda: self._engine.unfinished() == 0, patience=GIVE_UP_AFTER)

    def _loop(self, finished: Callable[[], bool], patience: int | None) -> None:
        alarm = Alarm(lambda: self._events.put(_Event.WAKE), poll_seconds=self._poll)
        alarm.start()
        self._events.put(_Event.WAKE)
        failures = 0
        try:
            with ThreadPoolExecutor(self._workers, thread_name_prefix="publisher") as pool:
                while not self._stopping:
                    event = self._events.get()
                    try:
                        if event is _Event.LOST or failures:
                            self._on_lost()
                            self._engine.unfinished()
                        if self._react(event, pool, alarm, finished):
                            return
                        failures = 0
                    except (ClusterUnreachable, MachineProblem):
                        failures += 1
                        if patience is not None and failures >= patience:
                            raise
                        log.info("The cluster does not answer; trying again soon.")
                        alarm.set_in(min(self._poll, 2.0**failures))
        finally:
            self._stopping = True
            alarm.stop()
            if not failures:
                self._engine.leave()

    def _react(
        self, event: _Event, pool: ThreadPoolExecutor, alarm: Alarm, finished: Callable[[], bool]
    ) -> bool:
        """Start workers on a wake; when all are quiet, end or set the alarm. True at the end."""
        if event is not _Event.QUIET:
            self._engine.recover()
            self._engine.beat()
            self._start_workers(pool)
            return False
        if self._active or self._stopping:
            return False
        if finished():
            return True
        wake = self._engine.next_wake()
        if wake is not None and wake < self._poll:
            alarm.set_in(max(SOON, wake))
        return False

    def _start_workers(self, pool: ThreadPoolExecutor) -> None:
        with self._lock:
            free = self._workers - self._active
            self._active += free
        for _ in range(free):
            pool.submit(self._work)

    def _work(self) -> None:
        lost = False
        try:
            while not self._stopping and self._engine.work_once():
                pass
        except ClusterUnreachable:
            lost = True
        except PostFlowError as error:
            # One post's trouble is no reason to stop the others; its lease ends and it is taken
            # up again.
            level = logging.INFO if self._stopping else logging.ERROR
            log.log(level, "A post could not be worked on.", extra={"reason": error.message})
        finally:
            with self._lock:
                self._active -= 1
                last = self._active == 0
            if lost or last:
                self._events.put(_Event.LOST if lost else _Event.QUIET)
