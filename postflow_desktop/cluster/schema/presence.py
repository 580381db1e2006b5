"""Which publishers are alive, and on which hours of the last days machines were on."""

from __future__ import annotations

from postflow_desktop.cluster.schema.spec import (
    BOOL,
    DATE,
    INT,
    OBJECT_ID,
    CollectionSpec,
    array,
    index,
    nullable,
    one_of,
    text,
)
from postflow_desktop.domain.presence import PublisherKind

MAX_NAME = 100
MAX_UNDER_WAY = 64
_MAX_ORGANIZATIONS = 1000
_DAY = 86_400
_KEPT_DAYS = 16

PRESENCE = CollectionSpec(
    name="presence",
    required=(
        "organizationIds",
        "machine",
        "name",
        "process",
        "kind",
        "version",
        "since",
        "at",
        "alwaysOn",
    ),
    properties={
        "_id": text(200),
        "organizationIds": array(OBJECT_ID, _MAX_ORGANIZATIONS),
        "machine": text(100, min_length=1),
        "name": text(MAX_NAME),
        "process": text(100, min_length=1),
        "kind": one_of(PublisherKind),
        "version": text(50),
        "since": DATE,
        "at": DATE,
        "underWay": array(OBJECT_ID, MAX_UNDER_WAY),
        "lastPublishedAt": nullable(DATE),
        "alwaysOn": BOOL,
    },
    indexes=(index("organizationIds", "at"), index("at", expires=_DAY)),
)

PRESENCE_DAYS = CollectionSpec(
    name="presenceDays",
    required=("organizationIds", "machine", "name", "day", "hours"),
    properties={
        "_id": text(200),
        "organizationIds": array(OBJECT_ID, _MAX_ORGANIZATIONS),
        "machine": text(100, min_length=1),
        "name": text(MAX_NAME),
        "day": DATE,
        "hours": array({**INT, "minimum": 0, "maximum": 23}, 24),
    },
    indexes=(index("organizationIds", "day"), index("day", expires=_KEPT_DAYS * _DAY)),
)

PRESENCE_COLLECTIONS = (PRESENCE, PRESENCE_DAYS)
