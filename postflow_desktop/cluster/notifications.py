"""Notices in `notifications`: raised, replaced and withdrawn by key, seen by each member."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.cluster.mail_turns import MailTurnCollection
from postflow_desktop.cluster.notice_codec import notice_fields, read_notice
from postflow_desktop.cluster.target_expressions import literal
from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.services.ports.notices import MailTurn

_SAME = ("kind", "title", "text", "dueAt")
_NEXT_REV: Document = {"$add": [{"$ifNull": ["$rev", 0]}, 1]}


class MongoNoticeStore:
    """The NoticeStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._notices = database["notifications"]
        self._turns = MailTurnCollection(database)

    def put(self, notice: Notice) -> Notice | None:
        """Store or replace by key; None where the same stands there already.

        One operation: of several machines that raise the same thing, one changes something.
        """
        token = secrets.token_hex(12)
        with cluster_errors():
            try:
                stored = self._upsert(notice, token)
            except DuplicateKeyError:
                # Another machine raised it for the first time at the same moment.
                stored = self._upsert(notice, token)
        return read_notice(stored) if stored.get("raisedBy") == token else None

    def withdraw(self, organization_id: str, key: str) -> bool:
        """It is settled."""
        query = {"organizationId": to_object_id(organization_id), "key": key, "withdrawn": False}
        change: Document = {"withdrawn": True, "updatedAt": "$$NOW", "rev": _NEXT_REV}
        with cluster_errors():
            return self._notices.update_one(query, [{"$set": change}]).modified_count == 1

    def recent(
        self, organization_id: str, *, since: datetime | None = None, limit: int = 100
    ) -> Sequence[Notice]:
        """Newest first, withdrawn ones too."""
        query: Document = {"organizationId": to_object_id(organization_id)}
        if since is not None:
            query["at"] = {"$gte": since}
        return self._find(query, limit)

    def of_keys(self, organization_id: str, keys: Sequence[str]) -> Sequence[Notice]:
        """What stands under these keys."""
        if not keys:
            return []
        query = {"organizationId": to_object_id(organization_id), "key": {"$in": list(keys)}}
        return self._find(query, len(keys))

    def standing(
        self, organization_id: str, kinds: frozenset[NoticeKind], *, limit: int = 500
    ) -> Sequence[Notice]:
        """Those of these kinds that are not withdrawn."""
        query: Document = {
            "organizationId": to_object_id(organization_id),
            "kind": {"$in": sorted(kind.value for kind in kinds)},
            "withdrawn": False,
        }
        return self._find(query, limit)

    def mark_read(self, organization_id: str, user_id: str, keys: Sequence[str] | None) -> int:
        """This member has seen these, or all."""
        member = to_object_id(user_id)
        query: Document = {
            "organizationId": to_object_id(organization_id),
            "readBy": {"$ne": member},
        }
        if keys is not None:
            query["key"] = {"$in": list(keys)}
        change: Document = {
            "$addToSet": {"readBy": member},
            "$currentDate": {"updatedAt": True},
            "$inc": {"rev": 1},
        }
        with cluster_errors():
            return self._notices.update_many(query, change).modified_count

    def take_for_mail(
        self, organization_id: str, user_id: str, owner: str, *, lease_seconds: float
    ) -> MailTurn | None:
        """The turn to mail this member, with what is not mailed to them yet."""
        with cluster_errors():
            taken = self._turns.take(organization_id, user_id, owner, lease_seconds)
            if taken is None:
                return None
            waiting = list(_known(self._notices.find(taken.query).sort("at", 1).limit(200)))
        return taken.turn(waiting)

    def mailed(self, turn: MailTurn, told: Sequence[Notice], *, summary: bool) -> None:
        """One mail went out with these; they are not mailed to this member again."""
        organization, member = to_object_id(turn.organization_id), to_object_id(turn.user_id)
        with cluster_errors():
            for notice in told:
                # One that was raised anew meanwhile is another piece of news.
                query = {"organizationId": organization, "key": notice.key, "at": notice.at}
                self._notices.update_one(query, {"$addToSet": {"mailedTo": member}})
            self._turns.note(turn, summary=summary)

    def end_mail(self, turn: MailTurn, error: str | None = None, *, retry_in: float = 0.0) -> None:
        """Give the turn back."""
        with cluster_errors():
            self._turns.end(turn, error, retry_in)

    def _upsert(self, notice: Notice, token: str) -> Document:
        fields = notice_fields(notice)
        same: Document = {
            "$and": [
                {"$eq": ["$withdrawn", False]},
                *(
                    {"$eq": [{"$ifNull": [f"${name}", None]}, {"$literal": fields[name]}]}
                    for name in _SAME
                ),
            ]
        }
        fresh: Document = {
            **literal(fields),
            "withdrawn": False,
            "at": "$$NOW",
            "readBy": [],
            "mailedTo": [],
            "raisedBy": {"$literal": token},
            "updatedAt": "$$NOW",
            "rev": _NEXT_REV,
        }
        change: Document = {
            name: {"$cond": [same, {"$ifNull": [f"${name}", "$$REMOVE"]}, value]}
            for name, value in fresh.items()
        }
        change["createdAt"] = {"$ifNull": ["$createdAt", "$$NOW"]}
        key = {"organizationId": to_object_id(notice.organization_id), "key": notice.key}
        stored: Document | None = self._notices.find_one_and_update(
            key, [{"$set": change}], upsert=True, return_document=ReturnDocument.AFTER
        )
        return stored or {}

    def _find(self, query: Document, limit: int) -> list[Notice]:
        with cluster_errors():
            return list(_known(self._notices.find(query).sort("at", -1).limit(limit)))


def _known(documents: Iterable[Document]) -> Iterable[Notice]:
    """The notices of kinds that this version can name."""
    for document in documents:
        with suppress(ValueError):
            yield read_notice(document)
