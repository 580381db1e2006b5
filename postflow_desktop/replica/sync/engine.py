"""The synchronisation of one workspace, on its own thread: the window never waits for it."""

from __future__ import annotations

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Condition, Event, Thread

from postflow_desktop.domain.errors import ClusterUnreachable, PostFlowError
from postflow_desktop.replica.files import is_damage, unwritable
from postflow_desktop.replica.sync.bootstrap import bootstrap
from postflow_desktop.replica.sync.digest import resync
from postflow_desktop.replica.sync.pauses import Pauses
from postflow_desktop.replica.sync.sanity import SanityCheck
from postflow_desktop.replica.sync.stream import Stream
from postflow_desktop.replica.sync.writer import CacheWriter
from postflow_desktop.services.clockwatch import clock_slip
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.feed import COLLECTIONS, ClusterFeed, FeedEvent, TokenLost
from postflow_desktop.services.ports.replica import Change, Link, SyncState

log = logging.getLogger(__name__)

MAX_IDS = 500
"""More ids than this are told as "read again"."""
CLOCK_SECONDS = 300.0
"""How often this machine's clock is compared with the cluster's."""
_SLIP_STEP = timedelta(seconds=5)
"""Smaller changes of the difference are nobody's matter."""
_TELL_SECONDS = 0.25
"""While everything is read for the first time, screens are told this often."""


class ReplicaSync:
    """Keeps `cache.db` equal to the cluster while it runs.

    `feed_factory` is called for every connection and may raise ClusterUnreachable; `on_change` and
    `on_state` are called on the synchronisation's thread and must not block.
    """

    def __init__(
        self,
        feed_factory: Callable[[], ClusterFeed],
        path: Path,
        clock: Clock,
        *,
        on_change: Callable[[Change], None],
        on_state: Callable[[SyncState], None],
    ) -> None:
        self._feed_factory = feed_factory
        self._path = path
        self._clock = clock
        self._on_change = on_change
        self._on_state = on_state
        self._state = SyncState(link=Link.STARTING, since=clock.now())
        self._compared: float | None = None
        self._changed_state = Condition()
        self._stop = Event()
        self._wake = Event()
        self._halt = Event()
        self._pauses = Pauses()
        self._sanity = SanityCheck(clock)
        self._cache: CacheWriter | None = None
        self._losses = 0
        self._thread = Thread(target=self._run, name="replica-sync", daemon=True)

    @property
    def state(self) -> SyncState:
        """How the replica stands to the cluster now."""
        return self._state

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, *, wait: bool = True) -> None:
        """End, and wait until the file is closed; twice is fine."""
        self._stop.set()
        self._halt.set()
        self._wake.set()
        if wait and self._thread.ident is not None:
            self._thread.join()

    def nudge(self) -> None:
        """Try again now (the computer woke up, the network is back, a person asked)."""
        self._wake.set()

    def wait_live(self, timeout: float) -> bool:
        """Wait until replica and cluster are equal; whether they are, after at most `timeout` s."""
        with self._changed_state:
            return self._changed_state.wait_for(
                lambda: self._state.link is Link.LIVE, timeout=timeout
            )

    # --- the protocol -------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._halt = Event()
                self._attempt()
        finally:
            self._close_cache()
            if not self._stop.is_set():
                self._tell_state(Link.OFFLINE, "The synchronisation ended by a bug of PostFlow.")

    def _attempt(self) -> None:
        """One connection, from opening to its end, and the pause after it."""
        try:
            self._synchronise(self._opened(), self._feed_factory())
        except TokenLost:
            self._lost_stream()
        except PostFlowError as error:
            if self._stop.is_set():
                return
            if not isinstance(error, ClusterUnreachable):
                log.warning("The replica can't follow the cluster (%s).", error.code)
            self._pause(error)
        except sqlite3.DatabaseError as error:
            self._cache_failed(error)

    def _synchronise(self, cache: CacheWriter, feed: ClusterFeed) -> None:
        """Catch up, then follow: what happens while catching up comes after the token."""
        cache.belongs_to(feed.fingerprint())
        token = cache.token()
        if token is None:
            token = self._catch_up(cache, feed)
        self._follow(cache, feed, token)

    def _catch_up(self, cache: CacheWriter, feed: ClusterFeed) -> str:
        """Token first, then all that differs; the token is kept when everything has come."""
        self._tell_state(Link.SYNCING)
        token = feed.token()
        for collection in COLLECTIONS:
            if self._stop.is_set():
                return token
            if cache.is_empty(collection):
                bootstrap(feed, cache, collection, self._stop, self._teller(collection))
                self._tell(collection, ())
            else:
                found = resync(feed, cache, collection, self._stop)
                if found.ids:
                    self._tell(collection, found.ids)
        if not self._stop.is_set():
            with cache.transaction():
                cache.keep_token(token)
        return token

    def _follow(self, cache: CacheWriter, feed: ClusterFeed, token: str) -> None:
        """Apply the stream until it ends."""
        if self._state.link is not Link.SYNCING:
            self._tell_state(Link.SYNCING)
        with Stream(feed, token, self._halt) as batches:
            for batch in batches:
                if self._stop.is_set() or cache.file.moved():
                    break
                if batch:
                    self._apply(cache, batch)
                else:
                    self._compare_clocks(feed)
                    self._is_live()
                    self._check_sanity(cache, feed)
        if cache.file.moved():
            self._start_over()

    def _apply(self, cache: CacheWriter, batch: list[FeedEvent]) -> None:
        """Documents and the token behind them in one transaction."""
        changed: dict[str, set[str]] = {}
        with cache.transaction():
            for collection, events in _by_collection(batch).items():
                documents = [e.document for e in events if e.document is not None]
                deleted = {e.id for e in events if e.document is None}
                changed[collection] = cache.apply.put(collection, documents)
                changed[collection] |= cache.apply.delete(collection, deleted)
            cache.keep_token(batch[-1].token)
        for collection, ids in changed.items():
            if ids:
                self._tell(collection, ids)

    # --- what can go wrong --------------------------------------------------------------------

    def _lost_stream(self) -> None:
        """Digests come next; a stream that is lost again and again is waited for."""
        self._losses += 1
        log.info("The stream of changes can't be resumed; digests are compared.")
        if self._cache is not None:
            self._cache.forget_token()
        if self._losses > 1:
            self._wait(self._pauses.next())

    def _pause(self, error: PostFlowError) -> None:
        self._tell_state(Link.OFFLINE, error.message)
        self._wait(self._pauses.next())

    def _cache_failed(self, error: sqlite3.DatabaseError) -> None:
        if is_damage(error):
            try:
                if self._cache is not None:
                    self._cache.file.discard(error)
            except PostFlowError as problem:
                self._cache = None
                self._pause(problem)
                return
            self._start_over()
        else:
            self._close_cache()
            self._pause(unwritable(self._path, error))

    def _start_over(self) -> None:
        """There is a new, empty file; screens read it, and see it fill."""
        self._close_cache()
        for collection in COLLECTIONS:
            self._tell(collection, ())

    def _check_sanity(self, cache: CacheWriter, feed: ClusterFeed) -> None:
        if self._sanity.due():
            for collection, mended in self._sanity.run(feed, cache, self._stop).items():
                if mended.ids:
                    self._tell(collection, mended.ids)

    def _compare_clocks(self, feed: ClusterFeed) -> None:
        now = self._clock.boottime()
        if self._compared is not None and now - self._compared < CLOCK_SECONDS:
            return
        self._compared = now
        slip = clock_slip(feed.now, self._clock)
        if abs(slip - self._state.clock_slip) > _SLIP_STEP:
            self._keep_state(replace(self._state, clock_slip=slip))

    # --- small steps --------------------------------------------------------------------------

    def _opened(self) -> CacheWriter:
        if self._cache is None or self._cache.file.moved():
            self._close_cache()
            self._cache = CacheWriter(self._path)
        return self._cache

    def _close_cache(self) -> None:
        if self._cache is not None:
            self._cache.close()
            self._cache = None

    def _wait(self, seconds: float) -> None:
        self._wake.wait(seconds)
        if not self._stop.is_set():
            self._wake.clear()

    def _is_live(self) -> None:
        self._pauses.reset()
        self._losses = 0
        if self._state.link is not Link.LIVE:
            self._tell_state(Link.LIVE)

    def _tell_state(self, link: Link, message: str = "") -> None:
        if link is self._state.link and message == self._state.message:
            return
        since = self._state.since if link is self._state.link else self._clock.now()
        self._keep_state(replace(self._state, link=link, since=since, message=message))

    def _keep_state(self, state: SyncState) -> None:
        with self._changed_state:
            self._state = state
            self._changed_state.notify_all()
        self._on_state(state)

    def _teller(self, collection: str) -> Callable[[], None]:
        """Tells that a collection fills, now and then."""
        last = self._clock.boottime()

        def tell() -> None:
            nonlocal last
            if self._clock.boottime() - last >= _TELL_SECONDS:
                last = self._clock.boottime()
                self._tell(collection, ())

        return tell

    def _tell(self, collection: str, ids: Iterable[str]) -> None:
        known = frozenset(ids)
        self._on_change(
            Change(noun=collection, ids=known if len(known) <= MAX_IDS else frozenset())
        )


def _by_collection(batch: list[FeedEvent]) -> dict[str, list[FeedEvent]]:
    found: dict[str, list[FeedEvent]] = defaultdict(list)
    for event in batch:
        found[event.collection].append(event)
    return found
