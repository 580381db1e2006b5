"""The wire form: the exact body of `POST /{page}/feed`, and since when to look for the post.

Facebook takes no key for a post. What was sent and when is all there is to find it by, so both are
frozen before the first byte leaves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.errors import Bug
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.time import utc_text

_ID = re.compile(r"[0-9]{1,30}")
_POST_ID = re.compile(r"[0-9]{1,30}_[0-9]{1,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What a wire form holds."""

    page_id: str
    body: str
    """The request body as it is sent, byte for byte."""
    at: datetime
    """The cluster's time of the claim; the post can't be older."""
    text: str
    link: str
    """The address of the card, or nothing."""
    photo_ids: tuple[str, ...]
    post_id: str = ""
    """The post that it comments on, or nothing."""

    @property
    def edge(self) -> str:
        """Where the body is sent to."""
        return f"{self.post_id}/comments" if self.post_id else f"{self.page_id}/feed"


def wire_form(
    page_id: str, text: str, photo_ids: Sequence[str], *, link: str | None, at: datetime
) -> str:
    """The text that is stored; a link and photos exclude each other."""
    body: dict[str, object] = {"message": text} if text.strip() else {}
    if link:
        body["link"] = link
    if photo_ids:
        body["attached_media"] = [{"media_fbid": photo_id} for photo_id in photo_ids]
    return _compact({"at": utc_text(at), "page": page_id, "body": _compact(body)})


def comment_form(page_id: str, post_id: str, text: str, *, at: datetime) -> str:
    """The same for a comment of the Page's on its post."""
    body = _compact({"message": text})
    return _compact({"at": utc_text(at), "page": page_id, "post": post_id, "body": body})


def read_wire(wire: str) -> Wire:
    """What was stored; Bug if it is none of ours."""
    try:
        stored = json.loads(wire)
        body = json.loads(stored["body"])
        return Wire(
            page_id=str(stored["page"]),
            body=stored["body"],
            at=datetime.fromisoformat(stored["at"]),
            text=str(body.get("message", "")),
            link=str(body.get("link", "")),
            photo_ids=tuple(str(one["media_fbid"]) for one in body.get("attached_media", ())),
            post_id=str(stored.get("post", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Bug("A stored request to Facebook can't be read.", code="bad_wire") from error


def is_id(text: str) -> bool:
    """Whether this has the form of an id of a Page or a photo."""
    return _ID.fullmatch(text) is not None


def is_post_id(text: str) -> bool:
    """Whether this has the form of an id of a Page's post (`{page}_{post}`)."""
    return _POST_ID.fullmatch(text) is not None


def result_of(post_id: str) -> PublishResult:
    """The post as people find it; Facebook leads from this address to the pretty one."""
    return PublishResult(external_id=post_id, url=f"https://www.facebook.com/{post_id}")


def comment_result(post_id: str, comment_id: str) -> PublishResult:
    """A comment as people find it, under its post."""
    number = comment_id.rpartition("_")[2]
    url = f"https://www.facebook.com/{post_id}?comment_id={number}"
    return PublishResult(external_id=comment_id, url=url)


def _compact(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
