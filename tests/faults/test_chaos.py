"""Everything at once, at random: nothing twice, nothing lost, nothing stuck."""

from __future__ import annotations

import pytest

from tests.faults.chaos import Chaos
from tests.faults.conftest import MakeStage
from tests.faults.stage import chosen_seed


@pytest.mark.parametrize(
    "posts", [500, pytest.param(20_000, marks=[pytest.mark.long, pytest.mark.timeout(14_400)])]
)
def test_chaos_posts_nothing_twice_and_loses_nothing(stages: MakeStage, posts: int) -> None:
    report = Chaos(stages(), chosen_seed(), posts).run()
    print(report)
    assert report.wrong == []
    assert sum(report.states.values()) == posts
    assert report.ambiguous >= posts // 20, "hardly anything went wrong; that is no proof"
