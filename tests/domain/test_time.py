"""Wall time, zones and UTC; the two hard hours of the year by name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.time import (
    parse_when,
    plan_instant,
    plan_wall_time,
    require_aware,
    utc_text,
    zone,
)

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]


@pytest.mark.parametrize(
    ("wall", "zone_name", "utc", "local"),
    [
        ("2026-11-23T09:00", "Europe/Berlin", "2026-11-23T08:00:00.000Z", "2026-11-23T09:00:00"),
        # The skipped hour moves forward by the gap.
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z", "2026-03-29T03:30:00"),
        # The hour that comes twice: the first one.
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z", "2026-10-25T02:30:00"),
        # Half an hour is skipped on Lord Howe.
        (
            "2026-10-04T02:15",
            "Australia/Lord_Howe",
            "2026-10-03T15:45:00.000Z",
            "2026-10-04T02:45:00",
        ),
        ("2026-06-01T12:00", "Asia/Kolkata", "2026-06-01T06:30:00.000Z", "2026-06-01T12:00:00"),
    ],
)
def test_wall_time_becomes_an_instant(wall: str, zone_name: str, utc: str, local: str) -> None:
    planned = plan_wall_time(datetime.fromisoformat(wall), zone_name)
    assert utc_text(planned.utc) == utc
    assert planned.local == local


def test_the_person_is_told_about_the_hard_hours() -> None:
    gap = plan_wall_time(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")  # noqa: DTZ001 - wall time
    fold = plan_wall_time(datetime(2026, 10, 25, 2, 30), "Europe/Berlin")  # noqa: DTZ001
    usual = plan_wall_time(datetime(2026, 10, 26, 2, 30), "Europe/Berlin")  # noqa: DTZ001
    assert "does not exist" in gap.note
    assert "twice" in fold.note
    assert usual.note == ""


FIRST, LAST = datetime(1990, 1, 1), datetime(2090, 1, 1)  # noqa: DTZ001 - wall times


@given(st.datetimes(FIRST, LAST), st.sampled_from(ZONES))
def test_an_instant_reads_back_as_the_wall_time_that_was_shown(wall: datetime, name: str) -> None:
    planned = plan_wall_time(wall.replace(microsecond=0), name)
    again = plan_instant(planned.utc, name)
    assert (again.utc, again.local) == (planned.utc, planned.local)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-23T09:00", "2026-11-23T08:00:00.000Z"),
        ("2026-11-23T09:00:30", "2026-11-23T08:00:30.000Z"),
        ("2026-11-23T09:00Z", "2026-11-23T09:00:00.000Z"),
        ("2026-11-23T09:00+05:30", "2026-11-23T03:30:00.000Z"),
    ],
)
def test_times_are_read_as_people_write_them(text: str, utc: str) -> None:
    assert utc_text(parse_when(text, "Europe/Berlin").utc) == utc


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-13-01T00:00",
        "2026-02-30T00:00",
        "9999-12-31T23:59-12:00",
        "0001-01-01T00:00",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"is not a time|out of range"):
        parse_when(text, "Pacific/Kiritimati")


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "europe", "/etc/localtime"])
def test_unknown_zones_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="not a time zone"):
        zone(name)


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        require_aware(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    require_aware(datetime(2026, 1, 1, tzinfo=UTC))
    require_aware(None)
