"""A post that is the death of every process that takes it up, started again and again."""

from __future__ import annotations

import pytest

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.publishing.failpoints import Failpoint as P
from postflow_desktop.services.publishing.timings import MAX_SENDER_DEATHS
from tests.faults.cells import LINGER
from tests.faults.conftest import MakeStage
from tests.faults.nest import GONE
from tests.faults.stage import eventually, wait


@pytest.mark.parametrize("point", [P.AFTER_CLAIM, P.AFTER_UPLOAD, P.AFTER_BARRIER])
def test_a_person_is_asked_after_the_third_death_on_one_machine(
    stages: MakeStage, point: P
) -> None:
    stage = stages()
    target = stage.plan(stage.account(Network.BLUESKY), f"Poison {point}")
    for _ in range(MAX_SENDER_DEATHS):
        stage.worker("a", point=point, action="kill").wait_for(GONE, stage.story(target))
    stage.worker("a")
    eventually(
        lambda: stage.look(target).status is TargetStatus.NEEDS_ATTENTION,
        lambda: stage.story(target),
    )
    wait(LINGER)
    asked = stage.look(target)
    assert asked.last_error is not None
    assert (asked.status, asked.last_error.code) == (TargetStatus.NEEDS_ATTENTION, "sender_died")
    assert stage.accepted() == {}
    assert stage.summary_agrees(target)
