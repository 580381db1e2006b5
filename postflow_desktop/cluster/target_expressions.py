"""The filters and pipeline expressions of the publish protocol, all on the server's clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from postflow_desktop.cluster.documents import Document, to_object_id, without_none
from postflow_desktop.cluster.target_codec import error_document
from postflow_desktop.domain.step import StepDone
from postflow_desktop.domain.target import OPEN_STATES, TargetStatus
from postflow_desktop.services.ports.targets import Scope, Settlement

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""`notBefore` of what a person holds: the claim's index ends before it."""
HELD = ["claimed", "sending", "reconciling"]
OPEN = sorted(status.value for status in OPEN_STATES)

_BEING_SENT = [status for status in OPEN if status not in ("pending", "reconciling")]


def in_seconds(seconds: float) -> Document:
    """An instant from now; BSON dates count milliseconds."""
    return {"$add": ["$$NOW", round(seconds * 1000)]}


def literal(values: Document) -> Document:
    """Values that no `$` or field path in them can change."""
    return {key: {"$literal": value} for key, value in values.items()}


def lease(owner: str, machine: str, seconds: float) -> Document:
    """A lease of so many seconds."""
    return {**literal({"owner": owner, "machine": machine}), "until": in_seconds(seconds)}


def unless_held(moment: Any) -> Document:
    """The next try: at that moment, never while a person holds the target."""
    held = {"$ne": [{"$ifNull": ["$hold", None]}, None]}
    return {"$cond": [held, NEVER, moment]}


def first_found(on_time: float) -> Document:
    """`acceptedAt` as a claim leaves it: what is on time needs no judgement, now or later."""
    late: Document = {"$subtract": ["$$NOW", "$scheduledAt"]}
    accepted: Document = {"$cond": [{"$lte": [late, round(on_time * 1000)]}, "$$NOW", None]}
    return {"$ifNull": ["$acceptedAt", accepted]}


def deaths(*held: str) -> Document:
    """One more death where the target is taken from a holder of that status whose lease ran out.

    A lease that its holder ended itself (it ends with the last change) is nobody's death.
    """
    until: Document = {"$ifNull": ["$lease.until", None]}
    died: Document = {
        "$and": [
            {"$in": ["$status", list(held)]},
            {"$ne": [until, None]},
            {"$ne": [until, "$updatedAt"]},
        ]
    }
    return {"$add": [{"$ifNull": ["$senderDeaths", 0]}, {"$cond": [died, 1, 0]}]}


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


def _not_paused(scope: Scope) -> Document:
    """Without what is known to be paused; a hint, the barrier does not rely on it."""
    paused = [to_object_id(o) for o in sorted(scope.paused_organizations)]
    accounts = [to_object_id(a) for a in sorted(scope.paused_accounts)]
    query: Document = {}
    if paused:
        query["organizationId"] = {
            "$in": [o for o in in_scope(scope)["organizationId"]["$in"] if o not in paused]
        }
    if accounts:
        query["socialAccountId"] = {"$nin": accounts}
    return query


def unfinished(scope: Scope) -> Document:
    """What is being sent, and what could be: due or unclear, and not paused."""
    could: list[Document] = [
        {**_not_paused(scope), "status": "reconciling"},
        {
            **_not_paused(scope),
            "status": "pending",
            "hold": None,
            "$expr": {"$lte": ["$scheduledAt", "$$NOW"]},
        },
    ]
    return {**in_scope(scope), "$or": [{"status": {"$in": _BEING_SENT}}, *could]}


def claimable(scope: Scope) -> Document:
    """Due, kept back by nobody, and free or held under a lease that has ended."""
    return {
        **in_scope(scope),
        **_not_paused(scope),
        "hold": None,
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
    free = {**base, **_not_paused(scope)}
    quiet = round(quiet_seconds * 1000)
    return [
        (
            {**free, "status": "pending", "hold": None},
            {"$add": ["$notBefore", round(scope.wait * 1000)]},
        ),
        ({**free, "status": "claimed"}, _lease_end()),
        ({**base, "status": "sending"}, {"$add": [_lease_end(), quiet]}),
        ({**base, "status": "reconciling"}, {"$max": ["$notBefore", _lease_end()]}),
        ({**base, "status": "needs_attention", "watchAt": {"$ne": None}}, "$watchAt"),
    ]


def settlement(value: Settlement) -> Document:
    """The change that a settlement makes; the lease ends with it."""
    change: Document = {
        "status": _status(value),
        "lease": None,
        "watchAt": None if value.watch_in is None else in_seconds(value.watch_in),
        "watches": 0,
    }
    if value.status not in OPEN_STATES:
        # Where it is sent again, it must not ask for a slot that somebody else has by then.
        change["slotAt"] = None
        change["hold"] = None
    if value.delay is not None or value.retry_at is not None:
        wait = in_seconds(value.delay or 0)
        moment = {"$max": [wait, value.retry_at]} if value.retry_at else wait
        change["notBefore"] = unless_held(moment)
    if value.error is not None:
        change["lastError"] = literal(error_document(value.error))
    if value.drop_wire:
        change["wire"] = None
    change |= _counted(value)
    if value.status is TargetStatus.PUBLISHED:
        change |= {"publishedAt": {"$ifNull": ["$publishedAt", "$$NOW"]}, "lastError": None}
    if value.result is not None:
        change["result"] = literal(
            {"externalId": value.result.external_id, "url": value.result.url}
        )
    return change | ({} if value.step is None else _with_step(value.step))


def _status(value: Settlement) -> Document | str:
    return canceled_or_out() if value.status is TargetStatus.CANCELED else value.status.value


def _counted(value: Settlement) -> Document:
    """How the target's counters go on."""
    change: Document = {}
    if value.count_try:
        change["tries"] = {"$add": ["$tries", 1]}
    if value.asked:
        change["senderDeaths"] = 0
    elif value.count_death:
        change["senderDeaths"] = {"$add": ["$senderDeaths", 1]}
    if value.status is TargetStatus.PENDING or value.asked:
        # It is planned again only where nothing of it can be out, or a person says so; what was
        # not known before must not make a question of a request that is merely put off.
        change["reconciliations"] = 0
    elif value.kept_back:
        change["reconciliations"] = {"$max": [1, {"$subtract": ["$reconciliations", 1]}]}
    return change


def canceled_or_out() -> Document:
    """The state of a target that is given up: what is out stays out, without the rest."""
    out: Document = {"$in": ["published", {"$ifNull": ["$steps.status", []]}]}
    return {"$cond": [out, TargetStatus.PUBLISHED.value, TargetStatus.CANCELED.value]}


def _with_step(done: StepDone) -> Document:
    """The step is marked; where another one follows, it begins with nothing from this one."""
    mark = {"status": "published", "attempt": done.attempt}
    mark |= {"externalId": done.external_id, "url": done.url}
    marked: Document = {"$mergeObjects": ["$$step", literal(without_none(mark))]}
    which: Document = {"$cond": [{"$eq": ["$$step.n", done.n]}, marked, "$$step"]}
    change: Document = {"steps": {"$map": {"input": "$steps", "as": "step", "in": which}}}
    if done.is_last:
        return change
    # Late evidence about a target that was canceled begins nothing.
    canceled: Document = {"$eq": ["$status", TargetStatus.CANCELED.value]}
    return change | {
        "status": {"$cond": [canceled, TargetStatus.PUBLISHED.value, TargetStatus.PENDING.value]},
        "publishedAt": {"$ifNull": ["$publishedAt", "$$NOW"]},
        "lastError": None,
        "wire": None,
        "intent": None,
        "tries": 0,
        "senderDeaths": 0,
    }


def _lease_end() -> Document:
    return {"$ifNull": ["$lease.until", "$$NOW"]}
