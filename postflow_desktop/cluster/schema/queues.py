"""Queues: the weekly slots of the accounts."""

from __future__ import annotations

from postflow_desktop.cluster.schema.gates import LATE
from postflow_desktop.cluster.schema.people import MAX_ZONE
from postflow_desktop.cluster.schema.spec import (
    BOOL,
    DATE,
    DIGEST,
    INT,
    OBJECT_ID,
    CollectionSpec,
    Document,
    array,
    index,
    nullable,
    structure,
    text,
)
from postflow_desktop.domain.queue import MAX_PER_DAY, MAX_QUEUE_NAME, MAX_SLOTS

_DAY: Document = {**INT, "minimum": 0, "maximum": 6}

QUEUES = CollectionSpec(
    name="queues",
    required=(
        "organizationId",
        "socialAccountId",
        "enabled",
        "timezone",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "organizationId": OBJECT_ID,
        "socialAccountId": OBJECT_ID,
        "name": nullable(text(MAX_QUEUE_NAME)),
        "enabled": BOOL,
        "timeSlots": array(
            structure(
                {
                    # A slot with a day is on that day, one without on every day of `daysOfWeek`.
                    "dayOfWeek": _DAY,
                    "hour": {**INT, "minimum": 0, "maximum": 23},
                    "minute": {**INT, "minimum": 0, "maximum": 59},
                },
                required=("hour", "minute"),
            ),
            MAX_SLOTS,
        ),
        "daysOfWeek": {**array(_DAY, 7), "uniqueItems": True},
        "maxPostsPerDay": nullable({**INT, "minimum": 1, "maximum": MAX_PER_DAY}),
        "timezone": text(MAX_ZONE, min_length=1),
        "late": nullable(LATE),
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(
        index("socialAccountId", unique=True),
        index("organizationId"),
        index("organizationId", "enabled"),
        DIGEST,
    ),
)

QUEUE_COLLECTIONS: tuple[CollectionSpec, ...] = (QUEUES,)
"""The collections of queues."""
