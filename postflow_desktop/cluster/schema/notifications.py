"""Notices of organizations, and whose turn it is to mail a member."""

from __future__ import annotations

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
from postflow_desktop.domain.notice import NoticeKind

MAX_KEY = 200
MAX_TITLE = 300
MAX_NOTICE = 2000
MAX_ADDRESS = 2048
_MAX_MEMBERS = 1000
_DAY = 86_400
KEPT_DAYS = 30

NOTIFICATIONS = CollectionSpec(
    name="notifications",
    required=(
        "organizationId",
        "key",
        "kind",
        "title",
        "text",
        "at",
        "readBy",
        "withdrawn",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "organizationId": OBJECT_ID,
        "key": text(MAX_KEY, min_length=1),
        "kind": one_of(NoticeKind),
        "title": text(MAX_TITLE, min_length=1),
        "text": text(MAX_NOTICE),
        "fix": text(MAX_NOTICE),
        "postId": nullable(OBJECT_ID),
        "targetId": nullable(OBJECT_ID),
        "socialAccountId": nullable(OBJECT_ID),
        "url": nullable(text(MAX_ADDRESS)),
        "dueAt": nullable(DATE),
        "at": DATE,
        # Which call raised it last: tells that call whether it changed anything.
        "raisedBy": text(64),
        "readBy": array(OBJECT_ID, _MAX_MEMBERS),
        "mailedTo": array(OBJECT_ID, _MAX_MEMBERS),
        "withdrawn": BOOL,
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(
        # The key is no `_id`: what was deleted and is raised again is another document, for
        # machines that hold copies never revive an id.
        index("organizationId", "key", unique=True),
        index("organizationId", "-at"),
        index("organizationId", "kind", "-at", partial={"withdrawn": False}),
        index("at", expires=KEPT_DAYS * _DAY),
        DIGEST,
    ),
)

MAIL_TURNS = CollectionSpec(
    name="mailTurns",
    required=("organizationId", "userId", "createdAt", "updatedAt"),
    properties={
        "_id": text(80, min_length=1),
        "organizationId": OBJECT_ID,
        "userId": OBJECT_ID,
        "lease": nullable(
            structure({"owner": text(200, min_length=1), "until": DATE}, ("owner", "until"))
        ),
        "singlyAt": array(DATE, 10),
        "summedAt": nullable(DATE),
        "failures": {**INT, "minimum": 0},
        "notBefore": nullable(DATE),
        "lastError": nullable(text(MAX_NOTICE)),
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(index("organizationId", "userId", unique=True),),
)

NOTIFICATION_COLLECTIONS: tuple[CollectionSpec, ...] = (NOTIFICATIONS, MAIL_TURNS)
"""The collections of notices."""
