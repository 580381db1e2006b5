"""Pauses and holds as commands print them."""

from __future__ import annotations

from typing import Any

from postflow_desktop.domain.pause import Hold, HoldLevel, Pause
from postflow_desktop.domain.time import utc_text

_HELD = {
    HoldLevel.ORGANIZATION: "publishing is paused",
    HoldLevel.ACCOUNT: "the account is paused",
    HoldLevel.TARGET: "on hold",
}


def pause_document(pause: Pause | None) -> dict[str, Any] | None:
    """Why, by whom (a member's id), since when; null where nothing is paused."""
    if pause is None:
        return None
    return {"reason": pause.reason, "by": pause.by, "since": utc_text(pause.at)}


def hold_document(hold: Hold | None) -> dict[str, Any] | None:
    """A pause with what it is of: organization, account or target."""
    if hold is None:
        return None
    return {"level": hold.level.value, **(pause_document(hold.pause) or {})}


def hold_line(hold: Hold) -> str:
    """A hold for people."""
    return f"{_HELD[hold.level]}: {hold.pause.reason}".rstrip(": ")


def pause_line(pause: Pause) -> str:
    """A pause for people."""
    return f"paused since {pause.at:%Y-%m-%d %H:%M} UTC: {pause.reason}"
