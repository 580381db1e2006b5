"""Taking one more of what a plan counts: at most as many as there is room for, on all machines.

Counting and storing happen in one transaction that begins by writing the meter's document. Two who
take at once write the same document, so that one of them waits, starts anew, and counts what the
other has stored. Nothing has to be given back after a crash, for the things themselves are counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from postflow_desktop.cluster.connection import ACKNOWLEDGE_MS
from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.domain.account import DISCONNECTED
from postflow_desktop.domain.plan import Meter
from postflow_desktop.domain.target import OPEN_STATES
from postflow_desktop.services.ports.entitlements import NoRoom, Room

_SNAPSHOT = ReadConcern("snapshot")
_MAJORITY = WriteConcern("majority", wtimeout=ACKNOWLEDGE_MS)
_OPEN = sorted(status.value for status in OPEN_STATES)
Stored = TypeVar("Stored")


def with_room(
    database: Database[Document],
    room: Room | None,
    act: Callable[[ClientSession | None], Stored],
) -> Stored:
    """Store something if there is room for it; NoRoom. Without a room it is simply stored.

    `act` may run more than once; what an earlier run wrote is undone.
    """
    if room is None:
        return act(None)

    def take(session: ClientSession) -> Stored:
        touch(database, room, session)
        if count(database, room, session) >= room.most:
            raise NoRoom
        done = act(session)
        used = {"$set": {"used": count(database, room, session)}}
        database["meters"].update_one({"_id": meter_id(room)}, used, session=session)
        return done

    with database.client.start_session() as session:
        return session.with_transaction(
            take, read_concern=_SNAPSHOT, write_concern=_MAJORITY, max_commit_time_ms=ACKNOWLEDGE_MS
        )


def count(database: Database[Document], room: Room, session: ClientSession | None = None) -> int:
    """How much is taken; counted to a little beyond the room."""
    collection, query = _counted(room)
    return database[collection].count_documents(query, limit=room.most + 1000, session=session)


def touch(database: Database[Document], room: Room, session: ClientSession | None = None) -> None:
    """Write the meter's document, made where it is missing."""
    owner = ("userId", room.scope)
    if room.organization_id is not None:
        owner = ("organizationId", room.organization_id)
    own = {owner[0]: to_object_id(owner[1])}
    period = {} if room.since is None else {"period": f"{room.since:%Y-%m}"}
    database["meters"].update_one(
        {"_id": meter_id(room)},
        {
            "$setOnInsert": {**own, **period, "meter": room.meter.value, "used": 0},
            "$currentDate": {"updatedAt": True},
            "$inc": {"rev": 1},
        },
        upsert=True,
        session=session,
    )


def meter_id(room: Room) -> str:
    """The `_id` of the meter's document."""
    period = "" if room.since is None else f":{room.since:%Y-%m}"
    return f"{room.scope}:{room.meter.value}{period}"


def _counted(room: Room) -> tuple[str, Document]:
    """The collection and the query whose documents the meter counts; each has an index."""
    scope = to_object_id(room.scope)
    match room.meter:
        case Meter.SOCIAL_ACCOUNTS:
            return "socialAccounts", {
                "organizationId": scope,
                "lastErrorCode": {"$ne": DISCONNECTED},
            }
        case Meter.POSTS_PER_MONTH:
            # Deleted ones too: they were written.
            return "posts", {"organizationId": scope, "createdAt": {"$gte": room.since}}
        case Meter.TEAM_MEMBERS:
            return "memberships", {"organizationId": scope}
        case Meter.WORKSPACES:
            return "memberships", {"userId": scope, "role": "owner"}
        case Meter.QUEUE_SIZE:
            return "schedules", {
                "organizationId": to_object_id(room.organization_id or ""),
                "socialAccountId": scope,
                "fromQueue": True,
                "status": {"$in": _OPEN},
                "slotAt": {"$type": "date"},
            }
