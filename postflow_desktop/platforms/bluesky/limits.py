"""What Bluesky accepts of a post, and how it counts.

Lengths follow the lexicons `app.bsky.feed.post` and `app.bsky.embed.images`; alternative texts have
no limit there, 2000 graphemes is what Bluesky's own client allows.
"""

from __future__ import annotations

import regex

from postflow_desktop.domain.media_rules import VideoRules
from postflow_desktop.domain.network import Cap, Network, NetworkRules
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.validation import problems
from postflow_desktop.platforms.bluesky.options import OPTIONS

RULES = NetworkRules(
    network=Network.BLUESKY,
    title="Bluesky",
    max_graphemes=300,
    max_text_bytes=3000,
    max_images=4,
    max_image_bytes=2_000_000,
    image_types=frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}),
    max_alt_graphemes=2000,
    source="bluesky-social/atproto lexicons of 2026-08-20; alt: Bluesky's client",
    max_parts=25,
    max_comment=300,
    # A record costs 3 of 5,000 points an hour and 35,000 a day.
    caps=(
        Cap(posts=1666, seconds=3600, source="docs.bsky.app, rate limits, 2026-04-21"),
        Cap(posts=11_666, seconds=86_400, source="docs.bsky.app, rate limits, 2026-04-21"),
    ),
    options=OPTIONS,
    video=VideoRules(
        types=frozenset({"video/mp4"}),
        max_bytes=300_000_000,
        max_seconds=180.0,
        source="bytes: lexicon app.bsky.embed.video of 2026-08-20; length: three minutes, as "
        "Bluesky announced on 2025-03-10",
    ),
)

MAX_BLOB_BYTES = 50_000_000
"""Of a video on a server without a video service (docs.bsky.app, 2026-04-21)."""

MAX_TAG_GRAPHEMES = 64
MAX_TAG_BYTES = 640

_SURROGATE = regex.compile(r"\p{Cs}")


def check(text: str, payload: Payload, rules: NetworkRules = RULES) -> Outcome | None:
    """Why Bluesky would refuse this, found without asking it; None if nothing is wrong.

    `text` is the rendered text of the payload.
    """
    if any(_SURROGATE.search(words) for words in (text, *(item.alt for item in payload.media))):
        return Outcome(
            kind=OutcomeKind.REJECTED,
            code="bad_text",
            message="The post holds half a character, which no network can show.",
            fix="Type the words again instead of pasting them.",
        )
    found = problems(rules, text, payload.media)
    if not found:
        return None
    first = found[0]
    return Outcome(kind=OutcomeKind.REJECTED, code=first.code, message=first.message, fix=first.fix)
