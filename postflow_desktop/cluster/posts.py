"""Posts: the documents of `posts`, listed newest first by cursor."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, new_id, to_object_id, try_object_id
from postflow_desktop.cluster.post_codec import post_document, read_post
from postflow_desktop.cluster.rooms import with_room
from postflow_desktop.cluster.schema.posts import ENDED
from postflow_desktop.domain.errors import Bug, InvalidInput
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.domain.target import PostSummary
from postflow_desktop.services.ports.entitlements import Room
from postflow_desktop.services.ports.posts import PostPage


class MongoPostStore:
    """The PostStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._database = database
        self._posts = database["posts"]
        self._schedules = database["schedules"]

    def new_id(self) -> str:
        """An id that nobody has."""
        return new_id()

    def add(self, post: Post, room: Room | None = None) -> Post:
        """Insert; with a known idempotency key, the post that already has it. NoRoom."""
        document = post_document(post)

        def insert(session: ClientSession | None) -> None:
            if session is None:
                self._posts.insert_one(document)
            else:
                self._posts.insert_one(document, session=session)

        with cluster_errors():
            try:
                with_room(self._database, room, insert)
            except DuplicateKeyError as error:
                first = self.by_key(post.organization_id, post.idempotency_key)
                if first is None:
                    raise Bug("A new post's id is taken, or its key's post is gone.") from error
                return first
        return post

    def by_key(self, organization_id: str, key: str | None) -> Post | None:
        """The post with that idempotency key, deleted ones included."""
        if key is None:
            return None
        with cluster_errors():
            found = self._posts.find_one(
                {
                    "idempotencyKey": f"{organization_id}:{key}",
                    "organizationId": to_object_id(organization_id),
                }
            )
        return None if found is None else read_post(found)

    def get(self, organization_id: str, post_id: str) -> Post | None:
        """One post, or None."""
        oid = try_object_id(post_id)
        if oid is None:
            return None
        query = {"_id": oid, "organizationId": to_object_id(organization_id), **_ALIVE}
        with cluster_errors():
            found = self._posts.find_one(query)
        return None if found is None else read_post(found)

    def page(
        self, organization_id: str, *, status: PostStatus | None, cursor: str | None, limit: int
    ) -> PostPage:
        """Newest first, with `_id` as tie-break."""
        query: Document = {"organizationId": to_object_id(organization_id), **_ALIVE}
        if status is not None:
            query["status"] = status.value
        if cursor is not None:
            query |= _after(cursor)
        with cluster_errors():
            found = list(
                self._posts.find(query).sort([("createdAt", -1), ("_id", -1)]).limit(limit + 1)
            )
        posts = tuple(read_post(document) for document in found[:limit])
        return PostPage(posts=posts, next=_cursor(posts[-1]) if len(found) > limit else None)

    def save_summary(
        self, organization_id: str, post_id: str, rev: int, summary: PostSummary
    ) -> bool:
        """Store the derived status if the post still has that rev."""
        change = {
            "status": summary.status.value,
            "failureCode": summary.failure_code,
            "failureReason": summary.failure_reason,
            "scheduledAt": summary.scheduled_at,
            "publishedAt": summary.published_at,
        }
        query = {
            "_id": to_object_id(post_id),
            "organizationId": to_object_id(organization_id),
            "rev": rev,
        }
        with cluster_errors():
            result = self._posts.update_one(query, [_stamped(change)])
        return result.modified_count == 1

    def replace_content(self, post: Post) -> Post | None:
        """Store text, link, variants, media and accounts if the post still has that rev."""
        document = post_document(post)
        names = ("content", "variants", "media", "socialAccountIds")
        change = {name: {"$literal": document[name]} for name in names}
        query = {
            "_id": to_object_id(post.id),
            "organizationId": to_object_id(post.organization_id),
            "rev": post.rev,
            **_ALIVE,
        }
        with cluster_errors():
            found = self._posts.find_one_and_update(
                query, [_stamped(change)], return_document=ReturnDocument.AFTER
            )
        return None if found is None else read_post(found)

    def overdue(self, organization_id: str, *, limit: int) -> list[str]:
        """Ids of posts whose time has come and that do not look settled, oldest first."""
        query = {
            "organizationId": to_object_id(organization_id),
            "status": {"$in": ["scheduled", "queued", "publishing"]},
            "$expr": {"$lte": ["$scheduledAt", "$$NOW"]},
            **_ALIVE,
        }
        with cluster_errors():
            found = self._posts.find(query, {"_id": 1}).sort("scheduledAt", 1).limit(limit)
            # Else the planner may take the list's index and sort in memory.
            found = found.hint("organizationId_1_status_1_scheduledAt_1")
            return [str(document["_id"]) for document in found]

    def behind(self, organization_id: str, *, seconds: float, limit: int) -> list[str]:
        """Ids of posts of which a target ended lately and that seem to say something else."""
        pipeline: list[Document] = [
            {
                "$match": {
                    "organizationId": to_object_id(organization_id),
                    "status": {"$in": ENDED},
                    "$expr": {
                        "$gte": ["$updatedAt", {"$subtract": ["$$NOW", round(seconds * 1000)]}]
                    },
                }
            },
            {"$group": {"_id": "$postId", "ends": {"$addToSet": "$status"}}},
            {
                "$lookup": {
                    "from": self._posts.name,
                    "localField": "_id",
                    "foreignField": "_id",
                    "pipeline": [{"$project": {"status": 1}}],
                    "as": "post",
                }
            },
            # One target may be out and another failed: such a post is looked at in vain.
            {
                "$match": {
                    "$or": [
                        {"post.status": PostStatus.FAILED.value, "ends": PUBLISHED},
                        {"post.status": PUBLISHED, "ends": {"$ne": PUBLISHED}},
                    ]
                }
            },
            {"$limit": limit},
            {"$project": {"_id": 1}},
        ]
        with cluster_errors():
            return [str(found["_id"]) for found in self._schedules.aggregate(pipeline)]

    def delete(self, organization_id: str, post_id: str) -> bool:
        """Leave a tombstone; False where the post is gone."""
        query = {
            "_id": to_object_id(post_id),
            "organizationId": to_object_id(organization_id),
            **_ALIVE,
        }
        with cluster_errors():
            result = self._posts.update_one(query, [_stamped({"deletedAt": "$$NOW"})])
        return result.modified_count == 1


_ALIVE: Document = {"deletedAt": None}
PUBLISHED = PostStatus.PUBLISHED.value
"""The same word for posts and targets."""


def _stamped(change: Document) -> Document:
    return {"$set": {**change, "updatedAt": "$$NOW", "rev": {"$add": ["$rev", 1]}}}


def _cursor(post: Post) -> str:
    text = json.dumps([post.created_at.isoformat(), post.id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _after(cursor: str) -> Document:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        moment_text, post_id = json.loads(base64.urlsafe_b64decode(padded))
        moment, oid = datetime.fromisoformat(moment_text), ObjectId(post_id)
        if moment.tzinfo is None:
            raise ValueError("naive")
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidInput(
            "That cursor is not one of ours.",
            code="bad_cursor",
            fix="Use the `next` of the page before, unchanged.",
        ) from error
    return {
        "createdAt": {"$lte": moment},
        "$or": [{"createdAt": {"$lt": moment}}, {"createdAt": moment, "_id": {"$lt": oid}}],
    }
