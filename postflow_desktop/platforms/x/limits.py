"""What X accepts of a post by an account without a subscription.

Text: twitter-text configuration v3. Pictures and alternative texts: docs.x.com (media best
practices) and the OpenAPI document. An animated GIF can't stand beside pictures and is left out.
"""

from __future__ import annotations

import regex

from postflow_desktop.domain.network import Cap, Network, NetworkRules
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.validation import problems
from postflow_desktop.platforms.x.counting import measure

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
    caps=(Cap(posts=100, seconds=900, source="docs.x.com, rate limits per user, 2026-08-22"),),
)

MAX_ALT_CODE_POINTS = 1000
"""`maxLength` of the OpenAPI document; graphemes may hold several."""

_SURROGATE = regex.compile(r"\p{Cs}")


def check(text: str, payload: Payload) -> Outcome | None:
    """Why X would refuse this, found without asking it; None if nothing is wrong.

    `text` is the rendered text of the payload.
    """
    if any(_SURROGATE.search(words) for words in (text, *(item.alt for item in payload.media))):
        return _rejected(
            "bad_text",
            "The post holds half a character, which no network can show.",
            "Type the words again instead of pasting them.",
        )
    found = problems(RULES, text, payload.media, length=measure(text))
    if found:
        return _rejected(found[0].code, found[0].message, found[0].fix)
    if any(len(item.alt) > MAX_ALT_CODE_POINTS for item in payload.media):
        return _rejected(
            "alt_too_long",
            f"An alt text has more than the {MAX_ALT_CODE_POINTS} characters that X takes.",
            "Shorten the alt text.",
        )
    return None


def _rejected(code: str, message: str, fix: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, code=code, message=message, fix=fix)
