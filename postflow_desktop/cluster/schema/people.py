"""Users, organizations, memberships, key wraps and the catalogue of plans."""

from __future__ import annotations

from postflow_desktop.cluster.schema.gates import LATE, PAUSE
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
    one_of,
    structure,
    text,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.notice import NoticeKind
from postflow_desktop.domain.own_rules import MAX_NOTE
from postflow_desktop.domain.telling import Channel
from postflow_desktop.services.ports.organizations import Role

MAX_EMAIL = 255
MAX_NAME = 200
MAX_ZONE = 64
_KEY_TEXT = text(64, min_length=1)
EMAIL: Document = {**text(MAX_EMAIL), "pattern": r"^[^@\sA-Z]+@[^@\sA-Z]+$"}
_LIMIT: Document = {**INT, "minimum": -1}
_WALL_TIME: Document = {**text(5), "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}

_SEALED_IDENTITY = structure(
    {
        "version": {**INT, "minimum": 1},
        "publicX25519": _KEY_TEXT,
        "publicEd25519": _KEY_TEXT,
        "salt": _KEY_TEXT,
        "kdf": structure(
            {"memoryKiB": INT, "iterations": INT, "lanes": INT},
            required=("memoryKiB", "iterations", "lanes"),
        ),
        "sealedPrivateKeys": text(1000, min_length=1),
    },
    required=("version", "publicX25519", "publicEd25519", "salt", "kdf", "sealedPrivateKeys"),
)

_TELLING = structure(
    {
        "email": BOOL,
        "push": BOOL,
        "marketing": BOOL,
        "security": BOOL,
        "channels": {
            **structure({kind.value: array(one_of(Channel), 10) for kind in NoticeKind}),
            "maxProperties": 50,
        },
        "quietHours": nullable(
            structure(
                {"start": _WALL_TIME, "end": _WALL_TIME, "timezone": text(MAX_ZONE, min_length=1)},
                required=("start", "end", "timezone"),
            )
        ),
    }
)

_OWN_RULES = structure(
    {
        "values": {"bsonType": "object", "maxProperties": 50},
        "note": text(MAX_NOTE),
        "by": OBJECT_ID,
        "at": DATE,
    },
    required=("values", "by", "at"),
)

_PREFERENCES = structure(
    {
        "theme": one_of(("light", "dark", "system")),
        "language": {**text(35), "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"},
        "timezone": text(MAX_ZONE, min_length=1),
        "notifications": _TELLING,
        "privacy": structure(
            {"profileVisible": BOOL, "analyticsEnabled": BOOL, "dataSharing": BOOL}
        ),
    }
)
_CREDITS: Document = {"bsonType": ["int", "long", "double"], "minimum": 0}

USERS = CollectionSpec(
    name="users",
    required=("emailVerified", "role", "status", "createdAt", "updatedAt"),
    properties={
        "email": nullable(EMAIL),
        "emailVerified": BOOL,
        # A hash would only be something to attack: signing in is unlocking one's keys.
        "passwordHash": {"bsonType": "null"},
        "keys": _SEALED_IDENTITY,
        "name": nullable(text(MAX_NAME)),
        "avatarUrl": nullable(text(2048)),
        "locale": nullable(text(35)),
        "timezone": nullable(text(MAX_ZONE)),
        "role": one_of(("user", "admin", "support")),
        "preferences": _PREFERENCES,
        "clerkUserId": nullable(text(255, min_length=1)),
        "firstName": nullable(text(MAX_NAME)),
        "lastName": nullable(text(MAX_NAME)),
        "username": nullable({**text(64, min_length=1), "pattern": "^[A-Za-z0-9_-]+$"}),
        "emailVerifiedAt": nullable(DATE),
        "metadata": {"bsonType": "object", "maxProperties": 50},
        "referralCode": {"bsonType": "string", "pattern": "^[A-Z0-9]{8}$"},
        "credits": _CREDITS,
        "totalCreditsEarned": _CREDITS,
        "totalReferredUsers": {**INT, "minimum": 0},
        "referredBy": nullable(OBJECT_ID),
        "lastLoginAt": nullable(DATE),
        "loginCount": {**INT, "minimum": 0},
        "status": one_of(("active", "suspended", "deleted")),
        "deletedAt": nullable(DATE),
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(
        # Partial, not sparse: a sparse index holds explicit nulls, so two people without an
        # address would collide.
        index("email", unique=True, partial={"email": {"$type": "string"}}),
        index("status", "-createdAt"),
        index("deletedAt", sparse=True),
        index("status", "email"),
        index("role"),
        # Partial, for the same reason: most people have none of these.
        index("clerkUserId", unique=True, partial={"clerkUserId": {"$type": "string"}}),
        index("username", unique=True, partial={"username": {"$type": "string"}}),
        index("referralCode", unique=True, partial={"referralCode": {"$type": "string"}}),
        DIGEST,
    ),
)

ORGANIZATIONS = CollectionSpec(
    name="organizations",
    required=(
        "name",
        "slug",
        "timezone",
        "planId",
        "status",
        "keyVersion",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "name": text(MAX_NAME, min_length=1),
        "slug": {**text(80, min_length=2), "pattern": "^[a-z0-9]+(?:-[a-z0-9]+)*$"},
        "logoUrl": nullable(text(2048)),
        "timezone": text(MAX_ZONE, min_length=1),
        "planId": OBJECT_ID,
        "stripeCustomerId": nullable(text(255)),
        "stripeSubscriptionId": nullable(text(255)),
        "subscriptionStatus": nullable(
            one_of(("active", "past_due", "canceled", "trialing", "incomplete"))
        ),
        "trialEndsAt": nullable(DATE),
        "settings": {
            **structure(
                {
                    "minLeadMinutes": {**INT, "minimum": 0, "maximum": 1440},
                    "late": LATE,
                    "maxTries": {**INT, "minimum": 1, "maximum": 20},
                }
            ),
            "maxProperties": 50,
        },
        "networkRules": {
            **structure({network.value: _OWN_RULES for network in Network}),
            "maxProperties": 50,
        },
        "status": one_of(("active", "suspended", "canceled")),
        "keyVersion": {**INT, "minimum": 1},
        "pause": nullable(PAUSE),
        "resumedAt": nullable(DATE),
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(
        index("slug", unique=True),
        index("stripeCustomerId", sparse=True),
        index("stripeSubscriptionId", sparse=True),
        index("status", "planId"),
        index("-updatedAt"),
        DIGEST,
    ),
)

MEMBERSHIPS = CollectionSpec(
    name="memberships",
    required=("userId", "organizationId", "role", "createdAt", "updatedAt"),
    properties={
        "userId": OBJECT_ID,
        "organizationId": OBJECT_ID,
        "role": one_of(Role),
        "invitedBy": nullable(OBJECT_ID),
        "invitedAt": nullable(DATE),
        "joinedAt": nullable(DATE),
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(
        index("userId", "organizationId", unique=True),
        index("organizationId", "role"),
        index("organizationId", "-joinedAt"),
        index("userId", "-joinedAt"),
        # At most one owner; the first one comes in the transaction that makes the organization.
        index("organizationId", unique=True, partial={"role": Role.OWNER.value}),
        DIGEST,
    ),
)

KEY_WRAPS = CollectionSpec(
    name="keyWraps",
    required=(
        "organizationId",
        "userId",
        "keyVersion",
        "ciphertext",
        "signedBy",
        "signature",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "_id": text(80, min_length=1),
        "organizationId": OBJECT_ID,
        "userId": OBJECT_ID,
        "keyVersion": {**INT, "minimum": 1},
        "ciphertext": text(1000, min_length=1),
        "signedBy": OBJECT_ID,
        "signature": text(200, min_length=1),
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(index("organizationId", "keyVersion", "userId", unique=True),),
)

SUBSCRIPTION_PLANS = CollectionSpec(
    name="subscriptionPlans",
    required=("slug", "name", "limits", "active", "createdAt", "updatedAt"),
    properties={
        "slug": one_of(("free", "pro", "business", "enterprise")),
        "name": text(100, min_length=1),
        "description": nullable(text(1000)),
        "stripePriceId": nullable(text(255)),
        "stripePriceIdYearly": nullable(text(255)),
        "amountCents": nullable({**INT, "minimum": 0}),
        "interval": nullable(one_of(("month", "year"))),
        "limits": structure(
            {
                "socialAccounts": _LIMIT,
                "postsPerMonth": _LIMIT,
                "teamMembers": _LIMIT,
                "workspaces": _LIMIT,
                # Beside the document's: posts that wait in the queue of one account.
                "queueSize": _LIMIT,
            },
            required=("socialAccounts", "postsPerMonth"),
        ),
        "features": array(text(50), 100),
        "sortOrder": INT,
        "active": BOOL,
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(index("slug", unique=True), index("active", "sortOrder")),
)

PEOPLE_COLLECTIONS: tuple[CollectionSpec, ...] = (
    USERS,
    ORGANIZATIONS,
    MEMBERSHIPS,
    KEY_WRAPS,
    SUBSCRIPTION_PLANS,
)
"""The collections of people and organizations."""
