"""What Threads accepts of a post that a desktop can send.

Threads fetches pictures from a public web address and takes no bytes, so a picture on a computer
can't be sent (developers.facebook.com/docs/threads/get-started, "Public Server", 2026-06-30).
"""

from __future__ import annotations

from postflow_desktop.domain.network import Cap, Network, NetworkRules
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.text import has_half_characters
from postflow_desktop.domain.validation import problems
from postflow_desktop.platforms.threads.counting import measure

RULES = NetworkRules(
    network=Network.THREADS,
    title="Threads",
    max_graphemes=500,
    max_text_bytes=None,
    max_images=0,
    max_image_bytes=8_000_000,
    image_types=frozenset({"image/jpeg", "image/png"}),
    max_alt_graphemes=1000,
    source="developers.facebook.com/docs/threads/posts and overview of 2026-04-14",
    max_parts=25,
    max_comment=500,
    caps=(Cap(posts=250, seconds=86_400, source="developers.facebook.com, Threads, 2026-09-11"),),
)


def check(text: str, payload: Payload, rules: NetworkRules = RULES) -> Outcome | None:
    """Why Threads would refuse this, found without asking it; None if nothing is wrong.

    `text` is the rendered text of the payload.
    """
    if payload.media:
        return _rejected(
            "needs_public_address",
            "Threads fetches pictures from public web addresses only, and a picture on this "
            "computer has none.",
            "Remove the pictures for this account, or add a link to a page that shows them.",
        )
    if has_half_characters(text + (payload.link_url or "")):
        return _rejected(
            "bad_text",
            "The post holds half a character, which no network can show.",
            "Type the words again instead of pasting them.",
        )
    found = problems(rules, text, payload.media, length=measure(text))
    return _rejected(found[0].code, found[0].message, found[0].fix) if found else None


def _rejected(code: str, message: str, fix: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, code=code, message=message, fix=fix)
