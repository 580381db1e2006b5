"""Stories that are no cells of the matrix; each takes a stage and asserts how it ends."""

from __future__ import annotations

from datetime import timedelta

from bson import ObjectId

from postflow_desktop.cluster.documents import new_id
from postflow_desktop.cluster.pauses import MongoPauseStore
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.services.publishing.failpoints import Failpoint as P
from tests.faults.cells import HOLD, LINGER, PUBLISHED, SETTLED
from tests.faults.nest import GONE, STOPPED
from tests.faults.plans import AT_FIRST_BYTE
from tests.faults.stage import Stage, eventually, wait
from tests.faults.worker import TIMES


def nothing_early(stage: Stage) -> None:
    """A machine whose clock is a day ahead waits like everybody else.

    Ten seconds are enough for a worker to start on a busy computer, so that it could be early.
    """
    text = f"Early {stage.organization_id}"
    target = stage.plan(stage.account(Network.BLUESKY), text, in_seconds=10.0)
    stage.worker("a", skew=86_400.0)
    _settles(stage, target, PUBLISHED)
    done = stage.look(target)
    assert done.published_at is not None
    assert done.published_at >= done.scheduled_at, "it went out early"
    stage.close()


def put_off_on_a_wrong_clock(stage: Stage) -> None:
    """Two seconds are two seconds on a machine whose clock is an hour ahead."""
    text = f"Put off {stage.organization_id}"
    target = stage.plan(stage.account(Network.TELEGRAM), text)
    stage.sandbox.fail(FaultKind.RATE_LIMITED)
    stage.worker("a", skew=3600.0)
    eventually(lambda: stage.look(target).tries == 1, lambda: stage.story(target))
    wait_for = stage.look(target).not_before - stage.targets.now()
    assert wait_for < timedelta(seconds=60), f"put off for {wait_for}"
    _settles(stage, target, PUBLISHED)
    stage.close()


def late_but_in_time(stage: Stage) -> None:
    """What the network takes while it is quiet is no question for a person."""
    text = f"Late {stage.organization_id}"
    target = stage.plan(stage.account(Network.FACEBOOK), text)
    stage.sandbox.fail(FaultKind.LATE, delay=TIMES.quiet * 0.5)
    stage.worker("a")
    _settles(stage, target, PUBLISHED)
    stage.close()


def ended_lease_stops_the_barrier(stage: Stage) -> None:
    """Who slept through the lease is told so by the barrier, before anything else says no."""
    text = f"Slept {stage.organization_id}"
    target = stage.plan(stage.account(Network.TELEGRAM), text)
    worker = stage.worker("a", point=P.BEFORE_BARRIER, action="stop")
    worker.wait_for(STOPPED)
    wait(HOLD)
    worker.wake()
    _settles(stage, target, PUBLISHED)
    codes = [a.code for a in stage.attempts.of_targets(stage.organization_id, [target.id])]
    assert codes[0] == "abandoned", codes
    stage.close()


def edited_while_held(stage: Stage) -> None:
    """The content changes between claim and barrier: the old one never goes out."""
    session = stage.account(Network.TELEGRAM)
    old, new = f"Old {stage.organization_id}", f"New {stage.organization_id}"
    target = stage.plan(session, old)
    worker = stage.worker("a", point=P.BEFORE_BARRIER, action="stop")
    worker.wait_for(STOPPED)
    changed = Payload(
        organization_id=stage.organization_id,
        network=Network.TELEGRAM,
        text=new,
        link_url=None,
        media=(),
    )
    stage.cluster.db["schedules"].update_one(
        {"_id": ObjectId(target.id)}, {"$set": {"contentHash": stage.payloads.put(changed)}}
    )
    worker.wake()
    _settles(stage, target, PUBLISHED)
    counted = stage.accepted()
    assert (counted[old], counted[new]) == (0, 1), "what was approved is not what went out"
    stage.close()


def twins(stage: Stage) -> None:
    """Two posts with the same words: the one that is out is not taken for the one that is not."""
    session = stage.account(Network.X)
    text = f"Twin {stage.organization_id}"
    out = stage.plan(session, text)
    first = stage.worker("a")
    _settles(stage, out, PUBLISHED)
    first.end()
    gone = stage.plan(session, text)
    stage.worker("a", point=AT_FIRST_BYTE, action="kill").wait_for(GONE)
    stage.worker("a")
    _settles(stage, gone, TargetStatus.NEEDS_ATTENTION)
    wait(LINGER)
    status = stage.look(gone).status
    assert status is TargetStatus.NEEDS_ATTENTION, "LOST: published, and not there"
    stage.close()


def planned_while_paused(stage: Stage) -> None:
    """A worker that has just learned that nothing is paused asks again after its claim."""
    session = stage.account(Network.TELEGRAM)
    stage.organization()
    stage.worker("a", gated=True)
    pauses = MongoPauseStore(stage.cluster.db)
    for number in range(3):
        out = stage.plan(session, f"Before {number} {stage.organization_id}")
        _settles(stage, out, PUBLISHED)
        assert pauses.pause_organization(stage.organization_id, "Fire", new_id()) is not None
        text = f"Paused {number} {stage.organization_id}"
        kept = stage.plan(session, text)
        wait(HOLD)
        assert stage.count(text) == 0, "a paused post went out"
        assert stage.look(kept).status is TargetStatus.PENDING
        assert pauses.resume_organization(stage.organization_id)
        _settles(stage, kept, PUBLISHED)
    stage.close()


def paused_before_the_barrier(stage: Stage) -> None:
    """Who had everything ready before the pause finds its barrier closed."""
    session = stage.account(Network.TELEGRAM)
    stage.organization()
    text = f"Stopped {stage.organization_id}"
    target = stage.plan(session, text)
    # Slow times: only the barrier is to refuse here, not the guard of who slept too long.
    worker = stage.worker("a", point=P.BEFORE_BARRIER, action="stop", gated=True, factor=0.5)
    worker.wait_for(STOPPED)
    pauses = MongoPauseStore(stage.cluster.db)
    assert pauses.pause_organization(stage.organization_id, "Fire", new_id()) is not None
    worker.wake()

    def concluded() -> bool:
        attempts = stage.attempts.of_targets(stage.organization_id, [target.id])
        return any(attempt.outcome is not None for attempt in attempts)

    eventually(concluded, lambda: f"never concluded; {stage.story(target)}")
    assert stage.count(text) == 0, "a paused post went out"
    assert stage.look(target).status is TargetStatus.PENDING
    assert pauses.resume_organization(stage.organization_id)
    _settles(stage, target, PUBLISHED)
    assert stage.count(text) == 1
    stage.close()


def _settles(stage: Stage, target: Target, status: TargetStatus) -> None:
    """The first settled state is this one."""
    seen: list[TargetStatus] = []

    def settled() -> bool:
        seen[:] = [stage.look(target).status]
        return seen[0] in SETTLED

    eventually(settled, lambda: f"not settled; {stage.story(target)}")
    assert seen[0] is status, f"{seen[0]} and not {status}; {stage.story(target)}"
