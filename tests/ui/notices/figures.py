"""Notices as an organization has them."""

from __future__ import annotations

from datetime import datetime, timedelta

from postflow_desktop.domain.notice import Notice, NoticeKind
from tests.fakes.backend import NOW


def notice(
    kind: NoticeKind = NoticeKind.FAILED,
    number: int = 1,
    *,
    ago: float = 5,
    read: bool = False,
    withdrawn: bool = False,
    title: str = "",
    due_at: datetime | None = None,
) -> Notice:
    """One that was raised so many minutes ago."""
    of_account = kind in (NoticeKind.ACCOUNT_EXPIRED, NoticeKind.ACCOUNT_EXPIRING)
    subject = f"account:a{number}" if of_account else f"target:p{number}-a1"
    return Notice(
        key=subject,
        organization_id="o1",
        kind=kind,
        title=title or f"{kind.value} {number}",
        text="What happened. The post is kept.",
        fix="What to do.",
        at=NOW - timedelta(minutes=ago),
        post_id=None if of_account else f"p{number}",
        target_id=None if of_account else f"p{number}-a1",
        account_id="a1",
        read_by=frozenset({"u1"} if read else ()),
        withdrawn=withdrawn,
        due_at=due_at,
    )
