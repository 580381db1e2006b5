"""The one server of a simulated cluster: documents, unique indexes, a clock that somebody holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from tests.simulation.bson_order import MISSING
from tests.simulation.expressions import Document, read
from tests.simulation.queries import matches

Commit = Callable[[str, Document | None, Document], None]
Heard = Callable[[str, str, Mapping[str, Any], Any, datetime], None]


@dataclass(frozen=True)
class _Unique:
    """A unique index."""

    keys: tuple[str, ...]
    partial: Document | None
    sparse: bool

    def key(self, document: Document, now: datetime) -> tuple[Any, ...] | None:
        """What no other document may have; None where the index does not hold the document."""
        if self.partial is not None and not matches(self.partial, document, now):
            return None
        values = tuple(read(document, name) for name in self.keys)
        if self.sparse and all(value is MISSING for value in values):
            return None
        return tuple(None if value is MISSING else value for value in values)


@dataclass
class Server:
    """The data of one cluster; documents are replaced and never changed."""

    clock: Callable[[], datetime]
    collections: dict[str, dict[Any, Document]] = field(default_factory=dict)
    uniques: dict[str, list[_Unique]] = field(default_factory=dict)
    on_commit: Commit = lambda _name, _old, _new: None
    on_call: Heard | None = None
    """Hears of every call at the moment it takes effect, with what came of it."""

    def add_indexes(self, collection: str, indexes: Sequence[IndexModel]) -> None:
        """Hold the unique ones of these."""
        for index in indexes:
            described = index.document
            if described.get("unique"):
                self.uniques.setdefault(collection, []).append(
                    _Unique(
                        keys=tuple(described["key"]),
                        partial=described.get("partialFilterExpression"),
                        sparse=bool(described.get("sparse")),
                    )
                )

    def documents(self, collection: str) -> dict[Any, Document]:
        """All documents of a collection by `_id`."""
        return self.collections.setdefault(collection, {})

    def store(self, collection: str, old: Document | None, new: Document) -> None:
        """Insert or replace; DuplicateKeyError."""
        documents = self.documents(collection)
        if old is None and new["_id"] in documents:
            raise _duplicate(("_id",))
        now = self.clock()
        for unique in self.uniques.get(collection, ()):
            key = unique.key(new, now)
            if key is None or (old is not None and unique.key(old, now) == key):
                continue
            for other in documents.values():
                if other["_id"] != new["_id"] and unique.key(other, now) == key:
                    raise _duplicate(unique.keys)
        documents[new["_id"]] = new
        self.on_commit(collection, old, new)


def _duplicate(keys: tuple[str, ...]) -> DuplicateKeyError:
    pattern = dict.fromkeys(keys, 1)
    return DuplicateKeyError("E11000 duplicate key", 11000, {"code": 11000, "keyPattern": pattern})
