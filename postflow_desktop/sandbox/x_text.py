"""What X makes of a text: its own short addresses, what they stand for, and its length."""

from __future__ import annotations

import hashlib
import html
from functools import cache
from unicodedata import normalize

from postflow_desktop.domain.weighted import find_urls, weighted_length
from postflow_desktop.sandbox.exchange import Json

MAX_LENGTH = 280
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SLUG_CHARACTERS = 10
_SHOWN_CHARACTERS = 26


def is_too_long(text: str) -> bool:
    """Whether a text has more than X takes."""
    return weighted_length(text, _endings()) > MAX_LENGTH


def shown(post_id: str, text: str, media: list[str], username: str) -> tuple[str, Json]:
    """(text, entities) as X gives them back; `media` are the keys of pictures.

    `&`, `<` and `>` are escaped; positions count code points of the text without that.
    """
    normal = normalize("NFC", text)
    result, position, urls = "", 0, []
    for number, span in enumerate(find_urls(normal, _endings())):
        typed = normal[span.start : span.end]
        short = _short(f"{post_id}/{number}")
        result += normal[position : span.start]
        urls.append(_entity(len(result), short, _with_scheme(typed), _display(typed)))
        result += short
        position = span.end
    result += normal[position:]
    if media:
        short = _short(f"{post_id}/media")
        result = f"{result} {short}".lstrip()
        start = len(result) - len(short)
        urls += [_picture(start, short, key, f"{username}/status/{post_id}") for key in media]
    return html.escape(result, quote=False), {"urls": urls} if urls else {}


def _picture(start: int, short: str, key: str, place: str) -> Json:
    expanded = f"https://x.com/{place}/photo/1"
    return {**_entity(start, short, expanded, f"pic.x.com/{short[-10:]}"), "media_key": key}


def _entity(start: int, short: str, expanded: str, display: str) -> Json:
    return {
        "start": start,
        "end": start + len(short),
        "url": short,
        "expanded_url": expanded,
        "display_url": display,
    }


def _with_scheme(typed: str) -> str:
    return typed if "://" in typed else f"http://{typed}"


def _display(typed: str) -> str:
    bare = typed.partition("://")[2] or typed
    return bare if len(bare) <= _SHOWN_CHARACTERS else f"{bare[:_SHOWN_CHARACTERS]}…"


def _short(seed: str) -> str:
    """An address of 23 characters, always the same for the same seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:12])
    slug = ""
    for _ in range(_SLUG_CHARACTERS):
        number, rest = divmod(number, len(_ALPHABET))
        slug += _ALPHABET[rest]
    return f"https://t.co/{slug}"


@cache
def _endings() -> frozenset[str]:
    """All top-level domains, in lower case."""
    from tld.utils import get_tld_names

    roots = [trie.root.children or {} for trie in get_tld_names().values()]
    return frozenset(name for children in roots for name in children if name)
