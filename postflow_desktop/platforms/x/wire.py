"""The wire form: the exact body of `POST /2/tweets`, and since when to look for the post.

X gives no key for a post. What was sent and when is all there is to find it by, so both are frozen
before the first byte leaves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.errors import Bug
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.time import utc_text

_ID = re.compile(r"[0-9]{1,19}")
_WEB = re.compile(r"https://(?:x|twitter)\.com/[^/]+(?:/web)?/status/([0-9]{1,19})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What a wire form holds."""

    body: str
    """The request body as it is sent, byte for byte."""
    at: datetime
    """The cluster's time of the claim; the post can't be older."""
    text: str
    media_ids: tuple[str, ...]
    reply_to: str = ""
    """The id of the post that it answers, or nothing."""

    @property
    def media_count(self) -> int:
        """How many media the post has."""
        return len(self.media_ids)


def wire_form(
    text: str,
    media_ids: Sequence[str],
    at: datetime,
    *,
    reply_to: str = "",
    chosen: Mapping[str, object] | None = None,
) -> str:
    """The text that is stored; a post of pictures alone has no text.

    `chosen`: fields of the request that a person chose.
    """
    body: dict[str, object] = {"text": text} if text.strip() else {}
    if media_ids:
        body["media"] = {"media_ids": list(media_ids)}
    if reply_to:
        body["reply"] = {"in_reply_to_tweet_id": reply_to}
    body |= chosen or {}
    return _compact({"at": utc_text(at), "body": _compact(body)})


def read_wire(wire: str) -> Wire:
    """What was stored; Bug if it is none of ours."""
    try:
        stored = json.loads(wire)
        body = json.loads(stored["body"])
        return Wire(
            body=stored["body"],
            at=datetime.fromisoformat(stored["at"]),
            text=body.get("text", ""),
            media_ids=tuple(body.get("media", {}).get("media_ids", ())),
            reply_to=body.get("reply", {}).get("in_reply_to_tweet_id", ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Bug("A stored request to X can't be read.", code="bad_wire") from error


def is_id(text: str) -> bool:
    """Whether this has the form of an id of X."""
    return _ID.fullmatch(text) is not None


def own_id(external_id: str) -> str | None:
    """The id of a post, also from its web address, which a person may have given."""
    found = _WEB.match(external_id)
    number = found[1] if found else external_id
    return number if is_id(number) else None


def result_of(post_id: str) -> PublishResult:
    """The post as people find it; the form without a handle survives a change of handle."""
    return PublishResult(external_id=post_id, url=f"https://x.com/i/status/{post_id}")


def _compact(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
