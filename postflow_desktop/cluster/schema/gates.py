"""What keeps targets back: pauses, late rules, and the budgets of the accounts."""

from __future__ import annotations

from postflow_desktop.cluster.schema.spec import (
    BOOL,
    DATE,
    INT,
    OBJECT_ID,
    CollectionSpec,
    Document,
    index,
    nullable,
    one_of,
    structure,
    text,
)
from postflow_desktop.domain.late import MAX_GRACE_MINUTES, LatePolicy
from postflow_desktop.domain.network import Network

MAX_PAUSE_REASON = 500
_NUMBER: Document = {"bsonType": ["int", "long", "double"], "minimum": 0}
_KEPT_SECONDS = 8 * 86_400
"""Longer than any cap and any block: a budget that is forgotten is full."""

PAUSE = structure(
    {"reason": text(MAX_PAUSE_REASON), "by": OBJECT_ID, "at": DATE}, ("reason", "by", "at")
)
LATE = structure(
    {
        "policy": one_of(LatePolicy),
        "graceMinutes": {**INT, "minimum": 0, "maximum": MAX_GRACE_MINUTES},
    },
    ("policy", "graceMinutes"),
)

MAX_QUOTAS = 5
QUOTA = structure(
    {
        "seconds": {**INT, "minimum": 1},
        "limit": {**INT, "minimum": 0},
        "remaining": {**INT, "minimum": 0},
        "resetsAt": DATE,
        "cost": {**INT, "minimum": 1},
        "ofApp": BOOL,
    },
    ("seconds", "limit", "remaining", "resetsAt"),
)

BUDGETS = CollectionSpec(
    name="budgets",
    required=("organizationId", "socialAccountId", "platform", "window", "at"),
    properties={
        "_id": text(200),
        "organizationId": OBJECT_ID,
        "socialAccountId": OBJECT_ID,
        "platform": one_of(Network),
        # Seconds of a cap as text, `late` for the turns of late targets, `block`.
        "window": text(20, min_length=1),
        "cap": _NUMBER,
        "rate": _NUMBER,
        "tokens": _NUMBER,
        "at": DATE,
        "blockedUntil": nullable(DATE),
        "target": nullable(OBJECT_ID),
        "refused": {**INT, "minimum": 0},
        # What the network said where little was left.
        "told": nullable(QUOTA),
    },
    indexes=(
        index("organizationId", "blockedUntil"),
        index("socialAccountId"),
        index("at", expires=_KEPT_SECONDS),
    ),
)

GATES = CollectionSpec(
    name="gates",
    required=(),
    # `_id` is the organization's; `rev` counts its pauses, their ends, its blocks and its own
    # rules of networks, so that a publisher sees by one small read that nothing has changed.
    properties={"_id": OBJECT_ID},
)

GATE_COLLECTIONS: tuple[CollectionSpec, ...] = (BUDGETS, GATES)
"""The collections of budgets and gates."""
