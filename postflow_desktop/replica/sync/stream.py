"""Stream: changes from the cluster in batches that grow only while others are being stored."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.services.ports.feed import ClusterFeed, FeedEvent, TokenLost

BATCH = 500
"""Events in one transaction."""
_PUT_SECONDS = 0.1

_Item = FeedEvent | PostFlowError | TokenLost | None


class _End:
    """The last thing in the queue."""


class Stream:
    """Reads the feed on a thread of its own, so that a batch is all that has come so far.

    A lone event is never held back: it makes a batch of one at once.
    """

    def __init__(self, feed: ClusterFeed, token: str, stop: Event) -> None:
        self._feed = feed
        self._token = token
        self._stop = stop
        self._closed = Event()
        self._queue: Queue[_Item | _End] = Queue(maxsize=4 * BATCH)
        self._thread = Thread(target=self._read, name="replica-stream", daemon=True)

    def __enter__(self) -> Iterator[list[FeedEvent]]:
        self._thread.start()
        return self._batches()

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._stop.set()
        self._thread.join()

    def _batches(self) -> Iterator[list[FeedEvent]]:
        """Batches in order; an empty one when all that there was has come.

        ClusterUnreachable, TokenLost, after everything that came before them.
        """
        while True:
            batch: list[FeedEvent] = []
            item = self._queue.get()
            while isinstance(item, FeedEvent):
                batch.append(item)
                item = self._at_once() if len(batch) < BATCH else None
            if batch or item is None:
                yield batch
            if isinstance(item, Exception):
                raise item
            if isinstance(item, _End):
                return

    def _at_once(self) -> _Item | _End:
        try:
            return self._queue.get_nowait()
        except Empty:
            return None

    def _read(self) -> None:
        try:
            for event in self._feed.watch(self._token, self._stop):
                self._put(event)
        except (PostFlowError, TokenLost) as error:
            self._put(error)
        finally:
            self._put(_End())

    def _put(self, item: _Item | _End) -> None:
        while not self._closed.is_set():
            try:
                self._queue.put(item, timeout=_PUT_SECONDS)
            except Full:
                continue
            return
