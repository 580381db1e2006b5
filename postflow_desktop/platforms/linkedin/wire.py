"""The wire form: the exact body of the call that puts something out, and how to know it again.

LinkedIn gives no key for a post. What was sent, by whom and when is all there is to find it by.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.errors import Bug
from postflow_desktop.domain.options import Options
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.time import utc_text
from postflow_desktop.platforms.linkedin.api import Json, encoded
from postflow_desktop.platforms.linkedin.little import little, plain
from postflow_desktop.platforms.linkedin.options import forbids_reshares, visibility

_POST = re.compile(r"urn:li:(?:share|ugcPost|activity):[0-9]{1,25}")
_AUTHOR = re.compile(r"urn:li:(?:person:[A-Za-z0-9_-]{1,50}|organization:[0-9]{1,25})")
_COMMENT = re.compile(r"urn:li:comment:\((urn:li:[A-Za-z]+:[0-9]{1,25}),([0-9]{1,25})\)")
_WEB = "https://www.linkedin.com/feed/update/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What a wire form holds."""

    path: str
    """Of the call, below the base address."""
    body: str
    """The request body as it is sent, byte for byte."""
    at: datetime
    """The cluster's time of the claim; the post can't be older."""
    author: str
    text: str
    """The words that people read."""
    images: int
    parent: str = ""
    """The post that it comments, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An uploaded picture, video or document."""

    urn: str
    alt: str
    title: str = ""
    """Of a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A link with what its card says."""

    link: str
    title: str
    description: str = ""
    picture: str = ""
    """The URN of its uploaded picture, or nothing."""


def post_wire(
    author: str,
    text: str,
    pictures: Sequence[Picture],
    card: Card | None,
    at: datetime,
    *,
    options: Options = (),
) -> str:
    """The stored form of a post."""
    body: Json = {
        "author": author,
        "commentary": little(text),
        "visibility": visibility(options),
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": forbids_reshares(options),
    }
    content = _content(pictures, card)
    if content:
        body["content"] = content
    return _stored("/rest/posts", body, at)


def comment_wire(actor: str, post: str, text: str, at: datetime) -> str:
    """The stored form of a first comment; comments are plain words."""
    body: Json = {"actor": actor, "object": post, "message": {"text": text}}
    return _stored(f"/rest/socialActions/{encoded(post)}/comments", body, at)


def read_wire(wire: str) -> Wire:
    """What was stored; Bug if it is none of ours."""
    try:
        stored = json.loads(wire)
        body = json.loads(stored["body"])
        is_comment = "actor" in body
        return Wire(
            path=stored["path"],
            body=stored["body"],
            at=datetime.fromisoformat(stored["at"]),
            author=body["actor"] if is_comment else body["author"],
            text=body["message"]["text"] if is_comment else plain(body["commentary"]),
            images=_image_count(body.get("content", {})),
            parent=body["object"] if is_comment else "",
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Bug("A stored request to LinkedIn can't be read.", code="bad_wire") from error


def is_post(urn: str) -> bool:
    """Whether this names a post."""
    return _POST.fullmatch(urn) is not None


def is_author(urn: str) -> bool:
    """Whether this names a member or an organization."""
    return _AUTHOR.fullmatch(urn) is not None


def named_post(text: str) -> str | None:
    """The post that is named in a text of LinkedIn's, such as a refusal."""
    found = _POST.search(text)
    return found[0] if found else None


def own_urn(external_id: str) -> str | None:
    """The URN of a post, also from its web address, which a person may have given."""
    urn = external_id.removeprefix(_WEB).split("?")[0].rstrip("/")
    return urn if is_post(urn) else None


def comment_urn(post: str, comment_id: str) -> str:
    """A comment's name from its number, or as it is where it has one."""
    if _COMMENT.fullmatch(comment_id):
        return comment_id
    return f"urn:li:comment:({post},{comment_id})"


def comment_parts(urn: str) -> tuple[str, str] | None:
    """Post and number of a comment, or None."""
    found = _COMMENT.fullmatch(urn)
    return None if found is None else (found[1], found[2])


def result_of(urn: str) -> PublishResult:
    """A post or a comment as people find it; a comment lies on its post's page."""
    parts = comment_parts(urn)
    return PublishResult(external_id=urn, url=f"{_WEB}{parts[0] if parts else urn}/")


def _content(pictures: Sequence[Picture], card: Card | None) -> Json:
    if len(pictures) > 1:
        return {"multiImage": {"images": [_image(one) for one in pictures]}}
    if pictures:
        return {"media": _image(pictures[0])}
    if card is not None:
        return {"article": _article(card)}
    return {}


def _article(card: Card) -> Json:
    more = {"description": card.description, "thumbnail": card.picture}
    return {"source": card.link, "title": card.title} | {k: v for k, v in more.items() if v}


def _image(picture: Picture) -> Json:
    more = {"altText": picture.alt, "title": picture.title}
    return {"id": picture.urn} | {name: text for name, text in more.items() if text}


def _image_count(content: Json) -> int:
    if "multiImage" in content:
        return len(content["multiImage"]["images"])
    return 1 if "media" in content else 0


def _stored(path: str, body: Json, at: datetime) -> str:
    return _compact({"at": utc_text(at), "path": path, "body": _compact(body)})


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
