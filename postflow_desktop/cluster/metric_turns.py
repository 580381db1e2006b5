"""Whose turn it is to measure an account: one lease per account, on the cluster's clock."""

from __future__ import annotations

from datetime import datetime

from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.cluster.schema.analytics import MAX_ERROR
from postflow_desktop.cluster.target_expressions import in_seconds
from postflow_desktop.services.ports.analytics import MeasuringTurn, TurnEnd

_TODAY: Document = {"$dateTrunc": {"date": "$$NOW", "unit": "day"}}
_SPENT_TODAY: Document = {"$cond": [{"$eq": ["$spentOn", _TODAY]}, {"$ifNull": ["$spent", 0]}, 0]}


class MetricTurnCollection:
    """`metricTurns`; its methods raise pymongo's errors."""

    def __init__(self, database: Database[Document]) -> None:
        self._turns = database["metricTurns"]

    def take(
        self,
        organization_id: str,
        account_id: str,
        owner: str,
        *,
        lease_seconds: float,
        on_demand: bool,
    ) -> Document | None:
        """Take the turn; None while somebody has it, it is not time, or the network is closed."""
        key = _key(organization_id, account_id)
        waits = ["$lease.until", "$blockedUntil"] + ([] if on_demand else ["$nextAt"])
        # A missing date compares as smaller than every date (BSON comparison order).
        free: Document = {**key, "$expr": {"$and": [{"$lte": [at, "$$NOW"]} for at in waits]}}
        change: Document = {
            "lease": {"owner": {"$literal": owner}, "until": in_seconds(lease_seconds)},
            "spent": _SPENT_TODAY,
            "spentOn": _TODAY,
            **_STAMP,
        }
        found = self._find_and_update(free, change)
        if found is None and self._begin(organization_id, account_id):
            found = self._find_and_update(free, change)
        return found

    def end(self, turn: MeasuringTurn, end: TurnEnd) -> None:
        """Give it back."""
        change: Document = {
            "lease": None,
            "nextAt": end.next_at,
            "blockedUntil": end.blocked_until,
            "spent": {"$add": [_SPENT_TODAY, max(0, end.spent)]},
            "spentOn": _TODAY,
            "lastError": {"$literal": None if end.error is None else end.error[:MAX_ERROR]},
            **_STAMP,
        }
        query = {**_key(turn.organization_id, turn.account_id), "lease.owner": turn.owner}
        self._turns.update_one(query, [{"$set": change}])

    def blocked_until(self, organization_id: str, account_id: str) -> datetime | None:
        """A block that lies ahead."""
        query = {
            **_key(organization_id, account_id),
            "$expr": {"$gt": ["$blockedUntil", "$$NOW"]},
        }
        found = self._turns.find_one(query, {"blockedUntil": True})
        until: datetime | None = None if found is None else found.get("blockedUntil")
        return until

    def _find_and_update(self, query: Document, change: Document) -> Document | None:
        found: Document | None = self._turns.find_one_and_update(
            query, [{"$set": change}], return_document=ReturnDocument.AFTER
        )
        return found

    def _begin(self, organization_id: str, account_id: str) -> bool:
        """The first turn of an account; False where there was one, or a machine is faster."""
        values: Document = {
            "socialAccountId": to_object_id(account_id),
            "createdAt": "$$NOW",
            "updatedAt": "$$NOW",
            "rev": 1,
        }
        missing = {name: {"$ifNull": [f"${name}", value]} for name, value in values.items()}
        key = _key(organization_id, account_id)
        try:
            done = self._turns.update_one(key, [{"$set": missing}], upsert=True)
        except DuplicateKeyError:
            return False
        return done.upserted_id is not None


_STAMP: Document = {"updatedAt": "$$NOW", "rev": {"$add": ["$rev", 1]}}


def _key(organization_id: str, account_id: str) -> Document:
    return {
        "_id": f"{organization_id}:{account_id}",
        "organizationId": to_object_id(organization_id),
    }
