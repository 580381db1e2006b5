"""Which publishers are alive (`presence`), and when machines were on (`presenceDays`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.cluster.schema.presence import MAX_NAME, MAX_UNDER_WAY
from postflow_desktop.cluster.target_expressions import literal
from postflow_desktop.domain.presence import (
    STALE_SECONDS,
    Presence,
    PublisherKind,
    PublisherProcess,
    SeenMachine,
)


class MongoPresenceStore:
    """The PresenceStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._presence = database["presence"]
        self._days = database["presenceDays"]

    def beat(
        self, who: PublisherProcess, under_way: Sequence[str], last_published_at: datetime | None
    ) -> Presence:
        """Say that this process is here; what is stored now."""
        same: Document = {"$eq": ["$process", {"$literal": who.process}]}
        last = {"$ifNull": ["$lastPublishedAt", None]}
        change: Document = {
            **literal(_fields(who)),
            "underWay": {"$literal": [to_object_id(t) for t in under_way[:MAX_UNDER_WAY]]},
            "since": {"$cond": [same, "$since", "$$NOW"]},
            "lastPublishedAt": last if last_published_at is None else last_published_at,
            "at": "$$NOW",
            "rev": {"$add": [{"$ifNull": ["$rev", 0]}, 1]},
        }
        with cluster_errors():
            try:
                stored = self._upsert(who, change)
            except DuplicateKeyError:
                # Two processes of one machine and kind began at the same moment.
                stored = self._upsert(who, change)
        return _read(stored)

    def record(self, who: PublisherProcess, at: datetime) -> None:
        """Remember that its machine was on in the hour of `at`."""
        hour = at.astimezone(UTC)
        day = hour.replace(hour=0, minute=0, second=0, microsecond=0)
        organizations = [to_object_id(o) for o in who.organization_ids]
        with cluster_errors():
            self._days.update_one(
                {"_id": f"{who.machine}:{day:%Y-%m-%d}"},
                {
                    "$addToSet": {"hours": hour.hour, "organizationIds": {"$each": organizations}},
                    "$set": {"name": who.name[:MAX_NAME]},
                    "$setOnInsert": {"machine": who.machine, "day": day},
                    "$inc": {"rev": 1},
                },
                upsert=True,
            )

    def leave(self, who: PublisherProcess) -> None:
        """This process ends; another one of the same machine and kind stays."""
        with cluster_errors():
            self._presence.delete_one({"_id": _id(who), "process": who.process})

    def alive(self, organization_ids: Sequence[str]) -> Sequence[Presence]:
        """The publishers of these organizations that are alive, those who stay first."""
        fresh = {"$subtract": ["$$NOW", round(STALE_SECONDS * 1000)]}
        query: Document = {
            "organizationIds": {"$in": [to_object_id(o) for o in organization_ids]},
            "$expr": {"$gt": ["$at", fresh]},
        }
        with cluster_errors():
            found = [_read(document) for document in self._presence.find(query)]
        return sorted(found, key=lambda p: (not p.who.always_on, p.who.name, p.who.kind, p.since))

    def seen(self, organization_id: str, since: datetime) -> Sequence[SeenMachine]:
        """When machines that publish for it were on, from that day on."""
        first = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        query = {"organizationIds": to_object_id(organization_id), "day": {"$gte": first}}
        names: dict[str, str] = {}
        hours: dict[str, set[datetime]] = {}
        with cluster_errors():
            for document in self._days.find(query).sort("day", 1):
                names[document["machine"]] = document["name"]
                hours.setdefault(document["machine"], set()).update(
                    document["day"] + timedelta(hours=hour) for hour in document["hours"]
                )
        return [
            SeenMachine(machine=machine, name=name, hours=frozenset(hours[machine]))
            for machine, name in names.items()
        ]

    def _upsert(self, who: PublisherProcess, change: Document) -> Document:
        stored: Document | None = self._presence.find_one_and_update(
            {"_id": _id(who)},
            [{"$set": change}],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return stored or {}


def _id(who: PublisherProcess) -> str:
    return f"{who.machine}:{who.kind.value}"


def _fields(who: PublisherProcess) -> Document:
    return {
        "organizationIds": [to_object_id(o) for o in who.organization_ids],
        "machine": who.machine,
        "name": who.name[:MAX_NAME],
        "process": who.process,
        "kind": who.kind.value,
        "version": who.version,
        "alwaysOn": who.always_on,
    }


def _read(document: Document) -> Presence:
    return Presence(
        who=PublisherProcess(
            machine=document["machine"],
            name=document["name"],
            kind=PublisherKind(document["kind"]),
            process=document["process"],
            version=document["version"],
            organization_ids=tuple(str(o) for o in document["organizationIds"]),
        ),
        since=document["since"],
        at=document["at"],
        under_way=tuple(str(t) for t in document.get("underWay", ())),
        last_published_at=document.get("lastPublishedAt"),
    )
