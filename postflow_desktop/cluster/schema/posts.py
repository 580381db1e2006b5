"""Posts, targets (`schedules`), payloads and attempts."""

from __future__ import annotations

from postflow_desktop.cluster.schema.gates import MAX_QUOTAS, PAUSE, QUOTA
from postflow_desktop.cluster.schema.spec import (
    BOOL,
    DATE,
    DIGEST,
    INT,
    OBJECT_ID,
    CollectionSpec,
    array,
    index,
    nullable,
    one_of,
    structure,
    text,
)
from postflow_desktop.domain.authoring import (
    MAX_ACCOUNTS,
    MAX_ALT,
    MAX_CARD_DESCRIPTION,
    MAX_CARD_TITLE,
    MAX_LINK,
    MAX_MEDIA,
    MAX_OPTION_VALUE,
    MAX_OPTIONS,
    MAX_PARTS,
    MAX_TEXT,
    MAX_TITLE,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.post import MediaKind, PostStatus
from postflow_desktop.domain.step import StepKind, StepStatus
from postflow_desktop.domain.target import OPEN_STATES, TargetStatus

_HASH = {"bsonType": "string", "pattern": "^[0-9a-f]{64}$"}
_NUMBER = {"bsonType": ["int", "long", "double"]}

_MEDIA = structure(
    {
        "type": one_of(MediaKind),
        "url": text(MAX_LINK),
        "sha256": _HASH,
        "mime": text(100),
        "size": INT,
        "width": INT,
        "height": INT,
        "alt": text(MAX_ALT),
        "duration": _NUMBER,
        "codec": text(16),
        "frames": INT,
        "title": text(MAX_TITLE),
        "pages": INT,
    },
    required=("type", "url"),
)

_CARD = structure(
    {
        "url": text(MAX_LINK),
        "title": text(MAX_CARD_TITLE),
        "description": text(MAX_CARD_DESCRIPTION),
        "picture": _MEDIA,
        "fetchedAt": DATE,
        "hidden": BOOL,
    },
    required=("url",),
)
"""In `posts` its words stand in the fields that the schema document has for them."""

_OPTIONS = {
    "bsonType": "object",
    "maxProperties": MAX_OPTIONS,
    "additionalProperties": text(MAX_OPTION_VALUE),
}

POSTS = CollectionSpec(
    name="posts",
    required=(
        "organizationId",
        "createdBy",
        "status",
        "content",
        "socialAccountIds",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "organizationId": OBJECT_ID,
        "createdBy": OBJECT_ID,
        "status": one_of(PostStatus),
        "content": structure(
            {
                "text": text(MAX_TEXT),
                "linkUrl": text(MAX_LINK),
                "linkTitle": text(500),
                "linkDescription": text(2000),
                "linkImageUrl": text(MAX_LINK),
                "linkCard": _CARD,
                "parts": array(text(MAX_TEXT), MAX_PARTS),
                "firstComment": text(MAX_TEXT),
            }
        ),
        "variants": array(
            structure(
                {
                    "socialAccountId": OBJECT_ID,
                    "text": text(MAX_TEXT),
                    "linkUrl": text(MAX_LINK),
                    "options": _OPTIONS,
                },
                required=("socialAccountId",),
            ),
            MAX_ACCOUNTS,
        ),
        "media": array(_MEDIA, MAX_MEDIA),
        "socialAccountIds": array(OBJECT_ID, MAX_ACCOUNTS),
        "scheduledAt": nullable(DATE),
        "timezone": nullable(text(64)),
        "queuePosition": INT,
        "publishedAt": nullable(DATE),
        "failureReason": nullable(text(2000)),
        "failureCode": nullable(text(100)),
        "idempotencyKey": text(300),
        "deletedAt": DATE,
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(
        index("status", "scheduledAt"),
        index("organizationId", "-createdAt", "-_id"),
        index("organizationId", "status", "-createdAt", "-_id"),
        index("organizationId", "status", "scheduledAt"),
        index("organizationId", "createdBy", "-createdAt"),
        index("idempotencyKey", unique=True, sparse=True),
        index("organizationId", "scheduledAt"),
        index("organizationId", "-publishedAt"),
        DIGEST,
    ),
)

_LEASE = structure(
    {"owner": text(100), "machine": text(100), "until": DATE}, ("owner", "machine", "until")
)
_INTENT = structure(
    {
        "attemptId": text(200),
        "step": INT,
        "machine": text(100),
        "process": text(100),
        "at": DATE,
    },
    ("attemptId", "machine", "process", "at"),
)

_STEP = structure(
    {
        "n": INT,
        "kind": one_of(StepKind),
        "status": one_of(StepStatus),
        "attempt": text(200),
        "externalId": text(MAX_LINK),
        "url": text(MAX_LINK),
    },
    ("n", "kind", "status"),
)

ENDED = sorted(
    status.value for status in TargetStatus if status not in OPEN_STATES | {TargetStatus.CANCELED}
)
"""What a target ends in by itself; a canceled one is no news to who canceled it."""

SCHEDULES = CollectionSpec(
    name="schedules",
    required=(
        "organizationId",
        "postId",
        "socialAccountId",
        "platform",
        "scheduledAt",
        "notBefore",
        "status",
        "contentHash",
        "fence",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "organizationId": OBJECT_ID,
        "postId": OBJECT_ID,
        "socialAccountId": OBJECT_ID,
        "platform": one_of(Network),
        "scheduledAt": DATE,
        "notBefore": DATE,
        "timezone": nullable(text(64)),
        "localTime": nullable(text(32)),
        "status": one_of(TargetStatus),
        "publishedAt": nullable(DATE),
        "contentHash": _HASH,
        "fromQueue": BOOL,
        "slotAt": nullable(DATE),
        "fence": {**INT, "minimum": 0},
        "lease": nullable(_LEASE),
        "intent": nullable(_INTENT),
        "wire": nullable(text(1_000_000)),
        "steps": array(_STEP, MAX_PARTS + 1),
        "tries": INT,
        "senderDeaths": INT,
        "reconciliations": INT,
        "claimedAt": nullable(DATE),
        "acceptedAt": nullable(DATE),
        "hold": nullable(PAUSE),
        "lastError": nullable(
            structure({"code": text(100), "message": text(2000), "fix": text(2000)}, ("code",))
        ),
        "result": nullable(
            structure({"externalId": text(MAX_LINK), "url": text(MAX_LINK)}, ("externalId", "url"))
        ),
        "sandboxMachine": nullable(text(100)),
        "watchAt": nullable(DATE),
        "watches": INT,
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(
        index("postId", "socialAccountId", unique=True),
        index("status", "scheduledAt"),
        index("organizationId", "scheduledAt"),
        index("organizationId", "socialAccountId", "scheduledAt"),
        # The claim: bounds on the first three keys, merged in the order of the third; the last one
        # leaves out paused accounts without a look at their targets.
        index("organizationId", "status", "notBefore", "socialAccountId"),
        index("organizationId", "postId"),
        # What ended lately; a target enters it once, when it ends.
        index("organizationId", "updatedAt", partial={"status": {"$in": ENDED}}),
        # A slot has one post; whatever settles a target gives its slot back.
        index(
            "organizationId",
            "socialAccountId",
            "slotAt",
            unique=True,
            partial={
                "fromQueue": True,
                "slotAt": {"$type": "date"},
                "status": {"$in": sorted(status.value for status in OPEN_STATES)},
            },
        ),
        index(
            "organizationId",
            "socialAccountId",
            "result.externalId",
            partial={"result.externalId": {"$exists": True}},
        ),
        DIGEST,
    ),
)

PAYLOADS = CollectionSpec(
    name="payloads",
    required=("organizationId", "platform", "text", "createdAt"),
    properties={
        "_id": _HASH,
        "organizationId": OBJECT_ID,
        "platform": one_of(Network),
        "text": text(MAX_TEXT),
        "linkUrl": nullable(text(MAX_LINK)),
        "media": array(_MEDIA, MAX_MEDIA),
        "parts": array(text(MAX_TEXT), MAX_PARTS),
        "firstComment": text(MAX_TEXT),
        "card": _CARD,
        "options": _OPTIONS,
        "createdAt": DATE,
    },
    indexes=(index("organizationId", "-createdAt"),),
)

PUBLISH_ATTEMPTS = CollectionSpec(
    name="publishAttempts",
    required=("organizationId", "targetId", "attemptId", "kind", "at"),
    properties={
        "_id": text(200),
        "attemptId": text(200),
        "kind": one_of(("announced", "concluded")),
        "organizationId": OBJECT_ID,
        "postId": OBJECT_ID,
        "targetId": OBJECT_ID,
        "socialAccountId": OBJECT_ID,
        "at": DATE,
        "machine": text(100),
        "process": text(100),
        "fence": INT,
        "contentHash": _HASH,
        "requestHash": _HASH,
        "outcome": one_of(OutcomeKind),
        "letter": text(1),
        "code": text(100),
        "message": text(2000),
        "httpStatus": INT,
        "received": text(4000),
        "sent": text(4000),
        # What the rate headers said, and until when the network takes nothing: written with an
        # outcome that is written anyway.
        "quotas": array(QUOTA, MAX_QUOTAS),
        "retryAt": DATE,
    },
    indexes=(
        index("organizationId", "targetId", "at"),
        index("organizationId", "postId", "at"),
        index(
            "organizationId", "socialAccountId", "-at", partial={"quotas.limit": {"$exists": True}}
        ),
        DIGEST,
    ),
)

POST_COLLECTIONS = (POSTS, SCHEDULES, PAYLOADS, PUBLISH_ATTEMPTS)
