"""Comparing what was sent with what Facebook lists: the only way to find a post without a key.

Photos that were uploaded before the post keep their ids in it (`attachments`, `target`), so they
tell posts apart that look the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize
from urllib.parse import parse_qsl, urlencode, urlsplit

from postflow_desktop.platforms.facebook.api import Json, part_of, text_of
from postflow_desktop.platforms.facebook.wire import Wire, is_post_id, result_of

FIELDS = (
    "id,message,created_time,permalink_url,"
    "attachments{media_type,unshimmed_url,target{id},subattachments{media_type,target{id}}}"
)
CLOCK_SLACK = timedelta(seconds=60)
"""How far Facebook's clock may be behind the cluster's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPost:
    """A post as Facebook lists it."""

    id: str
    text: str
    url: str
    created_at: datetime | None
    media_count: int = 0
    photo_ids: frozenset[str] = frozenset()
    """Those that are shown; may be fewer than there are photos."""
    link: str = ""
    """Where its card leads."""


def read_post(item: object) -> SeenPost | None:
    """A post from a reply, or None."""
    if not isinstance(item, dict) or not is_post_id(text_of(item, "id")):
        return None
    attachments = _items(item, "attachments")
    photos = [one for each in attachments for one in _photos(each)]
    found = (text_of(part_of(photo, "target"), "id") for photo in photos)
    links = [text_of(one, "unshimmed_url") for one in attachments if one not in photos]
    post_id = text_of(item, "id")
    return SeenPost(
        id=post_id,
        text=text_of(item, "message"),
        url=text_of(item, "permalink_url") or result_of(post_id).url,
        created_at=moment_of(text_of(item, "created_time")),
        media_count=len(photos),
        photo_ids=frozenset(photo_id for photo_id in found if photo_id),
        link="" if photos else next((link for link in links if link), ""),
    )


def is_it(sent: Wire, post: SeenPost) -> bool:
    """Whether this is the post that was sent; in doubt it is not, and a person looks."""
    return (
        post.created_at is not None
        and post.created_at >= sent.at - CLOCK_SLACK
        and post.media_count == len(sent.photo_ids)
        and post.photo_ids <= frozenset(sent.photo_ids)
        and same_words(sent.text, post.text)
        and (not sent.link or same_link(sent.link, post.link))
    )


def same_words(sent: str, seen: str) -> bool:
    """Whether two texts are equal but for white space and the spelling of characters."""
    return _canonical(sent) == _canonical(seen)


def same_link(sent: str, seen: str) -> bool:
    """Whether two addresses lead to the same place, whatever Facebook adds for counting."""
    return bool(seen) and _address(sent) == _address(seen)


def moment_of(text: str) -> datetime | None:
    """A time as Facebook writes it, or None."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _photos(attachment: Json) -> list[Json]:
    """The photos of an attachment: itself, or those of an album."""
    inside = _items(attachment, "subattachments")
    if inside:
        return [one for one in inside if text_of(one, "media_type") == "photo"]
    return [attachment] if text_of(attachment, "media_type") == "photo" else []


def _items(item: Json, name: str) -> list[Json]:
    found = part_of(item, name).get("data")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _canonical(text: str) -> str:
    return " ".join(normalize("NFC", text).split())


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.netloc.lower().encode("idna").decode()
    except (ValueError, UnicodeError):
        return url
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([pair for pair in pairs if pair[0] != "fbclid"])
    return f"{host}{parts.path.rstrip('/')}?{query}".rstrip("?")
