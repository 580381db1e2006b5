"""Pauses of organizations and accounts, holds of targets: compare-and-set, on the server's clock.

A pause is one document, and no target carries it: a publisher reads the pauses after it took a
target and before the barrier. What was taken before the pause was written and noted may have read
too early; so the pause then raises the fence of all that is held, and none of it passes its barrier
any more. What is planned while the pause stands is taken after it, and so found to be paused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database

from postflow_desktop.cluster import target_expressions as expressions
from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id, try_object_id
from postflow_desktop.cluster.gates import note_change, read_pauses
from postflow_desktop.cluster.pause_codec import pause_expression, read_pause
from postflow_desktop.cluster.target_codec import read_target
from postflow_desktop.domain.pause import Pause, Pauses
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.domain.time import PlannedTime

_STAMP: Document = {"updatedAt": "$$NOW", "rev": {"$add": ["$rev", 1]}}
_LET_GO: Document = {"lease": None, "fence": {"$add": ["$fence", 1]}, **_STAMP}
_NOT_SENT = [TargetStatus.PENDING.value, TargetStatus.CLAIMED.value]
_MOST_UPCOMING = 500


class MongoPauseStore:
    """The PauseStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._database = database
        self._organizations = database["organizations"]
        self._accounts = database["socialAccounts"]
        self._schedules = database["schedules"]

    def standing(self, organization_ids: Sequence[str]) -> Pauses:
        """The pauses that stand in these organizations and their accounts, read now."""
        return read_pauses(self._database, organization_ids)

    def pause_organization(self, organization_id: str, reason: str, by: str) -> Pause | None:
        """Pause it, in place of a pause that stands; None where it is gone."""
        oid = try_object_id(organization_id)
        paused = self._pause(self._organizations, {"_id": oid}, reason, by)
        if paused is not None:
            with cluster_errors():
                note_change(self._database, oid)
            self._let_go({"organizationId": oid})
        return paused

    def resume_organization(self, organization_id: str) -> bool:
        """Lift the pause; False where there was none. Those of accounts stay."""
        oid = try_object_id(organization_id)
        return self._resume(self._organizations, {"_id": oid}, oid)

    def pause_account(
        self, organization_id: str, account_id: str, reason: str, by: str
    ) -> Pause | None:
        """Pause it, in place of a pause that stands; None where it is gone."""
        query = _account(organization_id, account_id)
        paused = self._pause(self._accounts, query, reason, by)
        if paused is not None:
            with cluster_errors():
                note_change(self._database, query["organizationId"])
            self._let_go(
                {"organizationId": query["organizationId"], "socialAccountId": query["_id"]}
            )
        return paused

    def resume_account(self, organization_id: str, account_id: str) -> bool:
        """Lift the pause; False where there was none. That of the organization stays."""
        query = _account(organization_id, account_id)
        return self._resume(self._accounts, query, query["organizationId"])

    def hold(self, organization_id: str, target_id: str, reason: str, by: str) -> Target | None:
        """Keep back a target that is pending or claimed; None where it is neither."""
        query = {**_target(organization_id, target_id), "status": {"$in": _NOT_SENT}}
        change: Document = {
            **_LET_GO,
            "status": TargetStatus.PENDING.value,
            "hold": pause_expression(reason, by),
            "notBefore": expressions.NEVER,
            "acceptedAt": None,
        }
        return self._update(query, change)

    def release(self, organization_id: str, target_id: str) -> Target | None:
        """Let a held target go; None where nobody holds it."""
        query = {**_target(organization_id, target_id), "hold": {"$type": "object"}}
        parked: Document = {"$eq": ["$notBefore", expressions.NEVER]}
        change: Document = {
            **_STAMP,
            "hold": None,
            "notBefore": {"$cond": [parked, "$scheduledAt", "$notBefore"]},
            "acceptedAt": None,
        }
        return self._update(query, change)

    def postpone(self, target: Target, planned: PlannedTime) -> Target | None:
        """Put a target that is pending or claimed to a later time, out of its slot; a hold stays.

        None where it is neither, or its time or content is not the given target's any more.
        """
        query = {
            **_target(target.organization_id, target.id),
            "status": {"$in": _NOT_SENT},
            "scheduledAt": target.scheduled_at,
            "contentHash": target.content_hash,
        }
        change: Document = {
            **_LET_GO,
            "status": TargetStatus.PENDING.value,
            "scheduledAt": planned.utc,
            "notBefore": expressions.unless_held(planned.utc),
            "timezone": planned.timezone,
            "localTime": planned.local,
            "fromQueue": False,
            "slotAt": None,
            "wire": None,
            "tries": 0,
            "lastError": None,
            "acceptedAt": None,
        }
        return self._update(query, change)

    def upcoming(self, organization_id: str, minutes: Mapping[str, int]) -> Sequence[Target]:
        """What is pending, not held, and due within so many minutes, by account id; by time."""
        found: list[Target] = []
        for account_id, within in minutes.items():
            query: Document = {
                "organizationId": to_object_id(organization_id),
                "socialAccountId": to_object_id(account_id),
                "status": TargetStatus.PENDING.value,
                "hold": None,
                "$expr": {
                    "$and": [
                        {"$gt": ["$scheduledAt", "$$NOW"]},
                        {"$lte": ["$scheduledAt", expressions.in_seconds(60 * within)]},
                    ]
                },
            }
            with cluster_errors():
                # By the calendar's index: the others would read all that is planned.
                cursor = self._schedules.find(query, {"wire": 0}).hint(
                    "organizationId_1_socialAccountId_1_scheduledAt_1"
                )
                found += [read_target(document) for document in cursor.limit(_MOST_UPCOMING)]
        return sorted(found, key=lambda target: (target.scheduled_at, target.id))

    def _pause(
        self, collection: Collection[Document], query: Document, reason: str, by: str
    ) -> Pause | None:
        change = {"pause": pause_expression(reason, by), **_STAMP}
        with cluster_errors():
            found = collection.find_one_and_update(
                query, [{"$set": change}], {"pause": 1}, return_document=ReturnDocument.AFTER
            )
        return None if found is None else read_pause(found["pause"])

    def _let_go(self, query: Document) -> None:
        """Take from its holders what they hold of this; what is being sent is finished.

        By status, one after the other: what leaves one of them meanwhile has passed its barrier,
        was settled, or is taken anew after the pause.
        """
        for status in (TargetStatus.CLAIMED, TargetStatus.RECONCILING):
            change = dict(_LET_GO)
            if status is TargetStatus.CLAIMED:
                change["status"] = TargetStatus.PENDING.value
            with cluster_errors():
                self._schedules.update_many({**query, "status": status.value}, [{"$set": change}])

    def _resume(
        self, collection: Collection[Document], query: Document, oid: ObjectId | None
    ) -> bool:
        change = {"pause": None, "resumedAt": "$$NOW", **_STAMP}
        with cluster_errors():
            done = collection.update_one(
                {**query, "pause.at": {"$type": "date"}}, [{"$set": change}]
            )
            note_change(self._database, oid)
        return done.modified_count == 1

    def _update(self, query: Document, change: Document) -> Target | None:
        with cluster_errors():
            found: dict[str, Any] | None = self._schedules.find_one_and_update(
                query, [{"$set": change}], return_document=ReturnDocument.AFTER
            )
        return None if found is None else read_target(found)


def _account(organization_id: str, account_id: str) -> Document:
    return {
        "_id": try_object_id(account_id),
        "organizationId": try_object_id(organization_id),
    }


def _target(organization_id: str, target_id: str) -> Document:
    return {
        "_id": try_object_id(target_id),
        "organizationId": to_object_id(organization_id),
    }
