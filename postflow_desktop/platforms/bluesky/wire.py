"""The wire form: the exact body of `com.atproto.repo.putRecord`, frozen before it is first sent.

The record key is ours. `swapRecord: null` asks the server to write only where nothing stands, so
sending the same wire form twice makes one post (facts: putRecord of the reference PDS 0.4.217).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from postflow_desktop.domain.errors import Bug
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.post import LinkCard, Media
from postflow_desktop.domain.time import utc_text

COLLECTION = "app.bsky.feed.post"

Json = dict[str, Any]
"""An object as JSON has it; its fields are whatever the other side sent."""

_WEB = re.compile(r"https://bsky\.app/profile/[^/]+/post/([a-z2-7]{13})/?")
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_53_BITS = (1 << 53) - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a record stands: `at://repo/collection/rkey`."""

    repo: str
    rkey: str
    collection: str = COLLECTION

    @property
    def uri(self) -> str:
        """The at-uri."""
        return f"at://{self.repo}/{self.collection}/{self.rkey}"

    @property
    def result(self) -> PublishResult:
        """The post as people find it; the form with the DID survives a change of handle."""
        url = f"https://bsky.app/profile/{self.repo}/post/{self.rkey}"
        return PublishResult(external_id=self.uri, url=url)


def record_key(target_id: str, at: datetime) -> str:
    """A TID (atproto.com/specs/tid) that the same target and time always give.

    53 bits of microseconds, of which the digits below a millisecond come from the target, then ten
    bits of clock id from the target too; sortable base 32, 13 characters.
    """
    digest = hashlib.sha256(target_id.encode()).digest()
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    microseconds = milliseconds * 1000 + int.from_bytes(digest[:4], "big") % 1000
    number = ((microseconds & _53_BITS) << 10) | (int.from_bytes(digest[4:6], "big") & 0x3FF)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(60, -1, -5))


def post_record(
    text: str,
    facets: list[dict[str, object]],
    embed: Json | None,
    at: datetime,
    *,
    reply: Json | None = None,
) -> Json:
    """The record of a post, created at `at`; `reply` has the strong references it answers.

    `embed` is what it shows under its text: pictures, a video or a link's card, one of them.
    """
    record: Json = {"$type": COLLECTION, "text": text, "createdAt": utc_text(at)}
    if facets:
        record["facets"] = facets
    if embed is not None:
        record["embed"] = embed
    if reply is not None:
        record["reply"] = reply
    return record


def images_embed(pictures: list[Json]) -> Json:
    """Up to four pictures."""
    return {"$type": "app.bsky.embed.images", "images": pictures}


def card_embed(card: LinkCard, thumb: Json | None) -> Json:
    """A link's card; the server reads no page itself."""
    external: Json = {"uri": card.url, "title": card.title, "description": card.description}
    if thumb is not None:
        external["thumb"] = thumb
    return {"$type": "app.bsky.embed.external", "external": external}


def picture(media: Media, blob: Json) -> Json:
    """One picture of a post; without its proportions clients crop it."""
    return {"alt": media.alt, "image": blob, **_proportions(media)}


def video_embed(media: Media, blob: Json) -> Json:
    """The one video of a post."""
    described = {"alt": media.alt} if media.alt else {}
    return {"$type": "app.bsky.embed.video", "video": blob, **described, **_proportions(media)}


def blob_of(body: Json | None) -> Json | None:
    """The blob reference in an answer, as a record has to carry it, or None."""
    value = body.get("blob") if body else None
    if not isinstance(value, dict) or value.get("$type") != "blob":
        return None
    ref = value.get("ref")
    complete = (
        isinstance(ref, dict)
        and isinstance(ref.get("$link"), str)
        and isinstance(value.get("mimeType"), str)
        and isinstance(value.get("size"), int)
    )
    return value if complete else None


def _proportions(media: Media) -> Json:
    if media.width <= 0 or media.height <= 0:
        return {}
    return {"aspectRatio": {"width": media.width, "height": media.height}}


def wire_form(address: Address, record: Json) -> str:
    """The whole request body as text."""
    body = {
        "repo": address.repo,
        "collection": address.collection,
        "rkey": address.rkey,
        "swapRecord": None,
        "record": record,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def read_wire(wire: str) -> tuple[Address, Json]:
    """Where a wire form puts its record, and the record; Bug if it is none of ours."""
    try:
        body = json.loads(wire)
        address = Address(repo=body["repo"], rkey=body["rkey"], collection=body["collection"])
        record: Json = body["record"]
    except (ValueError, KeyError, TypeError) as error:
        raise Bug("A stored Bluesky request can't be read.", code="bad_wire") from error
    return address, record


def read_uri(uri: str) -> Address | None:
    """The address in an at-uri of a post, or None."""
    scheme, _, rest = uri.partition("://")
    parts = rest.split("/")
    if scheme != "at" or len(parts) != 3 or not all(parts):
        return None
    return Address(repo=parts[0], collection=parts[1], rkey=parts[2])


def own_address(external_id: str, repo: str) -> Address | None:
    """The same, or from the web address of an own post, which a person may have given."""
    found = _WEB.fullmatch(external_id)
    return Address(repo=repo, rkey=found[1]) if found else read_uri(external_id)
