"""Bootstrap: everything of a collection that the replica has nothing of yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from threading import Event
from typing import TypeVar

from postflow_desktop.replica.sync.writer import CacheWriter
from postflow_desktop.services.ports.feed import ClusterFeed, PlainDocument

BATCH = 2000
"""Documents in one transaction: a screen that reads meanwhile waits for none of it (WAL)."""

T = TypeVar("T")


def bootstrap(
    feed: ClusterFeed, cache: CacheWriter, collection: str, stop: Event, tell: Callable[[], None]
) -> None:
    """Read a collection whole, batch by batch; ClusterUnreachable.

    Interrupted, what came so far stays, and a digest finds the rest.
    """
    for batch in batches(feed.documents(collection)):
        if stop.is_set():
            return
        store(cache, collection, batch)
        tell()


def store(
    cache: CacheWriter, collection: str, batch: list[PlainDocument], *, force: bool = False
) -> None:
    """One batch, one transaction."""
    with cache.transaction():
        cache.apply.put(collection, batch, force=force)


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in lists of at most that size."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
