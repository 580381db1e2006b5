"""The alert desk: few alerts, one summary, nothing stale, quiet when it should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from postflow_desktop.domain.notice import Notice, NoticeAction, NoticeKind, Urgency
from postflow_desktop.domain.telling import Channel, NoticeWishes, QuietHours
from postflow_desktop.services.notifications.delivering import (
    SUMMARY_KEY,
    AlertDesk,
    DeskParts,
)
from postflow_desktop.services.ports.alerts import Alert

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Screen:
    """An Alerter that shows what stands, and keeps what was ever shown."""

    def __init__(self) -> None:
        self.standing: dict[str, Alert] = {}
        self.shown: list[Alert] = []

    def show(self, alert: Alert, on_action: Callable[[str, NoticeAction], None]) -> None:
        self.standing[alert.key] = alert
        self.shown.append(alert)

    def withdraw(self, key: str) -> None:
        self.standing.pop(key, None)


class Room:
    """A desk with its screen, a clock, and the organization's notices."""

    def __init__(self, wishes: NoticeWishes | None = None) -> None:
        self.screen = Screen()
        self.now = START
        self.watched: set[str] = set()
        self.notices: dict[str, Notice] = {}
        parts = DeskParts(
            alerter=self.screen,
            user_id="ana",
            now=lambda: self.now,
            on_action=lambda key, action: None,
            is_watched=lambda notice: notice.key in self.watched,
        )
        self.desk = AlertDesk(parts, wishes)

    def put(self, *numbers: int, kind: NoticeKind = NoticeKind.FAILED, **more: object) -> None:
        for n in numbers:
            self.notices[f"target:{n}"] = Notice(
                key=f"target:{n}",
                organization_id="o",
                kind=kind,
                title=f"Title {n}",
                text=f"Text {n}.",
                fix="Do it.",
                at=self.now + timedelta(milliseconds=n),
                **more,  # type: ignore[arg-type]
            )

    def change(self, number: int, **fields: object) -> None:
        key = f"target:{number}"
        self.notices[key] = replace(self.notices[key], **fields)  # type: ignore[arg-type]

    def feed(self) -> set[str]:
        self.desk.feed(list(self.notices.values()))
        return set(self.screen.standing)


@pytest.fixture
def room() -> Room:
    """A desk that has begun with nothing to tell."""
    made = Room()
    made.feed()
    return made


def test_a_notice_is_one_alert_with_its_words_and_actions(room: Room) -> None:
    room.put(1)
    assert room.feed() == {"target:1"}
    assert room.feed() == {"target:1"}
    (alert,) = room.screen.shown
    assert (alert.title, alert.text) == ("Title 1", "Text 1.\nDo it.")
    assert alert.urgency is Urgency.HIGH
    assert alert.actions == (NoticeAction.RETRY, NoticeAction.OPEN)


def test_never_more_than_three_in_ten_minutes_then_one_summary_that_replaces_itself(
    room: Room,
) -> None:
    for n in range(1, 6):
        room.put(n)
        room.feed()
        room.now += timedelta(seconds=30)
    assert set(room.screen.standing) == {"target:1", "target:2", "target:3", SUMMARY_KEY}
    assert room.screen.standing[SUMMARY_KEY].title == "2 more things happened"
    room.put(6, 7)
    room.feed()
    summary = room.screen.standing[SUMMARY_KEY]
    assert summary.title == "4 more things happened"
    assert summary.text.splitlines() == ["Title 7", "Title 6", "Title 5"]
    assert summary.actions == (NoticeAction.OPEN,)
    singly = [alert.key for alert in room.screen.shown if alert.key != SUMMARY_KEY]
    assert singly == ["target:1", "target:2", "target:3"]


def test_after_the_window_there_is_room_again_and_the_next_summary_begins_anew(room: Room) -> None:
    room.put(1, 2, 3, 4)
    assert SUMMARY_KEY in room.feed()
    room.now += timedelta(minutes=10, seconds=1)
    room.put(5, 6, 7, 8)
    room.feed()
    assert {"target:5", "target:6", "target:7"} <= set(room.screen.standing)
    assert room.screen.standing[SUMMARY_KEY].title == "1 more thing happened"


def test_what_is_settled_seen_or_published_goes_from_the_screen(room: Room) -> None:
    room.put(1, 2, 3, 4, 5)
    room.feed()
    room.change(1, withdrawn=True)
    room.change(2, read_by=frozenset({"ana"}))
    room.change(4, read_by=frozenset({"ben"}))
    room.now += timedelta(seconds=1)
    room.put(3, kind=NoticeKind.PUBLISHED)
    assert room.feed() == {SUMMARY_KEY}
    assert room.screen.standing[SUMMARY_KEY].title == "2 more things happened"
    room.change(5, withdrawn=True)
    room.feed()
    assert room.screen.standing[SUMMARY_KEY].title == "1 more thing happened"
    room.change(4, withdrawn=True)
    assert room.feed() == set()


def test_the_later_one_replaces_the_earlier_under_its_key(room: Room) -> None:
    room.put(1, kind=NoticeKind.NEEDS_ATTENTION)
    room.feed()
    room.now += timedelta(minutes=1)
    room.put(1, kind=NoticeKind.FAILED)
    assert room.feed() == {"target:1"}
    assert [alert.actions[0] for alert in room.screen.shown] == [
        NoticeAction.OPEN,
        NoticeAction.RETRY,
    ]


def test_what_the_focused_window_shows_makes_no_alert_and_leaves_no_old_one(room: Room) -> None:
    room.put(1, kind=NoticeKind.NEEDS_ATTENTION)
    room.feed()
    room.watched = {"target:1", "target:2"}
    room.now += timedelta(seconds=5)
    room.put(1)
    room.put(2)
    assert room.feed() == set()
    assert len(room.screen.shown) == 1


def test_old_notices_at_the_start_are_one_alert_at_most() -> None:
    room = Room()
    room.put(1, 2, 3, 4)
    room.put(5, kind=NoticeKind.PUBLISHED)
    room.put(6, read_by=frozenset({"ana"}))
    room.change(4, at=START - timedelta(days=2))
    assert room.feed() == {SUMMARY_KEY}
    assert room.screen.standing[SUMMARY_KEY].title == "3 things happened"
    assert len(room.screen.shown) == 1
    lone = Room()
    lone.put(1)
    assert lone.feed() == {"target:1"}


def test_quiet_hours_end_with_one_alert_for_what_still_stands() -> None:
    quiet = QuietHours(start=time(22), end=time(8), timezone="Europe/Berlin")
    room = Room(NoticeWishes(quiet=quiet))
    room.feed()
    room.now = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
    room.put(1, 2, 3, 4)
    room.put(5, kind=NoticeKind.PREFLIGHT, due_at=room.now + timedelta(minutes=10))
    assert room.feed() == set()
    room.change(2, withdrawn=True)
    room.feed()
    room.now = datetime(2026, 11, 22, 6, 59, tzinfo=UTC)
    room.desk.tick()
    assert room.screen.standing == {}
    room.now = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
    room.desk.tick()
    room.desk.tick()
    (alert,) = room.screen.shown
    assert (alert.key, alert.title) == (SUMMARY_KEY, "3 things happened")


def test_wishes_hold_from_now_on_for_what_stands_too(room: Room) -> None:
    room.put(1)
    room.put(2, kind=NoticeKind.MISSED)
    room.feed()
    room.desk.wish(NoticeWishes(channels={NoticeKind.FAILED: frozenset({Channel.MAIL})}))
    assert set(room.screen.standing) == {"target:2"}
    room.put(3)
    assert room.feed() == {"target:2"}
    room.desk.wish(NoticeWishes(muted=frozenset({Channel.DESKTOP})))
    assert room.screen.standing == {}


def test_leaving_takes_everything_away_and_coming_back_tells_it_as_old(room: Room) -> None:
    room.put(1, 2, 3, 4)
    room.feed()
    room.desk.clear()
    assert room.screen.standing == {}
    room.screen.shown.clear()
    assert room.feed() == {SUMMARY_KEY}
    assert len(room.screen.shown) == 1
