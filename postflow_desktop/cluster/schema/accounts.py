"""Social accounts with their token envelopes."""

from __future__ import annotations

from postflow_desktop.cluster.schema.gates import PAUSE
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
from postflow_desktop.domain.account import MAX_PREFLIGHT_MINUTES, AccountStatus
from postflow_desktop.domain.network import Network

MAX_USER_ID = 512
"""A did:web carries a host name of up to 253 characters (atproto.com/specs/did)."""
MAX_USERNAME = 255
"""A handle is a host name (atproto.com/specs/handle)."""
MAX_DISPLAY_NAME = 300
MAX_ERROR_CODE = 100
MAX_ERROR_MESSAGE = 500
MAX_SCOPE, MAX_SCOPES = 200, 100
_ENVELOPE = text(20_000, min_length=1)

SOCIAL_ACCOUNTS = CollectionSpec(
    name="socialAccounts",
    required=(
        "organizationId",
        "platform",
        "platformUserId",
        "accessToken",
        "tokenVersion",
        "status",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "organizationId": OBJECT_ID,
        "platform": one_of(Network),
        "platformUserId": text(MAX_USER_ID, min_length=1),
        "platformUsername": nullable(text(MAX_USERNAME)),
        "displayName": nullable(text(MAX_DISPLAY_NAME)),
        "avatarUrl": nullable(text(2048)),
        "profileUrl": nullable(text(2048)),
        "accessToken": _ENVELOPE,
        "refreshToken": nullable(_ENVELOPE),
        "tokenExpiresAt": nullable(DATE),
        "tokenVersion": {**INT, "minimum": 1},
        "refreshLease": nullable(
            structure({"owner": text(200, min_length=1), "until": DATE}, ("owner", "until"))
        ),
        "scopes": array(text(MAX_SCOPE), MAX_SCOPES),
        # Whether the sign-in is renewed without a person, for those who don't see the envelopes.
        "renews": BOOL,
        "renewableUntil": nullable(DATE),
        "metadata": {
            **structure({"service": text(2048), "sandboxMachine": text(100)}),
            "maxProperties": 50,
        },
        "status": one_of(AccountStatus),
        "lastErrorAt": nullable(DATE),
        "lastErrorCode": nullable(text(MAX_ERROR_CODE)),
        "lastErrorMessage": nullable(text(MAX_ERROR_MESSAGE)),
        "lastErrorFix": nullable(text(MAX_ERROR_MESSAGE)),
        "lastRefreshedAt": nullable(DATE),
        "lastCheckedAt": nullable(DATE),
        "pause": nullable(PAUSE),
        "resumedAt": nullable(DATE),
        "preflightMinutes": {**INT, "minimum": 0, "maximum": MAX_PREFLIGHT_MINUTES},
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(
        index("organizationId", "platform", "platformUserId", unique=True),
        index("organizationId", "status"),
        index("organizationId", "-updatedAt"),
        index("tokenExpiresAt", sparse=True),
        index("status", "tokenExpiresAt"),
        # The few that are paused, asked for with every target.
        index("organizationId", "pause.at", partial={"pause.at": {"$type": "date"}}),
        DIGEST,
    ),
)

ACCOUNT_COLLECTIONS: tuple[CollectionSpec, ...] = (SOCIAL_ACCOUNTS,)
"""The collections of social accounts."""
