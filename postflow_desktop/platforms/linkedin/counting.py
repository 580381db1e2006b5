"""How long a text is, and what is sent as text and what as link."""

from __future__ import annotations

from urllib.parse import urlsplit

from postflow_desktop.domain.payload import Payload

_AROUND_A_LINK = "()[]{}<>\"'.,;:!?"


def measure(text: str) -> int:
    """UTF-16 code units of the words as they were typed; LinkedIn says "characters".

    Whether its backslashes count is not documented; the limit leaves room for that.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def card_link(payload: Payload) -> str | None:
    """The address that becomes the post's card; None beside pictures, which exclude a card."""
    if payload.card is not None:
        return payload.card.url
    link = (payload.link_url or "").strip()
    return link if link and not payload.media else None


def card_title(link: str) -> str:
    """What a card without one says: LinkedIn reads no page, so it is the name of the site."""
    try:
        host = urlsplit(link).hostname or link
    except ValueError:
        host = link
    return host.removeprefix("www.")[:400]


def rendered_text(payload: Payload) -> str:
    """The text as people will read it.

    Beside pictures a link that is not in it follows as a paragraph; a post that is nothing but a
    link has the link as its text.
    """
    link = (payload.link_url or "").strip()
    body = payload.text.rstrip()
    if not link or (body and not payload.media) or _has(payload.text, link):
        return payload.text
    return f"{body}\n\n{link}" if body else link


def _has(text: str, link: str) -> bool:
    words = text.split()
    return link in words or link in {word.strip(_AROUND_A_LINK) for word in words}
