"""Wishes as the plain document under `preferences.notifications`, and back.

`email` and `push` are switches of the whole way, as the specification has them; `channels` and
`quietHours` are ours. What a newer version wrote and this one can't name is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import time
from typing import Any

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.notice import NoticeKind
from postflow_desktop.domain.telling import Channel, NoticeWishes, QuietHours

_SWITCHES = {"email": Channel.MAIL, "push": Channel.DESKTOP}


def wishes_document(wishes: NoticeWishes) -> dict[str, Any]:
    """The wishes as they are stored."""
    document: dict[str, Any] = {
        name: channel not in wishes.muted for name, channel in _SWITCHES.items()
    }
    document["channels"] = {
        kind.value: sorted(channel.value for channel in ways)
        for kind, ways in wishes.channels.items()
    }
    quiet = wishes.quiet
    if quiet is not None:
        document["quietHours"] = {
            "start": f"{quiet.start:%H:%M}",
            "end": f"{quiet.end:%H:%M}",
            "timezone": quiet.timezone,
        }
    return document


def read_wishes(document: Mapping[str, Any] | None) -> NoticeWishes:
    """The wishes of a stored document; the defaults for none."""
    stored = document or {}
    channels: dict[NoticeKind, frozenset[Channel]] = {}
    for name, ways in (stored.get("channels") or {}).items():
        with suppress(ValueError):
            channels[NoticeKind(name)] = _channels(ways)
    muted = [channel for name, channel in _SWITCHES.items() if stored.get(name) is False]
    return NoticeWishes(
        channels=channels, quiet=_quiet(stored.get("quietHours")), muted=frozenset(muted)
    )


def _channels(names: list[str]) -> frozenset[Channel]:
    known = {channel.value for channel in Channel}
    return frozenset(Channel(name) for name in names if name in known)


def _quiet(value: Mapping[str, str] | None) -> QuietHours | None:
    """A zone that this computer does not know makes no quiet hours: rather told than not."""
    if value is None:
        return None
    try:
        return QuietHours(
            start=time.fromisoformat(value["start"]),
            end=time.fromisoformat(value["end"]),
            timezone=value["timezone"],
        )
    except (KeyError, ValueError, InvalidInput):
        return None
