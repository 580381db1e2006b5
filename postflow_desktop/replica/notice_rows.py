"""Notices in the replica: from a document of the feed to a row, and from JSON to the value."""

from __future__ import annotations

from postflow_desktop.domain.notice import SILENT, Notice, NoticeKind
from postflow_desktop.domain.telling import NoticeWishes
from postflow_desktop.replica.plain import load, milliseconds, moment
from postflow_desktop.services.notifications.wishdocument import read_wishes
from postflow_desktop.services.ports.feed import PlainDocument

_SILENT = frozenset(kind.value for kind in SILENT)


def notice_row(document: PlainDocument) -> tuple[object, ...]:
    """The place of a notice, as `notice_put` takes it."""
    unread = not document["withdrawn"] and document["kind"] not in _SILENT
    return (
        document["_id"],
        document["organizationId"],
        milliseconds(document["at"]),
        int(unread),
        " ".join(document["readBy"]),
    )


def read_notice(text: str) -> Notice:
    """A stored notice; ValueError for a kind of a newer version."""
    document = load(text)
    at = moment(document["at"])
    if at is None:
        raise ValueError("a notice without a time")
    return Notice(
        key=document["key"],
        organization_id=document["organizationId"],
        kind=NoticeKind(document["kind"]),
        title=document["title"],
        text=document["text"],
        fix=document.get("fix") or "",
        post_id=document.get("postId"),
        target_id=document.get("targetId"),
        account_id=document.get("socialAccountId"),
        url=document.get("url"),
        due_at=moment(document.get("dueAt")),
        at=at,
        read_by=frozenset(document["readBy"]),
        withdrawn=document["withdrawn"],
    )


def wishes_of(text: str) -> NoticeWishes:
    """How the person of this document wants to be told."""
    return read_wishes((load(text).get("preferences") or {}).get("notifications"))
