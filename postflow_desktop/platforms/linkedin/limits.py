"""What LinkedIn accepts of a post."""

from __future__ import annotations

from urllib.parse import urlsplit

from postflow_desktop.domain.media_rules import DocumentRules, VideoRules
from postflow_desktop.domain.network import Cap, Network, NetworkRules
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.text import has_half_characters
from postflow_desktop.domain.validation import problems
from postflow_desktop.platforms.linkedin.counting import card_link, measure
from postflow_desktop.platforms.linkedin.options import ACCOUNT_KINDS, OPTIONS

RULES = NetworkRules(
    network=Network.LINKEDIN,
    title="LinkedIn",
    max_graphemes=3000,
    max_text_bytes=None,
    max_images=20,
    max_image_bytes=8_000_000,
    image_types=frozenset({"image/jpeg", "image/png"}),
    max_alt_graphemes=4086,
    source="learn.microsoft.com, Posts and Images API, of 2026-09-19; bytes of a picture: clients",
    max_comment=1250,
    video=VideoRules(
        types=frozenset({"video/mp4"}),
        min_bytes=75_000,
        max_bytes=500_000_000,
        min_seconds=3.0,
        max_seconds=1800.0,
        source="learn.microsoft.com, Videos API, 2026-09-19",
    ),
    document=DocumentRules(
        types=frozenset(
            {
                "application/pdf",
                "application/msword",
                "application/vnd.ms-powerpoint",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            }
        ),
        max_bytes=100_000_000,
        max_pages=300,
        max_title=400,
        source="learn.microsoft.com, Documents API, 2026-09-19",
    ),
    caps=(
        Cap(
            posts=100,
            seconds=86_400,
            source="learn.microsoft.com, 2026-09-19: 150 requests a member and day, of which a "
            "post with a picture takes several",
        ),
    ),
    options=OPTIONS,
    account_kinds=ACCOUNT_KINDS,
)
MAX_PIXELS = 36_152_319
MAX_CARD_TITLE = 400
MAX_CARD_DESCRIPTION = 4086
"""An article's, in UTF-16 code units (learn.microsoft.com, Posts API, 2026-09-19)."""


def check(text: str, payload: Payload, rules: NetworkRules = RULES) -> Outcome | None:
    """Why LinkedIn would refuse this, found without asking it; None if nothing is wrong."""
    if any(has_half_characters(words) for words in (text, *(item.alt for item in payload.media))):
        return _rejected(
            "bad_text",
            "The post holds half a character, which no network can show.",
            "Type the words again instead of pasting them.",
        )
    link = card_link(payload)
    if link is not None and not _is_web_address(link):
        return _rejected(
            "bad_link",
            f"'{link[:100]}' is not a web address, so LinkedIn can make no card of it.",
            "Write the link with https:// at its beginning.",
        )
    card = payload.card
    if card is not None and (
        measure(card.title) > MAX_CARD_TITLE or measure(card.description) > MAX_CARD_DESCRIPTION
    ):
        return _rejected(
            "card_too_long",
            f"The card of the link is too long: LinkedIn takes {MAX_CARD_TITLE} characters of "
            f"title and {MAX_CARD_DESCRIPTION:,} of description.",
            "Shorten what the card says.",
        )
    if any(item.width * item.height > MAX_PIXELS for item in payload.media):
        return _rejected(
            "too_many_pixels",
            "A picture has more than the 36 million pixels that LinkedIn takes.",
            "Make it smaller.",
        )
    found = problems(rules, text, payload.media, length=measure(text))
    if found:
        return _rejected(found[0].code, found[0].message, found[0].fix)
    return None


def _is_web_address(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _rejected(code: str, message: str, fix: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, code=code, message=message, fix=fix)
