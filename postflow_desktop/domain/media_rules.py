"""What a network accepts of animations, videos and documents: dated, sourced numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimationRules:
    """GIFs of a network that shows them as something of their own, one a post."""

    max_bytes: int
    max_width: int
    max_height: int
    max_frames: int
    max_all_pixels: int
    """Of all frames together."""
    source: str
    """Where the numbers come from, and of which day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRules:
    """Videos of a network; sizes in bytes, times in seconds, sides in pixels."""

    types: frozenset[str]
    max_bytes: int
    max_seconds: float
    source: str
    """Where the numbers come from, and of which day."""
    min_bytes: int = 1
    min_seconds: float = 0.0
    codecs: frozenset[str] = frozenset()
    """As the files name them; empty: whatever the types hold."""
    min_side: int = 1
    max_long_side: int | None = None
    max_short_side: int | None = None
    """Of the picture either way up; None where no number is known."""
    max_aspect: float | None = None
    """The longer side by the shorter one."""
    most: int = 1
    """Per post."""
    mixed: bool = False
    """Whether pictures may stand beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRules:
    """Documents of a network, one a post and alone; each needs a title."""

    types: frozenset[str]
    max_bytes: int
    max_pages: int
    max_title: int
    """Code points."""
    source: str
    """Where the numbers come from, and of which day."""
