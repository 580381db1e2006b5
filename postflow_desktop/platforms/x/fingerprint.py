"""Comparing what was sent with what X shows: the only way to find a post that has no key of ours.

X gives texts back with its own short addresses and with `&amp;`, `&lt;`, `&gt;`; a picture stands
as one more address at the end (docs.x.com, data dictionary: Post, entities).
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from postflow_desktop.platforms.x.api import Json, text_of
from postflow_desktop.platforms.x.counting import links
from postflow_desktop.platforms.x.wire import is_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPost:
    """A post as X lists it, with its words as they were written."""

    id: str
    text: str
    media_count: int
    created_at: datetime | None
    reply_to: str = ""
    """The id of the post that it answers, or nothing."""


def read_post(item: object) -> SeenPost | None:
    """A post from a reply, or None."""
    if not isinstance(item, dict) or not is_id(text_of(item, "id")):
        return None
    keys = _part(item, "attachments").get("media_keys")
    return SeenPost(
        id=text_of(item, "id"),
        text=_written(item),
        media_count=len(keys) if isinstance(keys, list) else 0,
        created_at=_moment(text_of(item, "created_at")),
        reply_to=_answered(item),
    )


def same_words(sent: str, seen: str) -> bool:
    """Whether two texts are one post: equal but for white space and the spelling of addresses."""
    return _canonical(sent) == _canonical(seen)


def _written(item: Json) -> str:
    """The text with the addresses that were typed, without those of pictures."""
    text = text_of(item, "text")
    urls = _part(item, "entities").get("urls")
    for entity in urls if isinstance(urls, list) else []:
        short = text_of(entity, "url") if isinstance(entity, dict) else ""
        if short:
            typed = text_of(entity, "expanded_url") or short
            text = text.replace(short, "" if _is_media(entity) else typed)
    return html.unescape(text).rstrip()


def _answered(item: Json) -> str:
    # Renamed in the OpenAPI document of August 2026; replies may have either name.
    found = item.get("referenced_tweets", item.get("referenced_posts"))
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict) and one.get("type") == "replied_to":
            return text_of(one, "id")
    return ""


def _is_media(entity: Json) -> bool:
    shown = text_of(entity, "display_url")
    return bool(text_of(entity, "media_key")) or shown.startswith(("pic.x.com/", "pic.twitter.com"))


def _canonical(text: str) -> str:
    normal = normalize("NFC", text)
    parts, position = [], 0
    for span in links(normal):
        parts += [normal[position : span.start], _address(normal[span.start : span.end])]
        position = span.end
    return " ".join("".join([*parts, normal[position:]]).split())


def _address(url: str) -> str:
    """One spelling of an address, whatever X did to its scheme, case and escapes."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = parts.netloc.lower().encode("idna").decode()
    except (ValueError, UnicodeError):
        return url
    rest = unquote(parts.path) + (f"?{parts.query}" if parts.query else "")
    return f"{host}{rest}#{parts.fragment}".rstrip("#").rstrip("/")


def _part(item: Json, name: str) -> Json:
    value = item.get(name)
    return value if isinstance(value, dict) else {}


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
