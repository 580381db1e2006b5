"""The filters and pipeline expressions of the publish protocol, all on the server's clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.cluster.target_codec import error_document
from postflow_desktop.domain.target import OPEN_STATES, TargetStatus
from postflow_desktop.services.ports.targets import Scope, Settlement

HELD = ["claimed", "sending", "reconciling"]
OPEN = sorted(status.value for status in OPEN_STATES)

UNFINISHED: Document = {
    "$or": [
        {"status": {"$in": [status for status in OPEN if status != "pending"]}},
        {"status": "pending", "$expr": {"$lte": ["$scheduledAt", "$$NOW"]}},
    ]
}


def in_seconds(seconds: float) -> Document:
    """An instant from now; BSON dates count milliseconds."""
    return {"$add": ["$$NOW", round(seconds * 1000)]}


def literal(values: Document) -> Document:
    """Values that no `$` or field path in them can change."""
    return {key: {"$literal": value} for key, value in values.items()}


def lease(owner: str, machine: str, seconds: float) -> Document:
    """A lease of so many seconds."""
    return {**literal({"owner": owner, "machine": machine}), "until": in_seconds(seconds)}


def in_scope(scope: Scope) -> Document:
    """Targets that this process may work on."""
    query: Document = {
        "organizationId": {"$in": [to_object_id(o) for o in scope.organization_ids]},
        "platform": {"$in": sorted(network.value for network in scope.networks)},
        "sandboxMachine": {"$in": [None, scope.machine]},
    }
    if scope.target_ids is not None:
        query["_id"] = {"$in": [to_object_id(t) for t in scope.target_ids]}
    return query


def claimable(scope: Scope) -> Document:
    """Due, and free or held under a lease that has ended."""
    return {
        **in_scope(scope),
        "status": {"$in": ["pending", "claimed"]},
        "$expr": {
            "$and": [
                {"$lte": ["$notBefore", in_seconds(-scope.wait)]},
                {
                    "$or": [
                        {"$eq": ["$status", "pending"]},
                        {"$lt": [{"$ifNull": ["$lease.until", "$$NOW"]}, "$$NOW"]},
                    ]
                },
            ]
        },
    }


def ambiguous(scope: Scope, quiet_seconds: float) -> Document:
    """The sender's lease ended a quiet time ago, or reconciling is due and free."""
    ended: Document = {"$lt": [_lease_end(), {"$subtract": ["$$NOW", round(quiet_seconds * 1000)]}]}
    free: Document = {
        "$and": [
            {"$lte": ["$notBefore", "$$NOW"]},
            {
                "$or": [
                    {"$eq": [{"$ifNull": ["$lease", None]}, None]},
                    {"$lt": [_lease_end(), "$$NOW"]},
                ]
            },
        ]
    }
    return {
        **in_scope(scope),
        "status": {"$in": ["sending", "reconciling"]},
        "$expr": {"$cond": [{"$eq": ["$status", "sending"]}, ended, free]},
    }


def watched(scope: Scope) -> Document:
    """Waiting for a person, and worth another look now."""
    return {
        **in_scope(scope),
        "status": TargetStatus.NEEDS_ATTENTION.value,
        "watchAt": {"$ne": None},
        "$expr": {"$lte": ["$watchAt", "$$NOW"]},
    }


def next_look(waits: Sequence[float]) -> Document:
    """When to look again: as many seconds from now as `waits` says for this look, or never."""
    milliseconds = [round(seconds * 1000) for seconds in waits]
    looks: Document = {"$ifNull": ["$watches", 0]}
    later: Document = {"$add": ["$$NOW", {"$arrayElemAt": [milliseconds, looks]}]}
    return {"$cond": [{"$lt": [looks, len(milliseconds)]}, later, None]}


def wakes(scope: Scope, quiet_seconds: float) -> list[tuple[Document, Any]]:
    """(filter, instant) pairs: when something with that filter wants looking at."""
    base = in_scope(scope)
    quiet = round(quiet_seconds * 1000)
    return [
        ({**base, "status": "pending"}, {"$add": ["$notBefore", round(scope.wait * 1000)]}),
        ({**base, "status": "claimed"}, _lease_end()),
        ({**base, "status": "sending"}, {"$add": [_lease_end(), quiet]}),
        ({**base, "status": "reconciling"}, {"$max": ["$notBefore", _lease_end()]}),
        ({**base, "status": "needs_attention", "watchAt": {"$ne": None}}, "$watchAt"),
    ]


def settlement(value: Settlement) -> Document:
    """The change that a settlement makes; the lease ends with it."""
    change: Document = {
        "status": value.status.value,
        "lease": None,
        "watchAt": None if value.watch_in is None else in_seconds(value.watch_in),
        "watches": 0,
    }
    if value.status not in OPEN_STATES:
        # Where it is sent again, it must not ask for a slot that somebody else has by then.
        change["slotAt"] = None
    if value.delay is not None or value.retry_at is not None:
        wait = in_seconds(value.delay or 0)
        change["notBefore"] = {"$max": [wait, value.retry_at]} if value.retry_at else wait
    if value.error is not None:
        change["lastError"] = literal(error_document(value.error))
    if value.count_try:
        change["tries"] = {"$add": ["$tries", 1]}
    if value.drop_wire:
        change["wire"] = None
    if value.status is TargetStatus.PENDING or value.asked:
        # It is planned again only where nothing of it can be out, or a person says so; what was
        # not known before must not make a question of a request that is merely put off.
        change["reconciliations"] = 0
    if value.status is TargetStatus.PUBLISHED:
        change |= {"publishedAt": "$$NOW", "lastError": None}
    if value.result is not None:
        change["result"] = literal(
            {"externalId": value.result.external_id, "url": value.result.url}
        )
    return change


def _lease_end() -> Document:
    return {"$ifNull": ["$lease.until", "$$NOW"]}
