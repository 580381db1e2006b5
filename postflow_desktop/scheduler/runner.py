"""Worker threads that carry the publishing engine, woken by the alarm."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from enum import Enum, auto
from queue import Empty, SimpleQueue
from threading import Lock
from time import monotonic

from postflow_desktop.domain.errors import Bug, ClusterUnreachable, MachineProblem, PostFlowError
from postflow_desktop.scheduler.alarm import Alarm
from postflow_desktop.scheduler.bugs import report
from postflow_desktop.services.publishing.engine import PublishingEngine

log = logging.getLogger("postflow_desktop.scheduler")

GIVE_UP_AFTER = 4
"""Rounds in a row without the cluster before `run_until_idle` gives up (about half a minute)."""
CLOCK_SET_SECONDS = 2.0
"""A wall clock that goes more than this astray between two looks was set."""
SOON = 0.05
"""Seconds; between finding something due and looking again."""


PROBE_SECONDS = 0.25
"""So long one worker looks alone when nothing was expected: if it finds nothing, nobody else asks.
"""


class _Event(Enum):
    WAKE = auto()
    POLL = auto()
    FOUND = auto()
    QUIET = auto()
    LOST = auto()
    STOP = auto()


class PublisherRunner:
    """Runs an engine on several threads until told to stop, or until nothing is left to do.

    A slow post holds one worker; whatever becomes due meanwhile goes to the others. An error that
    nobody foresaw is reported, and the rest goes on.
    """

    def __init__(
        self,
        engine: PublishingEngine,
        *,
        workers: int = 8,
        poll_seconds: float = 15.0,
        on_lost: Callable[[], object] = lambda: None,
        on_bug: Callable[[Exception], object] = lambda _: None,
        on_clock_set: Callable[[], object] = lambda: None,
    ) -> None:
        """`on_lost` is called when the cluster does not answer; it may bring it back.

        `on_bug` gets an error of our own, on any thread. `on_clock_set` is called when this
        machine's clock was set, or it slept: timers that go by the clock are wrong then.
        """
        self._engine = engine
        self._on_lost = on_lost
        self._on_bug = on_bug
        self._on_clock_set = on_clock_set
        self._clock_offset = _clock_offset()
        self._workers = workers
        self._poll = poll_seconds
        self._events: SimpleQueue[_Event] = SimpleQueue()
        self._active = 0
        self._met_bug = False
        self._probing = False
        self._lock = Lock()
        self._stopping = False

    def wake(self) -> None:
        """Look at once, before the next timer: somebody waits for it."""
        self._engine.hurry()
        self._events.put(_Event.WAKE)

    def stop(self) -> None:
        """Ask for the end: what is being sent is finished, nothing new is begun."""
        self._stopping = True
        self._engine.halt()
        self._events.put(_Event.STOP)

    def run(self) -> None:
        """Publish what becomes due until `stop`; an unreachable cluster is waited for."""
        self._loop(lambda: False, patience=None)

    def run_until_idle(self) -> None:
        """Publish until nothing is due or under way; ClusterUnreachable if it stays away."""
        self._loop(lambda: self._engine.unfinished() == 0, patience=GIVE_UP_AFTER)

    def _loop(self, finished: Callable[[], bool], patience: int | None) -> None:
        alarm = Alarm(lambda: self._events.put(_Event.WAKE))
        alarm.start()
        self._events.put(_Event.WAKE)
        failures = 0
        try:
            with ThreadPoolExecutor(self._workers, thread_name_prefix="publisher") as pool:
                while not self._stopping:
                    event = self._next_event()
                    self._notice_clock()
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

    def _next_event(self) -> _Event:
        """What happened; a look after a poll without anything, whatever the wall clock says."""
        probing, self._probing = self._probing, False
        try:
            return self._events.get(timeout=PROBE_SECONDS if probing else self._poll)
        except Empty:
            return _Event.FOUND if probing else _Event.POLL

    def _notice_clock(self) -> None:
        """Tell that the clock was set. A look sets the alarm anew by itself."""
        offset = _clock_offset()
        if abs(offset - self._clock_offset) > CLOCK_SET_SECONDS:
            log.info("This machine's clock was set, or it slept.", extra={"action": "clock_set"})
            self._on_clock_set()
        # A clock that merely drifts is followed.
        self._clock_offset = offset

    def _react(
        self, event: _Event, pool: ThreadPoolExecutor, alarm: Alarm, finished: Callable[[], bool]
    ) -> bool:
        """Start workers on a wake; when all are quiet, end or set the alarm. True at the end."""
        if event is _Event.FOUND:
            self._start_workers(pool, self._workers)
            return False
        if event is not _Event.QUIET:
            self._met_bug = False
            self._guarded(self._engine.recover)
            self._guarded(self._engine.beat)
            self._probing = event is _Event.POLL and not self._active
            self._start_workers(pool, 1 if self._probing else self._workers)
            return False
        if self._active or self._stopping:
            return False
        if finished():
            return True
        wake = self._engine.next_wake()
        # After a bug the poll is soon enough: what is due might lead to the same one at once.
        if wake is not None and wake < self._poll and not self._met_bug:
            alarm.set_in(max(SOON, wake))
        return False

    def _start_workers(self, pool: ThreadPoolExecutor, wanted: int) -> None:
        """Until so many are at it."""
        with self._lock:
            free = max(0, wanted - self._active)
            self._active += free
        for _ in range(free):
            pool.submit(self._work)

    def _work(self) -> None:
        lost = False
        try:
            while not self._stopping and self._guarded(self._engine.work_once):
                pass
        except ClusterUnreachable:
            lost = True
        except Bug as error:
            self._report(error)
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

    def _guarded(self, step: Callable[[], object]) -> object:
        """What the step returns; None where it met a bug, which is reported and stops nobody."""
        try:
            return step()
        except PostFlowError:
            raise
        except Exception as error:  # noqa: BLE001 - a future would swallow it, and nobody knew
            self._report(error)
        return None

    def _report(self, error: Exception) -> None:
        self._met_bug = True
        report(error, self._on_bug)


def _clock_offset() -> float:
    """Seconds between the wall clock and one that nobody can set."""
    return datetime.now(UTC).timestamp() - monotonic()
