"""Writes that carry the cluster's clock and count `rev`, in one place for the stores.

Times come from `$currentDate`, so that a machine with a wrong clock does not leave its mark.
"""

from __future__ import annotations

from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from postflow_desktop.cluster.documents import Document, without_none


def insert_stamped(
    collection: Collection[Document],
    document: Document,
    *,
    now: tuple[str, ...] = (),
    session: ClientSession | None = None,
) -> None:
    """Insert a document with a new `_id`; `createdAt`, `updatedAt` and `now` get the server's time.

    An upsert, because only updates know `$currentDate`; its query matches nothing, so that a
    known `_id` raises DuplicateKeyError as other unique indexes do.
    """
    query = {"_id": document["_id"], "rev": {"$lt": 0}}
    fields = {name: value for name, value in without_none(document).items() if name != "_id"}
    stamps = dict.fromkeys(("createdAt", "updatedAt", *now), True)
    update = {"$setOnInsert": {**fields, "rev": 1}, "$currentDate": stamps}
    collection.update_one(query, update, upsert=True, session=session)


def change(fields: Document, *, now: tuple[str, ...] = ()) -> Document:
    """The update that sets these fields (None removes one), stamps it and counts `rev`."""
    update: Document = {
        "$currentDate": dict.fromkeys(("updatedAt", *now), True),
        "$inc": {"rev": 1},
    }
    present = without_none(fields)
    gone = {name: "" for name, value in fields.items() if value is None}
    if present:
        update["$set"] = present
    if gone:
        update["$unset"] = gone
    return update
