"""How people want to be told: `users.preferences.notifications`."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo.database import Database

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id, try_object_id
from postflow_desktop.cluster.stamps import change
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.telling import NoticeWishes
from postflow_desktop.services.notifications.wishdocument import read_wishes, wishes_document
from postflow_desktop.services.ports.wishes import Addressee

_FIELD = "preferences.notifications"
_PROJECTION = {"email": True, "name": True, "timezone": True, _FIELD: True}


class MongoWishStore:
    """The WishStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._users = database["users"]
        self._memberships = database["memberships"]

    def get(self, user_id: str) -> NoticeWishes:
        """A person's wishes; the defaults where they never chose."""
        oid = try_object_id(user_id)
        with cluster_errors():
            found = None if oid is None else self._users.find_one({"_id": oid}, {_FIELD: True})
        return _wishes(found or {})

    def set(self, user_id: str, wishes: NoticeWishes) -> None:
        """Replace a person's wishes; what else is kept beside them stays."""
        fields = {f"{_FIELD}.{name}": value for name, value in wishes_document(wishes).items()}
        fields.setdefault(f"{_FIELD}.quietHours", None)
        with cluster_errors():
            done = self._users.update_one({"_id": to_object_id(user_id)}, change(fields))
        if done.matched_count == 0:
            raise NotFound(
                "You are not a person of this workspace any more. Nothing was changed.",
                code="unknown_person",
                fix="Log in again: postflow user login",
            )

    def addressees(self, organization_id: str) -> Sequence[Addressee]:
        """The active members with an address, by address."""
        oid = try_object_id(organization_id)
        if oid is None:
            return ()
        joined = {"organizationId": oid, "joinedAt": {"$type": "date"}}
        with cluster_errors():
            members = [m["userId"] for m in self._memberships.find(joined, {"userId": True})]
            query = {"_id": {"$in": members}, "status": "active", "email": {"$type": "string"}}
            found = list(self._users.find(query, _PROJECTION).sort("email", 1))
        return tuple(
            Addressee(
                user_id=str(document["_id"]),
                email=document["email"],
                name=document.get("name"),
                timezone=document.get("timezone"),
                wishes=_wishes(document),
            )
            for document in found
        )


def _wishes(document: Document) -> NoticeWishes:
    return read_wishes((document.get("preferences") or {}).get("notifications"))
