"""Schedules in which the protocol once broke a promise; each with as few faults as it took."""

from __future__ import annotations

import pytest

from postflow_desktop.services.publishing.failpoints import Failpoint
from tests.simulation.play import play
from tests.simulation.scenario import (
    Fault,
    MachineSpec,
    PlannedPost,
    PointFault,
    ReplyFault,
    Scenario,
)

STORIES: dict[str, tuple[Scenario, tuple[Fault, ...]]] = {
    "a process that just started judges a kept reply by its own clock, a day ahead": (
        Scenario(
            seed=10405,
            posts=(PlannedPost("K", due=1.0),),
            machines=(MachineSpec(wall_offset=86_400.0),),
        ),
        (
            PointFault(Failpoint.BEFORE_FINALISE, 1, "kill", 0.0, restart=400.0),
            ReplyFault(1, "429", 0.0),
        ),
    ),
    "late evidence settles what a person dropped, and the cluster goes before the post says so": (
        Scenario(
            seed=33637,
            posts=(PlannedPost("N", due=1.0),),
            machines=(MachineSpec(), MachineSpec()),
            answers="drop",
            answers_after=30.0,
        ),
        (
            PointFault(Failpoint.AFTER_JOURNAL_REPLY, 1, "kill", 0.0, restart=300.0),
            PointFault(Failpoint.BEFORE_SUMMARY, 2, "cut", 60.0),
        ),
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_it_does_not_happen_again(story: str) -> None:
    scenario, faults = STORIES[story]
    report = play(scenario.with_faults(*faults))
    assert report.states["published"] == 1
    assert report.struck.total() == len(faults), "the faults did not strike; that is no proof"
