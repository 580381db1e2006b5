"""What was measured of posts and accounts, and whose turn it is to measure."""

from __future__ import annotations

from postflow_desktop.cluster.schema.spec import (
    DATE,
    DIGEST,
    INT,
    OBJECT_ID,
    CollectionSpec,
    index,
    nullable,
    one_of,
    structure,
    text,
)
from postflow_desktop.domain.authoring import MAX_LINK
from postflow_desktop.domain.metrics import NUMBERS, AccountMetrics
from postflow_desktop.domain.network import Network

MAX_REASON = 100
MAX_ERROR = 2000
_COUNT = {**INT, "minimum": 0}

ANALYTICS = CollectionSpec(
    name="analytics",
    required=(
        "organizationId",
        "postId",
        "socialAccountId",
        "platform",
        "metrics",
        "fetchedAt",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "organizationId": OBJECT_ID,
        "postId": OBJECT_ID,
        "socialAccountId": OBJECT_ID,
        "platform": one_of(Network),
        "platformPostId": text(MAX_LINK),
        "platformPostUrl": text(MAX_LINK),
        # A number that a network does not tell is left out.
        "metrics": structure(dict.fromkeys(NUMBERS, _COUNT)),
        # A word of `Untold`; a newer PostFlow may know more of them.
        "untold": nullable(text(MAX_REASON)),
        "fetchedAt": DATE,
        # The last time that the network was asked, told or not.
        "askedAt": DATE,
        "goneAt": nullable(DATE),
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(
        index("postId", "socialAccountId", unique=True),
        index("organizationId", "-fetchedAt"),
        index("organizationId", "-metrics.impressions"),
        index("fetchedAt"),
        DIGEST,
    ),
)

ACCOUNT_METRICS = CollectionSpec(
    name="accountMetrics",
    required=(
        "organizationId",
        "socialAccountId",
        "platform",
        "day",
        "metrics",
        "fetchedAt",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "organizationId": OBJECT_ID,
        "socialAccountId": OBJECT_ID,
        "platform": one_of(Network),
        # Midnight UTC of the day; the last measurement of a day stays.
        "day": DATE,
        "metrics": structure(dict.fromkeys(AccountMetrics().numbers, _COUNT)),
        "untold": nullable(text(MAX_REASON)),
        "fetchedAt": DATE,
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(index("organizationId", "socialAccountId", "-day", unique=True),),
)

METRIC_TURNS = CollectionSpec(
    name="metricTurns",
    required=("organizationId", "socialAccountId", "createdAt", "updatedAt"),
    properties={
        "_id": text(80, min_length=1),
        "organizationId": OBJECT_ID,
        "socialAccountId": OBJECT_ID,
        "lease": nullable(
            structure({"owner": text(200, min_length=1), "until": DATE}, ("owner", "until"))
        ),
        "nextAt": nullable(DATE),
        "blockedUntil": nullable(DATE),
        # The day (midnight UTC) that `spent` counts requests of.
        "spentOn": nullable(DATE),
        "spent": _COUNT,
        "lastError": nullable(text(MAX_ERROR)),
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(index("organizationId", "socialAccountId", unique=True),),
)

ANALYTICS_COLLECTIONS = (ANALYTICS, ACCOUNT_METRICS, METRIC_TURNS)
