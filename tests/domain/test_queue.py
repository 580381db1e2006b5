"""Slots of a queue: reading and writing them, and the instants they fall on."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.queue import (
    Queue,
    WeeklySlot,
    format_slots,
    parse_slots,
    slots_from,
)
from postflow_desktop.domain.time import plan_wall_time, utc_text

# Half an hour is skipped on Lord Howe, midnight in Havana and Beirut, a whole day on Samoa.
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "UTC",
]
SLOTS = st.builds(
    WeeklySlot,
    st.integers(0, 6),
    st.integers(0, 23),
    st.sampled_from([0, 15, 30, 45]),
)
STARTS = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1))  # noqa: DTZ001 - made UTC below
# Near the changes of those zones' clocks, where chance alone would hardly come.
HARD = st.sampled_from(
    [
        datetime(2011, 12, 28),  # noqa: DTZ001
        datetime(2026, 3, 7),  # noqa: DTZ001
        datetime(2026, 3, 27),  # noqa: DTZ001
        datetime(2026, 10, 2),  # noqa: DTZ001
        datetime(2026, 10, 23),  # noqa: DTZ001
    ]
)


def queue(slots: str | tuple[WeeklySlot, ...], zone: str, per_day: int | None = None) -> Queue:
    return Queue(
        organization_id="o",
        account_id="a",
        slots=parse_slots(slots) if isinstance(slots, str) else tuple(sorted(slots)),
        timezone=zone,
        max_per_day=per_day,
    )


def following(made: Queue, start: str, count: int) -> list[tuple[str, str]]:
    """(UTC, local) of the next slots."""
    found = islice(slots_from(made, datetime.fromisoformat(start)), count)
    return [((utc_text(slot.utc) or "")[:16], slot.local[:16]) for slot in found]


def test_slots_are_read_in_any_order_and_written_in_that_of_the_week() -> None:
    slots = parse_slots(" Fri 17:30, mon 9:00,sun 00:00 ,mon 09:00")
    assert format_slots(slots) == "mon 09:00,fri 17:30,sun 00:00"
    assert slots[0] == WeeklySlot(0, 9, 0)


@given(st.lists(SLOTS, min_size=1, max_size=20))
def test_what_is_written_reads_back(slots: list[WeeklySlot]) -> None:
    assert parse_slots(format_slots(slots)) == tuple(sorted(set(slots)))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "''"),
        ("mon 09:00,", "''"),
        ("mon", "'mon'"),
        ("09:00", "'09:00'"),
        ("mon 24:00", "'mon 24:00'"),
        ("mon 09:60", "'mon 09:60'"),
        ("mon 09:00 tue 10:00", "'mon 09:00 tue 10:00'"),
        ("tue 09:00,someday 09:00", "'someday 09:00'"),
        ("mon 9", "'mon 9'"),
        ("mon ٠٩:٠٠", "'mon ٠٩:٠٠'"),  # noqa: RUF001 - digits, but not ours
    ],
)
def test_what_is_no_slot_is_named(text: str, named: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_slots(text)
    assert refused.value.code == "bad_slots"
    assert named in refused.value.message
    assert "mon 09:00,fri 17:30" in refused.value.fix


def test_a_queue_has_an_end() -> None:
    every_minute = ",".join(f"mon {n // 60:02}:{n % 60:02}" for n in range(351))
    with pytest.raises(InvalidInput, match="351"):
        parse_slots(every_minute)


@pytest.mark.parametrize("wrong", [(7, 0, 0), (-1, 0, 0), (0, 24, 0), (0, 0, 60)])
def test_a_slot_that_no_week_has_is_never_made(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"week|hour|minute"):
        WeeklySlot(*wrong)


def test_slots_come_week_after_week_from_their_own_instant_on() -> None:
    made = queue("mon 09:00,fri 17:30", "Europe/Berlin")
    assert following(made, "2026-11-23T08:00+00:00", 3) == [
        ("2026-11-23T08:00", "2026-11-23T09:00"),
        ("2026-11-27T16:30", "2026-11-27T17:30"),
        ("2026-11-30T08:00", "2026-11-30T09:00"),
    ]
    assert following(made, "2026-11-23T08:00:00.001+00:00", 1) == [
        ("2026-11-27T16:30", "2026-11-27T17:30")
    ]


def test_a_wall_time_stays_when_the_clocks_change() -> None:
    made = queue("sun 09:00", "Europe/Berlin")
    assert following(made, "2026-10-18T00:00+00:00", 2) == [
        ("2026-10-18T07:00", "2026-10-18T09:00"),
        ("2026-10-25T08:00", "2026-10-25T09:00"),
    ]


@pytest.mark.parametrize(
    ("slots", "zone", "start", "wanted"),
    [
        # 02:30 is skipped and moves to 03:30, which is a slot itself: one post, not two.
        (
            "sun 02:30,sun 03:00,sun 03:30",
            "Europe/Berlin",
            "2026-03-29T00:00+00:00",
            [("2026-03-29T01:00", "2026-03-29T03:00"), ("2026-03-29T01:30", "2026-03-29T03:30")],
        ),
        # The skipped one moves behind a later one.
        (
            "sun 02:45,sun 03:15",
            "Europe/Berlin",
            "2026-03-29T00:00+00:00",
            [("2026-03-29T01:15", "2026-03-29T03:15"), ("2026-03-29T01:45", "2026-03-29T03:45")],
        ),
        # Of the hour that comes twice, the first.
        (
            "sun 02:30,sun 03:00",
            "Europe/Berlin",
            "2026-10-25T00:00+00:00",
            [("2026-10-25T00:30", "2026-10-25T02:30"), ("2026-10-25T02:00", "2026-10-25T03:00")],
        ),
        (
            "sun 02:15,sun 02:45",
            "Australia/Lord_Howe",
            "2026-10-03T12:00+00:00",
            [("2026-10-03T15:45", "2026-10-04T02:45"), ("2026-10-10T15:15", "2026-10-11T02:15")],
        ),
        (
            "sun 01:45,sun 02:00",
            "Australia/Lord_Howe",
            "2026-04-04T12:00+00:00",
            [("2026-04-04T14:45", "2026-04-05T01:45"), ("2026-04-04T15:30", "2026-04-05T02:00")],
        ),
        # The 30th of December 2011, a Friday, did not exist; its slot falls on Saturday's.
        (
            "fri 09:00,sat 08:00,sat 09:00",
            "Pacific/Apia",
            "2011-12-30T00:00+00:00",
            [("2011-12-30T18:00", "2011-12-31T08:00"), ("2011-12-30T19:00", "2011-12-31T09:00")],
        ),
        # A slot of yesterday that is still to come.
        (
            "fri 09:00",
            "Pacific/Apia",
            "2011-12-30T18:30+00:00",
            [("2011-12-30T19:00", "2011-12-31T09:00"), ("2012-01-05T19:00", "2012-01-06T09:00")],
        ),
        # From half past eleven to half past midnight: yesterday's slot comes after today's.
        (
            "sun 23:45,mon 00:30",
            "America/Toronto",
            "1919-03-30T12:00+00:00",
            [("1919-03-31T04:30", "1919-03-31T00:30"), ("1919-03-31T04:45", "1919-03-31T00:45")],
        ),
    ],
)
def test_hard_hours_have_each_instant_once_and_in_order(
    slots: str, zone: str, start: str, wanted: list[tuple[str, str]]
) -> None:
    assert following(queue(slots, zone), start, 2) == wanted


@given(
    st.lists(SLOTS, min_size=1, max_size=8).map(tuple),
    st.sampled_from(ZONES),
    st.one_of(STARTS, HARD),
)
def test_slots_are_every_wall_time_once_and_in_order(
    slots: tuple[WeeklySlot, ...], zone: str, naive: datetime
) -> None:
    start = naive.replace(tzinfo=UTC)
    found = list(islice(slots_from(queue(slots, zone), start), 2 * len(set(slots)) + 1))
    assert all(slot.slot and slot.timezone == zone for slot in found)
    instants = [slot.utc for slot in found]
    assert instants[0] >= start
    assert all(earlier < later for earlier, later in pairwise(instants))
    expected = sorted(at for at in _by_hand(slots, zone, naive, instants[-1]) if at >= start)
    assert instants == expected


def _by_hand(
    slots: tuple[WeeklySlot, ...], zone: str, start: datetime, last: datetime
) -> set[datetime]:
    """All instants of the slots from days before the start, up to the last one."""
    days = (last.replace(tzinfo=None) - start).days + 8
    dates = [start.date() + timedelta(days=n) for n in range(-4, days)]
    walls = [
        datetime.combine(date, time(slot.hour, slot.minute))
        for date in dates
        for slot in slots
        if slot.weekday == date.weekday()
    ]
    instants = {plan_wall_time(wall, zone).utc for wall in walls}
    return {instant for instant in instants if instant <= last}


@given(st.sampled_from(ZONES), st.one_of(STARTS, HARD), st.integers(1, 4))
def test_a_limit_keeps_the_first_slots_of_every_day(
    zone: str, naive: datetime, per_day: int
) -> None:
    daily = tuple(WeeklySlot(day, hour, 0) for day in range(7) for hour in (0, 2, 9, 12, 23))
    start = naive.replace(tzinfo=UTC)
    limited = list(islice(slots_from(queue(daily, zone, per_day), start), 20))
    per_date: dict[str, int] = {}
    for slot in limited:
        per_date[slot.local[:10]] = per_date.get(slot.local[:10], 0) + 1
    assert max(per_date.values()) <= per_day
    # Whoever asks later in the day does not get more out of it.
    later = list(islice(slots_from(queue(daily, zone, per_day), limited[7].utc), 13))
    assert later == limited[7:]


def test_a_queue_without_slots_ends() -> None:
    assert list(slots_from(queue((), "UTC"), datetime(2026, 1, 1, tzinfo=UTC))) == []


def test_the_end_of_the_calendar_is_an_end() -> None:
    made = queue("mon 09:00,fri 17:30", "Europe/Berlin")
    assert len(list(slots_from(made, datetime(2199, 12, 1, tzinfo=UTC)))) == 9
