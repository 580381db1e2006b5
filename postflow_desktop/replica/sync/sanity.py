"""Sanity: now and then, whether replica and cluster count the same."""

from __future__ import annotations

import logging
from threading import Event

from postflow_desktop.replica.sync.digest import Difference, resync
from postflow_desktop.replica.sync.writer import CacheWriter
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.feed import COLLECTIONS, ClusterFeed

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0


class SanityCheck:
    """Compares count and sum of revs once an hour; a digest mends what differs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = clock.boottime()
        self._differed: set[str] = set()

    def due(self) -> bool:
        """Whether an hour has passed."""
        return self._clock.boottime() - self._last >= EVERY_SECONDS

    def run(self, feed: ClusterFeed, cache: CacheWriter, stop: Event) -> dict[str, Difference]:
        """What was mended, by collection; ClusterUnreachable.

        A change that is on its way makes a difference too, so only the second hour in a row with
        one is worth a warning.
        """
        self._last = self._clock.boottime()
        mended: dict[str, Difference] = {}
        for collection in COLLECTIONS:
            if cache.sums(collection) != feed.sums(collection):
                mended[collection] = resync(feed, cache, collection, stop)
        again = self._differed & set(mended)
        if again:
            log.warning(
                "The local copy differed from the cluster twice in a row; it was mended.",
                extra={"collections": sorted(again)},
            )
        self._differed = set(mended)
        return mended
