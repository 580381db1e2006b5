"""Digest: what differs between cluster and replica, told by (id, rev) alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Event

from postflow_desktop.replica.sync.bootstrap import batches, store
from postflow_desktop.replica.sync.writer import CacheWriter
from postflow_desktop.services.ports.feed import ClusterFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a digest found."""

    fetch: list[str]
    """Not held, or held with another rev."""
    delete: list[str]
    """Held, and not in the cluster any more."""

    @property
    def ids(self) -> frozenset[str]:
        """All of them."""
        return frozenset((*self.fetch, *self.delete))


def compare(held: dict[str, int], digest: Iterable[tuple[str, int]]) -> Difference:
    """A lower rev differs too: the cluster may have been restored from a backup."""
    missing = dict(held)
    fetch = [key for key, rev in digest if missing.pop(key, None) != rev]
    return Difference(fetch=fetch, delete=list(missing))


def resync(feed: ClusterFeed, cache: CacheWriter, collection: str, stop: Event) -> Difference:
    """Make the replica's collection equal to the cluster's; ClusterUnreachable.

    A stream that goes on from before this digest brings what changed meanwhile.
    """
    found = compare(cache.digest(collection), feed.digest(collection))
    for ids in batches(found.fetch):
        if stop.is_set():
            return found
        store(cache, collection, list(feed.fetch(collection, ids)), force=True)
    for ids in batches(found.delete):
        with cache.transaction():
            cache.apply.delete(collection, ids)
    return found
