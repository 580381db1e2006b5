"""What can be found out about a workspace's database: its indexes, its documents, its shards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

Progress = Callable[[str], None]
"""Gets a sentence about work that takes long."""


class IndexState(StrEnum):
    """How an index of the server stands to what PostFlow asks for."""

    OK = "ok"
    MISSING = "missing"
    EXTRA = "extra"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """One index, wanted or found."""

    collection: str
    name: str
    keys: tuple[tuple[str, object], ...]
    state: IndexState
    options: tuple[str, ...] = ()
    """`unique`, `sparse`, `partial`, `expires`."""
    uses: int | None = None
    """How often queries used it on the server that was asked; None where it doesn't tell."""
    since: datetime | None = None
    """Since when these were counted: the start of that server, or the making of the index."""

    @property
    def is_unused(self) -> bool:
        """Never used since; `_id_` is not ours to judge."""
        return self.uses == 0 and self.name != "_id_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong with a document; no content of it."""

    collection: str
    id: str
    kind: str
    """`refused` by the validator, `broken` by a rule, `orphan`, `foreign` (of others), `gone`."""
    path: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionReport:
    """What was found in one collection."""

    name: str
    documents: int
    recent: int | None
    """Made in the last 30 days, by the time in `_id`; None where ids tell no time."""
    refused: int = 0
    broken: int = 0
    orphans: int = 0
    foreign: int = 0
    gone: int = 0
    """References that outlived what they led to, as they may."""
    findings: tuple[Finding, ...] = ()
    """The first ones."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing has to be done about it."""
        return not (self.refused or self.broken or self.orphans or self.foreign)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexChange:
    """An index that is made, with its keys and options as `createIndex` takes them."""

    name: str
    keys: tuple[tuple[str, object], ...]
    options: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardStep:
    """What happens to one collection when the cluster is sharded."""

    collection: str
    key: tuple[tuple[str, object], ...]
    """Empty where it stays on one shard."""
    why: str
    replaced: tuple[tuple[str, IndexChange], ...] = ()
    """Unique indexes without the shard key's prefix, by name, and what takes their place."""
    added: tuple[IndexChange, ...] = ()
    """Indexes that the shard key needs."""


class Inspection(Protocol):
    """Looking at a workspace's database. Methods raise ClusterUnreachable."""

    def indexes(self) -> Sequence[IndexReport]:
        """Every index that is wanted or there."""
        ...

    def documents(self, progress: Progress, *, findings: int) -> Iterator[CollectionReport]:
        """Judge every document, collection by collection; so many findings of each are kept."""
        ...

    def unknown_collections(self) -> Sequence[str]:
        """Collections that this version doesn't know; a newer one may."""
        ...

    def shard_plan(self) -> Sequence[ShardStep]:
        """How the collections are spread over shards."""
        ...

    def shard(self) -> Sequence[str]:
        """Carry the plan out; the collections that were sharded. Conflict (`not_sharded`)."""
        ...
