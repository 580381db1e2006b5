"""People: the documents of `users`."""

from __future__ import annotations

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, new_id, to_object_id, try_object_id
from postflow_desktop.cluster.stamps import change, insert_stamped
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.services.ports.users import User
from postflow_desktop.services.ports.vault import SealedIdentity

_PROJECTION = {
    "email": True,
    "name": True,
    "keys": True,
    "timezone": True,
    "lastLoginAt": True,
    "createdAt": True,
}


class MongoUserStore:
    """The UserStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._users = database["users"]

    def new_id(self) -> str:
        """An id that nobody has."""
        return new_id()

    def add(self, user: User) -> None:
        """Insert; `createdAt` is the cluster's time. Conflict (`email_taken`)."""
        with cluster_errors():
            try:
                insert_stamped(self._users, _document(user))
            except DuplicateKeyError as error:
                raise Conflict(
                    f"{user.email} is already signed up in this workspace. Nothing was changed.",
                    code="email_taken",
                    fix=f"Log in instead: postflow user login --email {user.email}",
                ) from error

    def by_email(self, email: str) -> User | None:
        """The active person with that address."""
        with cluster_errors():
            query = {"email": email.lower(), "status": "active"}
            found = self._users.find_one(query, _PROJECTION)
        return None if found is None else _read(found)

    def get(self, user_id: str) -> User | None:
        """One person, active or not, or None."""
        oid = try_object_id(user_id)
        if oid is None:
            return None
        with cluster_errors():
            found = self._users.find_one({"_id": oid}, _PROJECTION)
        return None if found is None or "keys" not in found else _read(found)

    def record_login(self, user_id: str) -> None:
        """`lastLoginAt` on the cluster's clock, `loginCount` + 1."""
        update = change({}, now=("lastLoginAt",))
        update["$inc"]["loginCount"] = 1
        with cluster_errors():
            self._users.update_one({"_id": to_object_id(user_id)}, update)


def _document(user: User) -> Document:
    return {
        "_id": to_object_id(user.id),
        "email": user.email.lower(),
        "emailVerified": False,
        "name": user.name,
        "timezone": user.timezone,
        "role": "user",
        "status": "active",
        "loginCount": 0,
        "keys": {
            "version": user.keys.version,
            "publicX25519": user.keys.public_x25519,
            "publicEd25519": user.keys.public_ed25519,
            "salt": user.keys.salt,
            "kdf": dict(user.keys.kdf),
            "sealedPrivateKeys": user.keys.sealed_private_keys,
        },
    }


def _read(document: Document) -> User:
    keys = document["keys"]
    return User(
        id=str(document["_id"]),
        email=document.get("email") or "",
        name=document.get("name"),
        timezone=document.get("timezone"),
        created_at=document["createdAt"],
        last_login_at=document.get("lastLoginAt"),
        keys=SealedIdentity(
            version=keys["version"],
            public_x25519=keys["publicX25519"],
            public_ed25519=keys["publicEd25519"],
            salt=keys["salt"],
            kdf=dict(keys["kdf"]),
            sealed_private_keys=keys["sealedPrivateKeys"],
        ),
    )
