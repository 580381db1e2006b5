"""What billing keeps: customers and subscriptions of Stripe, records, events, meters of plans."""

from __future__ import annotations

from postflow_desktop.cluster.schema.people import EMAIL
from postflow_desktop.cluster.schema.spec import (
    BOOL,
    DATE,
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
from postflow_desktop.domain.iso import COUNTRIES
from postflow_desktop.domain.plan import Meter

SUBSCRIPTION_STATES = (
    "active",
    "canceled",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "trialing",
    "unpaid",
)
"""Stripe's words (docs.stripe.com/api/subscriptions/object, status; 2026-11)."""
WEBHOOK_SOURCES = ("clerk", "stripe", "ayrshare")
RECORD_TYPES = ("subscription", "invoice", "usage", "refund", "credit")
RECORD_STATES = ("pending", "paid", "failed", "refunded", "void")
MAX_METADATA = 50
"""Stripe's own limit of keys (docs.stripe.com/api/metadata; 2026-11)."""
WEBHOOK_DAYS = 90
MAX_STRIPE_ID = 255
_DAY = 86_400


def _stripe(prefix: str) -> Document:
    return {**text(MAX_STRIPE_ID), "pattern": f"^{prefix}_."}


CURRENCY: Document = {**text(3, min_length=3), "pattern": "^[a-z]{3}$"}
_METADATA: Document = {"bsonType": "object", "maxProperties": MAX_METADATA}

CUSTOMERS = CollectionSpec(
    name="customers",
    required=(
        "organizationId",
        "userId",
        "stripeCustomerId",
        "email",
        "currency",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "organizationId": OBJECT_ID,
        "userId": OBJECT_ID,
        "stripeCustomerId": _stripe("cus"),
        "email": EMAIL,
        "name": nullable(text(200)),
        "defaultPaymentMethodId": nullable(text(MAX_STRIPE_ID)),
        "currency": CURRENCY,
        "taxIds": array(
            structure(
                {"type": text(50, min_length=1), "value": text(100, min_length=1)},
                ("type", "value"),
            ),
            20,
        ),
        "address": nullable(
            structure(
                {
                    "line1": text(500),
                    "line2": nullable(text(500)),
                    "city": text(200),
                    "state": nullable(text(200)),
                    "postalCode": text(50),
                    "country": one_of(sorted(COUNTRIES)),
                },
                ("line1", "city", "postalCode", "country"),
            )
        ),
        "metadata": _METADATA,
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(
        index("userId"),
        index("stripeCustomerId", unique=True),
        index("organizationId"),
    ),
)

SUBSCRIPTIONS = CollectionSpec(
    name="subscriptions",
    required=(
        "organizationId",
        "userId",
        "customerId",
        "stripeSubscriptionId",
        "stripePriceId",
        "status",
        "currentPeriodStart",
        "currentPeriodEnd",
        "cancelAtPeriodEnd",
        "quantity",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "organizationId": OBJECT_ID,
        "userId": OBJECT_ID,
        "customerId": OBJECT_ID,
        "stripeSubscriptionId": _stripe("sub"),
        "stripePriceId": _stripe("price"),
        "status": one_of(SUBSCRIPTION_STATES),
        "currentPeriodStart": DATE,
        "currentPeriodEnd": DATE,
        "cancelAtPeriodEnd": BOOL,
        "canceledAt": nullable(DATE),
        "trialStart": nullable(DATE),
        "trialEnd": nullable(DATE),
        "quantity": {**INT, "minimum": 1},
        "metadata": _METADATA,
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    # No schema keyword compares two fields.
    rule={"$expr": {"$gt": ["$currentPeriodEnd", "$currentPeriodStart"]}},
    indexes=(
        index("userId", "status"),
        index("status"),
        index("currentPeriodEnd"),
        index("customerId"),
        index("stripeSubscriptionId", unique=True),
        # Partial: what ended stays beside the one that is active.
        index(
            "organizationId",
            "stripePriceId",
            unique=True,
            partial={"status": "active"},
        ),
    ),
)

WEBHOOK_EVENTS = CollectionSpec(
    name="webhookEvents",
    required=("source", "eventType", "eventId", "payload", "processed", "retryCount", "createdAt"),
    properties={
        "source": one_of(WEBHOOK_SOURCES),
        "eventType": text(200, min_length=1),
        "eventId": text(MAX_STRIPE_ID, min_length=1),
        "userId": nullable(OBJECT_ID),
        "organizationId": nullable(OBJECT_ID),
        "payload": {"bsonType": "object"},
        "processed": BOOL,
        "processingError": nullable(text(2000)),
        "retryCount": {**INT, "minimum": 0},
        "createdAt": DATE,
        "processedAt": nullable(DATE),
    },
    indexes=(
        # An event that is delivered again meets the first one.
        index("source", "eventId", unique=True),
        index("processed", "createdAt"),
        index("createdAt"),
        index("userId", partial={"userId": {"$type": "objectId"}}),
        # Only what was worked off has this time, so that nothing is forgotten before.
        index("processedAt", expires=WEBHOOK_DAYS * _DAY),
    ),
)

BILLING_RECORDS = CollectionSpec(
    name="billingRecords",
    required=(
        "organizationId",
        "type",
        "amountCents",
        "currency",
        "status",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "organizationId": OBJECT_ID,
        "type": one_of(RECORD_TYPES),
        "stripeInvoiceId": nullable(text(MAX_STRIPE_ID)),
        "stripePaymentIntentId": nullable(text(MAX_STRIPE_ID)),
        "stripeSubscriptionId": nullable(text(MAX_STRIPE_ID)),
        "planId": nullable(OBJECT_ID),
        "planSlug": nullable(text(50)),
        # Negative for what goes back.
        "amountCents": INT,
        "currency": CURRENCY,
        "status": one_of(RECORD_STATES),
        "periodStart": nullable(DATE),
        "periodEnd": nullable(DATE),
        "usageSnapshot": nullable(
            {**structure({"postsCount": INT, "socialAccountsCount": INT}), "maxProperties": 50}
        ),
        "metadata": _METADATA,
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(
        index("organizationId", "-createdAt"),
        index("organizationId", "type", "-createdAt"),
        index("stripeInvoiceId", sparse=True),
        index("stripePaymentIntentId", sparse=True),
    ),
)

METERS = CollectionSpec(
    name="meters",
    required=("meter", "used", "updatedAt"),
    # One document per organization (or person), meter and period: whoever takes the next of
    # something that a plan counts writes it first, so that takers come one after the other.
    properties={
        "_id": text(200, min_length=1),
        "organizationId": OBJECT_ID,
        "userId": OBJECT_ID,
        "meter": one_of(Meter),
        "period": text(7),
        "used": {**INT, "minimum": 0},
        # Who takes of it right now, where counting and storing are several steps.
        "lease": nullable(
            structure({"owner": text(200, min_length=1), "until": DATE}, ("owner", "until"))
        ),
        "updatedAt": DATE,
    },
    indexes=(index("organizationId", "meter"),),
)

BILLING_COLLECTIONS: tuple[CollectionSpec, ...] = (
    CUSTOMERS,
    SUBSCRIPTIONS,
    WEBHOOK_EVENTS,
    BILLING_RECORDS,
    METERS,
)
"""The collections of billing."""
