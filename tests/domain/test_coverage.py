"""Who will be awake: sentences by presence and history, beside the odd hours of the year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from postflow_desktop.domain.coverage import FIX, Cover, Coverage, coverage
from postflow_desktop.domain.presence import (
    Presence,
    PublisherKind,
    PublisherProcess,
    SeenMachine,
)
from postflow_desktop.domain.time import plan_wall_time

BERLIN = "Europe/Berlin"
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def alive(kind: PublisherKind, name: str = "laptop") -> Presence:
    who = PublisherProcess(
        machine=f"m-{name}",
        name=name,
        kind=kind,
        process=f"p-{name}",
        version="1",
        organization_ids=(),
    )
    return Presence(who=who, since=MONDAY_NOON, at=MONDAY_NOON)


def seen(*hours: str, name: str = "laptop") -> SeenMachine:
    """Hours in UTC, such as `2026-11-16T06`."""
    moments = frozenset(datetime.fromisoformat(f"{hour}:00+00:00") for hour in hours)
    return SeenMachine(machine=f"m-{name}", name=name, hours=moments)


def ask(
    local: str,
    *machines: SeenMachine,
    on: list[Presence] | None = None,
    now: datetime = MONDAY_NOON,
    zone: str = BERLIN,
) -> Coverage:
    return coverage(plan_wall_time(datetime.fromisoformat(local), zone), now, on or [], machines)


def test_nobody_at_any_day() -> None:
    found = ask("2026-11-30T07:00", seen("2026-11-16T07"))
    assert found.cover is Cover.NOBODY
    assert found.sentence == "No computer was on at 07:00 in the last 14 days."
    assert found.warning == f"{found.sentence} {FIX}"
    assert "agent" in found.fix


def test_nobody_on_that_day_of_the_week() -> None:
    found = ask("2026-11-29T07:00", seen("2026-11-20T06"))
    assert found.sentence == "No computer was on at 07:00 on a Sunday in the last 14 days."


def test_seen_on_that_day_and_hour() -> None:
    found = ask("2026-11-30T07:00", seen("2026-11-16T06"))
    assert (found.cover, found.warning) == (Cover.SEEN, "")
    assert found.sentence == "PostFlow was on at 07:00 on a Monday in the last 14 days: laptop."


def test_a_workspace_of_one_day_says_that_nobody_can_know() -> None:
    found = ask("2026-11-30T03:00", seen("2026-11-23T10", "2026-11-23T11"))
    assert found.cover is Cover.NOBODY
    assert found.sentence == (
        "PostFlow has been here only since Monday 11:00, so nobody knows who is on at 03:00."
    )


def test_a_day_of_the_week_that_has_not_come_yet_is_no_reason_to_warn() -> None:
    since_friday = seen("2026-11-20T11", "2026-11-21T11", "2026-11-22T11")
    found = ask("2026-11-26T12:30", since_friday)
    assert (found.cover, found.warning) == (Cover.SEEN, "")
    assert found.sentence.endswith("on other days: laptop. It has not been here on a Thursday yet.")


def test_names_are_few() -> None:
    machines = [seen("2026-11-16T06", name=name) for name in ("a", "b", "c", "d")]
    assert ask("2026-11-30T07:00", *machines).sentence.endswith("days: a, b and 2 more.")


@pytest.mark.parametrize(
    ("hour", "cover"), [("2026-11-09T11", Cover.NOBODY), ("2026-11-09T12", Cover.SEEN)]
)
def test_history_ends_after_fourteen_days(hour: str, cover: Cover) -> None:
    local = {"2026-11-09T11": "2026-11-30T12:00", "2026-11-09T12": "2026-11-30T13:00"}[hour]
    assert ask(local, seen(hour)).cover is cover


def test_today_counts_up_to_now() -> None:
    assert ask("2026-11-30T12:30", seen("2026-11-23T11")).cover is Cover.SEEN
    assert ask("2026-11-23T23:30", seen("2026-11-23T12")).cover is Cover.NOBODY


def test_an_agent_covers_every_hour_and_a_desktop_the_next_one() -> None:
    agent, desktop = alive(PublisherKind.AGENT, "server"), alive(PublisherKind.DESKTOP)
    night = "2026-12-25T03:00"
    assert ask(night, on=[desktop, agent]).sentence == "The agent on server is on."
    assert ask(night, on=[desktop]).cover is Cover.NOBODY
    soon = ask("2026-11-23T13:45", on=[desktop])
    assert (soon.cover, soon.sentence) == (Cover.ON_NOW, "PostFlow is on now on laptop.")
    assert ask("2026-11-23T14:15", on=[desktop]).cover is Cover.NOBODY


def test_a_command_covers_nothing() -> None:
    assert ask("2026-11-23T13:05", on=[alive(PublisherKind.COMMAND)]).cover is Cover.NOBODY


def test_the_wall_clock_counts_when_the_clocks_changed_meanwhile() -> None:
    """07:00 in Berlin was 05:00 UTC before 25 October 2026 and is 06:00 UTC since."""
    now = datetime(2026, 10, 28, 12, tzinfo=UTC)
    summer, winter = seen("2026-10-19T05"), seen("2026-10-26T06")
    assert ask("2026-11-02T07:00", summer, now=now).cover is Cover.SEEN
    assert ask("2026-11-02T07:00", winter, now=now).cover is Cover.SEEN
    assert ask("2026-11-02T07:00", seen("2026-10-19T06", "2026-10-26T05"), now=now).cover is (
        Cover.NOBODY
    )


def test_the_hours_that_are_skipped_and_that_come_twice() -> None:
    spring = datetime(2026, 3, 30, 12, tzinfo=UTC)
    skipped = ask("2026-04-05T02:30", seen("2026-03-29T01"), now=spring)
    assert skipped.cover is Cover.SEEN, "02:30 was 03:30 that day, in the hour of 01:00 UTC"
    autumn = datetime(2026, 10, 26, 12, tzinfo=UTC)
    twice = ask("2026-11-01T02:30", seen("2026-10-25T00"), now=autumn)
    assert twice.cover is Cover.SEEN, "the first 02:30 is meant"
    assert ask("2026-11-01T02:30", seen("2026-10-25T01"), now=autumn).cover is Cover.NOBODY


def test_zones_off_the_full_hour() -> None:
    """Lord Howe changes by half an hour: 07:15 is 20:45 UTC in winter, 20:15 in summer."""
    now = datetime(2026, 4, 12, 12, tzinfo=UTC)
    place = "Australia/Lord_Howe"
    assert ask("2026-04-16T07:15", seen("2026-04-01T20"), now=now, zone=place).cover is Cover.SEEN
    assert ask("2026-04-16T07:45", seen("2026-04-08T21"), now=now, zone=place).cover is Cover.SEEN
    assert ask("2026-04-16T07:45", seen("2026-04-08T20"), now=now, zone=place).cover is (
        Cover.NOBODY
    )


def test_any_machine_at_any_hour_of_two_weeks_covers_every_time() -> None:
    hours = frozenset(MONDAY_NOON - timedelta(hours=n) for n in range(15 * 24))
    always = SeenMachine(machine="m", name="server", hours=hours)
    for hour in range(24):
        for day in range(7):
            local = datetime.fromisoformat(f"2026-12-{1 + day:02}T{hour:02}:30")
            planned = plan_wall_time(local, "Asia/Kolkata")
            assert coverage(planned, MONDAY_NOON, [], [always]).cover is Cover.SEEN
