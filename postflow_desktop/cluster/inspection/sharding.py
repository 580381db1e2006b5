"""How the collections are spread over shards: by organization, all of one organization together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pymongo import IndexModel
from pymongo.database import Database

from postflow_desktop.cluster.documents import Document
from postflow_desktop.cluster.schema.sharded import TENANT, is_router, leads, replacement
from postflow_desktop.cluster.schema.spec import CollectionSpec
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.services.ports.inspection import IndexChange, ShardStep

_WHOLE = {
    "users": "People are in several organizations; by hashed _id if they ever are too many.",
    "organizations": "Few and small; read by _id or slug.",
    "subscriptionPlans": "A small catalogue.",
}


def shard_plan(specs: Iterable[CollectionSpec]) -> list[ShardStep]:
    """What happens to each collection; made from its indexes, so that no new one is forgotten."""
    return [_step(spec) for spec in specs]


def shard(database: Database[Document], steps: Sequence[ShardStep]) -> list[str]:
    """Carry the plan out; the collections that were sharded. Conflict (`not_sharded`)."""
    admin = database.client.admin
    if not is_router(database):
        raise Conflict(
            "This cluster has no router (mongos), so nothing can be sharded. Nothing was changed.",
            code="not_sharded",
            fix="Connect to the mongos of a sharded cluster, or leave it: a replica set needs no "
            "plan.",
        )
    admin.command("enableSharding", database.name)
    done = []
    for step in (each for each in steps if each.key):
        collection = database[step.collection]
        added = [*step.added, *(change for _, change in step.replaced)]
        for change in added:
            collection.create_indexes(
                [IndexModel(_pairs(change), name=change.name, **dict(change.options))]
            )
        for name, _ in step.replaced:
            if name in collection.index_information():
                collection.drop_index(name)
        key = dict(step.key)
        admin.command("shardCollection", f"{database.name}.{step.collection}", key=key)
        done.append(step.collection)
    return done


def _step(spec: CollectionSpec) -> ShardStep:
    if TENANT not in spec.required:
        why = _WHOLE.get(spec.name, "Not of one organization alone; small, or read by its own id.")
        return ShardStep(collection=spec.name, key=(), why=why)
    indexes = [dict(model.document) for model in spec.indexes]
    carried = any(leads(index) and not index.get("partialFilterExpression") for index in indexes)
    bare = IndexChange(name=f"{TENANT}_1", keys=((TENANT, 1),), options=())
    return ShardStep(
        collection=spec.name,
        key=((TENANT, 1),),
        why="Everything of an organization stays on one shard.",
        replaced=tuple(
            (str(index["name"]), _change(replacement(index)))
            for index in indexes
            if index.get("unique") and not leads(index)
        ),
        added=() if carried else (bare,),
    )


def _change(model: IndexModel) -> IndexChange:
    document = dict(model.document)
    keys = tuple((field, way) for field, way in document.pop("key").items())
    return IndexChange(name=document.pop("name"), keys=keys, options=tuple(document.items()))


def _pairs(change: IndexChange) -> list[tuple[str, int]]:
    return [(field, int(str(way))) for field, way in change.keys]
