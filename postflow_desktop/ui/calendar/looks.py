"""How a post's status looks on a chip and what it is called: icon, colour and form together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.ports.replica import CalendarRow
from postflow_desktop.ui.words import network_title


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a status is called and how it is drawn; colours are names of tokens."""

    words: str
    icon: str = ""
    """A glyph of the icon font; empty for what needs none."""
    tone: str = "text2"
    """The glyph's colour."""
    fill: str = ""
    """The chip's background; empty means the tint of its network."""
    line: str = ""
    """`dashed` or `dotted` border; empty means none."""
    title: str = "text"
    """The colour of the words."""


SCHEDULED = Look(words="scheduled")
MOVING = Look(words="being moved", icon="arrows-clockwise", tone="accent_text", line="dashed")
_MISSED = Look(words="missed", icon="pause", tone="text2", line="dotted")
PAUSED = Look(words="paused", icon="pause-circle", tone="text2", line="dotted", title="text2")
_ATTENTION = Look(words="needs attention", icon="warning-circle", tone="warning", fill="warning_bg")
_PARTIAL = Look(words="failed in part", icon="warning", tone="danger", fill="danger_bg")

_BY_STATUS = {
    PostStatus.DRAFT: Look(
        words="draft", icon="pencil-simple", tone="text3", fill="surface", line="dashed"
    ),
    PostStatus.SCHEDULED: SCHEDULED,
    PostStatus.QUEUED: Look(words="in the queue", icon="list-bullets", tone="accent_text"),
    PostStatus.PUBLISHING: Look(words="being published", icon="spinner-gap", tone="info"),
    PostStatus.PUBLISHED: Look(words="published", title="text2"),
    PostStatus.FAILED: Look(words="failed", icon="warning", tone="danger", fill="danger_bg"),
}
_WAITING = frozenset({PostStatus.SCHEDULED, PostStatus.QUEUED})
_BY_FAILURE = {"missed": _MISSED, "needs_attention": _ATTENTION, "partial": _PARTIAL}


def look_of(row: CalendarRow, *, moving: bool = False) -> Look:
    """The look of a post; one that is on its way to another day looks like that."""
    if moving:
        return MOVING
    if row.status is PostStatus.FAILED and row.failure_code in _BY_FAILURE:
        return _BY_FAILURE[row.failure_code]
    if row.held and row.status in _WAITING:
        return PAUSED
    return _BY_STATUS[row.status]


def with_pauses(
    rows: Sequence[CalendarRow], paused: frozenset[str] | None
) -> Sequence[CalendarRow]:
    """Rows of these accounts look held as well; None: all of them."""
    if paused is not None and not paused:
        return rows
    return [
        row
        if row.held
        or row.status not in _WAITING
        or (paused is not None and paused.isdisjoint(row.account_ids))
        else replace(row, held=True)
        for row in rows
    ]


def title_of(row: CalendarRow) -> str:
    """The first words on one line, or what is there instead."""
    words = " ".join(row.title.split())
    return words or ("Media without words" if row.has_media else "No words yet")


def networks_of(row: CalendarRow) -> str:
    """The names of its networks: `Bluesky, X and LinkedIn`."""
    names = [network_title(network) for network in row.networks]
    if len(names) < 2:
        return "".join(names) or "no network"
    return f"{', '.join(names[:-1])} and {names[-1]}"
