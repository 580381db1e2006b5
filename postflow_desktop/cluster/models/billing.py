"""Plans, billing records, Stripe's customers and subscriptions, events of services."""

from __future__ import annotations

from typing import Annotated, Any, Self

from bson import ObjectId
from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from postflow_desktop.cluster.models.base import (
    Bounded,
    Country,
    Currency,
    Email,
    Name,
    Part,
    Stamped,
    Stored,
    word,
)
from postflow_desktop.cluster.schema.billing import (
    RECORD_STATES,
    RECORD_TYPES,
    SUBSCRIPTION_STATES,
    WEBHOOK_SOURCES,
)

Limit = Annotated[int, Field(ge=-1)]
"""-1: without end."""
CustomerId = Annotated[str, StringConstraints(pattern="^cus_.")]
SubscriptionId = Annotated[str, StringConstraints(pattern="^sub_.")]
PriceId = Annotated[str, StringConstraints(pattern="^price_.")]


class PlanLimits(Part):
    """The most of each thing."""

    social_accounts: Limit
    posts_per_month: Limit
    team_members: Limit | None = None
    workspaces: Limit | None = None
    queue_size: Limit | None = None


class SubscriptionPlan(Stamped):
    """A plan of the catalogue (`subscriptionPlans`)."""

    slug: Annotated[str, word(("free", "pro", "business", "enterprise"))]
    name: Name
    description: str | None = None
    stripe_price_id: str | None = None
    stripe_price_id_yearly: str | None = None
    amount_cents: Annotated[int, Field(ge=0)] | None = None
    interval: Annotated[str, word(("month", "year"))] | None = None
    limits: PlanLimits
    features: list[str] | None = None
    sort_order: int | None = None
    active: bool


class BillingRecord(Stamped):
    """An invoice, payment, refund or snapshot (`billingRecords`)."""

    organization_id: ObjectId
    type: Annotated[str, word(RECORD_TYPES)]
    stripe_invoice_id: str | None = None
    stripe_payment_intent_id: str | None = None
    stripe_subscription_id: str | None = None
    plan_id: ObjectId | None = None
    plan_slug: str | None = None
    amount_cents: int
    currency: Currency
    status: Annotated[str, word(RECORD_STATES)]
    period_start: AwareDatetime | None = None
    period_end: AwareDatetime | None = None
    usage_snapshot: Bounded | None = None
    metadata: Bounded | None = None


class TaxId(Part):
    """A number at a tax office."""

    type: Annotated[str, StringConstraints(min_length=1)]
    value: Annotated[str, StringConstraints(min_length=1)]


class Address(Part):
    """Where bills go."""

    line1: str
    line2: str | None = None
    city: str
    state: str | None = None
    postal_code: str
    country: Country


class Customer(Stamped):
    """A customer of Stripe (`customers`)."""

    organization_id: ObjectId
    user_id: ObjectId
    stripe_customer_id: CustomerId
    email: Email
    name: str | None = None
    default_payment_method_id: str | None = None
    currency: Currency
    tax_ids: list[TaxId] | None = None
    address: Address | None = None
    metadata: Bounded | None = None


class Subscription(Stamped):
    """A subscription of Stripe (`subscriptions`)."""

    organization_id: ObjectId
    user_id: ObjectId
    customer_id: ObjectId
    stripe_subscription_id: SubscriptionId
    stripe_price_id: PriceId
    status: Annotated[str, word(SUBSCRIPTION_STATES)]
    current_period_start: AwareDatetime
    current_period_end: AwareDatetime
    cancel_at_period_end: bool
    canceled_at: AwareDatetime | None = None
    trial_start: AwareDatetime | None = None
    trial_end: AwareDatetime | None = None
    quantity: Annotated[int, Field(ge=1)]
    metadata: Bounded | None = None

    @model_validator(mode="after")
    def _a_period_ends_after_it_begins(self) -> Self:
        if self.current_period_end <= self.current_period_start:
            raise ValueError("the period ends before it begins")
        return self


class WebhookEvent(Stored):
    """An event that a service told of (`webhookEvents`)."""

    source: Annotated[str, word(WEBHOOK_SOURCES)]
    event_type: Annotated[str, StringConstraints(min_length=1)]
    event_id: Annotated[str, StringConstraints(min_length=1)]
    user_id: ObjectId | None = None
    organization_id: ObjectId | None = None
    payload: dict[str, Any]
    processed: bool
    processing_error: str | None = None
    retry_count: Annotated[int, Field(ge=0)]
    created_at: AwareDatetime
    processed_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _what_is_done_says_when(self) -> Self:
        if self.processed and self.processed_at is None:
            raise ValueError("it is processed and has no processedAt")
        return self
