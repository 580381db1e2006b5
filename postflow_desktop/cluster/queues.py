"""Queues: the documents of `queues`, and the slots that targets have taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id, try_object_id
from postflow_desktop.cluster.pause_codec import late_document, read_late
from postflow_desktop.cluster.target_expressions import OPEN
from postflow_desktop.domain.queue import Queue, WeeklySlot


class MongoQueueStore:
    """The QueueStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._queues = database["queues"]
        self._schedules = database["schedules"]

    def of_account(self, organization_id: str, account_id: str) -> Queue | None:
        """The account's queue, or None."""
        oid = try_object_id(account_id)
        if oid is None:
            return None
        query = {"socialAccountId": oid, "organizationId": to_object_id(organization_id)}
        with cluster_errors():
            found = self._queues.find_one(query)
        return None if found is None else _read(found)

    def list(self, organization_id: str) -> Sequence[Queue]:
        """All queues of an organization, by account."""
        with cluster_errors():
            found = list(self._queues.find({"organizationId": to_object_id(organization_id)}))
        return tuple(sorted(map(_read, found), key=lambda queue: queue.account_id))

    def save(self, queue: Queue) -> Queue:
        """Store the account's queue, in place of the one it has."""
        try:
            return self._save(queue)
        except DuplicateKeyError:
            # Another machine made the account's first queue between our look and our insert.
            return self._save(queue)

    def taken(
        self, organization_id: str, account_id: str, first: datetime, last: datetime
    ) -> frozenset[datetime]:
        """When the account's open targets go out, within these two instants."""
        query = {
            **_of_account(organization_id, account_id),
            "status": {"$in": OPEN},
            "scheduledAt": {"$gte": first, "$lte": last},
        }
        with cluster_errors():
            # By the calendar's index: another one would read everything the account ever sent.
            found = self._schedules.find(query, {"_id": 0, "scheduledAt": 1}).hint(
                "organizationId_1_socialAccountId_1_scheduledAt_1"
            )
            return frozenset(document["scheduledAt"] for document in found)

    def waiting(self, organization_id: str, account_id: str) -> int:
        """How many targets wait in slots of the account's queue."""
        query = {
            **_of_account(organization_id, account_id),
            "fromQueue": True,
            "status": {"$in": OPEN},
            "slotAt": {"$type": "date"},
        }
        with cluster_errors():
            return self._schedules.count_documents(query)

    def _save(self, queue: Queue) -> Queue:
        days = sorted({_spec_day(slot.weekday) for slot in queue.slots})
        change: Document = {
            "name": {"$literal": queue.name},
            "enabled": queue.enabled,
            "timeSlots": {"$literal": [_slot_document(slot) for slot in queue.slots]},
            "daysOfWeek": days,
            "maxPostsPerDay": queue.max_per_day,
            "timezone": {"$literal": queue.timezone},
            "late": None if queue.late is None else {"$literal": late_document(queue.late)},
            "createdAt": {"$ifNull": ["$createdAt", "$$NOW"]},
            "updatedAt": "$$NOW",
            "rev": {"$add": [{"$ifNull": ["$rev", 0]}, 1]},
        }
        with cluster_errors():
            found = self._queues.find_one_and_update(
                _of_account(queue.organization_id, queue.account_id),
                [{"$set": change}],
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        return _read(cast(Document, found))  # an upsert always has something to return


def _of_account(organization_id: str, account_id: str) -> Document:
    return {
        "organizationId": to_object_id(organization_id),
        "socialAccountId": to_object_id(account_id),
    }


def _slot_document(slot: WeeklySlot) -> Document:
    return {"dayOfWeek": _spec_day(slot.weekday), "hour": slot.hour, "minute": slot.minute}


def _spec_day(weekday: int) -> int:
    """Stored weeks begin with Sunday as 0, Python's with Monday."""
    return (weekday + 1) % 7


def _read(document: Document) -> Queue:
    slots = {
        WeeklySlot((day - 1) % 7, slot["hour"], slot["minute"])
        for slot in document.get("timeSlots", [])
        for day in _days_of(slot, document)
    }
    return Queue(
        id=str(document["_id"]),
        organization_id=str(document["organizationId"]),
        account_id=str(document["socialAccountId"]),
        slots=tuple(sorted(slots)),
        timezone=document["timezone"],
        enabled=document["enabled"],
        max_per_day=document.get("maxPostsPerDay"),
        name=document.get("name"),
        late=read_late(document.get("late")),
    )


def _days_of(slot: dict[str, Any], document: Document) -> Sequence[int]:
    """The slot's own day, else the queue's days, else all of them."""
    if "dayOfWeek" in slot:
        return [slot["dayOfWeek"]]
    days: list[int] = document.get("daysOfWeek") or list(range(7))
    return days
