"""Notices to documents of `notifications` and back."""

from __future__ import annotations

from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.cluster.schema.notifications import (
    MAX_ADDRESS,
    MAX_NOTICE,
    MAX_TITLE,
)
from postflow_desktop.domain.notice import Notice, NoticeKind


def notice_fields(notice: Notice) -> Document:
    """What a notice says, without what the store keeps about it."""
    url = notice.url if notice.url is None or len(notice.url) <= MAX_ADDRESS else None
    return {
        "kind": notice.kind.value,
        "title": _fitting(notice.title, MAX_TITLE),
        "text": _fitting(notice.text, MAX_NOTICE),
        "fix": _fitting(notice.fix, MAX_NOTICE),
        "postId": None if notice.post_id is None else to_object_id(notice.post_id),
        "targetId": None if notice.target_id is None else to_object_id(notice.target_id),
        "socialAccountId": None if notice.account_id is None else to_object_id(notice.account_id),
        "url": url,
        "dueAt": notice.due_at,
    }


def read_notice(document: Document) -> Notice:
    """A stored notice; ValueError for a kind of a newer version."""
    return Notice(
        key=document["key"],
        organization_id=str(document["organizationId"]),
        kind=NoticeKind(document["kind"]),
        title=document["title"],
        text=document["text"],
        fix=document.get("fix") or "",
        post_id=_id(document, "postId"),
        target_id=_id(document, "targetId"),
        account_id=_id(document, "socialAccountId"),
        url=document.get("url"),
        due_at=document.get("dueAt"),
        at=document["at"],
        read_by=frozenset(str(member) for member in document["readBy"]),
        withdrawn=document["withdrawn"],
    )


def _id(document: Document, name: str) -> str | None:
    value = document.get(name)
    return None if value is None else str(value)


def _fitting(text: str, limit: int) -> str:
    """Cut to what the validator takes; half characters, which BSON can't hold, become `?`."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole if len(whole) <= limit else whole[: limit - 1] + "…"
