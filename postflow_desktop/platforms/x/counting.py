"""X's count of a text, with the top-level domains that are known today (publicsuffix.org)."""

from __future__ import annotations

from functools import cache

from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.weighted import UrlSpan, find_urls, weighted_length


def measure(text: str) -> int:
    """The weighted length, of which X allows 280."""
    return weighted_length(text, endings() if "." in text else frozenset())


def links(text: str) -> list[UrlSpan]:
    """The addresses that X will replace by its own."""
    return find_urls(text, endings()) if "." in text else []


def rendered_text(payload: Payload) -> str:
    """The text as it is sent: a link that is not in it stands on a paragraph of its own."""
    link = (payload.link_url or "").strip()
    if not link:
        return payload.text
    written = {payload.text[span.start : span.end] for span in links(payload.text)}
    written.update(payload.text.split())
    if link in written or link.removeprefix("https://") in written:
        return payload.text
    body = payload.text.rstrip()
    return f"{body}\n\n{link}" if body else link


@cache
def endings() -> frozenset[str]:
    """All top-level domains in lower case, those of other scripts in their own letters."""
    from tld.utils import get_tld_names

    roots = [trie.root.children or {} for trie in get_tld_names().values()]
    return frozenset(name for children in roots for name in children if name)
