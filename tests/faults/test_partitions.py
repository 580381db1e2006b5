"""Bad lines on both sides of every worker: nothing twice, nothing lost, nothing stuck."""

from __future__ import annotations

import pytest

from tests.faults.barriers import ASKING, GIVEN_UP, UnansweredBarrier
from tests.faults.conftest import MakeStage
from tests.faults.links import Links
from tests.faults.partitions import Partitions
from tests.faults.stage import chosen_seed


@pytest.mark.parametrize(
    "rounds", [1, pytest.param(40, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]
)
def test_partitions_post_nothing_twice_and_lose_nothing(stages: MakeStage, rounds: int) -> None:
    with Links() as links:
        verdict = Partitions(stages(), links, chosen_seed(), rounds).run()
    print(verdict)
    assert not verdict.wrong, "\n".join(verdict.wrong)
    assert verdict.ambiguous, "nothing got lost; that is no proof"
    assert verdict.takeovers, "nobody took over; that is no proof"


def test_a_barrier_that_stands_unseen_sends_nothing(stages: MakeStage) -> None:
    with Links() as links:
        UnansweredBarrier(stages(), links).stands_unseen()


@pytest.mark.parametrize("seconds", [ASKING, GIVEN_UP])
def test_a_barrier_that_arrives_too_late_asks_nobody(stages: MakeStage, seconds: float) -> None:
    with Links() as links:
        UnansweredBarrier(stages(), links).stands_too_late(seconds)
