"""What Facebook accepts of a Page's post.

Text: 63,206 characters. Photos: Meta's own refusal (subcode 1366046) says "smaller than 4 MB",
other pages 10 MB; what surely passes is taken. WebP is undocumented, and a GIF would stand still.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.text import has_half_characters
from postflow_desktop.domain.validation import problems
from postflow_desktop.platforms.facebook.counting import card_link, measure

RULES = NetworkRules(
    network=Network.FACEBOOK,
    title="Facebook",
    max_graphemes=63_206,
    max_text_bytes=None,
    max_images=10,
    max_image_bytes=4_000_000,
    image_types=frozenset({"image/jpeg", "image/png"}),
    max_alt_graphemes=1000,
    source="developers.facebook.com of 2026-09-11; number of photos and alt texts: clients",
    max_comment=8_000,
)


def check(text: str, payload: Payload, rules: NetworkRules = RULES) -> Outcome | None:
    """Why Facebook would refuse this, found without asking it; None if nothing is wrong.

    `text` is the rendered text of the payload.
    """
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
            f"'{link[:100]}' is not a web address, so Facebook can make no card of it.",
            "Write the link with https:// at its beginning.",
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
