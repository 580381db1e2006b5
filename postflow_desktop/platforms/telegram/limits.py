"""What Telegram accepts of a bot's post to a channel.

Texts and captions: Bot API 10.1 of 2026-06-11 (`sendMessage`, `sendPhoto`, `sendMediaGroup`).
Photos: the same, "Sending files". Telegram has no alternative texts; those of a post stay at home.
"""

from __future__ import annotations

from postflow_desktop.domain.network import Cap, Network, NetworkRules
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.text import has_half_characters
from postflow_desktop.domain.validation import problems
from postflow_desktop.platforms.telegram.counting import measure

RULES = NetworkRules(
    network=Network.TELEGRAM,
    title="Telegram",
    max_graphemes=4096,
    max_text_bytes=None,
    max_images=10,
    max_image_bytes=10_000_000,
    image_types=frozenset({"image/jpeg", "image/png"}),
    max_alt_graphemes=1_000_000,
    source="Bot API 10.1 of 2026-06-11; alternative texts are not sent, so any length will do",
    max_parts=25,
    caps=(Cap(posts=20, seconds=60, source="core.telegram.org/bots/faq, per channel, 2026-11-20"),),
)

MAX_CAPTION = 1024
"""The longest text beside photos."""
MAX_UPLOAD_BYTES = 50_000_000
"""All photos of a post together: they go out in one request, and larger ones get a 413."""
MAX_SIDES = 10_000
"""Width and height of a photo together, in pixels."""
MAX_RATIO = 20


def check(text: str, payload: Payload, rules: NetworkRules = RULES) -> Outcome | None:
    """Why Telegram would refuse this, found without asking it; None if nothing is wrong.

    `text` is the rendered text of the payload.
    """
    if has_half_characters(text):
        return _rejected(
            "bad_text",
            "The post holds half a character, which no network can show.",
            "Type the words again instead of pasting them.",
        )
    found = problems(rules, text, payload.media, length=measure(text))
    if found:
        return _rejected(found[0].code, found[0].message, found[0].fix)
    return _beside_photos(text, payload) if payload.media else None


def _beside_photos(text: str, payload: Payload) -> Outcome | None:
    over = measure(text) - MAX_CAPTION
    if over > 0:
        return _rejected(
            "text_too_long",
            f"Beside pictures Telegram takes {MAX_CAPTION} characters; "
            f"this has {MAX_CAPTION + over}.",
            f"Shorten it by {over}, or leave the pictures out.",
        )
    if sum(item.size for item in payload.media) > MAX_UPLOAD_BYTES:
        return _rejected(
            "image_too_big",
            f"All pictures together have more than the {MAX_UPLOAD_BYTES:,} bytes "
            "that Telegram takes at once.",
            "Save them smaller, or use fewer.",
        )
    for number, item in enumerate(payload.media, start=1):
        short, long = sorted((item.width, item.height))
        if item.width + item.height > MAX_SIDES or long > MAX_RATIO * short:
            return _rejected(
                "image_dimensions",
                f"Picture {number} is too large or too narrow for Telegram "
                f"({item.width} × {item.height}).",
                "Cut it, or save it with fewer pixels.",
            )
    return None


def _rejected(code: str, message: str, fix: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, code=code, message=message, fix=fix)
