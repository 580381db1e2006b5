"""Sound and unsound documents of billing, rewards and the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

Document = dict[str, Any]

_BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
_END = datetime(2026, 12, 1, tzinfo=UTC)
GONE = object()
"""In a change: the field is left out."""

IDS: Mapping[str, Mapping[str, Any]] = {
    "customers": {
        "organizationId": ObjectId,
        "userId": ObjectId,
        "stripeCustomerId": lambda: f"cus_{ObjectId()}",
    },
    "subscriptions": {
        "organizationId": ObjectId,
        "userId": ObjectId,
        "customerId": ObjectId,
        "stripeSubscriptionId": lambda: f"sub_{ObjectId()}",
    },
    "webhookEvents": {"eventId": lambda: f"evt_{ObjectId()}", "userId": ObjectId},
    "billingRecords": {"organizationId": ObjectId},
    "meters": {"_id": lambda: f"{ObjectId()}:postsPerMonth:2026-11", "organizationId": ObjectId},
    "referrals": {"referrerId": ObjectId, "referredUserId": ObjectId},
    "purchases": {"userId": ObjectId, "productId": ObjectId},
}

FIELDS: Mapping[str, Document] = {
    "customers": {
        "email": "ana@example.com",
        "name": "Ana",
        "currency": "eur",
        "taxIds": [{"type": "eu_vat", "value": "DE123456789"}],
        "address": {"line1": "Markt 1", "city": "Jena", "postalCode": "07743", "country": "DE"},
        "metadata": {"seat": "1"},
    },
    "subscriptions": {
        "stripePriceId": "price_pro",
        "status": "active",
        "currentPeriodStart": _BEGIN,
        "currentPeriodEnd": _END,
        "cancelAtPeriodEnd": False,
        "quantity": 1,
    },
    "webhookEvents": {
        "source": "stripe",
        "eventType": "invoice.paid",
        "payload": {"object": "event"},
        "processed": False,
        "retryCount": 0,
    },
    "billingRecords": {
        "type": "refund",
        "stripeInvoiceId": "in_1",
        "planSlug": "pro",
        "amountCents": -1200,
        "currency": "usd",
        "status": "refunded",
        "usageSnapshot": {"postsCount": 7, "socialAccountsCount": 2},
        "metadata": {},
    },
    "meters": {"meter": "postsPerMonth", "period": "2026-11", "used": 3},
    "referrals": {"status": "pending", "creditsAwarded": False},
    "purchases": {
        "productName": "Clean Code",
        "amount": 32.99,
        "creditsUsed": 2,
        "creditAmount": 20.0,
        "cashAmount": 12.99,
        "paymentMethodId": "pm_1",
        "isFirstPurchase": True,
        "referralCreditAwarded": True,
    },
    "products": {
        "title": "Clean Code",
        "description": "A handbook.",
        "author": "Robert C. Martin",
        "price": 32.99,
        "category": "ebook",
        "imageUrl": "https://example.com/book.jpg",
    },
}

UNSOUND: Mapping[str, list[tuple[str, object]]] = {
    "customers": [
        ("organizationId", GONE),
        ("userId", GONE),
        ("stripeCustomerId", "sub_1"),
        ("stripeCustomerId", "cus_"),
        ("email", "Ana@Example.com"),
        ("email", GONE),
        ("currency", "EUR"),
        ("currency", "euro"),
        ("taxIds.0.value", GONE),
        ("address.country", "XX"),
        ("address.country", "de"),
        ("address.city", GONE),
        ("metadata", {f"k{n}": "v" for n in range(51)}),
    ],
    "subscriptions": [
        ("organizationId", GONE),
        ("customerId", "c"),
        ("stripeSubscriptionId", "cus_1"),
        ("stripePriceId", "pro"),
        ("status", "over"),
        ("quantity", 0),
        ("quantity", 1.5),
        ("currentPeriodEnd", _BEGIN),
        ("currentPeriodEnd", GONE),
        ("cancelAtPeriodEnd", "no"),
        ("trialEnd", "soon"),
    ],
    "webhookEvents": [
        ("source", "github"),
        ("eventType", ""),
        ("eventId", ""),
        ("eventId", GONE),
        ("payload", "text"),
        ("payload", GONE),
        ("processed", 1),
        ("retryCount", -1),
        ("processedAt", "now"),
        ("userId", "u"),
    ],
    "billingRecords": [
        ("organizationId", GONE),
        ("type", "gift"),
        ("amountCents", 12.5),
        ("amountCents", GONE),
        ("currency", "us"),
        ("currency", "USD"),
        ("status", "open"),
        ("usageSnapshot.postsCount", "many"),
        ("metadata", {f"k{n}": n for n in range(51)}),
        ("periodStart", "2026-11"),
        ("createdAt", GONE),
    ],
    "meters": [
        ("_id", 7),
        ("meter", "likes"),
        ("meter", GONE),
        ("used", -1),
        ("used", GONE),
        ("organizationId", "o"),
        ("period", "2026-11-20"),
    ],
    "referrals": [
        ("referrerId", GONE),
        ("referredUserId", "u"),
        ("status", "lost"),
        ("status", GONE),
        ("creditsAwarded", GONE),
        ("convertedAt", "yesterday"),
    ],
    "purchases": [
        ("userId", GONE),
        ("productId", "p"),
        ("productName", ""),
        ("amount", -0.01),
        ("amount", "32.99"),
        ("creditsUsed", -1),
        ("creditAmount", -1),
        ("cashAmount", GONE),
        ("isFirstPurchase", "yes"),
        ("referralCreditAwarded", GONE),
    ],
    "products": [
        ("title", ""),
        ("title", " Clean Code"),
        ("title", "Clean Code "),
        ("description", GONE),
        ("author", " "),
        ("price", -1),
        ("price", GONE),
        ("category", "toy"),
        ("imageUrl", 1),
    ],
}

USER_FIELDS: Document = {
    "clerkUserId": "user_2abc",
    "firstName": "Ana",
    "username": "ana-b",
    "referralCode": "ABC123XY",
    "credits": 12,
    "totalCreditsEarned": 8.5,
    "totalReferredUsers": 3,
    "emailVerifiedAt": _BEGIN,
}
"""What the later documents add to people; all of it optional."""

USER_PREFERENCES: Document = {
    "theme": "dark",
    "language": "de-DE",
    "timezone": "Europe/Berlin",
    "notifications": {"email": True, "push": False, "marketing": False, "security": True},
    "privacy": {"profileVisible": True, "analyticsEnabled": True, "dataSharing": False},
}

UNSOUND_USERS: list[tuple[str, object]] = [
    ("clerkUserId", ""),
    ("username", "ana b"),
    ("referralCode", "abc123xy"),
    ("referralCode", "ABC123X"),
    ("referralCode", None),
    ("credits", -1),
    ("credits", "12"),
    ("totalCreditsEarned", -0.5),
    ("totalReferredUsers", 1.5),
    ("referredBy", "u"),
    ("metadata", {f"k{n}": n for n in range(51)}),
    ("preferences.theme", "pink"),
    ("preferences.language", "German!"),
    ("preferences.timezone", ""),
    ("preferences.notifications.marketing", "no"),
    ("preferences.privacy.dataSharing", 1),
]
