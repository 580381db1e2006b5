"""A post: what a person wrote, its pictures, and how it differs per account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postflow_desktop.domain.link_card import host_of, leads_to
from postflow_desktop.domain.options import Options
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
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture, video or document of a post; the bytes lie in the media store by `sha256`."""

    kind: MediaKind
    sha256: str
    """Lower-case hex of the bytes as they will be sent (metadata already removed)."""
    mime: str
    size: int
    """Bytes."""
    width: int
    """Pixels as it is shown, upright; 0 for a document."""
    height: int
    alt: str = ""
    duration: float | None = None
    """Seconds, for a video."""
    codec: str | None = None
    """How a video's pictures are coded, as its file names it: `avc1`, `hvc1`, …"""
    frames: int | None = None
    """Pictures of an animation; None for a picture that stands still."""
    title: str | None = None
    """What a document is called where it is shown; its file's name at first."""
    pages: int | None = None
    """Pages or slides of a document, where its file says it."""

    @property
    def is_animation(self) -> bool:
        """Whether it is a GIF that moves; networks handle those apart from other pictures."""
        return self.mime == "image/gif" and (self.frames or 1) > 1

    @property
    def url(self) -> str:
        """The address under which posts store it: `media:<sha256>`."""
        return f"media:{self.sha256}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCard:
    """What the card of a link says. It is kept with the post, so that what was seen goes out."""

    url: str
    """The link that it is about, with its scheme."""
    title: str
    description: str = ""
    picture: Media | None = None
    """Its bytes lie in the media store, as those of the post's own pictures."""
    fetched_at: datetime | None = None
    """When the page was read; None where it was not."""
    hidden: bool = False
    """The person wants no card for this link; what was read is kept in case they change it."""

    def __post_init__(self) -> None:
        require_aware(self.fetched_at)

    @property
    def host(self) -> str:
        """The name of the site, as cards show it."""
        return host_of(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What differs for one account; None means: as in the post."""

    account_id: str
    text: str | None = None
    link_url: str | None = None
    options: Options = ()
    """What was chosen there beside the content, as `options.settled` gives it."""


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
    card: LinkCard | None = None
    """Of its link, for networks that don't make their own."""
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

    def options_for(self, account_id: str) -> Options:
        """What was chosen for this account beside the content."""
        variant = self._variant(account_id)
        return () if variant is None else variant.options

    def card_for(self, account_id: str) -> LinkCard | None:
        """The card that this account's post shows; none beside pictures, which exclude it."""
        card = self.card
        if card is None or card.hidden or self.media:
            return None
        text, link = self.text_for(account_id), self.link_for(account_id)
        return card if leads_to(card.url, text, link) else None

    def _variant(self, account_id: str) -> Variant | None:
        return next((v for v in self.variants if v.account_id == account_id), None)
