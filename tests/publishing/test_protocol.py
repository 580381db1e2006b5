"""The publish protocol on a real cluster and a real journal."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus, attempt_id
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.ports.journal import JournalEntry, JournalStage, Reply
from postflow_desktop.services.publishing.timings import MAX_TRIES, Timings
from tests.publishing.kit import WORKSPACE, World

QUICK = Timings(backoff_base=0.0, backoff_cap=0.0, reconcile_base=0.0)


def test_a_due_target_goes_out_once_and_says_where(world: World) -> None:
    target = world.plan("Hello")
    machine = world.machine()
    machine.drain()
    done = world.look(target)
    assert done.status is TargetStatus.PUBLISHED
    assert done.result is not None
    assert done.result.url == f"https://testnet.example/{target.id}"
    assert world.network.accepted == [target.id]
    post = world.posts.get(world.organization_id, target.post_id)
    assert post is not None
    assert post.status is PostStatus.PUBLISHED
    assert post.published_at == done.published_at
    attempts = world.attempts.of_targets(world.organization_id, [target.id])
    assert [(a.id, a.outcome, a.letter) for a in attempts] == [
        (attempt_id(target.id, 0, 1), "published", "+")
    ]
    assert machine.journal.unsettled(WORKSPACE) == []


def test_nothing_goes_out_early(world: World) -> None:
    target = world.plan(in_seconds=30)
    machine = world.machine()
    assert machine.engine.work_once() is False
    assert world.look(target).status is TargetStatus.PENDING
    wake = machine.engine.next_wake()
    assert wake is not None
    assert 0 < wake <= 30


def test_twenty_workers_on_two_machines_send_each_target_once(world: World) -> None:
    targets = [world.plan(f"Post {n}") for n in range(40)]
    machines = [world.machine("a"), world.machine("b")]
    threads = [threading.Thread(target=m.drain) for m in machines for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(world.network.accepted) == sorted(t.id for t in targets)
    assert {world.look(t).status for t in targets} == {TargetStatus.PUBLISHED}


def test_a_lost_answer_is_looked_up_and_not_sent_again(world: World) -> None:
    world.network.script.append("lost_after")
    target = world.plan()
    world.machine(timings=QUICK).drain()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert world.network.requests == 1


def test_a_lost_request_is_sent_again_under_the_same_key(world: World) -> None:
    world.network.script.append("lost_before")
    target = world.plan()
    world.machine(timings=QUICK).drain()
    done = world.look(target)
    assert done.status is TargetStatus.PUBLISHED
    assert world.network.requests == 2
    assert world.network.accepted == [target.id]
    letters = [a.letter for a in world.attempts.of_targets(world.organization_id, [target.id])]
    assert letters == ["E", "+"]


def test_a_refusal_is_final_and_says_why(world: World) -> None:
    world.network.script.append("422")
    target = world.plan()
    world.machine().drain()
    done = world.look(target)
    assert done.status is TargetStatus.FAILED
    assert done.last_error is not None
    assert done.last_error.code == "422"
    post = world.posts.get(world.organization_id, target.post_id)
    assert post is not None
    assert (post.status, post.failure_code) == (PostStatus.FAILED, "failed")


def test_without_a_connection_it_is_tried_eight_times_and_then_fails(world: World) -> None:
    world.network.script.extend(["refused"] * 20)
    target = world.plan()
    world.machine(timings=QUICK).drain()
    done = world.look(target)
    assert done.status is TargetStatus.FAILED
    assert done.tries == MAX_TRIES
    assert world.network.requests == 0


def test_a_line_that_is_down_uses_up_no_tries(world: World) -> None:
    world.network.script.extend(["no_way"] * 20)
    target = world.plan()
    world.machine(timings=replace(QUICK, no_way_cap=0.0)).drain()
    done = world.look(target)
    assert (done.status, done.tries) == (TargetStatus.PUBLISHED, 0)
    assert world.network.requests == 1


def test_a_line_that_stays_down_past_the_grace_is_told(world: World) -> None:
    world.network.script.extend(["no_way"] * 1000)
    target = world.plan()
    machine = world.machine(timings=replace(QUICK, no_way_cap=0.0, late_grace=1.0))
    deadline = time.monotonic() + 60
    while world.look(target).status is TargetStatus.PENDING and time.monotonic() < deadline:
        machine.drain()
    done = world.look(target)
    assert done.status in (TargetStatus.FAILED, TargetStatus.MISSED)
    assert done.last_error is not None
    assert done.last_error.message == "The line is down."
    assert world.network.requests == 0


def test_a_refused_token_is_refreshed_once(world: World) -> None:
    world.network.script.append("401")
    target = world.plan()
    world.machine().drain()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert world.sessions.refreshed == [target.account_id]


def test_a_token_refused_twice_fails(world: World) -> None:
    world.network.script.extend(["401", "401"])
    target = world.plan()
    world.machine().drain()
    assert world.look(target).status is TargetStatus.FAILED


def test_after_429_it_waits_and_then_goes_out(world: World) -> None:
    world.network.script.append("429")
    target = world.plan()
    machine = world.machine()
    machine.drain()
    waiting = world.look(target)
    assert waiting.status is TargetStatus.PENDING
    assert waiting.not_before > waiting.updated_at
    world.set(target, notBefore=waiting.updated_at)
    machine.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED


def test_an_hour_late_is_missed_and_not_sent(world: World) -> None:
    target = world.plan(in_seconds=-3600)
    world.machine().drain()
    done = world.look(target)
    assert done.status is TargetStatus.MISSED
    assert done.last_error is not None
    assert "1 h later" in done.last_error.message
    assert world.network.requests == 0


def test_a_confirmed_cancel_means_never_sent(world: World) -> None:
    """Canceled between claim and barrier: the claim dies at the barrier."""
    target = world.plan()
    machine = world.machine()
    claimed = world.targets.claim(machine.parts.scope, "p-other", 60)
    assert claimed is not None
    canceled = world.targets.cancel(claimed)
    assert canceled is not None
    assert canceled.status is TargetStatus.CANCELED
    from postflow_desktop.domain.target import Intent

    intent = Intent(attempt_id="x#0#1", step=0, machine="m", process="p", at=claimed.updated_at)
    assert world.targets.barrier(claimed, intent, "{}", need=1, lease_seconds=60) is None
    machine.drain()
    assert world.network.requests == 0
    assert world.look(target).status is TargetStatus.CANCELED


def test_what_is_being_sent_cannot_be_canceled(world: World) -> None:
    target = world.plan()
    refused: list[bool] = []
    world.network.before_send = lambda: refused.append(
        world.targets.cancel(world.look(target)) is None
    )
    world.machine().drain()
    assert refused == [True]
    assert world.look(target).status is TargetStatus.PUBLISHED


def test_a_change_of_content_stops_a_stale_claim(world: World) -> None:
    target = world.plan()
    machine = world.machine()
    claimed = world.targets.claim(machine.parts.scope, "p", 60)
    assert claimed is not None
    world.set(target, contentHash="0" * 64)
    from postflow_desktop.domain.target import Intent

    intent = Intent(attempt_id="x#0#1", step=0, machine="m", process="p", at=claimed.updated_at)
    assert world.targets.barrier(claimed, intent, "{}", need=1, lease_seconds=60) is None


def test_rescheduling_moves_a_pending_target(world: World) -> None:
    target = world.plan(in_seconds=600)
    later = plan_instant(target.scheduled_at + timedelta(hours=1), "Europe/Berlin")
    moved = world.targets.plan(target, later, target.content_hash)
    assert moved is not None
    assert (moved.scheduled_at, moved.timezone) == (later.utc, "Europe/Berlin")
    assert world.targets.plan(target, later, target.content_hash) is None


@pytest.mark.parametrize("stage", list(JournalStage)[:3])
def test_a_killed_process_is_settled_from_its_journal(world: World, stage: JournalStage) -> None:
    """A process passed the barrier and died; the next one of the same home goes on at once."""
    target = world.plan()
    dead = world.machine()
    attempt = attempt_id(target.id, 0, 1)
    _pass_barrier(world, target.id, attempt, dead.processes.process_id)
    dead.journal.begin(
        JournalEntry(
            attempt_id=attempt,
            workspace_id=WORKSPACE,
            organization_id=world.organization_id,
            target_id=target.id,
            process=dead.processes.process_id,
            stage=JournalStage.BARRIER,
        )
    )
    if stage is not JournalStage.BARRIER:
        dead.journal.writing(attempt)
    if stage is JournalStage.RESPONSE:
        dead.journal.response(attempt, Reply(status=200, headers={}, body=b""))
    dead.close()
    world.machines.clear()
    machine = world.machine()
    machine.engine.recover()
    machine.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert world.network.requests == (0 if stage is JournalStage.RESPONSE else 1)
    assert machine.journal.unsettled(WORKSPACE) == []


def test_another_machine_takes_over_when_the_lease_has_ended(world: World) -> None:
    target = world.plan()
    dead = world.machine("a")
    _pass_barrier(world, target.id, attempt_id(target.id, 0, 1), dead.processes.process_id)
    other = world.machine("b")
    other.engine.recover()
    other.drain()
    assert world.look(target).status is TargetStatus.SENDING
    lease = world.look(target).lease
    assert lease is not None
    past = world.targets.now() - timedelta(seconds=1)
    world.set(target, lease={"owner": lease.owner, "machine": lease.machine, "until": past})
    other.drain()
    done = world.look(target)
    assert done.status is TargetStatus.PUBLISHED
    assert done.sender_deaths == 1


def test_late_evidence_turns_needs_attention_into_published(world: World) -> None:
    target = world.plan()
    machine = world.machine()
    attempt = attempt_id(target.id, 0, 1)
    _pass_barrier(world, target.id, attempt, "p-gone")
    machine.journal.begin(
        JournalEntry(
            attempt_id=attempt,
            workspace_id=WORKSPACE,
            organization_id=world.organization_id,
            target_id=target.id,
            process="p-gone",
            stage=JournalStage.BARRIER,
        )
    )
    machine.journal.writing(attempt)
    machine.journal.response(attempt, Reply(status=200, headers={}, body=b""))
    world.set(target, status="needs_attention", fence=7)
    machine.engine.recover()
    assert world.look(target).status is TargetStatus.PUBLISHED


def test_a_sender_that_died_three_times_is_not_tried_again(world: World) -> None:
    target = world.plan()
    machine = world.machine()
    _pass_barrier(world, target.id, attempt_id(target.id, 0, 1), "p-gone", lease=-1.0)
    world.set(target, senderDeaths=2)
    machine.drain()
    done = world.look(target)
    assert done.status is TargetStatus.NEEDS_ATTENTION
    assert done.last_error is not None
    assert done.last_error.fix
    assert world.network.requests == 0


def test_a_machine_that_slept_behind_the_barrier_sends_nothing(world: World) -> None:
    """The guard uses a clock that counts sleep; here every reading is a minute later."""
    target = world.plan()
    machine = world.machine()
    readings = iter(range(0, 10_000, 60))

    class Sleepy(type(machine.parts.clock)):  # type: ignore[misc]
        def boottime(self) -> float:
            return float(next(readings))

    object.__setattr__(machine.parts, "clock", Sleepy())
    machine.engine.work_once()
    assert world.network.requests == 0
    assert world.look(target).status is TargetStatus.PENDING


def _pass_barrier(
    world: World, target_id: str, attempt: str, process: str, *, lease: float = 90.0
) -> None:
    """What the cluster holds after a process passed the barrier and vanished."""
    machine = world.machines[0].parts.processes.machine_id
    now = world.targets.now()
    from bson import ObjectId

    world.cluster.db["schedules"].update_one(
        {"_id": ObjectId(target_id)},
        {
            "$set": {
                "status": "sending",
                "fence": 1,
                "wire": f'{{"key": "{target_id}", "text": "Hello"}}',
                "lease": {
                    "owner": process,
                    "machine": machine,
                    "until": now + timedelta(seconds=lease),
                },
                "intent": {
                    "attemptId": attempt,
                    "step": 0,
                    "machine": machine,
                    "process": process,
                    "at": now,
                },
            }
        },
    )
