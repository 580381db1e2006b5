"""A pause that is confirmed holds: nothing of it passes a barrier afterwards, on any machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from postflow_desktop.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.pause import HoldLevel
from postflow_desktop.domain.target import Intent, Target, TargetStatus, attempt_id
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.ports.organizations import Role
from postflow_desktop.services.ports.targets import Settlement
from postflow_desktop.services.publishing.timings import Timings
from tests.conftest import ClusterDb
from tests.publishing.gated import GatedWorld
from tests.publishing.kit import Machine

QUICK = Timings(backoff_base=0.0, backoff_cap=0.0, reconcile_base=0.0)
WHY = "The shop is on fire"


@pytest.fixture
def world(cluster_db: ClusterDb, tmp_path: Path) -> Iterator[GatedWorld]:
    made = GatedWorld(cluster_db, tmp_path)
    yield made
    made.close()


def pass_barrier(world: GatedWorld, claimed: Target) -> Target | None:
    """What a publisher does that learned nothing since its claim."""
    attempt = attempt_id(claimed.id, 0, claimed.fence)
    intent = Intent(attempt_id=attempt, step=0, machine="m", process="p", at=claimed.updated_at)
    return world.targets.barrier(claimed, intent, "{}", need=1, lease_seconds=60)


def claim(world: GatedWorld, machine: Machine) -> Target:
    claimed = world.targets.claim(machine.parts.scope, "stale", 120)
    assert claimed is not None
    return claimed


def test_all_is_paused_with_a_reason_and_goes_on(world: GatedWorld) -> None:
    target = world.plan(account_id=world.account)
    machine = world.machine()
    pause = world.service().pause_all(f"  {WHY}\n")
    assert (pause.reason, pause.by) == (WHY, world.ana)
    assert abs((pause.at - world.targets.now()).total_seconds()) < 60
    machine.drain()
    assert world.network.requests == 0
    assert world.look(target).status is TargetStatus.PENDING
    assert machine.engine.unfinished() == 0
    hold = world.service().standing().on(world.organization_id, world.account)
    assert hold is not None
    assert (hold.level, hold.pause) == (HoldLevel.ORGANIZATION, pause)

    assert world.service().resume_all() is True
    assert world.service().resume_all() is False
    other = world.machine("b")
    other.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED


def test_a_paused_account_leaves_the_others_alone(world: GatedWorld) -> None:
    beside = world.connect()
    kept = world.plan("Kept", account_id=world.account)
    goes = world.plan("Goes", account_id=beside)
    world.service().pause_account(world.account, WHY)
    machine = world.machine()
    machine.drain()
    assert world.look(kept).status is TargetStatus.PENDING
    assert world.look(goes).status is TargetStatus.PUBLISHED
    account = world.accounts.get(world.organization_id, world.account)
    assert account is not None
    assert account.pause is not None
    assert account.pause.reason == WHY
    assert machine.engine.unfinished() == 0


def test_the_three_kinds_of_hold_are_lifted_one_by_one(world: GatedWorld) -> None:
    target = world.plan(account_id=world.account)
    service = world.service()
    service.hold(target.id, "Wait for the photo")
    service.pause_account(world.account, WHY)
    service.pause_all(WHY)
    for lift in (
        service.resume_all,
        lambda: service.resume_account(world.account),
        lambda: service.release(target.id),
    ):
        world.machine().drain()
        assert world.look(target).status is TargetStatus.PENDING
        assert world.network.requests == 0
        lift()
    world.machine().drain()
    assert world.look(target).status is TargetStatus.PUBLISHED


@pytest.mark.parametrize("what", ["organization", "account", "target", "postponed"])
def test_a_claim_that_was_there_before_dies_at_its_barrier(world: GatedWorld, what: str) -> None:
    target = world.plan(account_id=world.account)
    claimed = claim(world, world.machine())
    service = world.service()
    match what:
        case "organization":
            service.pause_all(WHY)
        case "account":
            service.pause_account(world.account, WHY)
        case "target":
            assert service.hold(target.id).hold is not None
        case _:
            service.postpone(target.id, 60)
    assert pass_barrier(world, claimed) is None
    assert world.look(target).status is TargetStatus.PENDING
    assert world.look(target).lease is None


def test_what_is_behind_its_barrier_is_finished(world: GatedWorld) -> None:
    target = world.plan(account_id=world.account)
    sending, paused = threading.Event(), threading.Event()

    def wait() -> None:
        sending.set()
        assert paused.wait(30)

    world.network.before_send = wait
    machine = world.machine()
    thread = threading.Thread(target=machine.drain)
    thread.start()
    assert sending.wait(30)
    world.service().pause_all(WHY)
    assert machine.engine.unfinished() == 1
    paused.set()
    thread.join()
    assert world.look(target).status is TargetStatus.PUBLISHED
    with pytest.raises(Conflict) as refused:
        world.service().hold(target.id)
    assert refused.value.code == "too_late"


def test_planning_while_it_is_paused_changes_nothing(world: GatedWorld) -> None:
    """Also for an engine that believes that nothing is paused: it asks after its claim."""
    machine = world.machine()
    machine.drain()
    world.service().pause_account(world.account, WHY)
    target = world.plan(account_id=world.account)
    machine.drain()
    assert world.network.requests == 0
    assert world.look(target).status is TargetStatus.PENDING
    claimed_once = world.look(target).fence
    machine.drain()
    assert world.look(target).fence == claimed_once, "it is claimed again and again"


def test_pauses_race_with_two_machines_and_a_planner(world: GatedWorld) -> None:
    """Whatever is sent passed its barrier before the pause was confirmed."""
    confirmed, wrong = threading.Event(), _Barriers(world)
    wrong.watch(confirmed)
    stop = threading.Event()
    machines = [world.machine("a"), world.machine("b")]
    acts = [_repeat(stop, machine.drain) for machine in machines for _ in range(3)]
    acts.append(_repeat(stop, lambda: world.plan("Again", account_id=world.account)))
    service = world.service()
    try:
        for number in range(12):
            _one_more(world)
            all_of_it = number % 2 == 0
            service.pause_all(WHY) if all_of_it else service.pause_account(world.account, WHY)
            confirmed.set()
            for _ in range(3):
                world.plan("Meanwhile", account_id=world.account)
            threading.Event().wait(0.05)
            confirmed.clear()
            service.resume_all() if all_of_it else service.resume_account(world.account)
    finally:
        stop.set()
        for act in acts:
            act.join()
    assert wrong.passed == []
    assert len(world.network.accepted) == len(set(world.network.accepted))


class _Barriers:
    """The barriers of a world, and which of them were passed while a pause was confirmed."""

    def __init__(self, world: GatedWorld) -> None:
        self.passed: list[str] = []
        self._confirmed = threading.Event()
        self._usual = world.targets.barrier
        world.targets.barrier = self  # type: ignore[method-assign]

    def watch(self, confirmed: threading.Event) -> None:
        self._confirmed = confirmed

    def __call__(self, target: Target, *args: Any, **named: Any) -> Target | None:
        confirmed = self._confirmed.is_set()
        held = self._usual(target, *args, **named)
        if held is not None and confirmed:
            self.passed.append(target.id)
        return held


def _repeat(stop: threading.Event, act: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        while not stop.is_set():
            act()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _one_more(world: GatedWorld) -> None:
    """Wait until something goes out."""
    done, pause = len(world.network.accepted), threading.Event()
    for _ in range(3000):
        if len(world.network.accepted) > done:
            return
        pause.wait(0.01)
    raise AssertionError("nothing goes out any more")


def test_holds_race_with_claims(world: GatedWorld) -> None:
    """Held: not sent at that time. Too late: it is on its way."""
    targets = [world.plan(f"Post {n}", account_id=world.account) for n in range(30)]
    machines = [world.machine("a"), world.machine("b")]
    threads = [threading.Thread(target=m.drain) for m in machines for _ in range(2)]
    for thread in threads:
        thread.start()
    service, held, codes = world.service(), [], set()
    for target in reversed(targets):
        try:
            held.append(service.hold(target.id).id)
        except Conflict as error:
            codes.add(error.code)
    for thread in threads:
        thread.join()
    assert codes <= {"too_late"}
    assert sorted([*held, *world.network.accepted]) == sorted(t.id for t in targets)


def test_postponing_races_with_claims(world: GatedWorld) -> None:
    targets = [world.plan(f"Post {n}", account_id=world.account) for n in range(30)]
    machine = world.machine()
    threads = [threading.Thread(target=machine.drain) for _ in range(3)]
    for thread in threads:
        thread.start()
    service, later, codes = world.service(), [], set()
    for target in reversed(targets):
        try:
            later.append(service.postpone(target.id, 60))
        except Conflict as error:
            codes.add(error.code)
    for thread in threads:
        thread.join()
    assert codes <= {"too_late"}
    assert sorted([*(t.id for t in later), *world.network.accepted]) == sorted(
        t.id for t in targets
    )
    for target in later:
        assert target.scheduled_at >= world.targets.now() + timedelta(minutes=59)


def test_a_postponed_target_leaves_its_slot_and_keeps_its_hold(world: GatedWorld) -> None:
    target = world.plan(account_id=world.account, in_seconds=600, from_queue=True)
    service = world.service()
    service.hold(target.id, "Wait")
    moved = service.postpone(target.id, 60)
    assert moved.scheduled_at == target.scheduled_at + timedelta(minutes=60)
    assert (moved.from_queue, moved.hold is not None) == (False, True)
    post = world.posts.get(world.organization_id, target.post_id)
    assert post is not None
    assert post.scheduled_at == moved.scheduled_at
    released = service.release(target.id)
    assert (released.hold, released.not_before) == (None, moved.scheduled_at)
    with pytest.raises(InvalidInput) as refused:
        service.postpone(target.id, 0)
    assert refused.value.code == "bad_minutes"


def test_an_edit_keeps_the_hold_and_a_cancel_ends_it(world: GatedWorld) -> None:
    target = world.plan(account_id=world.account)
    service = world.service()
    held = service.hold(target.id, "Wait")
    soon = plan_instant(world.targets.now(), "UTC")
    planned = world.targets.plan(held, soon, held.content_hash)
    assert planned is not None
    assert planned.hold == held.hold
    world.machine().drain()
    assert world.network.requests == 0
    canceled = world.targets.cancel(planned)
    assert canceled is not None
    assert canceled.hold is None


def test_an_unclear_target_is_looked_for_and_not_sent_again_while_paused(
    world: GatedWorld,
) -> None:
    world.network.script.append("lost_before")
    target = world.plan(account_id=world.account)
    machine = world.machine(timings=QUICK)
    assert machine.engine.work_once()
    assert world.look(target).status is TargetStatus.RECONCILING
    world.service().pause_all(WHY)
    for _ in range(15):
        world.set(target, notBefore=world.targets.now())
        machine.drain()
    unclear = world.look(target)
    assert (unclear.status, world.network.requests) == (TargetStatus.RECONCILING, 1)
    assert unclear.reconciliations == 1
    assert machine.engine.unfinished() == 0
    world.service().resume_all()
    world.set(target, notBefore=world.targets.now())
    world.machine("b", timings=QUICK).drain()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert world.network.accepted == [target.id]


def test_who_was_reconciling_before_the_pause_does_not_send_again(world: GatedWorld) -> None:
    target = world.plan(account_id=world.account)
    world.set(target, status="reconciling", reconciliations=1, wire="{}")
    scope = world.machine().parts.scope
    taken = world.targets.take_ambiguous(scope, "p", lease_seconds=60, quiet_seconds=0)
    assert taken is not None
    world.service().pause_account(world.account, WHY)
    assert pass_barrier(world, taken) is None


def test_a_barrier_refuses_what_a_person_holds_whatever_its_fence(world: GatedWorld) -> None:
    target = world.plan(account_id=world.account)
    claimed = claim(world, world.machine())
    world.set(target, hold={"reason": "", "by": ObjectId(), "at": world.targets.now()})
    assert pass_barrier(world, claimed) is None


def test_only_managers_pause_and_writers_hold(world: GatedWorld) -> None:
    target = world.plan(account_id=world.account)
    for role, may_pause, may_hold in (
        (Role.ADMIN, True, True),
        (Role.MEMBER, False, True),
        (Role.VIEWER, False, False),
    ):
        service = world.service(role)
        for act, allowed in (
            (lambda service=service: service.pause_all(WHY), may_pause),
            (lambda service=service: service.pause_account(world.account, WHY), may_pause),
            (lambda service=service: service.resume_account(world.account), may_pause),
            (service.resume_all, may_pause),
            (lambda service=service: service.hold(target.id), may_hold),
            (lambda service=service: service.release(target.id), may_hold),
        ):
            if allowed:
                act()
                continue
            with pytest.raises(NotAllowed):
                act()


def test_what_is_not_there_can_not_be_paused(world: GatedWorld) -> None:
    service = world.service()
    for act in (
        lambda: service.pause_account("nobody", WHY),
        lambda: service.resume_account("nobody"),
        lambda: service.hold("nobody"),
        lambda: service.postpone("nobody", 5),
    ):
        with pytest.raises(NotFound):
            act()
    for reason in ("", " \n", "r" * 501):
        with pytest.raises(InvalidInput):
            service.pause_all(reason)


def test_targets_that_are_due_soon_are_found_for_accounts_that_ask_for_it(
    world: GatedWorld,
) -> None:
    beside = world.connect()
    world.accounts.set_preflight(world.organization_id, world.account, 15)
    soon = world.plan("Soon", account_id=world.account, in_seconds=600)
    sooner = world.plan("Sooner", account_id=world.account, in_seconds=60)
    world.plan("Later", account_id=world.account, in_seconds=1200)
    world.plan("Gone", account_id=world.account, in_seconds=-60)
    world.plan("Not asked for", account_id=beside, in_seconds=60)
    held = world.plan("Held", account_id=world.account, in_seconds=120)
    service = world.service()
    service.hold(held.id)
    with world.every_query_told() as told:
        assert [t.id for t in service.upcoming()] == [sooner.id, soon.id]
    assert [t["planSummary"] for t in told if "COLLSCAN" in str(t["planSummary"])] == []
    service.pause_account(world.account, WHY)
    assert list(service.upcoming()) == []
    service.resume_account(world.account)
    service.pause_all(WHY)
    assert list(service.upcoming()) == []


def test_pausing_reads_by_indexes_and_claims_read_no_more_than_they_take(
    world: GatedWorld,
) -> None:
    for number in range(40):
        target = world.plan(f"Held {number}", account_id=world.account)
        world.service().hold(target.id)
    beside = world.connect()
    for number in range(40):
        world.plan(f"Paused {number}", account_id=beside)
    world.service().pause_account(beside, WHY)
    for number in range(5):
        world.plan(f"Free {number}", account_id=world.account)
    machine = world.machine()
    with world.every_query_told() as told:
        world.service().pause_all(WHY)
        world.service().resume_all()
        world.service().pause_account(world.account, WHY)
        world.service().resume_account(world.account)
        machine.drain()
        machine.engine.unfinished()
        machine.engine.next_wake()
    assert len(world.network.accepted) == 5
    bad = [(t["ns"], t["planSummary"]) for t in told if "COLLSCAN" in str(t["planSummary"])]
    assert bad == []
    claims: list[Any] = [
        t["docsExamined"]
        for t in told
        if t.get("command", {}).get("findAndModify") == "schedules"  # type: ignore[attr-defined]
    ]
    assert max(claims) <= 2


def test_late_evidence_settles_a_held_target_and_ends_its_hold(world: GatedWorld) -> None:
    target = world.plan(account_id=world.account)
    claimed = claim(world, world.machine())
    assert pass_barrier(world, claimed) is not None
    attempt = attempt_id(claimed.id, 0, claimed.fence)
    back = Settlement(status=TargetStatus.PENDING, delay=0.0)
    assert world.targets.settle_attempt(world.organization_id, attempt, back) is not None
    world.service().hold(target.id)
    result = PublishResult(external_id="1", url="https://example.com/1")
    out = Settlement(status=TargetStatus.PUBLISHED, result=result)
    settled = world.targets.settle_attempt(world.organization_id, attempt, out)
    assert settled is not None
    assert (settled.status, settled.hold) == (TargetStatus.PUBLISHED, None)
