"""How the sandbox's Threads counts a text (emoji by their UTF-8 bytes) and its links.

developers.facebook.com/docs/threads/posts, limitations (2026-04-14).
"""

from __future__ import annotations

from unicodedata import normalize

import regex

MAX_CHARACTERS = 500
MAX_LINKS = 5
_CLUSTER = regex.compile(r"\X")
_EMOJI = regex.compile(r"[\p{Extended_Pictographic}\p{Regional_Indicator}\p{EMod}\u20E3]")
_LINK = regex.compile(r"(?i)(?:https?://|(?<![\w.])www\.)[^\s<>\"]+")


def is_too_long(text: str) -> bool:
    """Whether a text is beyond the limit."""
    emoji = sum(
        len(cluster.encode("utf-8", "replace")) - len(cluster)
        for cluster in _CLUSTER.findall(text)
        if _EMOJI.search(cluster)
    )
    return len(text) + emoji > MAX_CHARACTERS


def has_too_many_links(text: str, card: str) -> bool:
    """Whether text and card hold more than five different links."""
    links = {link.rstrip(".,;:!?)") for link in _LINK.findall(text)}
    return len(links | {card} - {""}) > MAX_LINKS


def shown(text: str) -> str:
    """The text as it is given back."""
    return normalize("NFC", text).rstrip()
