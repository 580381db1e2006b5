"""A post: what a person wrote, its pictures, and how it differs per account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postflow_desktop.domain.time import require_aware


class PostStatus(StrEnum):
    """Where a post stands; derived from its targets (see `derive_post_status`)."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"


class MediaKind(StrEnum):
    """What a media item is."""

    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One picture or video of a post; the bytes lie in the media store under `sha256`."""

    kind: MediaKind
    sha256: str
    """Lower-case hex of the bytes as they will be sent (metadata already removed)."""
    mime: str
    size: int
    """Bytes."""
    width: int
    height: int
    alt: str = ""
    duration: float | None = None
    """Seconds, for a video."""

    @property
    def url(self) -> str:
        """The address under which posts store it: `media:<sha256>`."""
        return f"media:{self.sha256}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What differs for one account; None means: as in the post."""

    account_id: str
    text: str | None = None
    link_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a person wrote, for one or more accounts of an organization."""

    id: str
    organization_id: str
    created_by: str
    status: PostStatus
    text: str
    created_at: datetime
    updated_at: datetime
    link_url: str | None = None
    variants: tuple[Variant, ...] = ()
    parts: tuple[str, ...] = ()
    """Further parts of a thread, in order; the text is the first one."""
    first_comment: str | None = None
    media: tuple[Media, ...] = ()
    account_ids: tuple[str, ...] = ()
    scheduled_at: datetime | None = None
    timezone: str | None = None
    published_at: datetime | None = None
    failure_code: str | None = None
    failure_reason: str | None = None
    idempotency_key: str | None = None
    rev: int = 1

    def __post_init__(self) -> None:
        for moment in (self.created_at, self.updated_at, self.scheduled_at, self.published_at):
            require_aware(moment)

    def text_for(self, account_id: str) -> str:
        """The words that go to this account."""
        variant = self._variant(account_id)
        return self.text if variant is None or variant.text is None else variant.text

    def link_for(self, account_id: str) -> str | None:
        """The link that goes to this account."""
        variant = self._variant(account_id)
        return self.link_url if variant is None or variant.link_url is None else variant.link_url

    def _variant(self, account_id: str) -> Variant | None:
        return next((v for v in self.variants if v.account_id == account_id), None)
