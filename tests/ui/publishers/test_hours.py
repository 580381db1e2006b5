"""At which hours machines are usually on, and which posts of the next days have nobody awake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.presence import PublisherKind, SeenMachine
from postflow_desktop.services.ports.replica import CalendarRow
from postflow_desktop.ui.publishers.ahead import next_days
from postflow_desktop.ui.publishers.hours import usual_hours
from tests.fakes.backend import NOW
from tests.ui.publishers.kit import board, presence, seen

BERLIN = "Europe/Berlin"


def row(post_id: str, at: datetime, status: PostStatus = PostStatus.SCHEDULED) -> CalendarRow:
    return CalendarRow(
        post_id=post_id,
        at=at,
        title=f"Post {post_id}",
        status=status,
        failure_code=None,
        networks=(Network.BLUESKY,),
        account_ids=("a1",),
        has_media=False,
        movable=True,
    )


def test_hours_are_those_on_the_clock_of_the_organization() -> None:
    (found,) = usual_hours([seen(8, 11)], BERLIN, NOW)
    assert [hour for hour in range(24) if found.counts[hour]] == [9, 10, 11]
    assert found.counts[9] == 14
    assert found.words == "14 of 14 days, mostly 09–12"


def test_an_hour_of_one_day_is_not_the_usual() -> None:
    machine = seen(8, 11)
    once = NOW.replace(hour=20, minute=0) - timedelta(days=3)
    (found,) = usual_hours([replace(machine, hours=machine.hours | {once})], BERLIN, NOW)
    assert found.counts[21] == 1
    assert found.spans == ((9, 12),)


def test_around_the_clock_and_at_changing_hours() -> None:
    always, odd = seen(0, 24, name="server"), NOW.replace(minute=0)
    machine = SeenMachine(
        machine="m-9",
        name="guest",
        hours=frozenset(odd - timedelta(days=back, hours=2 * back) for back in range(3)),
    )
    server, guest = usual_hours([machine, always], BERLIN, NOW)
    assert server.words.endswith("around the clock")
    assert guest.words == "3 of 14 days, at changing hours"


def test_what_was_on_before_the_last_days_is_not_listed() -> None:
    old = SeenMachine(machine="m", name="old", hours=frozenset({NOW - timedelta(days=15)}))
    assert usual_hours([old], BERLIN, NOW) == ()


def test_posts_with_nobody_awake_are_found_and_others_are_not() -> None:
    tomorrow = datetime(2026, 11, 21, tzinfo=UTC)
    rows = [
        row("night", tomorrow + timedelta(hours=3)),
        row("day", tomorrow + timedelta(hours=9)),
        row("draft", tomorrow + timedelta(hours=3), PostStatus.DRAFT),
        row("over", NOW - timedelta(hours=9)),
    ]
    found = next_days(board(presence(), machines=(seen(8, 12),)), rows, BERLIN)
    assert found.planned == 2
    assert [one.post_id for one in found.uncovered] == ["night"]
    assert found.uncovered[0].sentence == "No computer was on at 04:00 in the last 14 days."


def test_with_an_agent_everything_has_somebody() -> None:
    agent = presence("m-2", "server", PublisherKind.AGENT)
    found = next_days(board(agent), [row("night", NOW + timedelta(hours=15))], BERLIN)
    assert (found.planned, found.uncovered) == (1, ())
