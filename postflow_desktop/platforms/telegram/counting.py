"""Telegram's count of a text, and the text as it is sent."""

from __future__ import annotations

from postflow_desktop.domain.payload import Payload

_AROUND_A_LINK = "()[]{}<>\"'.,;:!?"


def measure(text: str) -> int:
    """UTF-16 code units, in which the Bot API measures entities.

    For limits it says "characters" only; a text never has more of those than code units.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def rendered_text(payload: Payload) -> str:
    """The text as it is sent: a link that is not in it stands on a paragraph of its own."""
    link = (payload.link_url or "").strip()
    words = payload.text.split()
    if not link or link in words or link in {word.strip(_AROUND_A_LINK) for word in words}:
        return payload.text
    body = payload.text.rstrip()
    return f"{body}\n\n{link}" if body else link
