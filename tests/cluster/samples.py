"""One sound document per collection, and what makes it unsound."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from tests.cluster import samples_services as services

Document = dict[str, Any]

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HASH = "a" * 64
GONE = services.GONE
"""In a change: the field is left out."""


def sound(collection: str) -> Document:
    """A document that the collection takes; each call makes other ids."""
    own = {name: make() for name, make in _IDS.get(collection, {}).items()}
    document: Document = {"_id": ObjectId(), **_FIELDS[collection], **own, "rev": 1}
    if collection != "publishAttempts":
        document["createdAt"] = NOW
    if collection not in ("payloads", "publishAttempts"):
        document["updatedAt"] = NOW
    return document


def changed(document: Document, path: str, value: object) -> Document:
    """The document with one field changed; `a.b` goes into `a`, `a.0` into its first item."""
    head, _, rest = path.partition(".")
    copy = dict(document)
    if rest:
        inner = copy.get(head, {})
        if isinstance(inner, list):
            first = inner[0]
            index, _, deeper = rest.partition(".")
            assert index == "0", path
            copy[head] = [changed(first, deeper, value) if deeper else value, *inner[1:]]
        else:
            copy[head] = changed(inner, rest, value)
    elif value is GONE:
        del copy[head]
    else:
        copy[head] = value
    return copy


_IDS: Mapping[str, Mapping[str, Any]] = {
    "users": {"email": lambda: f"{ObjectId()}@example.com"},
    "organizations": {"slug": lambda: f"bakery-{ObjectId()}", "planId": ObjectId},
    "memberships": {"userId": ObjectId, "organizationId": ObjectId},
    "keyWraps": {
        "_id": lambda: f"{ObjectId()}:1",
        "userId": ObjectId,
        "organizationId": ObjectId,
        "signedBy": ObjectId,
    },
    "socialAccounts": {"organizationId": ObjectId, "platformUserId": lambda: f"did:{ObjectId()}"},
    "posts": {"organizationId": ObjectId, "createdBy": ObjectId},
    "schedules": {"organizationId": ObjectId, "postId": ObjectId, "socialAccountId": ObjectId},
    "queues": {"organizationId": ObjectId, "socialAccountId": ObjectId},
    "payloads": {"_id": lambda: f"{ObjectId()}{'0' * 40}", "organizationId": ObjectId},
    "notifications": {"organizationId": ObjectId, "key": lambda: f"target:{ObjectId()}"},
    "mailTurns": {
        "_id": lambda: f"{ObjectId()}:{ObjectId()}",
        "organizationId": ObjectId,
        "userId": ObjectId,
    },
    "clientApps": {"organizationId": ObjectId},
    "analytics": {"organizationId": ObjectId, "postId": ObjectId, "socialAccountId": ObjectId},
    "accountMetrics": {"organizationId": ObjectId, "socialAccountId": ObjectId},
    "metricTurns": {
        "_id": lambda: f"{ObjectId()}:{ObjectId()}",
        "organizationId": ObjectId,
        "socialAccountId": ObjectId,
    },
    "budgets": {
        "_id": lambda: f"threads:{ObjectId()}:86400",
        "organizationId": ObjectId,
        "socialAccountId": ObjectId,
    },
    **services.IDS,
    "presence": {"_id": lambda: f"{ObjectId()}:agent"},
    "presenceDays": {"_id": lambda: f"{ObjectId()}:2026-11-20"},
    "publishAttempts": {
        "_id": lambda: f"{ObjectId()}#0#1",
        "organizationId": ObjectId,
        "targetId": ObjectId,
    },
}

_MEDIA = {"type": "image", "url": f"media:{HASH}", "sha256": HASH, "width": 4, "height": 3}
_VIDEO = {**_MEDIA, "type": "video", "duration": 12.5, "codec": "avc1"}
_DOCUMENT = {**_MEDIA, "type": "document", "title": "Prices", "pages": 3}

_STEP = {"n": 0, "kind": "publish", "status": "published", "externalId": "1", "url": "https://x"}

_FIELDS: Mapping[str, Document] = {
    "users": {
        "emailVerified": False,
        "role": "user",
        "status": "active",
        "keys": {
            "version": 1,
            "publicX25519": "x",
            "publicEd25519": "e",
            "salt": "s",
            "kdf": {"memoryKiB": 1, "iterations": 1, "lanes": 1},
            "sealedPrivateKeys": "k",
        },
        "preferences": {
            "notifications": {
                "email": True,
                "push": False,
                "channels": {"failed": ["mail"]},
                "quietHours": {"start": "22:00", "end": "08:00", "timezone": "Europe/Berlin"},
            }
        },
    },
    "organizations": {
        "name": "Bakery",
        "timezone": "Europe/Berlin",
        "settings": {"minLeadMinutes": 5},
        "status": "active",
        "keyVersion": 1,
    },
    "memberships": {"role": "member"},
    "keyWraps": {"keyVersion": 1, "ciphertext": "c", "signature": "s"},
    "subscriptionPlans": {
        "slug": "free",
        "name": "Free",
        "limits": {"socialAccounts": 3, "postsPerMonth": -1},
        "features": ["queue"],
        "active": True,
    },
    "socialAccounts": {
        "platform": "bluesky",
        "accessToken": "sealed",
        "tokenVersion": 1,
        "status": "active",
        "metadata": {"service": "https://bsky.social"},
        "scopes": ["atproto"],
    },
    "posts": {
        "status": "draft",
        "content": {
            "text": "Hello",
            "linkUrl": "https://example.com",
            "parts": ["Two"],
            "firstComment": "More",
            "linkTitle": "Fresh bread",
            "linkDescription": "At six",
            "linkImageUrl": "media:x",
            "linkCard": {"url": "https://example.com", "picture": _MEDIA, "hidden": False},
        },
        "variants": [{"socialAccountId": ObjectId(), "text": "Hi"}],
        "media": [_MEDIA, _VIDEO, _DOCUMENT],
        "socialAccountIds": [ObjectId()],
    },
    "schedules": {
        "platform": "bluesky",
        "scheduledAt": NOW,
        "notBefore": NOW,
        "status": "pending",
        "contentHash": HASH,
        "fence": 0,
        "lease": {"owner": "p-1", "machine": "m-1", "until": NOW},
        "intent": {"attemptId": "a", "step": 0, "machine": "m", "process": "p", "at": NOW},
        "lastError": {"code": "c", "message": "m", "fix": "f"},
        "steps": [_STEP],
        "result": {"externalId": "at://x", "url": "https://x"},
    },
    "queues": {
        "enabled": True,
        "timeSlots": [{"dayOfWeek": 1, "hour": 9, "minute": 0}, {"hour": 17, "minute": 30}],
        "daysOfWeek": [1, 5],
        "maxPostsPerDay": 3,
        "timezone": "Europe/Berlin",
    },
    "payloads": {
        "platform": "bluesky",
        "text": "Hello",
        "media": [_MEDIA, _VIDEO, _DOCUMENT],
        "parts": ["Two"],
        "firstComment": "More",
        "card": {"url": "https://example.com", "title": "Fresh bread", "picture": _MEDIA},
    },
    "publishAttempts": {"attemptId": "a", "kind": "announced", "at": NOW},
    "notifications": {
        "kind": "failed",
        "title": "Not published",
        "text": "The network said no.",
        "fix": "Try again.",
        "at": NOW,
        "raisedBy": "a" * 24,
        "readBy": [ObjectId()],
        "mailedTo": [ObjectId()],
        "withdrawn": False,
    },
    "mailTurns": {
        "lease": {"owner": "p-1", "until": NOW},
        "singlyAt": [NOW],
        "summedAt": NOW,
        "failures": 1,
        "notBefore": NOW,
        "lastError": "No such mailbox.",
    },
    **services.FIELDS,
    "gates": {},
    "analytics": {
        "platform": "x",
        "platformPostId": "1",
        "platformPostUrl": "https://x.com/i/status/1",
        "metrics": {"impressions": 120, "likes": 0},
        "untold": "aged",
        "fetchedAt": NOW,
        "askedAt": NOW,
        "goneAt": None,
    },
    "accountMetrics": {
        "platform": "x",
        "day": NOW,
        "metrics": {"followers": 7},
        "untold": None,
        "fetchedAt": NOW,
    },
    "metricTurns": {
        "lease": {"owner": "p-1", "until": NOW},
        "nextAt": NOW,
        "blockedUntil": None,
        "spentOn": NOW,
        "spent": 3,
        "lastError": "The network did not answer.",
    },
    "clientApps": {
        "platform": "x",
        "clientId": "the-app",
        "clientSecret": None,
        "redirectUri": "http://127.0.0.1:8765/callback",
        "scopes": ["tweet.read"],
        "version": 1,
        "updatedAt": NOW,
    },
    "budgets": {
        "platform": "threads",
        "window": "86400",
        "cap": 250,
        "rate": 0.003,
        "tokens": 12.5,
        "at": NOW,
        "blockedUntil": NOW,
    },
    "presence": {
        "organizationIds": [ObjectId()],
        "machine": "m-1",
        "name": "laptop",
        "process": "p-1",
        "kind": "agent",
        "version": "1.0",
        "since": NOW,
        "at": NOW,
        "underWay": [ObjectId()],
        "alwaysOn": True,
    },
    "presenceDays": {
        "organizationIds": [ObjectId()],
        "machine": "m-1",
        "name": "laptop",
        "day": NOW,
        "hours": [9, 10],
    },
}

# What the document asks to be refused, and what would break a promise of the protocol.
UNSOUND: Mapping[str, list[tuple[str, object]]] = {
    "users": [
        ("email", "Ana@Example.com"),
        ("email", "no address"),
        ("email", f"{'a' * 250}@b.com"),
        ("emailVerified", "yes"),
        ("emailVerified", GONE),
        ("passwordHash", "$2b$12$"),
        ("name", "n" * 201),
        ("avatarUrl", "u" * 2049),
        ("role", "owner"),
        ("role", GONE),
        ("status", "gone"),
        ("status", GONE),
        ("loginCount", -1),
        ("lastLoginAt", "2026-11-20"),
        ("createdAt", GONE),
        ("updatedAt", "now"),
        ("rev", GONE),
        ("rev", 0),
        ("keys.sealedPrivateKeys", GONE),
        ("keys.kdf.memoryKiB", GONE),
        ("preferences.notifications.email", "yes"),
        ("preferences.notifications.channels.failed.0", "pigeon"),
        ("preferences.notifications.quietHours.start", "25:00"),
        ("preferences.notifications.quietHours.end", "8:00"),
        ("preferences.notifications.quietHours.timezone", GONE),
        *services.UNSOUND_USERS,
    ],
    "analytics": [
        ("organizationId", GONE),
        ("postId", "p"),
        ("socialAccountId", GONE),
        ("platform", "myspace"),
        ("metrics", GONE),
        ("metrics.impressions", -1),
        ("metrics.likes", 1.5),
        ("metrics.engagement", "many"),
        ("metrics.reach", None),
        ("fetchedAt", GONE),
        ("fetchedAt", "now"),
        ("goneAt", 1),
        ("rev", GONE),
    ],
    "accountMetrics": [
        ("organizationId", "o"),
        ("socialAccountId", GONE),
        ("platform", GONE),
        ("day", "2026-11-20"),
        ("metrics.followers", -1),
        ("fetchedAt", GONE),
    ],
    "metricTurns": [
        ("organizationId", GONE),
        ("socialAccountId", 1),
        ("lease", {"owner": "p"}),
        ("nextAt", "soon"),
        ("spent", -1),
        ("lastError", "e" * 2001),
    ],
    "organizations": [
        ("name", ""),
        ("name", "n" * 201),
        ("slug", "Bad Slug"),
        ("slug", "a"),
        ("slug", "double--hyphen"),
        ("slug", "s" * 81),
        ("timezone", GONE),
        ("planId", "business"),
        ("planId", GONE),
        ("subscriptionStatus", "unpaid"),
        ("status", "deleted"),
        ("settings.minLeadMinutes", -1),
        ("settings.minLeadMinutes", "5"),
        ("settings", {f"k{n}": n for n in range(51)}),
        ("keyVersion", 0),
    ],
    "memberships": [
        ("role", "guest"),
        ("role", GONE),
        ("userId", "u"),
        ("organizationId", GONE),
        ("joinedAt", "today"),
    ],
    "keyWraps": [("ciphertext", ""), ("signature", GONE), ("keyVersion", 0), ("_id", 7)],
    "subscriptionPlans": [
        ("slug", "gold"),
        ("limits", GONE),
        ("limits.socialAccounts", -2),
        ("limits.postsPerMonth", GONE),
        ("amountCents", -1),
        ("interval", "week"),
        ("features.0", 1),
        ("active", 1),
    ],
    "socialAccounts": [
        ("platform", "myspace"),
        ("platform", "twitter"),
        ("platformUserId", ""),
        ("platformUserId", GONE),
        ("platformUsername", "u" * 256),
        ("accessToken", ""),
        ("accessToken", GONE),
        ("refreshToken", 1),
        ("scopes.0", 1),
        ("metadata", {f"k{n}": n for n in range(51)}),
        ("status", "ok"),
        ("lastErrorMessage", "m" * 501),
        ("tokenExpiresAt", "soon"),
        ("tokenVersion", 0),
    ],
    "posts": [
        ("content.parts", ["x"] * 26),
        ("content.firstComment", 1),
        ("content.linkTitle", "t" * 501),
        ("content.linkCard", "https://example.com"),
        ("content.linkCard.url", GONE),
        ("content.linkCard.hidden", "yes"),
        ("status", "sent"),
        ("status", GONE),
        ("content", GONE),
        ("content.text", "t" * 100_001),
        ("content.linkUrl", 1),
        ("variants", [{"socialAccountId": ObjectId()}] * 101),
        ("variants.0.socialAccountId", GONE),
        ("media", [_MEDIA] * 36),
        ("media.0.type", "audio"),
        ("media.0.url", GONE),
        ("media.0.sha256", "A" * 64),
        ("socialAccountIds", GONE),
        ("socialAccountIds.0", "a"),
        ("createdBy", GONE),
        ("scheduledAt", "2026-11-20T09:00"),
        ("idempotencyKey", None),
    ],
    "schedules": [
        ("status", "scheduled"),
        ("status", GONE),
        ("organizationId", GONE),
        ("postId", "p"),
        ("socialAccountId", GONE),
        ("scheduledAt", GONE),
        ("notBefore", GONE),
        ("contentHash", "short"),
        ("contentHash", GONE),
        ("fence", -1),
        ("fence", GONE),
        ("lease.until", GONE),
        ("intent.attemptId", GONE),
        ("lastError.code", GONE),
        ("result.url", GONE),
        ("slotAt", "09:00"),
        ("steps.0.kind", "repost"),
        ("steps.0.status", "sending"),
        ("steps.0.n", GONE),
        ("steps", [_STEP] * 27),
        ("acceptedAt", "now"),
        ("hold", {"reason": "Wait", "by": ObjectId()}),
        ("rev", 0),
    ],
    "queues": [
        ("organizationId", GONE),
        ("socialAccountId", "a"),
        ("enabled", GONE),
        ("enabled", 1),
        ("timeSlots.0.hour", 24),
        ("timeSlots.0.minute", 60),
        ("timeSlots.0.minute", GONE),
        ("timeSlots.0.dayOfWeek", 7),
        ("timeSlots", [{"hour": 9, "minute": 0}] * 351),
        ("daysOfWeek", [1, 1]),
        ("daysOfWeek", [7]),
        ("maxPostsPerDay", 0),
        ("maxPostsPerDay", 51),
        ("late", {"policy": "guess", "graceMinutes": 5}),
        ("timezone", ""),
        ("timezone", GONE),
    ],
    "payloads": [
        ("_id", "no hash"),
        ("text", GONE),
        ("media", [_MEDIA] * 36),
        ("platform", "?"),
        ("parts", "Two"),
        ("firstComment", 1),
        ("card.url", GONE),
        ("card.title", "t" * 401),
        ("card.picture.sha256", "no hash"),
    ],
    "publishAttempts": [
        ("kind", "retried"),
        ("targetId", GONE),
        ("attemptId", GONE),
        ("at", GONE),
        ("outcome", "fine"),
        ("contentHash", "x"),
    ],
    "notifications": [
        ("organizationId", GONE),
        ("key", ""),
        ("key", GONE),
        ("kind", "birthday"),
        ("title", ""),
        ("text", "t" * 2001),
        ("at", GONE),
        ("dueAt", "soon"),
        ("readBy", GONE),
        ("readBy.0", "u"),
        ("withdrawn", "no"),
        ("url", "u" * 2049),
    ],
    "mailTurns": [
        ("organizationId", GONE),
        ("userId", "u"),
        ("lease.owner", GONE),
        ("lease.until", "later"),
        ("singlyAt", [NOW] * 11),
        ("failures", -1),
    ],
    **services.UNSOUND,
    "gates": [("_id", "o"), ("rev", 0)],
    "clientApps": [
        ("organizationId", GONE),
        ("platform", "myspace"),
        ("clientId", ""),
        ("clientId", GONE),
        ("clientSecret", "s" * 8001),
        ("redirectUri", GONE),
        ("scopes.0", ""),
        ("version", GONE),
        ("updatedAt", "now"),
        ("rev", 0),
        ("rev", GONE),
    ],
    "budgets": [
        ("_id", 7),
        ("organizationId", GONE),
        ("socialAccountId", "a"),
        ("platform", "myspace"),
        ("window", ""),
        ("tokens", -1),
        ("at", GONE),
        ("blockedUntil", "tomorrow"),
    ],
    "presence": [
        ("_id", 7),
        ("organizationIds", GONE),
        ("organizationIds.0", "o"),
        ("machine", ""),
        ("kind", "server"),
        ("kind", GONE),
        ("process", GONE),
        ("since", "today"),
        ("at", GONE),
        ("underWay.0", "t"),
        ("underWay", [ObjectId()] * 65),
        ("alwaysOn", "yes"),
    ],
    "presenceDays": [
        ("_id", 7),
        ("organizationIds", GONE),
        ("machine", GONE),
        ("day", "2026-11-20"),
        ("hours", GONE),
        ("hours.0", 24),
        ("hours.0", -1),
        ("hours", [1] * 25),
    ],
}
