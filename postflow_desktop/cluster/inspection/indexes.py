"""The indexes of the server against those that the collections ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pymongo import IndexModel
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure

from postflow_desktop.cluster.documents import Document
from postflow_desktop.cluster.schema.sharded import for_shards, sharded_collections
from postflow_desktop.cluster.schema.spec import CollectionSpec
from postflow_desktop.services.ports.inspection import IndexReport, IndexState

_OPTIONS = {
    "unique": "unique",
    "sparse": "sparse",
    "partialFilterExpression": "partial",
    "expireAfterSeconds": "expires",
}
_UNAUTHORIZED = 13  # src/mongo/base/error_codes.yml
_NO_NAMESPACE = 26

Uses = Mapping[str, tuple[int, datetime]]


def inspect_indexes(
    database: Database[Document], specs: Iterable[CollectionSpec]
) -> list[IndexReport]:
    """Every index that is wanted or there, by collection and name."""
    sharded = sharded_collections(database)
    return [
        report
        for spec in specs
        for report in _of_collection(
            database[spec.name],
            for_shards(spec.indexes) if spec.name in sharded else spec.indexes,
        )
    ]


def _of_collection(
    collection: Collection[Document], indexes: Iterable[IndexModel]
) -> Iterator[IndexReport]:
    wanted = {str(model.document["name"]): dict(model.document) for model in indexes}
    found = {str(index["name"]): dict(index) for index in _listed(collection)}
    uses = _uses(collection) if found else {}
    for name in sorted({*wanted, *found}):
        index = found.get(name) or wanted[name]
        counted = (uses or {}).get(name, (0, None) if uses is not None and name in found else None)
        yield IndexReport(
            collection=collection.name,
            name=name,
            keys=_keys(index),
            state=_state(name, wanted.get(name), found.get(name)),
            options=tuple(word for option, word in _OPTIONS.items() if index.get(option)),
            uses=None if counted is None else counted[0],
            since=None if counted is None else counted[1],
        )


def _state(name: str, wanted: Document | None, found: Document | None) -> IndexState:
    if found is None:
        return IndexState.MISSING
    if wanted is None:
        return IndexState.OK if name == "_id_" else IndexState.EXTRA
    same = _keys(wanted) == _keys(found) and all(
        (wanted.get(option) or None) == (found.get(option) or None) for option in _OPTIONS
    )
    return IndexState.OK if same else IndexState.DIFFERENT


def _keys(index: Document) -> tuple[tuple[str, object], ...]:
    """As they were asked for; the server stores those of a text index as weights."""
    if "weights" in index:
        return tuple((field, "text") for field in index["weights"])
    return tuple((field, _way(way)) for field, way in index["key"].items())


def _way(way: Any) -> object:
    return int(way) if isinstance(way, int | float) else way


def _listed(collection: Collection[Document]) -> list[Mapping[str, Any]]:
    try:
        return list(collection.list_indexes())
    except OperationFailure as error:
        if error.code != _NO_NAMESPACE:
            raise
        return []


def _uses(collection: Collection[Document]) -> Uses | None:
    """How often each was used, over all shards that answer; None without the right to know."""
    counted: dict[str, tuple[int, datetime]] = {}
    try:
        for each in collection.aggregate([{"$indexStats": {}}]):
            before, since = counted.get(each["name"], (0, each["accesses"]["since"]))
            told = each["accesses"]
            counted[each["name"]] = (before + int(told["ops"]), min(since, told["since"]))
    except OperationFailure as error:
        if error.code != _UNAUTHORIZED:
            raise
        return None
    return counted
