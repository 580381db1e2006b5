"""The wire form: the container that is published, and what its post can be recognised by.

A container is made while preparing and shows nothing until it is published. Its id stands here, so
it is stored before the first byte of the publish call leaves, and can be asked afterwards.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.errors import Bug
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.time import utc_text

_ID = re.compile(r"[0-9]{1,25}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What a wire form holds."""

    container: str
    at: datetime
    """The cluster's time of the claim; the post can't be older."""
    text: str
    username: str
    """For an address of the post until Threads has told the real one."""
    reply_to: str = ""
    """The id of the post that it answers, or nothing."""


def wire_form(container: str, text: str, username: str, at: datetime, *, reply_to: str = "") -> str:
    """The text that is stored."""
    stored = {"at": utc_text(at), "container": container, "text": text, "username": username}
    if reply_to:
        stored["reply_to"] = reply_to
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


def read_wire(wire: str) -> Wire:
    """What was stored; Bug if it is none of ours."""
    try:
        stored = json.loads(wire)
        at = datetime.fromisoformat(stored["at"])
        container, text, username = (stored[name] for name in ("container", "text", "username"))
        if at.tzinfo is None or not (is_id(container) and isinstance(text, str)):
            raise ValueError("a field is of the wrong kind")
        return Wire(
            container=container,
            at=at,
            text=text,
            username=str(username),
            reply_to=str(stored.get("reply_to", "")),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Bug("A stored request to Threads can't be read.", code="bad_wire") from error


def is_id(text: object) -> bool:
    """Whether this has the form of an id of Threads."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def result_of(post_id: str, username: str, permalink: str = "") -> PublishResult:
    """The post as people find it.

    Its address has a code that can't be made from its id; until Threads told it, the profile.
    """
    url = permalink or f"https://www.threads.com/@{username}"
    return PublishResult(external_id=post_id, url=url)
