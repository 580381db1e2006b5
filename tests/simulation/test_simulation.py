"""Thousands of schedules in simulated time: nothing twice, nothing lost, nothing stuck."""

from __future__ import annotations

import os
import random
import time
from functools import partial

import pytest

from tests.faults.stage import chosen_seed
from tests.simulation.mutants import ALL, weakened
from tests.simulation.play import failure, noticed, story
from tests.simulation.scenario import drawn
from tests.simulation.verdict import Report

QUICK = 1500
LONG = 100_000
WEAK = 600
"""Schedules within which a weakened protocol must be noticed; fewer than the quick form plays."""
NOTICED_EARLY = (
    "no_barrier",
    "fence_not_counted",
    "client_clock",
    "listing_proves_absence",
    "refusal_makes_safe",
    "nothing_heard_is_fine",
    "retry_when_ambiguous",
    "wire_dropped_when_ambiguous",
    "no_quiet_time",
    "guard_off",
    "content_not_compared",
    "journal_ignored",
    "no_writing_mark",
    "living_taken_for_dead",
    "resend_where_nothing_can_be_asked",
)


def seeds(count: int) -> list[int]:
    """As many as are asked for; the one to replay, where there is one."""
    if "POSTFLOW_TEST_SEED" in os.environ:
        return [chosen_seed()]
    chance = random.Random(chosen_seed() if count > QUICK else 0)
    return [chance.randrange(2**48) for _ in range(count)]


def run(count: int) -> tuple[Report, list[str]]:
    """Play them and print what happened; the failures with their seeds."""
    report, found = Report(), []
    began = time.process_time()
    played = seeds(count)
    for seed in played:
        wrong = failure(seed, report)
        if wrong:
            found.append(f"{wrong}\n  replay with POSTFLOW_TEST_SEED={seed}")
    minutes = (time.process_time() - began) / 60
    print(f"{len(played) / minutes:.0f} schedules per minute of one core; {report}")
    return report, found


@pytest.mark.timeout(900)
def test_nothing_is_twice_or_lost_or_stuck() -> None:
    report, found = run(QUICK)
    assert found == []
    if report.schedules == QUICK:
        assert report.barriers > QUICK, "hardly anything was sent; that is no proof"
        assert report.struck.total() > QUICK // 2, "hardly anything went wrong"


@pytest.mark.long
@pytest.mark.timeout(14_400)
def test_nothing_is_twice_or_lost_or_stuck_in_many_schedules() -> None:
    _, found = run(LONG)
    assert found == []


def test_the_same_seed_is_the_same_schedule() -> None:
    """Else a failure could not be looked at."""
    some = [drawn(seed) for seed in range(20)]
    first, second = [[story(one) for one in some] for _ in range(2)]
    assert first == second
    assert "TAKEN" in first[0]


def unnoticed(names: tuple[str, ...], count: int) -> list[str]:
    """Mutants that none of so many schedules finds."""
    left = []
    for name in names:
        prepare = partial(weakened, name)
        found = next((wrong for seed in seeds(count) if (wrong := noticed(seed, prepare))), "")
        print(f"{name}: {found[:200] or 'not noticed'}")
        if not found:
            left.append(name)
    return left


@pytest.mark.timeout(900)
def test_weakened_protocols_are_noticed_early() -> None:
    assert unnoticed(NOTICED_EARLY, WEAK) == []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_all_weakened_protocols_are_noticed() -> None:
    assert unnoticed(ALL, QUICK) == []
