"""Users, organizations, memberships."""

from __future__ import annotations

from typing import Annotated, Self

from bson import ObjectId
from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from postflow_desktop.cluster.models.base import (
    Bounded,
    Email,
    Language,
    Name,
    Number,
    Part,
    Slug,
    Stamped,
    Url,
    Zone,
    word,
)
from postflow_desktop.services.ports.organizations import Role


class NotificationPreferences(Part):
    """Whether a person is told by mail, by alert, of offers, of security."""

    email: bool | None = None
    push: bool | None = None
    marketing: bool | None = None
    security: bool | None = None


class PrivacyPreferences(Part):
    """What others and the vendor may see."""

    profile_visible: bool | None = None
    analytics_enabled: bool | None = None
    data_sharing: bool | None = None


class Preferences(Part):
    """How a person wants PostFlow to be; what is missing has its default."""

    theme: Annotated[str, word(("light", "dark", "system"))] | None = None
    language: Language | None = None
    timezone: Zone | None = None
    notifications: NotificationPreferences | None = None
    privacy: PrivacyPreferences | None = None


class User(Stamped):
    """A person (`users`)."""

    email: Email | None = None
    email_verified: bool
    email_verified_at: AwareDatetime | None = None
    password_hash: None = None
    name: Annotated[str, StringConstraints(max_length=200)] | None = None
    first_name: str | None = None
    last_name: str | None = None
    username: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{1,64}$")] | None = None
    avatar_url: Url | None = None
    locale: str | None = None
    timezone: Zone | None = None
    role: Annotated[str, word(("user", "admin", "support"))]
    last_login_at: AwareDatetime | None = None
    login_count: Annotated[int, Field(ge=0)] = 0
    status: Annotated[str, word(("active", "suspended", "deleted"))]
    deleted_at: AwareDatetime | None = None
    preferences: Preferences | None = None
    metadata: Bounded | None = None
    clerk_user_id: Annotated[str, StringConstraints(min_length=1)] | None = None
    referral_code: Annotated[str, StringConstraints(pattern="^[A-Z0-9]{8}$")] | None = None
    credits: Annotated[Number, Field(ge=0)] = 0
    total_credits_earned: Annotated[Number, Field(ge=0)] = 0
    total_referred_users: Annotated[int, Field(ge=0)] = 0
    referred_by: ObjectId | None = None

    @model_validator(mode="after")
    def _deleted_people_say_when(self) -> Self:
        if self.status == "deleted" and self.deleted_at is None:
            raise ValueError("a deleted person has no deletedAt")
        return self


class OrganizationSettings(Part):
    """What an organization chose."""

    min_lead_minutes: Annotated[int, Field(ge=0, le=1440)] = 5
    max_tries: Annotated[int, Field(ge=1, le=20)] = 8


class Organization(Stamped):
    """A tenant (`organizations`)."""

    name: Name
    slug: Slug
    logo_url: Url | None = None
    timezone: Zone
    plan_id: ObjectId
    stripe_customer_id: str | None = None
    stripe_subscription_id: str | None = None
    subscription_status: (
        Annotated[str, word(("active", "past_due", "canceled", "trialing", "incomplete"))] | None
    ) = None
    trial_ends_at: AwareDatetime | None = None
    settings: OrganizationSettings | None = None
    status: Annotated[str, word(("active", "suspended", "canceled"))]


class Membership(Stamped):
    """A person in an organization (`memberships`)."""

    user_id: ObjectId
    organization_id: ObjectId
    role: Annotated[str, word(Role)]
    invited_by: ObjectId | None = None
    invited_at: AwareDatetime | None = None
    joined_at: AwareDatetime | None = None
