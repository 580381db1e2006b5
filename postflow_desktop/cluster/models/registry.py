"""Which collection has which model, and which field leads to a document of which other one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from postflow_desktop.cluster.models.base import Stored
from postflow_desktop.cluster.models.billing import (
    BillingRecord,
    Customer,
    Subscription,
    SubscriptionPlan,
    WebhookEvent,
)
from postflow_desktop.cluster.models.content import (
    Analytics,
    Post,
    Queue,
    Schedule,
    SocialAccount,
)
from postflow_desktop.cluster.models.people import Membership, Organization, User
from postflow_desktop.cluster.models.store import Product, Purchase, Referral

MODELS: Mapping[str, type[Stored]] = {
    "users": User,
    "organizations": Organization,
    "memberships": Membership,
    "socialAccounts": SocialAccount,
    "posts": Post,
    "queues": Queue,
    "schedules": Schedule,
    "analytics": Analytics,
    "subscriptionPlans": SubscriptionPlan,
    "billingRecords": BillingRecord,
    "customers": Customer,
    "subscriptions": Subscription,
    "webhookEvents": WebhookEvent,
    "referrals": Referral,
    "purchases": Purchase,
    "products": Product,
}
"""The collections of the three documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A field with the id of another document; `a.b` leads into lists too."""

    collection: str
    field: str
    to: str
    same_organization: bool = False
    """The document there has to belong to the same organization."""
    outlives: bool = False
    """It stays when what it leads to is removed: a record of what once was."""


def _refs(collection: str, **fields: str) -> tuple[Reference, ...]:
    """`~` before the target: in the same organization; `?`: it may be gone."""
    return tuple(
        Reference(
            collection=collection,
            field=field.replace("__", "."),
            to=target.lstrip("~?"),
            same_organization="~" in target[:2],
            outlives="?" in target[:2],
        )
        for field, target in fields.items()
    )


REFERENCES: tuple[Reference, ...] = (
    *_refs("organizations", planId="subscriptionPlans"),
    *_refs("memberships", userId="users", organizationId="organizations", invitedBy="users"),
    *_refs("keyWraps", userId="users", organizationId="organizations"),
    *_refs("socialAccounts", organizationId="organizations"),
    *_refs(
        "posts",
        organizationId="organizations",
        createdBy="users",
        # An account that was disconnected leaves its posts behind.
        socialAccountIds="~?socialAccounts",
        variants__socialAccountId="~?socialAccounts",
    ),
    *_refs("queues", organizationId="organizations", socialAccountId="~socialAccounts"),
    *_refs(
        "schedules",
        organizationId="organizations",
        postId="~posts",
        socialAccountId="~?socialAccounts",
    ),
    *_refs("publishAttempts", organizationId="organizations", targetId="~?schedules"),
    *_refs(
        "analytics",
        organizationId="organizations",
        postId="~posts",
        socialAccountId="~?socialAccounts",
    ),
    *_refs("billingRecords", organizationId="organizations", planId="?subscriptionPlans"),
    *_refs("clientApps", organizationId="organizations"),
    *_refs("customers", organizationId="organizations", userId="users"),
    *_refs(
        "subscriptions", organizationId="organizations", userId="users", customerId="~customers"
    ),
    *_refs("webhookEvents", organizationId="?organizations", userId="?users"),
    *_refs("referrals", referrerId="users", referredUserId="users"),
    *_refs("purchases", userId="users", productId="products"),
    *_refs("users", referredBy="?users"),
    *_refs("payloads", organizationId="organizations"),
    *_refs("notifications", organizationId="organizations", postId="~?posts"),
    *_refs("mailTurns", organizationId="organizations", userId="?users"),
    *_refs("budgets", organizationId="organizations", socialAccountId="~?socialAccounts"),
    *_refs("accountMetrics", organizationId="organizations", socialAccountId="~?socialAccounts"),
)
"""Every reference that the documents name, and those of PostFlow's own collections."""
