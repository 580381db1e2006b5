"""The networks and what each lets us find out after an answer got lost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from postflow_desktop.domain.media_rules import AnimationRules, DocumentRules, VideoRules
from postflow_desktop.domain.options import AccountKind, OptionSpec


class Network(StrEnum):
    """Where posts go, by the name stored in the cluster (`socialAccounts.platform`)."""

    X = "x"
    LINKEDIN = "linkedin"
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    PINTEREST = "pinterest"
    TIKTOK = "tiktok"
    YOUTUBE = "youtube"
    THREADS = "threads"
    BLUESKY = "bluesky"
    MASTODON = "mastodon"
    TELEGRAM = "telegram"
    REDDIT = "reddit"
    SNAPCHAT = "snapchat"
    GOOGLE_BUSINESS = "google_business"

    @classmethod
    def _missing_(cls, value: object) -> Network | None:
        return cls.X if value == "twitter" else None


class ResendClass(StrEnum):
    """What a network offers to find out whether an unanswered request was taken."""

    KEY = "K"
    """A key chosen by us: sending the same thing twice makes one post."""
    CONTAINER = "C"
    """A container or session id whose state can be asked."""
    DUPLICATE = "D"
    """The network refuses the same text twice; the refusal is evidence."""
    LISTING = "L"
    """Own posts can be listed; a listing proves presence, never absence."""
    NOTHING = "N"
    """Nothing; a person has to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """How many posts of one account a network takes in a time; its refusal has the last word."""

    posts: int
    seconds: int
    source: str
    """Where the number comes from, and of which day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRules:
    """What one network accepts; sizes in bytes, text lengths as the network counts them.

    How a network counts is its publisher's `measure`; graphemes where nothing else is said.
    """

    network: Network
    title: str
    max_graphemes: int
    """The longest text by the network's own measure (on X a weighted length)."""
    max_text_bytes: int | None
    """None where a network counts no bytes."""
    max_images: int
    max_image_bytes: int
    image_types: frozenset[str]
    max_alt_graphemes: int
    source: str
    """Where the numbers come from, and of which day."""
    max_parts: int = 1
    """The longest thread, the post itself included; 1 where there are no threads."""
    max_comment: int | None = None
    """The longest first comment by the network's own measure; None where there is none."""
    caps: tuple[Cap, ...] = ()
    """All of them hold at once; none where the network names no number."""
    options: tuple[OptionSpec, ...] = ()
    """What may be chosen for a post beside its content."""
    account_kinds: tuple[tuple[str, AccountKind], ...] = ()
    """How the ids of each kind of account begin, where the kind makes a difference."""
    animation: AnimationRules | None = None
    """Where a GIF stands for itself; None: it is a picture like others, or not taken."""
    video: VideoRules | None = None
    """None where PostFlow can't put videos there."""
    document: DocumentRules | None = None
    """None where documents can't be put."""
