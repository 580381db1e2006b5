"""Targets in `schedules`: planning, claiming and settling by compare-and-set.

Due, leases and back-offs are decided by the server (`$$NOW`), never by a client's clock. Every
write is one `findOneAndUpdate` with majority and journaled acknowledgement (set on the client).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import BulkWriteError, ConnectionFailure, DuplicateKeyError

from postflow_desktop.cluster import target_expressions as expressions
from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, new_id, to_object_id
from postflow_desktop.cluster.target_codec import (
    intent_document,
    read_target,
    step_documents,
    target_document,
)
from postflow_desktop.cluster.target_reads import TargetReads
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.step import Step
from postflow_desktop.domain.target import Intent, Target, TargetStatus
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.services.ports.targets import Scope, Settlement

_UNPLANNED = [
    TargetStatus.PENDING,
    TargetStatus.CANCELED,
    TargetStatus.FAILED,
    TargetStatus.MISSED,
    TargetStatus.NEEDS_ATTENTION,
]
_CANCELABLE = [*(status for status in _UNPLANNED if status != "canceled"), TargetStatus.CLAIMED]
_EVIDENCE = [
    TargetStatus.SENDING,
    TargetStatus.PROCESSING,
    TargetStatus.RECONCILING,
    TargetStatus.NEEDS_ATTENTION,
]
_WITHOUT_REQUEST = [
    TargetStatus.PENDING,
    TargetStatus.CLAIMED,
    TargetStatus.RECONCILING,
    TargetStatus.NEEDS_ATTENTION,
    TargetStatus.MISSED,
    TargetStatus.FAILED,
    TargetStatus.CANCELED,
]
"""Nothing is being sent now: if an earlier attempt is out after all, nothing has to be."""


class MongoTargetStore(TargetReads):
    """The TargetStore port on MongoDB."""

    def new_id(self) -> str:
        """An id that nobody has."""
        return new_id()

    def now(self) -> datetime:
        """The cluster's clock, by `hello`."""
        with cluster_errors():
            moment: datetime = self._database.command(
                "hello", codec_options=self._database.codec_options
            )["localTime"]
        return moment

    def add(self, targets: Sequence[Target]) -> None:
        """Insert new targets, all or none: half a post must not look like a planned one."""
        documents = [target_document(target) for target in targets]
        if not documents:
            return
        with cluster_errors():
            try:
                with self._database.client.start_session() as session:
                    session.with_transaction(
                        lambda held: self._schedules.insert_many(documents, session=held)
                    )
            except BulkWriteError as error:
                known = [e for e in error.details.get("writeErrors", []) if e.get("code") == 11000]
                if known:
                    raise _collision(known[0]) from error
                raise

    def plan(
        self,
        target: Target,
        planned: PlannedTime,
        content_hash: str,
        steps: Sequence[Step] = (),
    ) -> Target | None:
        """Put a target to a time; its wire form goes with its content."""
        change: Document = {
            "status": "pending",
            "scheduledAt": planned.utc,
            "notBefore": expressions.unless_held(planned.utc),
            "timezone": planned.timezone,
            "localTime": planned.local,
            "contentHash": content_hash,
            "fromQueue": planned.slot,
            "slotAt": planned.utc if planned.slot else None,
            "lease": None,
            "intent": None,
            "wire": None,
            "tries": 0,
            "senderDeaths": 0,
            "reconciliations": 0,
            "lastError": None,
            "acceptedAt": None,
            "watchAt": None,
            "fence": {"$add": ["$fence", 1]},
        }
        query: Document = {
            **_identity(target),
            "status": {"$in": [s for s in _UNPLANNED if s == target.status]},
            "scheduledAt": target.scheduled_at,
            "contentHash": target.content_hash,
        }
        if steps or target.steps:
            # What is out must be what was seen to be: nothing else may have happened since.
            query["rev"] = target.rev
            change["steps"] = {"$literal": step_documents(steps)}
        try:
            return self._update(query, change)
        except DuplicateKeyError as error:
            raise _collision(error.details or {}) from error

    def cancel(self, target: Target) -> Target | None:
        """Cancel; a claim that is under way dies at its barrier."""
        return self._update(
            {**_identity(target), "status": {"$in": _CANCELABLE}},
            {
                "status": expressions.canceled_or_out(),
                "lease": None,
                "hold": None,
                "watchAt": None,
                "fence": {"$add": ["$fence", 1]},
            },
        )

    def claim(self, scope: Scope, owner: str, lease_seconds: float) -> Target | None:
        """Take the target that is due longest; reads index bounds only (see the tests)."""
        return self._update(
            expressions.claimable(scope),
            {
                "status": "claimed",
                "claimedAt": "$$NOW",
                "acceptedAt": expressions.first_found(scope.on_time),
                "fence": {"$add": ["$fence", 1]},
                "senderDeaths": expressions.deaths("claimed"),
                "lease": expressions.lease(owner, scope.machine, lease_seconds),
            },
            sort=[("notBefore", 1)],
        )

    def extend(self, target: Target, lease_seconds: float) -> bool:
        """Heartbeat while preparing."""
        until = expressions.in_seconds(lease_seconds)
        held = self._update(
            _held(target), {"lease": {"$mergeObjects": ["$lease", {"until": until}]}}
        )
        return held is not None

    def barrier(
        self, target: Target, intent: Intent, wire: str, *, need: float, lease_seconds: float
    ) -> Target | None:
        """The write after which bytes may leave.

        Where its reply is lost it is asked again: only a barrier that is seen to stand counts
        (crash point 6 of the protocol).
        """
        query: Document = {
            **_held(target),
            "contentHash": target.content_hash,
            "hold": None,
            "$expr": {"$gt": ["$lease.until", expressions.in_seconds(need)]},
        }
        change: Document = {
            "status": "sending",
            "wire": {"$literal": wire},
            "intent": {**expressions.literal(intent_document(intent)), "at": "$$NOW"},
            "lease": expressions.lease(intent.process, intent.machine, lease_seconds),
        }
        with cluster_errors():
            try:
                found = self._find_and_update(query, change)
            except ConnectionFailure:
                found = self._stands_or_never_will(target, intent)
        return None if found is None else read_target(found)

    def _stands_or_never_will(self, target: Target, intent: Intent) -> dict[str, Any] | None:
        """The target behind its barrier; None ends the lease that a late barrier would need.

        A read could see what a leader wrote that is none any more. A write that the majority
        acknowledges behind the barrier proves that the barrier stands.
        """
        query = {
            **_identity(target),
            "fence": target.fence,
            "status": {"$in": [target.status.value, "sending"]},
        }
        ended = {"$mergeObjects": ["$lease", {"until": "$$NOW"}]}
        is_sending = {"$eq": ["$status", "sending"]}
        found = self._find_and_update(query, {"lease": {"$cond": [is_sending, "$lease", ended]}})
        if found is None or found["status"] != "sending":
            return None
        return found if found["intent"]["attemptId"] == intent.attempt_id else None

    def settle_attempt(
        self, organization_id: str, attempt: str, settlement: Settlement
    ) -> Target | None:
        """Apply an attempt's own evidence; idempotent, because it moves the status on."""
        # "May be out" is news only about a target that is being sent; later states know more.
        unsure = settlement.status is TargetStatus.RECONCILING
        query = {
            "_id": to_object_id(attempt.partition("#")[0]),
            "organizationId": to_object_id(organization_id),
            "intent.attemptId": attempt,
            "status": {"$in": [TargetStatus.SENDING] if unsure else _EVIDENCE},
        }
        if settlement.step is not None:
            # Once it is known, it is no news, and the next step may be under way.
            done = settlement.step
            query["steps"] = {"$elemMatch": {"n": done.n, "status": "pending"}}
            query[f"steps.{done.n + 1}"] = {"$exists": not done.is_last}
        if settlement.status is TargetStatus.PUBLISHED or settlement.step is not None:
            its_own = {name: query.pop(name) for name in ("intent.attemptId", "status")}
            query["$or"] = [its_own, {"status": {"$in": _WITHOUT_REQUEST}}]
        return self._update(query, expressions.settlement(settlement))

    def settle_hold(self, target: Target, settlement: Settlement) -> Target | None:
        """Apply what the holder decides."""
        return self._update(_held(target), expressions.settlement(settlement))

    def take_ambiguous(
        self, scope: Scope, owner: str, *, lease_seconds: float, quiet_seconds: float
    ) -> Target | None:
        """Take a target to reconcile; a dead sender is counted."""
        return self._update(
            expressions.ambiguous(scope, quiet_seconds),
            {
                "status": "reconciling",
                "fence": {"$add": ["$fence", 1]},
                "senderDeaths": expressions.deaths("sending", "reconciling"),
                "reconciliations": {"$add": ["$reconciliations", 1]},
                "lease": expressions.lease(owner, scope.machine, lease_seconds),
            },
            sort=[("notBefore", 1)],
        )

    def take_watched(self, scope: Scope, waits: Sequence[float]) -> Target | None:
        """A target to look for; the next look is set with it, so that machines take turns."""
        return self._update(
            expressions.watched(scope),
            {
                "watches": {"$add": [{"$ifNull": ["$watches", 0]}, 1]},
                "watchAt": expressions.next_look(waits),
            },
            sort=[("notBefore", 1)],
        )

    def _update(
        self, query: Document, change: Document, sort: list[tuple[str, int]] | None = None
    ) -> Target | None:
        with cluster_errors():
            found = self._find_and_update(query, change, sort)
        return None if found is None else read_target(found)

    def _find_and_update(
        self, query: Document, change: Document, sort: list[tuple[str, int]] | None = None
    ) -> dict[str, Any] | None:
        stamp: Document = {"updatedAt": "$$NOW", "rev": {"$add": ["$rev", 1]}}
        found: dict[str, Any] | None = self._schedules.find_one_and_update(
            query, [{"$set": {**change, **stamp}}], sort=sort, return_document=ReturnDocument.AFTER
        )
        return found


def _collision(details: Mapping[str, Any]) -> Conflict:
    """Which of the unique indexes was in the way."""
    if "slotAt" in details.get("keyPattern", {}):
        return Conflict(
            "Another post has just taken this slot of the queue.",
            code="slot_taken",
            fix="Put it into the queue again: it gets the next free slot.",
        )
    return Conflict(
        "This post is already planned for one of these accounts.",
        code="already_scheduled",
        fix="Look at it with `postflow post show` and change its time.",
    )


def _identity(target: Target) -> dict[str, ObjectId]:
    return {
        "_id": to_object_id(target.id),
        "organizationId": to_object_id(target.organization_id),
    }


def _held(target: Target) -> Document:
    """Still ours: nobody took it since, and nobody moved it on."""
    return {**_identity(target), "fence": target.fence, "status": target.status.value}
