"""Dates the history of a sample post back, so that a new workspace has a past to look at."""

from __future__ import annotations

from datetime import datetime

from pymongo.database import Database

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id

_FIELDS = {
    "posts": ("scheduledAt", "publishedAt", "createdAt", "updatedAt"),
    "schedules": ("scheduledAt", "notBefore", "publishedAt", "createdAt", "updatedAt"),
    "publishAttempts": ("at",),
}
_POST_KEY = {"posts": "_id", "schedules": "postId", "publishAttempts": "postId"}


def date_back(database: Database[Document], post_id: str, *, to: datetime, local: str) -> None:
    """Move everything that became of a post so that it was planned for `to` (UTC).

    `local` is the wall time of its zone. For sample workspaces only: a true history never moves.
    """
    post = to_object_id(post_id)
    with cluster_errors():
        found = database["schedules"].find_one({"postId": post}, {"scheduledAt": 1})
        if found is None:
            return
        by = round((found["scheduledAt"] - to).total_seconds() * 1000)
        for name, fields in _FIELDS.items():
            change: Document = {field: _earlier(field, by) for field in fields}
            if name == "schedules":
                change["localTime"] = {"$literal": local}
            change["rev"] = {"$add": [{"$ifNull": ["$rev", 0]}, 1]}
            database[name].update_many({_POST_KEY[name]: post}, [{"$set": change}])


def _earlier(field: str, milliseconds: int) -> Document:
    """The date moved; a field that is null or missing stays so."""
    is_date = {"$eq": [{"$type": f"${field}"}, "date"]}
    moved = {"$subtract": [f"${field}", milliseconds]}
    return {"$cond": [is_date, moved, {"$ifNull": [f"${field}", "$$REMOVE"]}]}
