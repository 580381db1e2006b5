"""A post that is the death of whoever takes it up, and what the dead knew after all."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from postflow_desktop.cluster.documents import new_id
from postflow_desktop.cluster.targets import MongoTargetStore
from postflow_desktop.domain.network import ResendClass
from postflow_desktop.domain.target import Target, TargetStatus, attempt_id
from postflow_desktop.services.attention import Answer, AttentionService
from postflow_desktop.services.ports.journal import JournalEntry, JournalStage, Reply
from postflow_desktop.services.ports.organizations import Membership, Role
from postflow_desktop.services.publishing import failpoints
from postflow_desktop.services.publishing.failpoints import Failpoint
from postflow_desktop.services.publishing.timings import MAX_SENDER_DEATHS, Timings
from tests.publishing.kit import WORKSPACE, Machine, World

QUICK = Timings(backoff_base=0.0, backoff_cap=0.0, reconcile_base=0.0)
POINTS = (
    Failpoint.AFTER_CLAIM,
    Failpoint.AFTER_UPLOAD,
    Failpoint.BEFORE_BARRIER,
    Failpoint.AFTER_BARRIER,
    Failpoint.BEFORE_FIRST_BYTE,
)
OLD_WIRE = '{"key": "old", "text": "Hello"}'


class Died(BaseException):
    """The process ended here."""


@pytest.mark.parametrize("point", POINTS)
def test_what_kills_one_machine_every_time_goes_to_a_person(world: World, point: str) -> None:
    """The process is started again each time, as a service manager would."""
    target = world.plan()
    for _ in range(MAX_SENDER_DEATHS):
        _die_at(world, point)
    machine = world.machine(timings=QUICK)
    machine.engine.recover()
    machine.drain()
    asked = world.look(target)
    assert asked.status is TargetStatus.NEEDS_ATTENTION
    assert asked.sender_deaths == MAX_SENDER_DEATHS
    assert asked.last_error is not None
    assert asked.last_error.code == "sender_died"
    assert world.network.accepted == []


@pytest.mark.parametrize("point", [Failpoint.AFTER_CLAIM, Failpoint.RECONCILE_BEFORE_LOOK])
def test_what_kills_a_machine_each_goes_to_a_person(world: World, point: str) -> None:
    """None of them comes back, so that only the ends of the leases tell."""
    target = world.plan()
    if point == Failpoint.RECONCILE_BEFORE_LOOK:
        world.network.script.append("lost_before")
        world.machine("first", timings=QUICK).engine.work_once()
    for number in range(MAX_SENDER_DEATHS):
        _die_at(world, point, home=f"m{number}")
        _end_lease(world, target)
    machine = world.machine("last", timings=QUICK)
    machine.drain()
    asked = world.look(target)
    assert asked.last_error is not None
    assert (asked.status, asked.last_error.code) == (TargetStatus.NEEDS_ATTENTION, "sender_died")
    assert world.network.accepted == []


def test_two_deaths_are_bad_luck(world: World) -> None:
    target = world.plan()
    for _ in range(MAX_SENDER_DEATHS - 1):
        _die_at(world, Failpoint.AFTER_CLAIM)
    machine = world.machine()
    machine.engine.recover()
    machine.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED


def test_a_barrier_whose_reply_got_lost_is_nobodys_death(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever does not know whether it stands gives the claim up; that is no reason to ask."""
    update = MongoTargetStore._find_and_update
    losses = [AutoReconnect()] * (MAX_SENDER_DEATHS + 1)

    def lossy(self: MongoTargetStore, query: Any, change: Any, sort: Any = None) -> Any:
        if "contentHash" in query and losses:
            raise losses.pop()
        return update(self, query, change, sort)

    monkeypatch.setattr(MongoTargetStore, "_find_and_update", lossy)
    target = world.plan()
    machine = world.machine()
    while world.look(target).status is not TargetStatus.PUBLISHED:
        assert machine.engine.work_once(), world.look(target)
    assert world.look(target).sender_deaths == 0
    assert not losses


def test_posted_again_it_has_as_many_lives_as_before(world: World) -> None:
    target = world.plan()
    for _ in range(MAX_SENDER_DEATHS):
        _die_at(world, Failpoint.AFTER_CLAIM)
    machine = world.machine()
    machine.engine.recover()
    machine.drain()
    AttentionService(_owner(world), world.posts, world.targets).answer(target.id, Answer.POST_AGAIN)
    assert world.look(target).sender_deaths == 0
    machine.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED


def test_a_call_that_only_failed_is_nobodys_death(world: World) -> None:
    """The same process settles what an error of the cluster left in its journal."""
    target = world.plan()
    machine = world.machine()
    _leave_behind(world, machine, target, machine.processes.process_id, replied=False)
    world.set(target, status="sending", intent=_intent(machine, target))
    machine.engine.recover()
    assert world.look(target).sender_deaths == 0


@pytest.mark.parametrize("status", ["pending", "claimed", "missed", "failed", "canceled"])
@pytest.mark.parametrize("resend", list(ResendClass))
def test_late_evidence_wins_over_what_was_decided_without_it(
    world: World, status: str, resend: ResendClass
) -> None:
    """A person said "post again" (or dropped it); the first sender's journal holds the reply."""
    world.network.resend_class = resend
    target = world.plan(in_seconds=600)
    machine = world.machine()
    _leave_behind(world, machine, target, "p-gone", replied=True)
    world.set(target, status=status, fence=7, intent=None, wire=None)
    assert machine.engine.recover() == 1
    done = world.look(target)
    assert done.status is TargetStatus.PUBLISHED
    assert done.result is not None
    assert done.result.external_id == "old", "judged by what was sent, not by what is to be sent"
    assert machine.journal.unsettled(WORKSPACE) == []
    world.set(target, notBefore=world.targets.now())
    machine.drain()
    assert world.network.requests == 0


def test_evidence_waits_for_a_request_that_is_under_way(world: World) -> None:
    target = world.plan()
    machine = world.machine()
    _leave_behind(world, machine, target, "p-gone", replied=True)
    other = {**_intent(machine, target), "attemptId": attempt_id(target.id, 0, 8)}
    world.set(target, status="sending", fence=8, intent=other, wire=OLD_WIRE)
    assert machine.engine.recover() == 0
    assert world.look(target).status is TargetStatus.SENDING
    # That request never left; now the older evidence is what counts.
    world.set(target, status="pending")
    assert machine.engine.recover() == 1
    assert world.look(target).status is TargetStatus.PUBLISHED
    machine.drain()
    assert world.network.requests == 0


def test_only_success_is_late_evidence(world: World) -> None:
    """That the first request was refused says nothing against the second one."""
    target = world.plan()
    machine = world.machine()
    _leave_behind(world, machine, target, "p-gone", replied=True, answer=422)
    world.set(target, fence=7)
    machine.engine.recover()
    assert world.look(target).status is TargetStatus.PENDING
    machine.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED


def _die_at(world: World, point: str, home: str = "a") -> None:
    """A process of that home starts, goes on with what is there, and dies at the point."""
    machine = world.machine(home, timings=QUICK)

    def plan(name: str) -> None:
        if name == point:
            raise Died

    failpoints.install(plan)
    try:
        with pytest.raises(Died):
            _go_on(machine)
    finally:
        failpoints.install(failpoints._nothing)
        world.machines.remove(machine)
        machine.close()


def _go_on(machine: Machine) -> None:
    machine.engine.recover()
    machine.drain()


def _end_lease(world: World, target: Target) -> None:
    lease = world.look(target).lease
    assert lease is not None
    past = world.targets.now().replace(year=2020)
    world.set(target, lease={"owner": lease.owner, "machine": lease.machine, "until": past})


def _leave_behind(
    world: World,
    machine: Machine,
    target: Target,
    process: str,
    *,
    replied: bool,
    answer: int = 200,
) -> None:
    """The journal of a process that wrote its request, and perhaps read the reply."""
    attempt = attempt_id(target.id, 0, 1)
    machine.journal.begin(
        JournalEntry(
            attempt_id=attempt,
            workspace_id=WORKSPACE,
            organization_id=world.organization_id,
            target_id=target.id,
            process=process,
            stage=JournalStage.BARRIER,
            wire=OLD_WIRE,
        )
    )
    machine.journal.writing(attempt)
    if replied:
        machine.journal.response(attempt, Reply(status=answer, headers={}, body=b""))


def _intent(machine: Machine, target: Target) -> dict[str, object]:
    return {
        "attemptId": attempt_id(target.id, 0, 1),
        "step": 0,
        "machine": machine.processes.machine_id,
        "process": machine.processes.process_id,
        "at": target.created_at,
    }


def _owner(world: World) -> Membership:
    return Membership(organization_id=world.organization_id, user_id=new_id(), role=Role.OWNER)
