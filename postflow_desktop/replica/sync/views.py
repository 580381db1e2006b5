"""What screens read, derived from documents: list rows, calendar rows, places of targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.domain.text import excerpt
from postflow_desktop.replica.plain import milliseconds
from postflow_desktop.services.ports.feed import PlainDocument

_TITLE = 60
"""Grapheme clusters of a title; as `excerpt` has it."""
_HEAD = 2000
"""Characters in which a title is looked for."""


class TargetFacts(NamedTuple):
    """A target as far as the calendar needs it."""

    account: str
    network: str
    status: str
    held: int


def title(text: str) -> str:
    """The first words; `excerpt` without its cost where every character is a cluster."""
    if not text.isascii():
        return excerpt(text[:_HEAD], _TITLE)
    line = " ".join(text[:_HEAD].split())
    return line if len(line) <= _TITLE else line[: _TITLE - 1] + "…"


def words(document: PlainDocument) -> str:
    """What the search looks in: the post's text and its variants'."""
    text: str = document["content"].get("text", "")
    variants = [variant.get("text") for variant in document.get("variants") or ()]
    return "\n".join([text, *(variant for variant in variants if variant)])


def calendar_time(document: PlainDocument) -> int | None:
    """Milliseconds: when it went out, else when it is planned."""
    moment: datetime | None = document.get("scheduledAt")
    if document["status"] == PostStatus.PUBLISHED:
        moment = document.get("publishedAt") or moment
    return None if moment is None else milliseconds(moment)


def post_row(seq: int, document: PlainDocument) -> tuple[object, ...]:
    """The list row of a post, as `post_put` takes it."""
    return (
        seq,
        document["_id"],
        document["organizationId"],
        document["status"],
        calendar_time(document),
        milliseconds(document["updatedAt"]),
        title(document["content"].get("text", "")),
    )


def calendar_row(
    at: int, version: int, document: PlainDocument, targets: Sequence[TargetFacts]
) -> tuple[object, ...]:
    """The calendar row of a post, as `calendar_put` takes it."""
    status: str = document["status"]
    return (
        document["organizationId"],
        at,
        document["_id"],
        version,
        title(document["content"].get("text", "")),
        status,
        document.get("failureCode"),
        " ".join(document["socialAccountIds"]),
        networks(targets),
        bool(document.get("media")),
        movable(status, targets),
        held(targets),
    )


def networks(targets: Iterable[TargetFacts]) -> str:
    """`account=network` of each target: known even after the account was disconnected."""
    return " ".join(f"{target.account}={target.network}" for target in targets)


def movable(status: str, targets: Iterable[TargetFacts]) -> bool:
    """Every target is pending; without targets it has to be a draft."""
    states = {t.status for t in targets if t.status != TargetStatus.CANCELED}
    return states == {TargetStatus.PENDING} if states else status == PostStatus.DRAFT


def held(targets: Iterable[TargetFacts]) -> bool:
    """A person holds one of them."""
    return any(target.held for target in targets)


def target_row(document: PlainDocument) -> tuple[object, ...]:
    """The place of a target, as `target_put` takes it."""
    return (
        document["_id"],
        document["organizationId"],
        document["postId"],
        document["socialAccountId"],
        document["platform"],
        document["status"],
        milliseconds(document["scheduledAt"]),
        document.get("hold") is not None,
    )


def attempt_row(document: Mapping[str, object]) -> tuple[object, ...]:
    """The place of an attempt, as `attempt_put` takes it."""
    at = document["at"]
    # A stored document carries its times as text, one from the feed as datetimes.
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    return (document["targetId"], milliseconds(moment), document["_id"])


def account_row(document: PlainDocument) -> tuple[object, ...]:
    """The place of an account, as `account_put` takes it."""
    return (
        document["organizationId"],
        document["platform"],
        document.get("platformUsername") or "",
        document["_id"],
    )
