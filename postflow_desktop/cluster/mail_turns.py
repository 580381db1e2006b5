"""Whose turn it is to mail a member: one lease per member, on the cluster's clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.cluster.schema.notifications import MAX_NOTICE
from postflow_desktop.cluster.target_expressions import in_seconds
from postflow_desktop.domain.notice import Notice
from postflow_desktop.domain.telling import MOST
from postflow_desktop.services.ports.notices import MailTurn

NEWS_AGE = timedelta(days=2)
"""Older notices are not mailed any more; they stand in the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenTurn:
    """A turn before what waits for it is read."""

    organization_id: str
    user_id: str
    owner: str
    document: Document

    @property
    def query(self) -> Document:
        """What is not mailed to this member yet."""
        member, now = to_object_id(self.user_id), self._now
        return {
            "organizationId": to_object_id(self.organization_id),
            "at": {"$gte": max(self.document["createdAt"], now - NEWS_AGE)},
            "withdrawn": False,
            "mailedTo": {"$ne": member},
            "readBy": {"$ne": member},
        }

    def turn(self, waiting: Sequence[Notice]) -> MailTurn:
        """The turn with what waits."""
        return MailTurn(
            organization_id=self.organization_id,
            user_id=self.user_id,
            owner=self.owner,
            now=self._now,
            waiting=tuple(waiting),
            singly_at=tuple(self.document.get("singlyAt") or ()),
            summed_at=self.document.get("summedAt"),
            failures=self.document.get("failures", 0),
        )

    @property
    def _now(self) -> datetime:
        now: datetime = self.document["updatedAt"]
        return now


class MailTurnCollection:
    """`mailTurns`; its methods raise pymongo's errors."""

    def __init__(self, database: Database[Document]) -> None:
        self._turns = database["mailTurns"]

    def take(
        self, organization_id: str, user_id: str, owner: str, lease_seconds: float
    ) -> TakenTurn | None:
        """Take the turn; None while somebody has it or has to wait."""
        key = f"{organization_id}:{user_id}"
        # A missing date compares as smaller than every date (BSON comparison order).
        free: Document = {
            "_id": key,
            "$expr": {
                "$and": [{"$lte": ["$lease.until", "$$NOW"]}, {"$lte": ["$notBefore", "$$NOW"]}]
            },
        }
        change: Document = {
            "lease": {"owner": {"$literal": owner}, "until": in_seconds(lease_seconds)},
            "updatedAt": "$$NOW",
            "rev": {"$add": ["$rev", 1]},
        }
        found = self._find_and_update(free, change)
        if found is None and self._begin(key, organization_id, user_id):
            found = self._find_and_update(free, change)
        if found is None:
            return None
        return TakenTurn(
            organization_id=organization_id, user_id=user_id, owner=owner, document=found
        )

    def note(self, turn: MailTurn, *, summary: bool) -> None:
        """A mail went out."""
        lately: Document = {"$slice": [{"$concatArrays": [_LATELY, ["$$NOW"]]}, -MOST]}
        change: Document = {"summedAt": "$$NOW"} if summary else {"singlyAt": lately}
        self._update(turn, {**change, "failures": 0, "lastError": None})

    def end(self, turn: MailTurn, error: str | None, retry_in: float) -> None:
        """Give it back."""
        change: Document = {"lease": None}
        if error is not None:
            change["lastError"] = {"$literal": error[:MAX_NOTICE]}
            change["failures"] = {"$add": [{"$ifNull": ["$failures", 0]}, 1]}
            change["notBefore"] = in_seconds(retry_in)
        self._update(turn, change)

    def _find_and_update(self, query: Document, change: Document) -> Document | None:
        found: Document | None = self._turns.find_one_and_update(
            query, [{"$set": change}], return_document=ReturnDocument.AFTER
        )
        return found

    def _begin(self, key: str, organization_id: str, user_id: str) -> bool:
        """The first turn of a member; False where there was one, or another machine is faster."""
        values: Document = {
            "organizationId": to_object_id(organization_id),
            "userId": to_object_id(user_id),
            "createdAt": "$$NOW",
            "updatedAt": "$$NOW",
            "rev": 1,
        }
        missing = {name: {"$ifNull": [f"${name}", value]} for name, value in values.items()}
        try:
            done = self._turns.update_one({"_id": key}, [{"$set": missing}], upsert=True)
        except DuplicateKeyError:
            return False
        return done.upserted_id is not None

    def _update(self, turn: MailTurn, change: Document) -> None:
        query = {"_id": f"{turn.organization_id}:{turn.user_id}", "lease.owner": turn.owner}
        stamp: Document = {"updatedAt": "$$NOW", "rev": {"$add": ["$rev", 1]}}
        self._turns.update_one(query, [{"$set": {**change, **stamp}}])


_LATELY: Document = {"$ifNull": ["$singlyAt", []]}
