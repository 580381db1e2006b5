"""What X accepts of a post by an account without a subscription.

Text: twitter-text configuration v3. Pictures and alternative texts: docs.x.com (media best
practices) and the OpenAPI document. A GIF or a video stands alone.
"""

from __future__ import annotations

import regex

from postflow_desktop.domain.media_rules import AnimationRules, VideoRules
from postflow_desktop.domain.network import Cap, Network, NetworkRules
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.validation import problems
from postflow_desktop.platforms.x.counting import measure
from postflow_desktop.platforms.x.options import OPTIONS

RULES = NetworkRules(
    network=Network.X,
    title="X",
    max_graphemes=280,
    max_text_bytes=None,
    max_images=4,
    max_image_bytes=5_000_000,
    image_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
    max_alt_graphemes=1000,
    source="docs.x.com and X's OpenAPI 2.167 of 2026-08-22; twitter-text configuration v3",
    max_parts=25,
    max_comment=280,
    animation=AnimationRules(
        max_bytes=15_000_000,
        max_width=1280,
        max_height=1080,
        max_frames=350,
        max_all_pixels=300_000_000,
        source="docs.x.com, media best practices, 2026-08-22",
    ),
    video=VideoRules(
        types=frozenset({"video/mp4", "video/quicktime"}),
        codecs=frozenset({"avc1", "avc3"}),
        max_bytes=4_000_000_000,
        min_seconds=0.5,
        max_seconds=1200.0,
        min_side=32,
        max_long_side=1920,
        max_short_side=1200,
        max_aspect=3.0,
        source="docs.x.com, media best practices, 2026-08-22; length: changelog of 2026-09-01"
        " (accounts may be allowed less, which X says at the end); bytes: 1,000 pieces of 4 MB",
    ),
    caps=(Cap(posts=100, seconds=900, source="docs.x.com, rate limits per user, 2026-08-22"),),
    options=OPTIONS,
)

_SURROGATE = regex.compile(r"\p{Cs}")


def check(text: str, payload: Payload, rules: NetworkRules = RULES) -> Outcome | None:
    """Why X would refuse this, found without asking it; None if nothing is wrong.

    `text` is the rendered text of the payload.
    """
    if any(_SURROGATE.search(words) for words in (text, *(item.alt for item in payload.media))):
        return _rejected(
            "bad_text",
            "The post holds half a character, which no network can show.",
            "Type the words again instead of pasting them.",
        )
    found = problems(rules, text, payload.media, length=measure(text))
    if found:
        return _rejected(found[0].code, found[0].message, found[0].fix)
    # `maxLength` of the OpenAPI document counts code points; graphemes may hold several.
    if any(len(item.alt) > rules.max_alt_graphemes for item in payload.media):
        return _rejected(
            "alt_too_long",
            f"An alt text has more than the {rules.max_alt_graphemes} characters that X takes.",
            "Shorten the alt text.",
        )
    return None


def _rejected(code: str, message: str, fix: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, code=code, message=message, fix=fix)
