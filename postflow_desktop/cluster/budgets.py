"""Budgets of accounts: one pipeline update each, on the server's clock, for all machines.

`<platform>:<account>:<window>`: the window is a cap's seconds (a bucket that fills by itself),
`late` (turns of late targets) or `block` (the network said when to come back).
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from pymongo import ReturnDocument, WriteConcern
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.cluster.gates import note_change
from postflow_desktop.cluster.quota_codec import quota_document
from postflow_desktop.cluster.target_expressions import in_seconds
from postflow_desktop.domain.network import Cap
from postflow_desktop.domain.quota import Quota
from postflow_desktop.domain.target import Target

LONGEST_BLOCK = 86_400.0
"""Seconds; the longest window of any network. Later than that, it is asked again."""
_FREE: Document = {"$ifNull": ["$blockedUntil", "$$NOW"]}
_BEGUN_AGAIN: Document = {
    "$and": [{"$gt": ["$told.resetsAt", "$at"]}, {"$lte": ["$told.resetsAt", "$$NOW"]}]
}
"""What the network said was little has become a new window since."""


class MongoBudgetStore:
    """The BudgetStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._database = database
        self._budgets = database["budgets"]
        # A count that a fail-over loses costs a refusal by the network at worst, never a post.
        self._counts = self._budgets.with_options(write_concern=WriteConcern(w=1))

    def take(self, target: Target, cap: Cap) -> datetime | None:
        """Take one post out of the account's budget; None if done, else when there is one."""
        rate = cap.posts / cap.seconds
        full = _refilled(cap.posts, rate)
        query: Document = {
            **_key(target, str(cap.seconds)),
            "$expr": {"$and": [{"$gte": [full, 1]}, {"$lte": [_FREE, "$$NOW"]}]},
        }
        change: Document = {
            "tokens": {"$subtract": [full, 1]},
            "at": "$$NOW",
            "cap": cap.posts,
            "rate": rate,
            "rev": {"$add": ["$rev", 1]},
        }
        with cluster_errors():
            if self._counts.find_one_and_update(query, [{"$set": change}], {"_id": 1}):
                return None
            if self._begin(target, cap, rate):
                return None
            missing = {"$max": [0, {"$subtract": [1, full]}]}
            wait = {"$add": ["$$NOW", {"$ceil": {"$multiply": [1000 / rate, missing]}}]}
            found = self._counts.find_one(
                _key(target, str(cap.seconds)), {"until": {"$max": [wait, _FREE]}}
            )
        until: datetime | None = None if found is None else found["until"]
        return until

    def take_turn(self, target: Target, *, spacing_seconds: float) -> datetime | None:
        """One turn per account and spacing; None if it is this target's, else when to ask again.

        Those who are refused are sent away one spacing after the other, so that they don't all
        come back at once; who comes back asks like anybody.
        """
        oid = to_object_id(target.id)
        spacing = round(spacing_seconds * 1000)
        free: Document = {
            "$lte": [{"$ifNull": ["$at", "$$NOW"]}, {"$subtract": ["$$NOW", spacing]}]
        }
        granted: Document = {"$or": [{"$eq": [{"$type": "$at"}, "missing"]}, free]}
        refused: Document = {
            "$cond": [{"$eq": ["$target", oid]}, "$refused", {"$add": ["$refused", 1]}]
        }
        change: Document = {
            **_fields(target, "late"),
            "at": {"$cond": [granted, "$$NOW", "$at"]},
            "target": {"$cond": [granted, oid, "$target"]},
            "refused": {"$cond": [granted, 0, refused]},
            "rev": {"$add": [{"$ifNull": ["$rev", 0]}, 1]},
        }
        found = self._upsert(target, "late", change)
        if found["target"] == oid:
            return None
        with cluster_errors():
            later = self._budgets.find_one(
                {"_id": found["_id"], "organizationId": found["organizationId"]},
                {"until": {"$add": ["$at", max(1, found["refused"]) * spacing]}},
            )
        until: datetime = found["at"] if later is None else later["until"]
        return until

    def block(self, target: Target, until: datetime) -> None:
        """The network takes nothing of the account until then; a later block stays."""
        most = {"$min": [until, in_seconds(LONGEST_BLOCK)]}
        change: Document = {
            **_fields(target, "block"),
            "at": "$$NOW",
            "blockedUntil": {"$max": ["$blockedUntil", most]},
            "rev": {"$add": [{"$ifNull": ["$rev", 0]}, 1]},
        }
        self._upsert(target, "block", change)
        with cluster_errors():
            note_change(self._database, to_object_id(target.organization_id))

    def told(self, target: Target, quota: Quota) -> None:
        """The network says how little is left: no machine counts on more than that."""
        rate = quota.posts / quota.seconds
        change: Document = {
            **_fields(target, str(quota.seconds)),
            "cap": {"$ifNull": ["$cap", quota.posts]},
            "rate": {"$ifNull": ["$rate", rate]},
            "tokens": {"$min": [quota.posts_left, _known_tokens(quota.posts, rate)]},
            "at": "$$NOW",
            "told": {"$literal": quota_document(quota)},
            "rev": {"$add": [{"$ifNull": ["$rev", 0]}, 1]},
        }
        self._upsert(target, str(quota.seconds), change)

    def _begin(self, target: Target, cap: Cap, rate: float) -> bool:
        """The account's first post in this window; False where somebody has begun it."""
        first: Document = {
            **_fields(target, str(cap.seconds)),
            "cap": cap.posts,
            "rate": rate,
            "tokens": cap.posts - 1,
            "at": "$$NOW",
            "rev": 1,
        }
        query = {**_key(target, str(cap.seconds)), "rev": {"$lt": 0}}
        try:
            self._counts.update_one(query, [{"$set": first}], upsert=True)
        except DuplicateKeyError:
            return False
        return True

    def _upsert(self, target: Target, window: str, change: Document) -> Document:
        with cluster_errors():
            try:
                return self._changed(target, window, change)
            except DuplicateKeyError:
                # Another machine made it between our look and our insert.
                return self._changed(target, window, change)

    def _changed(self, target: Target, window: str, change: Document) -> Document:
        found = self._budgets.find_one_and_update(
            _key(target, window),
            [{"$set": change}],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return cast(Document, found)  # an upsert always has something to return


def _refilled(cap: int, rate: float) -> Document:
    """What is in the bucket now."""
    passed: Document = {"$divide": [{"$max": [0, {"$subtract": ["$$NOW", "$at"]}]}, 1000]}
    tokens: Document = {"$ifNull": ["$tokens", cap]}
    filled: Document = {"$min": [cap, {"$add": [tokens, {"$multiply": [rate, passed]}]}]}
    return {"$cond": [_BEGUN_AGAIN, cap, filled]}


def _known_tokens(cap: int, rate: float) -> Document:
    """The same for a bucket that may not be there yet."""
    is_new: Document = {"$eq": [{"$type": "$at"}, "missing"]}
    known: Document = {"$ifNull": ["$rate", rate]}
    passed: Document = {"$divide": [{"$max": [0, {"$subtract": ["$$NOW", "$at"]}]}, 1000]}
    filled: Document = {"$add": [{"$ifNull": ["$tokens", cap]}, {"$multiply": [known, passed]}]}
    most = {"$ifNull": ["$cap", cap]}
    return {"$cond": [{"$or": [is_new, _BEGUN_AGAIN]}, most, {"$min": [most, filled]}]}


def _key(target: Target, window: str) -> Document:
    return {
        "_id": f"{target.network.value}:{target.account_id}:{window}",
        "organizationId": to_object_id(target.organization_id),
    }


def _fields(target: Target, window: str) -> Document:
    return {
        "socialAccountId": to_object_id(target.account_id),
        "platform": target.network.value,
        "window": window,
    }
