"""Which link of a post gets a card, and which networks show the card that a post brings along."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from postflow_desktop.domain.network import Network

CARD_NETWORKS = frozenset({Network.BLUESKY, Network.LINKEDIN})
"""They show the card that a post brings along; all others read the page themselves."""

_LINK = re.compile(r"https?://[^\s<>\"\u3000-\u3002\uff01-\uff60]+", re.IGNORECASE)
_SENTENCE_END = ".,;:!?'*\u2019\u2026"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_GOES_ON = r"(?!\.?[A-Za-z0-9_/?#&=%~+-])"


def card_link(text: str, link_url: str | None) -> str | None:
    """The link that gets a card: the post's own, else the first one in its words, else None."""
    link = (link_url or "").strip()
    if link:
        return with_scheme(link)
    found = _LINK.search(text)
    return _trimmed(found[0]) if found else None


def leads_to(url: str, text: str, link_url: str | None) -> bool:
    """Whether a post with these words and this link of its own has a link to that page."""
    link = (link_url or "").strip()
    if link:
        return with_scheme(link) == url
    bare = re.escape(url.partition("://")[2])
    return re.search(rf"(?<![\w./@-])(?:https?://)?{bare}{_GOES_ON}", text) is not None


def with_scheme(link: str) -> str:
    """A missing scheme means https."""
    return link if "://" in link else f"https://{link}"


def host_of(url: str) -> str:
    """The name of a site without the `www.` before it; the address itself where it has none."""
    try:
        host = urlsplit(url).hostname or url
    except ValueError:
        host = url
    return host.removeprefix("www.")


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence around it; brackets stay where they are a pair."""
    while address:
        last = address[-1]
        opening = _PAIRS.get(last)
        unpaired = opening is not None and address.count(last) > address.count(opening)
        if last not in _SENTENCE_END and not unpaired:
            break
        address = address[:-1]
    return address
