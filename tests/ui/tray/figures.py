"""Workspaces and posts for the tray."""

from __future__ import annotations

from datetime import datetime, timedelta

from postflow_desktop.services.agenda import Agenda, DuePost
from postflow_desktop.ui.backend import Outlook
from tests.fakes.backend import NOW


def due(
    hours: float, title: str = "Fresh bread", *, covered: bool = False, name: str = ""
) -> DuePost:
    """A post so many hours from now."""
    at = NOW + timedelta(hours=hours)
    return DuePost(post_id=name or f"p-{title}-{hours}", at=at, title=title, covered=covered)


def outlook(
    *posts: DuePost,
    workspace_id: str = "w-1",
    name: str = "Corner Bakery",
    attention: int = 0,
    accounts: tuple[str, ...] = (),
    pause_reason: str | None = None,
    at: datetime = NOW,
    timezone: str = "Europe/Berlin",
) -> Outlook:
    """A workspace as its cluster has it."""
    return Outlook(
        workspace_id=workspace_id,
        name=name,
        timezone=timezone,
        user_id="u1",
        agenda=Agenda(
            at=at,
            posts=tuple(posts),
            attention=attention,
            accounts=accounts,
            pause_reason=pause_reason,
        ),
    )
