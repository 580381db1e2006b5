"""Background work of the window; answers come home to the main thread through one queued signal.

One thread reads the replica (SQLite wants one thread per connection), a small pool runs what asks
the cluster or a network. Called on the main thread only.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from postflow_desktop.domain.errors import Bug, PostFlowError

_log = logging.getLogger(__name__)
_POOL_SIZE = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """Who wants an answer, and whether it is still wanted."""

    done: Callable[[Any], object]
    failed: Callable[[PostFlowError], object] | None
    key: str | None
    number: int


class Tasks(QObject):
    """Runs work off the main thread; `immediate` runs it at once in the caller's (for tests)."""

    problem = Signal(object)
    """A PostFlowError of work that was given no `failed`."""
    crashed = Signal(object)
    """An exception that nobody expected: a bug of ours, to be reported."""
    _arrived = Signal(object, object, object)
    """Request, result, error."""

    def __init__(self, parent: QObject | None = None, *, immediate: bool = False) -> None:
        super().__init__(parent)
        self._immediate = immediate
        self._closed = False
        self._numbers = itertools.count(1)
        self._newest: dict[str, int] = {}
        self._replica: ThreadPoolExecutor | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def read(
        self,
        work: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[PostFlowError], object] | None = None,
        *,
        key: str | None = None,
    ) -> None:
        """Run on the replica's thread; with a key, only the newest request of it is answered."""
        if self._replica is None and not self._immediate:
            self._replica = ThreadPoolExecutor(1, thread_name_prefix="replica")
        self._start(self._replica, work, self._request(done, failed, key))

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[PostFlowError], object] | None = None,
        *,
        key: str | None = None,
    ) -> None:
        """Run on the pool; with a key, only the newest request of it is answered."""
        if self._pool is None and not self._immediate:
            self._pool = ThreadPoolExecutor(_POOL_SIZE, thread_name_prefix="window")
        self._start(self._pool, work, self._request(done, failed, key))

    def shutdown(self) -> None:
        """Drop what waits, let what runs end, and deliver nothing any more."""
        self._closed = True
        for executor in (self._replica, self._pool):
            if executor is not None:
                executor.shutdown(wait=True, cancel_futures=True)

    def _request(
        self,
        done: Callable[[Any], object],
        failed: Callable[[PostFlowError], object] | None,
        key: str | None,
    ) -> _Request:
        number = next(self._numbers)
        if key is not None:
            self._newest[key] = number
        return _Request(done=done, failed=failed, key=key, number=number)

    def _start(
        self, executor: ThreadPoolExecutor | None, work: Callable[[], T], request: _Request
    ) -> None:
        if self._closed:
            return
        if executor is None:
            self._run_here(work, request)
            return

        def collect(future: Future[T]) -> None:
            # Runs on the worker; the signal carries the answer to the main thread.
            if future.cancelled() or self._closed:
                return
            error = future.exception()
            self._arrived.emit(request, None if error else future.result(), error)

        executor.submit(work).add_done_callback(collect)

    def _run_here(self, work: Callable[[], T], request: _Request) -> None:
        try:
            result = work()
        except PostFlowError as error:
            self._deliver(request, None, error)
            return
        self._deliver(request, result, None)

    @Slot(object, object, object)
    def _deliver(self, request: _Request, result: object, error: BaseException | None) -> None:
        if self._closed or self._is_stale(request):
            return
        if error is not None:
            self._report(request, error)
        elif _is_alive(request.done):
            request.done(result)

    def _is_stale(self, request: _Request) -> bool:
        return request.key is not None and request.number < self._newest[request.key]

    def _report(self, request: _Request, error: BaseException) -> None:
        if not isinstance(error, PostFlowError):
            _log.error("Background work broke", exc_info=error)
            self.crashed.emit(error)
            error = Bug(
                "PostFlow met a bug of its own. What you had typed is kept.",
                fix="Try again; if it happens again, tell us.",
            )
        if request.failed is None:
            self.problem.emit(error)
        elif _is_alive(request.failed):
            request.failed(error)


def _is_alive(callback: Callable[..., object]) -> bool:
    """False for a method of a QObject that Qt has deleted meanwhile."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)
