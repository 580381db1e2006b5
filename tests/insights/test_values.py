"""The values: what is not told is never zero, and how often a post is measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.metrics import (
    NUMBERS,
    OFTEN,
    READ_FROM,
    SPARING,
    Pace,
    PostMetrics,
    Untold,
    count,
    sentence,
    total,
    with_numbers,
)
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms import registry
from postflow_desktop.transport.client import HttpClient

AT = datetime(2026, 11, 1, tzinfo=UTC)


def test_what_is_not_told_is_none_and_named() -> None:
    metrics = PostMetrics(likes=0, shares=2)
    assert metrics.numbers["likes"] == 0
    assert metrics.untold == tuple(n for n in NUMBERS if n not in {"likes", "shares"})
    assert (metrics.reactions, PostMetrics().reactions) == (2, None)
    assert metrics.with_engagement().engagement == 2
    assert PostMetrics(likes=1, engagement=9).with_engagement().engagement == 9
    assert (total(None, None), total(None, 0), total(1, 2)) == (None, 0, 3)


@pytest.mark.parametrize("value", [None, True, False, -1, 1.5, 1.0, "3", [], {}, 2**63, -(2**70)])
def test_a_count_is_a_whole_number_of_0_or_more(value: object) -> None:
    assert count(value) is None


@given(st.integers(0, 2**63 - 1))
def test_counts_are_taken_as_they_are(value: int) -> None:
    assert count(value) == value
    assert with_numbers({"likes": value}) == PostMetrics(likes=value)


def test_every_reason_is_a_sentence() -> None:
    assert all(sentence(reason).endswith(".") for reason in Untold)
    assert sentence(None) == ""


@pytest.mark.parametrize("pace", [OFTEN, SPARING])
def test_a_life_of_a_post(pace: Pace) -> None:
    """Ever more rarely, and not at all after 90 days."""
    times: list[datetime] = []
    at = pace.next_at(AT, None)
    while at is not None:
        times.append(at)
        at = pace.next_at(AT, at)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps == sorted(gaps)
    assert times[0] - AT == pace.first
    assert timedelta(days=70) < times[-1] - AT <= pace.longest == timedelta(days=90)
    assert len(times) < 120
    first_day = [time for time in times if time - AT < timedelta(days=1)]
    assert len(first_day) == (24 if pace is OFTEN else 4)


def test_a_machine_that_was_away_goes_on_where_it_can() -> None:
    assert OFTEN.next_at(AT, AT + timedelta(days=95)) is None
    assert OFTEN.next_at(AT, AT + timedelta(days=89)) is None
    assert OFTEN.next_at(AT, AT + timedelta(days=5)) == AT + timedelta(days=5, hours=6)


def test_the_networks_that_are_read_are_those_with_an_adapter() -> None:
    """Screens, which know no adapter, go by the list."""
    with HttpClient() as http:
        found = registry.metrics(http, SystemClock())
    assert set(found) == READ_FROM
    assert {network: one.network for network, one in found.items()} == {n: n for n in READ_FROM}
