"""How long a text is, and what is sent as text and what as link."""

from __future__ import annotations

from postflow_desktop.domain.payload import Payload

_AROUND_A_LINK = "()[]{}<>\"'.,;:!?"


def measure(text: str) -> int:
    """UTF-16 code units; Facebook says "characters", of which there are never more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def card_link(payload: Payload) -> str | None:
    """The address that becomes the post's card; None beside photos, which exclude a card."""
    link = (payload.link_url or "").strip()
    return link if link and not payload.media else None


def rendered_text(payload: Payload) -> str:
    """The text as it is sent.

    Beside photos a link that is not in it follows as a paragraph; a post that is nothing but a link
    has the link as its text.
    """
    link = (payload.link_url or "").strip()
    body = payload.text.rstrip()
    if not link or (body and not payload.media) or _has(payload.text, link):
        return payload.text
    return f"{body}\n\n{link}" if body else link


def _has(text: str, link: str) -> bool:
    words = text.split()
    return link in words or link in {word.strip(_AROUND_A_LINK) for word in words}
