"""Rows, measures and specs for tests of the month, without Qt."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.ports.replica import CalendarRow
from postflow_desktop.ui.calendar.layout import Localization, MonthSpec
from postflow_desktop.ui.calendar.sizes import Sizes

BERLIN = ZoneInfo("Europe/Berlin")
LETTER = 6


class EqualLetters:
    """A Measure in which every letter is 6 px wide."""

    def strong(self, text: str) -> int:
        return LETTER * len(text)

    def plain(self, text: str) -> int:
        return LETTER * len(text)

    def elided(self, text: str, width: int) -> str:
        if len(text) * LETTER <= width:
            return text
        return text[: max(0, width // LETTER - 1)] + "…"


def row(
    post_id: str,
    at: datetime,
    *,
    title: str = "Fresh bread from six in the morning",
    status: PostStatus = PostStatus.SCHEDULED,
    failure_code: str | None = None,
    networks: tuple[Network, ...] = (Network.BLUESKY,),
) -> CalendarRow:
    return CalendarRow(
        post_id=post_id,
        at=at,
        title=title,
        status=status,
        failure_code=failure_code,
        networks=networks,
        account_ids=("a1",),
        has_media=False,
        movable=status is PostStatus.SCHEDULED,
    )


def wall(day: date, hour: int, minute: int = 0, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=zone).astimezone(UTC)


def spec(
    month: date,
    *,
    width: int = 7 * 130,
    height: int = 28 + 6 * 120,
    zone: ZoneInfo = BERLIN,
    local: Localization | None = None,
) -> MonthSpec:
    return MonthSpec(
        month=month,
        today=date(2026, 11, 20),
        zone=zone,
        width=width,
        height=height,
        local=local or Localization(),
        sizes=Sizes(),
    )
