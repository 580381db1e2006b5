"""A process that ends at any point of a further step; what is out before stays out once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from postflow_desktop.domain.network import ResendClass
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.publishing import failpoints
from postflow_desktop.services.publishing.failpoints import Failpoint
from tests.publishing.kit import Machine, World
from tests.publishing.test_steps import a_thread, due_again, texts


class Died(BaseException):
    """The process ended here."""


def _die(machine: Machine, point: Failpoint, at_time: int) -> None:
    """Let the process end at a point, the so many-th time that it is reached."""
    left = [at_time]

    def plan(name: str) -> None:
        if name == point:
            left[0] -= 1
            if not left[0]:
                raise Died

    failpoints.install(plan)
    try:
        with pytest.raises(Died):
            machine.drain()
    finally:
        failpoints.install(failpoints._nothing)
        machine.close()


STEPPED = [
    Failpoint.AFTER_CLAIM,
    Failpoint.AFTER_UPLOAD,
    Failpoint.BEFORE_ANNOUNCE,
    Failpoint.BEFORE_BARRIER,
    Failpoint.AFTER_BARRIER,
    Failpoint.BEFORE_FIRST_BYTE,
    Failpoint.AFTER_REPLY,
    Failpoint.AFTER_JOURNAL_REPLY,
    Failpoint.BEFORE_FINALISE,
    Failpoint.AFTER_FINALISE,
    Failpoint.BEFORE_SUMMARY,
]


@pytest.mark.parametrize("step", [1, 3])
@pytest.mark.parametrize("point", STEPPED)
def test_every_point_is_reached_in_every_step_and_recovered_from(
    world: World, point: Failpoint, step: int
) -> None:
    target = a_thread(world)
    machine = world.machine()
    _die(machine, point, step + 1)
    world.machines.remove(machine)
    back = world.machine()
    back.engine.recover()
    for _ in range(3):
        due_again(world, target)
        back.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert texts(world) == ["One", "Two", "Three", "Read more"]
    assert Counter(world.network.accepted).most_common(1)[0][1] == 1
    post = world.posts.get(world.organization_id, target.post_id)
    assert post is not None
    assert post.status is PostStatus.PUBLISHED


@pytest.mark.parametrize("point", [Failpoint.AFTER_REPLY, Failpoint.AFTER_JOURNAL_REPLY])
def test_the_journal_of_a_part_is_late_evidence_for_that_part(
    world: World, point: Failpoint
) -> None:
    world.network.resend_class = ResendClass.NOTHING
    target = a_thread(world)
    first = world.machine()
    _die(first, point, 2)
    world.machines.remove(first)
    lease = world.look(target).lease
    assert lease is not None
    past = world.targets.now() - timedelta(hours=1)
    world.set(target, lease={"owner": lease.owner, "machine": lease.machine, "until": past})
    world.machine("b").drain()
    assert world.look(target).status is TargetStatus.NEEDS_ATTENTION
    back = world.machine()
    back.engine.recover()
    back.drain()
    after = world.look(target)
    if point is Failpoint.AFTER_REPLY:
        assert after.status is TargetStatus.NEEDS_ATTENTION
        return
    assert after.status is TargetStatus.PUBLISHED
    assert texts(world) == ["One", "Two", "Three", "Read more"]
