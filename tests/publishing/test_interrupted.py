"""A second request that was cut off proves nothing about the first one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from postflow_desktop.cluster.targets import MongoTargetStore
from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.network import ResendClass
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.publishing import failpoints
from postflow_desktop.services.publishing.failpoints import Failpoint
from postflow_desktop.services.publishing.timings import Timings
from tests.publishing.kit import Machine, World

QUICK = Timings(backoff_base=0.0, backoff_cap=0.0, reconcile_base=0.0)


class Died(BaseException):
    """The process ended here."""


def test_nothing_is_planned_where_nobody_installed_a_plan() -> None:
    for point in Failpoint:
        failpoints.reach(point)


def test_a_cut_off_second_request_is_not_the_end_of_the_first(world: World) -> None:
    """The first request is taken late; an hour later the machine is back: not `missed`."""
    world.network.script.append("lost_before")
    target = world.plan()
    world.machine().engine.work_once()
    wire = world.look(target).wire
    assert wire is not None
    world.set(target, notBefore=world.targets.now() - timedelta(seconds=1))
    _die_behind_the_barrier(world, world.machines[0])
    world.network.posts[target.id] = wire
    hour_ago = world.targets.now() - timedelta(hours=1)
    world.set(target, scheduledAt=hour_ago, notBefore=hour_ago)
    machine = world.machine()
    machine.engine.recover()
    machine.drain()
    done = world.look(target)
    assert done.status is TargetStatus.PUBLISHED
    assert done.result is not None
    assert world.network.requests == 1


def test_what_was_proven_unsent_is_no_question_when_it_is_put_off(world: World) -> None:
    """Another machine asked a person; the journal of the first one knows better."""
    world.network.resend_class = ResendClass.LISTING
    target = world.plan()
    _die_behind_the_barrier(world, world.machine())
    lease = world.look(target).lease
    assert lease is not None
    past = world.targets.now() - timedelta(hours=1)
    world.set(target, lease={"owner": lease.owner, "machine": lease.machine, "until": past})
    world.machine("b").drain()
    asked = world.look(target)
    assert (asked.status, asked.reconciliations) == (TargetStatus.NEEDS_ATTENTION, 1)
    world.network.script.append("refused")
    machine = world.machine(timings=QUICK)
    machine.engine.recover()
    assert world.look(target).reconciliations == 0
    machine.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert world.network.accepted == [target.id]


@pytest.mark.parametrize("stands", [True, False])
def test_a_barrier_whose_reply_got_lost_is_proven_by_a_write(
    world: World, monkeypatch: pytest.MonkeyPatch, stands: bool
) -> None:
    """A read alone might show what the majority never gets; and one that arrives late is void."""
    target = world.plan()
    update = MongoTargetStore._find_and_update
    asked: list[Any] = []
    late: list[tuple[MongoTargetStore, Any, Any]] = []

    def lossy(self: MongoTargetStore, query: Any, change: Any, sort: Any = None) -> Any:
        if "contentHash" not in query:
            asked.append(query.get("status"))
            return update(self, query, change, sort)
        late.append((self, query, change))
        if stands:
            update(self, query, change, sort)
        raise AutoReconnect

    monkeypatch.setattr(MongoTargetStore, "_find_and_update", lossy)
    world.machine().engine.work_once()
    assert {"$in": ["claimed", "sending"]} in asked
    assert world.network.requests == int(stands)
    assert world.look(target).status is (TargetStatus.PUBLISHED if stands else TargetStatus.CLAIMED)
    assert update(*late[0]) is None
    monkeypatch.undo()
    world.machine("b").drain()
    assert world.network.accepted == [target.id]


def test_a_barrier_that_nobody_can_be_asked_about_is_made_void(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cluster went away; when it is back, the journal's proof ends the claim at once."""
    target = world.plan()
    update = MongoTargetStore._find_and_update
    late: list[tuple[MongoTargetStore, Any, Any]] = []

    def away(self: MongoTargetStore, query: Any, change: Any, sort: Any = None) -> Any:
        if sort is not None:
            return update(self, query, change, sort)
        late.append((self, query, change))
        raise AutoReconnect

    monkeypatch.setattr(MongoTargetStore, "_find_and_update", away)
    machine = world.machine()
    with pytest.raises(ClusterUnreachable):
        machine.engine.work_once()
    monkeypatch.undo()
    machine.engine.recover()
    assert world.look(target).status is TargetStatus.PENDING
    assert update(*late[0]) is None
    machine.drain()
    assert world.network.accepted == [target.id]


def test_who_sends_and_dies_while_the_journal_is_read_has_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list said that nothing had left yet; by the time its writer was dead, it had."""
    world.network.resend_class = ResendClass.NOTHING
    target = world.plan()
    _die_behind_the_barrier(world, world.machine())
    machine = world.machine()
    listed = machine.journal.unsettled

    def before_the_first_byte(workspace_id: str) -> Any:
        entries = listed(workspace_id)
        for entry in entries:
            machine.journal.writing(entry.attempt_id)
        return entries

    monkeypatch.setattr(machine.journal, "unsettled", before_the_first_byte)
    machine.engine.recover()
    assert world.look(target).status is TargetStatus.RECONCILING
    machine.drain()
    assert world.network.requests == 0


def _die_behind_the_barrier(world: World, machine: Machine) -> None:
    def plan(name: str) -> None:
        if name == Failpoint.AFTER_BARRIER:
            raise Died

    failpoints.install(plan)
    try:
        with pytest.raises(Died):
            machine.engine.work_once()
    finally:
        failpoints.install(failpoints._nothing)
        world.machines.remove(machine)
        machine.close()


def test_the_history_says_how_an_interrupted_attempt_ended(world: World) -> None:
    target = world.plan()
    _die_behind_the_barrier(world, world.machine("a"))
    (cut,) = world.attempts.of_targets(world.organization_id, [target.id])
    assert cut.outcome is None
    again = world.machine("a")
    again.engine.recover()
    again.drain()
    first, second = world.attempts.of_targets(world.organization_id, [target.id])
    assert (first.id, first.outcome, first.code) == (cut.id, "not_sent", "interrupted")
    assert second.outcome == "published"
