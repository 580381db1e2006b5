"""Reads of `schedules`: single targets, those of posts and accounts, what is under way or due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from pymongo.database import Database

from postflow_desktop.cluster import target_expressions as expressions
from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id, try_object_id
from postflow_desktop.cluster.target_codec import read_target
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.ports.targets import Scope

_UNCLEAR = [
    TargetStatus.SENDING,
    TargetStatus.PROCESSING,
    TargetStatus.RECONCILING,
    TargetStatus.NEEDS_ATTENTION,
]
"""A request may have gone out, and nobody knows yet where its post is."""


class TargetReads:
    """The part of the TargetStore port that changes nothing."""

    def __init__(self, database: Database[Document]) -> None:
        self._database = database
        self._schedules = database["schedules"]

    def get(self, organization_id: str, target_id: str) -> Target | None:
        """One target, or None."""
        oid = try_object_id(target_id)
        if oid is None:
            return None
        query = {"_id": oid, "organizationId": to_object_id(organization_id)}
        with cluster_errors():
            found = self._schedules.find_one(query)
        return None if found is None else read_target(found)

    def of_posts(self, organization_id: str, post_ids: Sequence[str]) -> Sequence[Target]:
        """The targets of these posts, by time and id."""
        query = {
            "organizationId": to_object_id(organization_id),
            "postId": {"$in": [to_object_id(post_id) for post_id in post_ids]},
        }
        with cluster_errors():
            targets = [read_target(found) for found in self._schedules.find(query)]
        return sorted(targets, key=lambda target: (target.scheduled_at, target.id))

    def ahead(self, organization_id: str, after: datetime) -> Iterator[Target]:
        """Pending targets that are planned for `after` or later, by time, as they are read."""
        query = {
            "organizationId": to_object_id(organization_id),
            "scheduledAt": {"$gte": after},
            "status": TargetStatus.PENDING.value,
        }
        with cluster_errors():
            yield from map(read_target, self._schedules.find(query).sort("scheduledAt", 1))

    def of_account(self, organization_id: str, account_id: str) -> Sequence[Target]:
        """What of an account is pending or under way, by time."""
        query = {
            "organizationId": to_object_id(organization_id),
            "socialAccountId": to_object_id(account_id),
            "status": {"$in": expressions.OPEN},
        }
        with cluster_errors():
            found = self._schedules.find(query).sort("scheduledAt", 1)
            return [read_target(each) for each in found]

    def is_linked(self, target: Target, external_id: str) -> bool:
        """Whether another target of the same account is published as this post."""
        query = {
            "organizationId": to_object_id(target.organization_id),
            "socialAccountId": to_object_id(target.account_id),
            "result.externalId": external_id,
            "_id": {"$ne": to_object_id(target.id)},
        }
        with cluster_errors():
            return self._schedules.find_one(query, {"_id": 1}) is not None

    def unclear(self, target: Target) -> Sequence[Target]:
        """Other targets of the account of which nobody knows yet where their post is."""
        query = {
            "organizationId": to_object_id(target.organization_id),
            "socialAccountId": to_object_id(target.account_id),
            "$or": [
                {"status": {"$in": _UNCLEAR}},
                # Dropped by a person: that says nothing about what became of its request.
                {"status": TargetStatus.CANCELED, "intent": {"$ne": None}},
            ],
            "_id": {"$ne": to_object_id(target.id)},
        }
        with cluster_errors():
            return [read_target(found) for found in self._schedules.find(query)]

    def held_by_machine(self, scope: Scope) -> Sequence[Target]:
        """What processes of this machine hold or held when they died."""
        query = {
            **expressions.in_scope(scope),
            "status": {"$in": expressions.HELD},
            "lease.machine": scope.machine,
        }
        with cluster_errors():
            return [read_target(found) for found in self._schedules.find(query)]

    def unfinished(self, scope: Scope) -> int:
        """Targets whose time has come and that are not settled."""
        with cluster_errors():
            return self._schedules.count_documents(expressions.unfinished(scope))

    def next_wake(self, scope: Scope, quiet_seconds: float) -> float | None:
        """Seconds until the earliest target becomes due, ends its lease or its back-off."""
        waits: list[float] = []
        with cluster_errors():
            for match, moment in expressions.wakes(scope, quiet_seconds):
                pipeline: list[Document] = [
                    {"$match": match},
                    {"$sort": {"notBefore": 1}},
                    {"$limit": 1000},
                    {"$project": {"_id": 0, "wait": {"$subtract": [moment, "$$NOW"]}}},
                    {"$group": {"_id": None, "wait": {"$min": "$wait"}}},
                ]
                waits += [d["wait"] / 1000 for d in self._schedules.aggregate(pipeline)]
        return max(0.0, min(waits)) if waits else None
