"""Measurements in `analytics` (one for each post and account) and `accountMetrics` (one a day)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, time
from typing import TypeVar

from pymongo import ReturnDocument
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.analytics_codec import metrics_fields, read_day, read_measured
from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id, try_object_id
from postflow_desktop.cluster.metric_turns import MetricTurnCollection
from postflow_desktop.cluster.target_expressions import literal
from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.metrics import AccountDay, AccountMetrics, MeasuredPost, PostMetrics
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.ports.analytics import MeasuringTurn, OutPost, TurnEnd

T = TypeVar("T")
_NEXT_REV: Document = {"$add": [{"$ifNull": ["$rev", 0]}, 1]}
_AS_BEFORE: Document = {
    "metrics": {"$ifNull": ["$metrics", {"$literal": {}}]},
    "fetchedAt": {"$ifNull": ["$fetchedAt", "$$NOW"]},
}
_OUT_FIELDS = {"postId": True, "result": True, "publishedAt": True, "scheduledAt": True}


class MongoAnalyticsStore:
    """The AnalyticsStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._analytics = database["analytics"]
        self._days = database["accountMetrics"]
        self._schedules = database["schedules"]
        self._turns = MetricTurnCollection(database)

    def out(self, organization_id: str, account_id: str, since: datetime) -> Sequence[OutPost]:
        """What was planned for `since` or later and is out, by time, with what is kept of it."""
        scope = {
            "organizationId": to_object_id(organization_id),
            "socialAccountId": to_object_id(account_id),
        }
        planned = {"scheduledAt": {"$gte": since}, "status": TargetStatus.PUBLISHED.value}
        with cluster_errors():
            targets = list(
                self._schedules.find({**scope, **planned}, _OUT_FIELDS)
                .sort("scheduledAt", 1)
                .hint("organizationId_1_socialAccountId_1_scheduledAt_1")
            )
            wanted = {"postId": {"$in": [target["postId"] for target in targets]}}
            kept = list(self._analytics.find({**scope, **wanted})) if targets else []
        known = {measured.post_id: measured for measured in _known(read_measured, kept)}
        return [
            OutPost(
                post_id=str(target["postId"]),
                external_id=target["result"]["externalId"],
                url=target["result"]["url"],
                published_at=target.get("publishedAt") or target["scheduledAt"],
                measured=known.get(str(target["postId"])),
            )
            for target in targets
            if target.get("result")
        ]

    def put(self, account: SocialAccount, post: OutPost, metrics: PostMetrics) -> MeasuredPost:
        """Keep a measurement of now."""
        fields = literal(metrics_fields(metrics))
        return self._put(account, post, {**fields, "fetchedAt": "$$NOW", "goneAt": None})

    def put_silent(self, account: SocialAccount, post: OutPost) -> MeasuredPost:
        """The network was asked and said nothing; the last numbers stay, or there are none."""
        return self._put(account, post, _AS_BEFORE)

    def put_gone(self, account: SocialAccount, post: OutPost) -> MeasuredPost:
        """It is not on the network any more; the last numbers stay, or there are none."""
        gone = {"goneAt": {"$ifNull": ["$goneAt", "$$NOW"]}}
        return self._put(account, post, {**_AS_BEFORE, **gone})

    def of_post(self, organization_id: str, post_id: str) -> Sequence[MeasuredPost]:
        """What is kept about a post."""
        oid = try_object_id(post_id)
        if oid is None:
            return []
        query = {"postId": oid, "organizationId": to_object_id(organization_id)}
        with cluster_errors():
            return list(_known(read_measured, self._analytics.find(query)))

    def put_account(
        self, turn: MeasuringTurn, network: Network, metrics: AccountMetrics
    ) -> AccountDay:
        """Keep an account's numbers of now as those of the turn's day."""
        key = {
            "organizationId": to_object_id(turn.organization_id),
            "socialAccountId": to_object_id(turn.account_id),
            "day": _midnight(turn.now),
        }
        fields = literal({"platform": network.value, **metrics_fields(metrics)})
        return read_day(_upserted(self._days, key, {**fields, "fetchedAt": "$$NOW"}))

    def account_days(
        self, organization_id: str, account_id: str, *, limit: int
    ) -> Sequence[AccountDay]:
        """An account's days, the last first."""
        oid = try_object_id(account_id)
        if oid is None:
            return []
        query = {"organizationId": to_object_id(organization_id), "socialAccountId": oid}
        with cluster_errors():
            found = self._days.find(query).sort("day", -1).limit(limit)
            return list(_known(read_day, found))

    def take(
        self, account: SocialAccount, owner: str, *, lease_seconds: float, on_demand: bool = False
    ) -> MeasuringTurn | None:
        """The turn; None while another has it, or before its time."""
        scope = account.organization_id, account.id
        with cluster_errors():
            found = self._turns.take(
                *scope, owner, lease_seconds=lease_seconds, on_demand=on_demand
            )
            if found is None:
                return None
            today = _midnight(found["updatedAt"])
            day = {
                "organizationId": to_object_id(account.organization_id),
                "socialAccountId": to_object_id(account.id),
                "day": today,
            }
            measured = self._days.find_one(day, {"_id": True}) is not None
        return MeasuringTurn(
            organization_id=account.organization_id,
            account_id=account.id,
            owner=owner,
            now=found["updatedAt"],
            spent=found.get("spent") or 0,
            has_account_day=measured,
        )

    def end(self, turn: MeasuringTurn, end: TurnEnd) -> None:
        """Give the turn back."""
        with cluster_errors():
            self._turns.end(turn, end)

    def blocked_until(self, organization_id: str, account_id: str) -> datetime | None:
        """Until when the network answers nothing, if that lies ahead."""
        with cluster_errors():
            return self._turns.blocked_until(organization_id, account_id)

    def _put(self, account: SocialAccount, post: OutPost, change: Document) -> MeasuredPost:
        key = {
            "organizationId": to_object_id(account.organization_id),
            "postId": to_object_id(post.post_id),
            "socialAccountId": to_object_id(account.id),
        }
        place = literal(
            {
                "platform": account.network.value,
                "platformPostId": post.external_id,
                "platformPostUrl": post.url,
            }
        )
        full = {**place, **change, "askedAt": "$$NOW"}
        return read_measured(_upserted(self._analytics, key, full))


def _upserted(collection: Collection[Document], key: Document, change: Document) -> Document:
    """The document of that key after the change; made where there was none."""
    stamp: Document = {
        "createdAt": {"$ifNull": ["$createdAt", "$$NOW"]},
        "updatedAt": "$$NOW",
        "rev": _NEXT_REV,
    }

    def put() -> Document:
        stored: Document | None = collection.find_one_and_update(
            key,
            [{"$set": {**change, **stamp}}],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return stored or {}

    with cluster_errors():
        try:
            return put()
        except DuplicateKeyError:
            # Another machine made it between our look and our insert.
            return put()


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)


def _known(read: Callable[[Document], T], documents: Iterable[Document]) -> Iterator[T]:
    """What this version can read."""
    for document in documents:
        with suppress(ValueError):
            yield read(document)
