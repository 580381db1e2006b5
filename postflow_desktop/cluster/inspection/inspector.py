"""The Inspection port on MongoDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pymongo.database import Database

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document
from postflow_desktop.cluster.inspection.indexes import inspect_indexes
from postflow_desktop.cluster.inspection.judging import judge
from postflow_desktop.cluster.inspection.sharding import shard, shard_plan
from postflow_desktop.cluster.schema.spec import CollectionSpec
from postflow_desktop.services.ports.inspection import (
    CollectionReport,
    IndexReport,
    Progress,
    ShardStep,
)

_OURS_WITHOUT_SCHEMA = frozenset({"meta"})


class MongoInspection:
    """The Inspection port on one database."""

    def __init__(self, database: Database[Document], specs: Sequence[CollectionSpec]) -> None:
        self._database = database
        self._specs = sorted(specs, key=lambda spec: spec.name)

    def indexes(self) -> Sequence[IndexReport]:
        """Every index that is wanted or there."""
        with cluster_errors():
            return inspect_indexes(self._database, self._specs)

    def documents(self, progress: Progress, *, findings: int) -> Iterator[CollectionReport]:
        """Judge every document, collection by collection; so many findings of each are kept."""
        for spec in self._specs:
            progress(f"{spec.name} …")
            with cluster_errors():
                report = judge(self._database, spec, progress, findings=findings)
            yield report

    def unknown_collections(self) -> Sequence[str]:
        """Collections that this version doesn't know; a newer one may."""
        known = {spec.name for spec in self._specs} | _OURS_WITHOUT_SCHEMA
        with cluster_errors():
            names = self._database.list_collection_names()
        return sorted(
            name for name in names if name not in known and not name.startswith("system.")
        )

    def shard_plan(self) -> Sequence[ShardStep]:
        """How the collections are spread over shards."""
        return shard_plan(self._specs)

    def shard(self) -> Sequence[str]:
        """Carry the plan out; the collections that were sharded. Conflict (`not_sharded`)."""
        with cluster_errors():
            return shard(self._database, self.shard_plan())
