"""What the cluster tells the replica: documents, digests, and changes as they happen.

Documents are plain: ids are text, times are aware datetimes, sealed tokens are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Any, Protocol

COLLECTIONS = (
    "organizations",
    "memberships",
    "users",
    "socialAccounts",
    "posts",
    "schedules",
    "publishAttempts",
    "notifications",
    "analytics",
)
"""What the replica holds, in the order in which it is read at first."""

PlainDocument = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """One change; `document` is None where it was deleted."""

    collection: str
    id: str
    document: PlainDocument | None
    token: str
    """Where to go on after this event; opaque."""


class TokenLost(Exception):
    """The stream can't be resumed from that token; compare digests and start anew."""


class ClusterFeed(Protocol):
    """One workspace's cluster, read-only. Methods raise ClusterUnreachable."""

    def fingerprint(self) -> str:
        """Tells this workspace's cluster from every other; the same for as long as it lives."""
        ...

    def now(self) -> datetime:
        """The cluster's clock."""
        ...

    def token(self) -> str:
        """A place in the stream that is now."""
        ...

    def documents(self, collection: str) -> Iterator[PlainDocument]:
        """Every document of a collection in the replica's window, in batches underneath."""
        ...

    def digest(self, collection: str) -> Iterator[tuple[str, int]]:
        """(id, rev) of every document in the window, by a covered query."""
        ...

    def sums(self, collection: str) -> tuple[int, int]:
        """How many documents a collection has in the window, and the sum of their revs."""
        ...

    def fetch(self, collection: str, ids: list[str]) -> Iterator[PlainDocument]:
        """The documents with these ids."""
        ...

    def watch(self, token: str, stop: Event) -> Iterator[FeedEvent | None]:
        """Changes after the token, until `stop`; None when nothing came for a second.

        TokenLost for every error that is not the network's.
        """
        ...
