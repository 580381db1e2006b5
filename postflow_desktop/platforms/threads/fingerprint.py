"""Recognising a post in what Threads lists: a published container does not name its post.

Threads gives texts back in NFC without white space at the end; a `#` may have become the topic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize
from urllib.parse import urlsplit

from postflow_desktop.platforms.threads.api import text_of
from postflow_desktop.platforms.threads.wire import Wire, is_id

REPOST = "REPOST_FACADE"
_TEXT_POST = "TEXT_POST"
_TOPIC_MARK = re.compile(r"#(?=\w)")
_HOSTS = frozenset({"threads.net", "www.threads.net", "threads.com", "www.threads.com"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPost:
    """A post as Threads lists it."""

    id: str
    text: str
    kind: str
    """`media_type`; TEXT_POST for a post without media."""
    username: str
    permalink: str
    """As Threads returned it; nothing where that is no address of a post there."""
    created_at: datetime | None
    replied_to: str = ""
    """The id of the post that it answers; nothing where it answers none."""


def read_post(item: object) -> SeenPost | None:
    """A post from a reply, or None."""
    if not isinstance(item, dict) or not is_id(item.get("id")):
        return None
    answered = item.get("replied_to")
    return SeenPost(
        id=text_of(item, "id"),
        text=text_of(item, "text"),
        kind=text_of(item, "media_type"),
        username=text_of(item, "username"),
        permalink=_address(text_of(item, "permalink")),
        created_at=_moment(text_of(item, "timestamp")),
        replied_to=text_of(answered if isinstance(answered, dict) else None, "id"),
    )


def is_it(sent: Wire, since: datetime, post: SeenPost) -> bool:
    """Whether a post may be the one that was sent, and was so after this moment."""
    return (
        post.created_at is not None
        and post.created_at >= since
        and post.kind == _TEXT_POST
        and post.replied_to == sent.reply_to
        and same_words(sent.text, post.text)
    )


def same_words(sent: str, seen: str) -> bool:
    """Whether two texts are one post: equal but for white space and the marks of topics."""
    return _canonical(sent) == _canonical(seen)


def _canonical(text: str) -> str:
    return " ".join(_TOPIC_MARK.sub("", normalize("NFC", text)).split())


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme == "https" and parts.netloc.lower() in _HOSTS else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
