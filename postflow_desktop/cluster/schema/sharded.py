"""Unique indexes of sharded collections: the shard key has to come before their keys.

MongoDB refuses others there (mongodb.com/docs/manual/core/sharding-shard-key, unique indexes;
2026-11). On a replica set nothing of this applies.
"""

from __future__ import annotations

from collections.abc import Iterable

from pymongo import IndexModel
from pymongo.database import Database

from postflow_desktop.cluster.schema.spec import Document

TENANT = "organizationId"
"""The shard key of everything that belongs to one organization."""


def is_router(database: Database[Document]) -> bool:
    """Whether a mongos answers, so that collections may be sharded."""
    return bool(database.client.admin.command("hello").get("msg") == "isdbgrid")


def sharded_collections(database: Database[Document]) -> frozenset[str]:
    """The names of the collections of this database that are sharded."""
    if not is_router(database):
        return frozenset()
    prefix = f"{database.name}."
    found = database.client["config"]["collections"].find(
        {"_id": {"$gte": prefix, "$lt": f"{database.name}/"}}, {"_id": True, "dropped": True}
    )
    return frozenset(str(each["_id"])[len(prefix) :] for each in found if not each.get("dropped"))


def for_shards(indexes: Iterable[IndexModel]) -> list[IndexModel]:
    """The indexes that a collection has once it is sharded."""
    return [
        replacement(document) if document.get("unique") and not leads(document) else model
        for model in indexes
        for document in [dict(model.document)]
    ]


def leads(index: Document) -> bool:
    """Whether the shard key is its first key."""
    first: str = next(iter(index["key"]))
    return first == TENANT


def replacement(index: Document) -> IndexModel:
    """The unique index that takes the place of one without the shard key.

    A sparse index becomes a partial one: with the organization in every entry no document is
    left out any more, and all that lack the field would collide.
    """
    own = [(field, way) for field, way in index["key"].items() if field != TENANT]
    keys: list[tuple[str, int]] = [(TENANT, 1), *own]
    options: Document = {"unique": True}
    partial = index.get("partialFilterExpression")
    if index.get("sparse"):
        partial = {field: {"$exists": True} for field, _ in own}
    if partial:
        options["partialFilterExpression"] = partial
    name = "_".join(f"{field}_{way}" for field, way in keys)
    return IndexModel(keys, name=name, **options)
