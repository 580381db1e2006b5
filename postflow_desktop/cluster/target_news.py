"""Targets as the recurring work looks at them: what ended lately, what is due soon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pymongo.database import Database

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.cluster.schema.posts import ENDED
from postflow_desktop.cluster.target_codec import read_target
from postflow_desktop.cluster.target_expressions import in_seconds
from postflow_desktop.domain.target import Target, TargetStatus

_LEFT_OUT: Document = {"wire": False}


class MongoTargetNews:
    """The TargetNews port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._schedules = database["schedules"]

    def ended(self, organization_id: str, *, since: datetime, limit: int = 200) -> Sequence[Target]:
        """What ended since then, oldest change first."""
        query: Document = {
            "organizationId": to_object_id(organization_id),
            "status": {"$in": ENDED},
            "updatedAt": {"$gte": since},
        }
        with cluster_errors():
            found = self._schedules.find(query, _LEFT_OUT).sort("updatedAt", 1).limit(limit)
            return [read_target(document) for document in found]

    def upcoming(
        self, organization_id: str, seconds: float, *, limit: int = 500
    ) -> Sequence[Target]:
        """What is pending and due within so many seconds, the next first."""
        query: Document = {
            "organizationId": to_object_id(organization_id),
            "status": TargetStatus.PENDING.value,
            "$expr": {
                "$and": [
                    {"$gt": ["$notBefore", "$$NOW"]},
                    {"$lte": ["$notBefore", in_seconds(seconds)]},
                ]
            },
        }
        with cluster_errors():
            found = self._schedules.find(query, _LEFT_OUT).sort("notBefore", 1).limit(limit)
            return [read_target(document) for document in found]

    def of_ids(self, organization_id: str, target_ids: Sequence[str]) -> Sequence[Target]:
        """These targets, as far as they are there."""
        if not target_ids:
            return []
        query: Document = {
            "_id": {"$in": [to_object_id(target_id) for target_id in target_ids]},
            "organizationId": to_object_id(organization_id),
        }
        with cluster_errors():
            return [read_target(found) for found in self._schedules.find(query, _LEFT_OUT)]
