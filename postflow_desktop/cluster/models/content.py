"""Social accounts, posts, their targets and queues."""

from __future__ import annotations

from typing import Annotated, Any, Self

from bson import ObjectId
from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from postflow_desktop.cluster.models.base import (
    Bounded,
    Hash,
    Number,
    Part,
    Stamped,
    Url,
    Zone,
    word,
)
from postflow_desktop.cluster.schema.accounts import MAX_USER_ID, MAX_USERNAME
from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.authoring import MAX_ACCOUNTS, MAX_LINK, MAX_MEDIA, MAX_TEXT
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import MediaKind, PostStatus
from postflow_desktop.domain.queue import MAX_PER_DAY, MAX_SLOTS
from postflow_desktop.domain.target import TargetStatus

Text = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
Link = Annotated[str, StringConstraints(max_length=MAX_LINK)]
Envelope = Annotated[str, StringConstraints(min_length=1)]
"""Sealed; never plain."""


class SocialAccount(Stamped):
    """A connected account (`socialAccounts`)."""

    organization_id: ObjectId
    platform: Annotated[str, word(Network)]
    platform_user_id: Annotated[str, StringConstraints(min_length=1, max_length=MAX_USER_ID)]
    platform_username: Annotated[str, StringConstraints(max_length=MAX_USERNAME)] | None = None
    display_name: str | None = None
    avatar_url: Url | None = None
    profile_url: Url | None = None
    access_token: Envelope = Field(repr=False)
    refresh_token: Envelope | None = Field(default=None, repr=False)
    token_expires_at: AwareDatetime | None = None
    scopes: list[str] | None = None
    metadata: Bounded | None = None
    status: Annotated[str, word(AccountStatus)]
    last_error_at: AwareDatetime | None = None
    last_error_code: str | None = None
    last_error_message: str | None = None
    last_refreshed_at: AwareDatetime | None = None


class Content(Part):
    """What a person wrote."""

    text: Text | None = None
    link_url: Link | None = None
    link_title: str | None = None
    link_description: str | None = None
    link_image_url: Link | None = None


class Variant(Part):
    """The words for one account where they differ."""

    social_account_id: ObjectId
    text: Text | None = None
    link_url: Link | None = None


class Media(Part):
    """A picture or video."""

    type: Annotated[str, word(MediaKind)]
    url: Link
    key: str | None = None
    sha256: Hash | None = None
    width: Annotated[int, Field(ge=0)] | None = None
    height: Annotated[int, Field(ge=0)] | None = None
    duration: Annotated[Number, Field(ge=0)] | None = None


class Post(Stamped):
    """A post (`posts`)."""

    organization_id: ObjectId
    created_by: ObjectId
    status: Annotated[str, word(PostStatus)]
    content: Content
    variants: Annotated[list[Variant], Field(max_length=MAX_ACCOUNTS)] | None = None
    media: Annotated[list[Media], Field(max_length=MAX_MEDIA)] | None = None
    social_account_ids: Annotated[list[ObjectId], Field(max_length=MAX_ACCOUNTS)]
    scheduled_at: AwareDatetime | None = None
    timezone: Zone | None = None
    queue_position: int | None = None
    published_at: AwareDatetime | None = None
    failure_reason: str | None = None
    failure_code: str | None = None
    idempotency_key: str | None = None

    @model_validator(mode="after")
    def _only_drafts_go_nowhere(self) -> Self:
        if self.status != PostStatus.DRAFT.value and not self.social_account_ids:
            raise ValueError("it is no draft and goes to no account")
        return self

    @model_validator(mode="after")
    def _keys_carry_their_organization(self) -> Self:
        key = self.idempotency_key
        if key is not None and not key.startswith(f"{self.organization_id}:"):
            raise ValueError("the idempotencyKey does not begin with the organization")
        return self


class TimeSlot(Part):
    """A wall time, of one day or of each day of the queue."""

    hour: Annotated[int, Field(ge=0, le=23)]
    minute: Annotated[int, Field(ge=0, le=59)]


class Queue(Stamped):
    """The weekly slots of an account (`queues`)."""

    organization_id: ObjectId
    social_account_id: ObjectId
    name: str | None = None
    enabled: bool
    time_slots: Annotated[list[TimeSlot], Field(max_length=MAX_SLOTS)] | None = None
    days_of_week: list[Annotated[int, Field(ge=0, le=6)]] | None = None
    max_posts_per_day: Annotated[int, Field(ge=1, le=MAX_PER_DAY)] | None = None
    timezone: Zone

    @model_validator(mode="after")
    def _days_come_once(self) -> Self:
        days = self.days_of_week or []
        if len(days) != len(set(days)):
            raise ValueError("a day of the week comes twice")
        return self


class Schedule(Stamped):
    """A target: one post for one account at one time (`schedules`)."""

    organization_id: ObjectId
    post_id: ObjectId
    social_account_id: ObjectId
    scheduled_at: AwareDatetime
    timezone: Zone | None = None
    status: Annotated[str, word(TargetStatus)]
    published_at: AwareDatetime | None = None
    content_hash: Hash
    result: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _what_is_out_says_where(self) -> Self:
        if self.status == TargetStatus.PUBLISHED.value and self.published_at is None:
            raise ValueError("it is published and has no publishedAt")
        return self


class Metrics(Part):
    """Numbers of a network about one post; any further one is kept."""

    impressions: Annotated[Number, Field(ge=0)] | None = None
    likes: Annotated[Number, Field(ge=0)] | None = None
    comments: Annotated[Number, Field(ge=0)] | None = None
    shares: Annotated[Number, Field(ge=0)] | None = None
    clicks: Annotated[Number, Field(ge=0)] | None = None
    engagement: Annotated[Number, Field(ge=0)] | None = None
    reach: Annotated[Number, Field(ge=0)] | None = None


class Analytics(Stamped):
    """What a network counted of one post of one account (`analytics`)."""

    organization_id: ObjectId
    post_id: ObjectId
    social_account_id: ObjectId
    platform_post_id: str | None = None
    platform_post_url: str | None = None
    metrics: Metrics
    fetched_at: AwareDatetime
