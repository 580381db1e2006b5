"""Who is told of a notice, and how: a person's wishes, quiet hours, never more than a few at once.

Quiet hours are wall times in a zone, compared as such: in the night when the clocks change they
are an hour shorter or longer, as on the wall. Pure; every moment is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.notice import SILENT, Notice, NoticeKind
from postflow_desktop.domain.time import require_aware, zone

MOST = 3
"""Single notices in one window of time; what comes then goes into one summary."""
WINDOW = timedelta(minutes=10)


class Channel(StrEnum):
    """A way to tell a person, beside the list of notices."""

    DESKTOP = "desktop"
    MAIL = "mail"


_BAD = frozenset(
    {
        NoticeKind.FAILED,
        NoticeKind.NEEDS_ATTENTION,
        NoticeKind.MISSED,
        NoticeKind.ACCOUNT_EXPIRED,
        # Whoever is not at the computer has the week to do something.
        NoticeKind.ACCOUNT_EXPIRING,
    }
)
DEFAULT_CHANNELS: Mapping[NoticeKind, frozenset[Channel]] = {
    kind: frozenset(
        ([Channel.DESKTOP] if kind not in SILENT else []) + ([Channel.MAIL] if kind in _BAD else [])
    )
    for kind in NoticeKind
}
"""What a person gets who never chose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Every day from `start` (included) to `end` (excluded), by the wall clock of `timezone`."""

    start: time
    end: time
    timezone: str

    def __post_init__(self) -> None:
        zone(self.timezone)
        if self.start == self.end:
            raise InvalidInput(
                "Quiet hours that begin and end at the same time would be no hours or all.",
                code="bad_quiet_hours",
                fix="Give two times, such as 22:00-08:00.",
            )

    def covers(self, moment: datetime) -> bool:
        """Whether it is quiet at that moment."""
        require_aware(moment)
        wall = moment.astimezone(zone(self.timezone)).time()
        if self.start < self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWishes:
    """How one person wants to be told; `channels` holds only what differs from the default."""

    channels: Mapping[NoticeKind, frozenset[Channel]] = field(default_factory=dict)
    quiet: QuietHours | None = None
    muted: frozenset[Channel] = frozenset()
    """Ways that are off altogether."""

    def by(self, channel: Channel) -> frozenset[NoticeKind]:
        """The kinds that go this way."""
        if channel in self.muted:
            return frozenset()
        chosen = {**DEFAULT_CHANNELS, **self.channels}
        return frozenset(kind for kind, ways in chosen.items() if channel in ways)


class Telling(StrEnum):
    """Whether to tell a person now."""

    NOW = "now"
    LATER = "later"
    """After the quiet hours."""
    NOT = "not"


def telling(
    notice: Notice, user_id: str, wishes: NoticeWishes, channel: Channel, now: datetime
) -> Telling:
    """Whether this notice is for this person, this way, at this moment."""
    over = notice.due_at is not None and notice.due_at <= now
    if notice.withdrawn or user_id in notice.read_by or over:
        return Telling.NOT
    if notice.kind not in wishes.by(channel):
        return Telling.NOT
    if wishes.quiet is not None and wishes.quiet.covers(now):
        return Telling.LATER
    return Telling.NOW


def is_loud(notice: Notice) -> bool:
    """Whether it counts as unread until it was seen; the others only stand in the list."""
    return notice.kind not in SILENT and not notice.withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What is told one by one, and what goes into a summary."""

    singly: tuple[Notice, ...]
    summed: tuple[Notice, ...]


def share_out(waiting: Sequence[Notice], lately: int) -> Share:
    """The oldest one by one as far as there is room, `lately` having been told in the window."""
    ordered = sorted(waiting, key=lambda notice: (notice.at, notice.key))
    room = max(0, MOST - lately)
    return Share(singly=tuple(ordered[:room]), summed=tuple(ordered[room:]))


def summary_title(count: int, *, more: bool) -> str:
    """The title of a summary; `more` where some were told one by one before."""
    things = "thing" if count == 1 else "things"
    return f"{count} more {things} happened" if more else f"{count} {things} happened"
