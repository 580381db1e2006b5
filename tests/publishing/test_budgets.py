"""One budget per account for all machines; blocks of the network; the limit of tries."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postflow_desktop.cluster.budgets import MongoBudgetStore
from postflow_desktop.domain.network import Cap, Network
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms import registry
from postflow_desktop.services.ports.publisher import PrepareFailed
from postflow_desktop.services.publishing.timings import Timings
from postflow_desktop.transport.client import HttpClient
from tests.conftest import ClusterDb
from tests.publishing.gated import GatedWorld

QUICK = Timings(backoff_base=0.0, backoff_cap=0.0, reconcile_base=0.0)
DAY = 86_400
PENDING, FAILED, PUBLISHED = TargetStatus.PENDING, TargetStatus.FAILED, TargetStatus.PUBLISHED


@pytest.fixture
def world(cluster_db: ClusterDb, tmp_path: Path) -> Iterator[GatedWorld]:
    made = GatedWorld(cluster_db, tmp_path)
    yield made
    made.close()


@pytest.fixture
def budgets(world: GatedWorld) -> MongoBudgetStore:
    return MongoBudgetStore(world.cluster.db)


def test_two_machines_share_what_an_account_may_send(world: GatedWorld) -> None:
    world.cap(Cap(posts=3, seconds=DAY, source="tests"))
    beside = world.connect()
    targets = [world.plan(f"Post {n}", account_id=world.account) for n in range(8)]
    other = world.plan("Another account", account_id=beside)
    machines = [world.machine("a"), world.machine("b")]
    threads = [threading.Thread(target=m.drain) for m in machines for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = [world.look(target) for target in targets]
    assert sorted(t.status for t in states) == [PENDING] * 5 + [PUBLISHED] * 3
    assert world.look(other).status is PUBLISHED
    for target in (t for t in states if t.status is PENDING):
        assert target.last_error is not None
        assert (target.last_error.code, target.tries) == ("budget_spent", 0)
        assert "3 posts" in target.last_error.message
        wait = (target.not_before - world.targets.now()).total_seconds()
        assert DAY / 3 - 120 < wait <= DAY / 3


def test_a_budget_fills_with_time_and_not_beyond(
    world: GatedWorld, budgets: MongoBudgetStore
) -> None:
    cap = Cap(posts=4, seconds=400, source="tests")
    target = world.plan(account_id=world.account)
    stored = {"_id": f"bluesky:{world.account}:400"}

    def taken() -> int:
        count = 0
        while budgets.take(target, cap) is None:
            count += 1
            assert count < 10
        return count

    assert taken() == 4
    until = budgets.take(target, cap)
    assert until is not None
    assert 0 < (until - world.targets.now()).total_seconds() <= 100
    for seconds, expected in ((250, 2), (100_000, 4)):
        at = world.targets.now() - timedelta(seconds=seconds)
        world.cluster.db["budgets"].update_one(stored, {"$set": {"at": at, "tokens": 0.0}})
        assert taken() == expected


def test_thirty_takers_at_once_take_what_there_is(
    world: GatedWorld, budgets: MongoBudgetStore
) -> None:
    cap = Cap(posts=7, seconds=DAY, source="tests")
    target = world.plan(account_id=world.account)
    answers: list[datetime | None] = []
    threads = [
        threading.Thread(target=lambda: answers.append(budgets.take(target, cap)))
        for _ in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(None) == 7


def test_a_network_that_says_later_is_left_alone_by_every_machine(world: GatedWorld) -> None:
    beside = world.connect()
    until = world.targets.now() + timedelta(hours=2)
    _answer(world, Outcome(kind=OutcomeKind.REJECTED_FOR_NOW, code="429", retry_at=until))
    first = world.plan("First", account_id=world.account)
    world.machine("a").drain()
    _answer(world, None)
    second = world.plan("Second", account_id=world.account)
    other = world.plan("Another account", account_id=beside)
    machine = world.machine("b")
    machine.drain()
    assert world.network.requests == 2
    assert world.look(other).status is PUBLISHED
    kept = world.look(second)
    assert (kept.status, kept.tries) == (PENDING, 0)
    assert kept.last_error is not None
    assert kept.last_error.code == "rate_limited"
    assert f"{until:%H:%M} UTC" in kept.last_error.message
    assert abs((kept.not_before - until).total_seconds()) < 1
    assert world.look(first).tries == 1
    assert machine.engine.unfinished() == 2

    world.cluster.db["budgets"].update_many({}, {"$set": {"blockedUntil": world.targets.now()}})
    for target in (first, second):
        world.set(target, notBefore=world.targets.now())
    world.machine("c").drain()
    assert {world.look(t).status for t in (first, second)} == {PUBLISHED}


def test_it_is_also_heard_while_preparing(world: GatedWorld) -> None:
    until = world.targets.now() + timedelta(minutes=30)
    outcome = Outcome(kind=OutcomeKind.REJECTED_FOR_NOW, code="429", retry_at=until)

    def prepare(*_: object, **__: object) -> str:
        raise PrepareFailed(outcome)

    world.network.prepare = prepare  # type: ignore[method-assign]
    targets = [world.plan(f"Post {n}", account_id=world.account) for n in range(3)]
    world.machine().drain()
    codes = sorted(t.last_error.code for t in map(world.look, targets) if t.last_error is not None)
    assert codes == ["429", "rate_limited", "rate_limited"]


def test_a_later_block_stays_and_none_is_for_ever(
    world: GatedWorld, budgets: MongoBudgetStore
) -> None:
    target = world.plan(account_id=world.account)
    now = world.targets.now()
    for hours in (1, 5, 2):
        budgets.block(target, now + timedelta(hours=hours))
    assert _blocked(world) == {world.account: now + timedelta(hours=5)}
    budgets.block(target, datetime(9999, 1, 1, tzinfo=UTC))
    (until,) = _blocked(world).values()
    assert until <= world.targets.now() + timedelta(hours=24, seconds=1)


def test_the_sandbox_has_no_budget(world: GatedWorld) -> None:
    """Its posts go nowhere, so no number of a network holds for it."""
    world.cap(Cap(posts=1, seconds=DAY, source="tests"))
    machine = world.machine()
    targets = [world.plan(f"Post {n}", account_id=world.account) for n in range(3)]
    for target in targets:
        world.set(target, sandboxMachine=machine.parts.scope.machine)
    machine.drain()
    assert {world.look(t).status for t in targets} == {PUBLISHED}


@pytest.mark.parametrize(("setting", "expected"), [(None, 8), (1, 1), (3, 3), (12, 12)])
def test_the_organization_sets_how_often_is_tried(
    world: GatedWorld, setting: int | None, expected: int
) -> None:
    if setting is not None:
        world.settings(maxTries=setting)
    world.network.script.extend(["refused"] * 20)
    target = world.plan(account_id=world.account)
    world.machine(timings=QUICK).drain()
    found = world.look(target)
    assert (found.status, found.tries) == (FAILED, expected)


def test_every_query_is_answered_by_an_index(world: GatedWorld) -> None:
    world.cap(Cap(posts=2, seconds=DAY, source="tests"))
    world.settings(late={"policy": "publish", "graceMinutes": 5})
    for number in range(6):
        world.plan(f"Post {number}", account_id=world.account)
        world.plan(f"Late {number}", account_id=world.account, in_seconds=-3600)
    machine = world.machine()
    with world.every_query_told() as told:
        machine.drain()
    asked = {str(t["ns"]).rpartition(".")[2] for t in told}
    assert {"budgets", "organizations"} <= asked
    bad = [(t["ns"], t["planSummary"]) for t in told if "COLLSCAN" in str(t["planSummary"])]
    assert bad == []


def test_the_caps_of_the_networks_have_a_source_and_a_date() -> None:
    http = HttpClient()
    publishers = registry.publishers(http, SystemClock())
    http.close()
    caps = {network: publisher.rules.caps for network, publisher in publishers.items()}
    assert [cap.posts for cap in caps[Network.THREADS]] == [250]
    assert caps[Network.FACEBOOK] == ()
    for cap in (cap for some in caps.values() for cap in some):
        assert re.search(r"20\d\d-\d\d-\d\d", cap.source), cap
        assert 0 < cap.seconds <= DAY


def _answer(world: GatedWorld, outcome: Outcome | None) -> None:
    """What the network says to every request from now on; None: as usual."""
    usual = type(world.network).judge
    network = world.network
    if outcome is None:
        network.script.clear()
        network.judge = usual.__get__(network)  # type: ignore[method-assign]
        return
    network.script.extend(["429"] * 50)
    network.judge = lambda *_: outcome  # type: ignore[method-assign]


def _blocked(world: GatedWorld) -> dict[str, datetime]:
    gates = world.machine("looking").parts.gates
    assert gates is not None
    return dict(gates.standing([world.organization_id]).blocks)
