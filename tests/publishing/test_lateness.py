"""What becomes of targets that nobody could publish at their time, by rule and one by one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from bson import ObjectId

from postflow_desktop.domain.late import LatePolicy
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.publishing.timings import Timings
from tests.conftest import ClusterDb
from tests.publishing.gated import GatedWorld

QUICK = Timings(backoff_base=0.0, backoff_cap=0.0, reconcile_base=0.0)
MINUTE, HOUR = 60.0, 3600.0
PENDING, MISSED, PUBLISHED = TargetStatus.PENDING, TargetStatus.MISSED, TargetStatus.PUBLISHED


@pytest.fixture
def world(cluster_db: ClusterDb, tmp_path: Path) -> Iterator[GatedWorld]:
    made = GatedWorld(cluster_db, tmp_path)
    yield made
    made.close()


def late(world: GatedWorld, minutes: float, *, from_queue: bool = False) -> Target:
    return world.plan(
        f"{minutes} minutes late",
        in_seconds=-minutes * MINUTE,
        account_id=world.account,
        from_queue=from_queue,
    )


def ended(world: GatedWorld, target: Target) -> tuple[TargetStatus, str | None]:
    found = world.look(target)
    return found.status, None if found.last_error is None else found.last_error.code


@pytest.mark.parametrize(
    ("policy", "grace", "minutes", "expected"),
    [
        (None, 0, 29, (PUBLISHED, None)),
        (None, 0, 31, (MISSED, "missed")),
        (LatePolicy.ASK, 120, 119, (PUBLISHED, None)),
        (LatePolicy.ASK, 5, 6, (MISSED, "missed")),
        (LatePolicy.ASK, 0, 0.5, (PUBLISHED, None)),
        (LatePolicy.ASK, 0, 2, (MISSED, "missed")),
        (LatePolicy.PUBLISH, 5, 60 * 24 * 30, (PUBLISHED, None)),
        (LatePolicy.SKIP, 5, 4, (PUBLISHED, None)),
        (LatePolicy.SKIP, 5, 6, (MISSED, "skipped")),
    ],
)
def test_the_organization_says_what_becomes_of_late_posts(
    world: GatedWorld,
    policy: LatePolicy | None,
    grace: int,
    minutes: float,
    expected: tuple[TargetStatus, str | None],
) -> None:
    if policy is not None:
        world.late_policy(policy, grace)
    target = late(world, minutes)
    world.machine().drain()
    assert ended(world, target) == expected
    assert (world.look(target).accepted_at is not None) == (expected[0] is PUBLISHED)


def test_a_queue_has_the_last_word_on_what_is_in_its_slots(world: GatedWorld) -> None:
    world.late_policy(LatePolicy.PUBLISH)
    world.queue_policy(LatePolicy.SKIP, 10)
    queued, chosen = late(world, 12, from_queue=True), late(world, 11)
    world.machine().drain()
    assert ended(world, queued) == (MISSED, "skipped")
    assert ended(world, chosen) == (PUBLISHED, None)


def test_what_is_on_time_asks_for_no_rule(world: GatedWorld) -> None:
    """Not one read of organizations or queues more than the pauses need."""
    target = world.plan(account_id=world.account)
    machine = world.machine()
    with world.every_query_told() as told:
        machine.drain()
    assert ended(world, target) == (PUBLISHED, None)
    finds = [
        entry["ns"]
        for entry in told
        if entry["op"] == "query" and str(entry["ns"]).endswith(("organizations", "queues"))
    ]
    assert finds == []


def test_what_was_let_through_is_not_judged_again(world: GatedWorld) -> None:
    """Found in time, refused for now, due again when it is far too late: it still goes out."""
    world.network.script.append("429")
    target = late(world, 20)
    world.machine(timings=QUICK).engine.work_once()
    tried = world.look(target)
    assert (tried.status, tried.tries) == (PENDING, 1)
    assert tried.accepted_at is not None
    hours = timedelta(hours=3)
    world.set(
        target,
        scheduledAt=tried.scheduled_at - hours,
        acceptedAt=tried.accepted_at - hours,
    )
    world.machine(timings=QUICK).drain()
    assert ended(world, target) == (PUBLISHED, None)


def test_a_claim_that_died_before_it_was_judged_lets_nothing_through(world: GatedWorld) -> None:
    target = late(world, 120)
    machine = world.machine()
    claimed = world.targets.claim(machine.parts.scope, "dead", 0)
    assert claimed is not None
    assert claimed.accepted_at is None
    machine.drain()
    assert ended(world, target) == (MISSED, "missed")


@pytest.mark.parametrize("what", ["organization", "account", "target"])
def test_the_time_of_a_pause_counts_as_late(world: GatedWorld, what: str) -> None:
    """Even for what was let through before the pause and would have been tried again."""
    world.network.script.append("429")
    target = world.plan(account_id=world.account)
    world.machine(timings=QUICK).engine.work_once()
    assert world.look(target).accepted_at is not None
    service = world.service()
    match what:
        case "organization":
            service.pause_all("Fire")
        case "account":
            service.pause_account(world.account, "Fire")
        case _:
            service.hold(target.id)
    before = world.look(target).scheduled_at - timedelta(hours=2)
    world.set(target, scheduledAt=before)
    match what:
        case "organization":
            service.resume_all()
        case "account":
            service.resume_account(world.account)
        case _:
            service.release(target.id)
    world.machine(timings=QUICK).drain()
    assert world.look(target).status is MISSED
    assert world.network.requests == 1


def test_a_post_that_is_out_in_part_is_finished_however_late(world: GatedWorld) -> None:
    target = world.plan("One", parts=("Two",), account_id=world.account)
    machine = world.machine()
    assert machine.engine.work_once()
    world.set(target, scheduledAt=world.look(target).scheduled_at - timedelta(days=2))
    world.set(target, acceptedAt=None)
    machine.drain()
    assert ended(world, target) == (PUBLISHED, None)
    assert world.network.requests == 2


def test_after_a_long_sleep_one_goes_out_and_the_rest_takes_turns(world: GatedWorld) -> None:
    """For all machines together, each account by itself, and no try is counted."""
    world.late_policy(LatePolicy.PUBLISH)
    beside = world.connect()
    waiting = [late(world, minutes) for minutes in (70, 60, 50, 40, 30, 20)]
    other = world.plan("Another account", account_id=beside, in_seconds=-30 * MINUTE)
    fresh = late(world, 9)
    machines = [world.machine(name) for name in ("a", "b", "c")]
    threads = [threading.Thread(target=m.drain) for m in machines for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = [world.look(target) for target in waiting]
    out = [t for t in states if t.status is PUBLISHED]
    put_off = [t for t in states if t.status is PENDING]
    assert (len(out), len(put_off)) == (1, 5)
    assert world.look(other).status is PUBLISHED
    assert world.look(fresh).status is PUBLISHED
    assert {(t.tries, t.last_error and t.last_error.code) for t in put_off} == {(0, "spaced")}
    waits = sorted((t.not_before - world.targets.now()).total_seconds() for t in put_off)
    assert waits[0] > 4 * MINUTE
    assert all(b - a > 4 * MINUTE for a, b in pairwise(waits)), waits


def test_the_next_turn_comes_after_the_spacing(world: GatedWorld) -> None:
    world.late_policy(LatePolicy.PUBLISH)
    targets = [late(world, 60), late(world, 50), late(world, 40)]
    machine = world.machine()
    machine.drain()
    for expected in (2, 3):
        _five_minutes_later(world, targets)
        world.machine(f"m{expected}").drain()
        assert len(world.network.accepted) == expected
    assert sorted(world.network.accepted) == sorted(t.id for t in targets)


def _five_minutes_later(world: GatedWorld, targets: list[Target]) -> None:
    """As if the clock had gone on: the turn is five minutes old, and all are due."""
    turn = {"socialAccountId": ObjectId(world.account), "window": "late"}
    at = world.targets.now() - timedelta(minutes=5)
    assert world.cluster.db["budgets"].update_one(turn, {"$set": {"at": at}}).modified_count == 1
    for target in targets:
        if world.look(target).status is PENDING:
            world.set(target, notBefore=at)


def test_who_has_the_turn_keeps_it_for_its_next_try(world: GatedWorld) -> None:
    world.late_policy(LatePolicy.PUBLISH)
    world.network.script.append("429")
    first, second = late(world, 60), late(world, 50)
    world.machine(timings=QUICK).drain()
    assert world.look(first).status is PUBLISHED
    assert world.look(second).status is PENDING


def test_what_backs_off_is_not_late_in_this_sense(world: GatedWorld) -> None:
    """Tried in time and put off by the network for long: two of them go out at once."""
    targets = [world.plan(f"Post {n}", account_id=world.account) for n in range(2)]
    world.network.script.extend(["429", "429"])
    machine = world.machine(timings=Timings(backoff_base=100.0))
    machine.drain()
    for target in targets:
        tried = world.look(target)
        assert tried.accepted_at is not None
        hour = timedelta(hours=1)
        world.set(
            target,
            scheduledAt=tried.scheduled_at - hour,
            acceptedAt=tried.accepted_at - hour,
            notBefore=world.targets.now(),
        )
    machine.drain()
    assert {world.look(t).status for t in targets} == {PUBLISHED}
