"""Which edition of the zones' rules an organization's plans were checked by, in `meta`."""

from __future__ import annotations

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id


class MongoZoneChecks:
    """The ZoneChecks port on MongoDB; one document per organization."""

    def __init__(self, database: Database[Document]) -> None:
        self._meta = database["meta"]

    def begin(
        self,
        organization_id: str,
        edition: str,
        owner: str,
        *,
        lease_seconds: float,
        every_seconds: float,
    ) -> bool:
        """Take the check; one operation, so that of two machines exactly one gets it."""
        long_ago = {"$subtract": ["$$NOW", round(every_seconds * 1000)]}
        due = {"$or": [{"$lt": ["$edition", edition]}, {"$lt": ["$checkedAt", long_ago]}]}
        # A missing date compares as smaller than every date (BSON comparison order).
        free = {"$lte": ["$lease.until", "$$NOW"]}
        query: Document = {
            **_one(organization_id),
            "$expr": {"$and": [{"$lte": ["$edition", edition]}, due, free]},
        }
        until = {"$add": ["$$NOW", round(lease_seconds * 1000)]}
        lease = {"owner": {"$literal": owner}, "until": until}
        change = [{"$set": {"lease": lease, "rev": {"$add": ["$rev", 1]}}}]
        with cluster_errors():
            if self._meta.update_one(query, change).matched_count:
                return True
            # The first time, there is nothing to take yet.
            return self._make(organization_id) and bool(
                self._meta.update_one(query, change).matched_count
            )

    def finish(self, organization_id: str, edition: str, owner: str) -> None:
        """Everything was checked by this edition."""
        change = {
            "edition": edition,
            "checkedAt": "$$NOW",
            "lease": None,
            "rev": {"$add": ["$rev", 1]},
        }
        query = {**_one(organization_id), "lease.owner": owner}
        with cluster_errors():
            self._meta.update_one(query, [{"$set": change}])

    def newest(self, organization_id: str) -> str:
        """The newest edition that was used; empty where there was none."""
        with cluster_errors():
            found = self._meta.find_one(_one(organization_id), {"edition": True})
        return str((found or {}).get("edition", ""))

    def _make(self, organization_id: str) -> bool:
        """False where somebody has."""
        new: Document = {"$setOnInsert": {"edition": "", "rev": 1}}
        try:
            made = self._meta.update_one(_one(organization_id), new, upsert=True)
        except DuplicateKeyError:
            return False
        return made.upserted_id is not None


def _one(organization_id: str) -> Document:
    return {"_id": f"zones:{organization_id}", "organizationId": to_object_id(organization_id)}
