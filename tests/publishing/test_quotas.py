"""What rate headers say: shown without a write, shared by all machines where little is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from postflow_desktop.cluster.account_uses import MongoAccountUseStore
from postflow_desktop.cluster.budgets import MongoBudgetStore
from postflow_desktop.domain.account_use import AccountUse, CapUse
from postflow_desktop.domain.network import Cap
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.quota import Quota
from postflow_desktop.domain.target import TargetStatus
from tests.conftest import ClusterDb
from tests.publishing.gated import GatedWorld

PENDING, PUBLISHED = TargetStatus.PENDING, TargetStatus.PUBLISHED
QUARTER = Cap(posts=100, seconds=900, source="tests")


@pytest.fixture
def world(cluster_db: ClusterDb, tmp_path: Path) -> Iterator[GatedWorld]:
    made = GatedWorld(cluster_db, tmp_path)
    yield made
    made.close()


def quota(world: GatedWorld, remaining: int, *, minutes: float = 10, cost: int = 1) -> Quota:
    resets_at = world.targets.now() + timedelta(minutes=minutes)
    return Quota(seconds=900, limit=100, remaining=remaining, resets_at=resets_at, cost=cost)


def tell(world: GatedWorld, *quotas: Quota) -> None:
    """Every reply carries these headers from now on."""
    usual, network = type(world.network).judge, world.network

    def judge(wire: str, status: int, headers: dict[str, str], body: bytes) -> Outcome:
        return replace(usual(network, wire, status, headers, body), quotas=quotas)

    network.judge = judge  # type: ignore[method-assign]


def use_of(world: GatedWorld, account: str | None = None) -> AccountUse:
    uses = MongoAccountUseStore(world.cluster.db).of(world.organization_id)
    return uses[account or world.account]


def publish(world: GatedWorld, count: int = 1, *, home: str = "a") -> None:
    for number in range(count):
        world.plan(f"Post {number}", account_id=world.account)
    world.machine(home).drain()


def test_where_much_is_left_nothing_is_written_for_it(world: GatedWorld) -> None:
    tell(world, quota(world, 83))
    publish(world, 3)
    assert world.cluster.db["budgets"].count_documents({}) == 0
    (told,) = use_of(world).quotas
    assert (told.posts_left, told.posts, told.seconds) == (83, 100, 900)


def test_what_was_said_last_counts_and_ends_with_its_window(world: GatedWorld) -> None:
    for left in (50, 49):
        tell(world, quota(world, left))
        publish(world)
    assert [told.posts_left for told in use_of(world).quotas] == [49]
    past = {"$set": {"quotas.0.resetsAt": world.targets.now() - timedelta(seconds=1)}}
    world.cluster.db["publishAttempts"].update_many({"kind": "concluded"}, past)
    assert use_of(world).quotas == ()


def test_little_left_is_shared_with_every_machine(world: GatedWorld) -> None:
    """Another app of the same person used most of it up; our own count knows nothing of that."""
    world.cap(QUARTER)
    tell(world, quota(world, 2))
    publish(world)
    tell(world)
    targets = [world.plan(f"More {n}", account_id=world.account) for n in range(4)]
    world.machine("b").drain()
    states = sorted(world.look(target).status for target in targets)
    assert states == [PENDING, PENDING, PUBLISHED, PUBLISHED]


def test_nothing_left_blocks_as_a_refusal_would(world: GatedWorld) -> None:
    spent = quota(world, 2, cost=3)
    tell(world, spent)
    publish(world)
    tell(world)
    other = world.connect()
    waits, goes = (
        world.plan("Waits", account_id=world.account),
        world.plan("Goes", account_id=other),
    )
    world.machine("b").drain()
    kept = world.look(waits)
    assert (kept.status, world.look(goes).status) == (PENDING, PUBLISHED)
    assert kept.last_error is not None
    assert kept.last_error.code == "rate_limited"
    assert abs((kept.not_before - spent.resets_at).total_seconds()) < 1
    assert use_of(world).blocked_until == kept.not_before
    assert use_of(world, other).blocked_until is None


def test_a_new_window_is_full_again(world: GatedWorld) -> None:
    budgets = MongoBudgetStore(world.cluster.db)
    target = world.plan(account_id=world.account)
    assert budgets.take(target, QUARTER) is None
    budgets.told(target, quota(world, 1))
    assert budgets.take(target, QUARTER) is None
    assert budgets.take(target, QUARTER) is not None
    now = world.targets.now()
    stored = {"told.resetsAt": now, "at": now - timedelta(seconds=1), "tokens": 0.0}
    world.cluster.db["budgets"].update_one({}, {"$set": stored})
    assert use_of(world).caps == (CapUse(posts=100, seconds=900, left=100),)
    assert budgets.take(target, QUARTER) is None
    assert use_of(world).caps == (CapUse(posts=100, seconds=900, left=99),)


def test_what_the_network_says_never_raises_our_own_count(world: GatedWorld) -> None:
    budgets = MongoBudgetStore(world.cluster.db)
    target = world.plan(account_id=world.account)
    for _ in range(95):
        assert budgets.take(target, QUARTER) is None
    budgets.told(target, quota(world, 9))
    (cap,) = use_of(world).caps
    assert cap.left <= 6


def test_the_developer_apps_limit_holds_the_account_up_and_is_not_its_budget(
    world: GatedWorld,
) -> None:
    app = replace(quota(world, 0), seconds=86_400, of_app=True)
    tell(world, app)
    publish(world)
    assert use_of(world).blocked_until is not None
    windows = {budget["window"] for budget in world.cluster.db["budgets"].find()}
    assert windows == {"block"}


def test_the_last_post_that_went_out_and_the_last_refused_one(world: GatedWorld) -> None:
    assert use_of(world).last_published_at is None
    first = world.plan("Out", account_id=world.account)
    world.machine().drain()
    assert use_of(world).last_published_at == world.look(first).published_at
    world.network.script.append("422")
    refused = world.plan("Refused", account_id=world.account)
    world.machine().drain()
    trouble = use_of(world).trouble
    assert trouble is not None
    assert (trouble.at, trouble.error.code) == (world.look(refused).updated_at, "422")
    later = world.plan("Out again", account_id=world.account)
    world.machine().drain()
    assert world.look(later).status is PUBLISHED
    assert use_of(world).trouble is None


def test_a_line_that_is_down_is_no_trouble_of_the_account(world: GatedWorld) -> None:
    before = world.accounts.get(world.organization_id, world.account)
    world.network.script.extend(["no_way"])
    target = world.plan("Later", account_id=world.account)
    world.machine().engine.work_once()
    assert world.look(target).status is PENDING
    assert use_of(world).trouble is None
    assert world.accounts.get(world.organization_id, world.account) == before


def test_a_wait_that_the_network_asked_for_is_kept_with_the_attempt(world: GatedWorld) -> None:
    until = world.targets.now() + timedelta(hours=2)
    outcome = Outcome(kind=OutcomeKind.REJECTED_FOR_NOW, code="429", retry_at=until)
    world.network.judge = lambda *_: outcome  # type: ignore[method-assign]
    publish(world)
    found = world.cluster.db["publishAttempts"].find_one({"kind": "concluded"})
    assert found is not None
    assert abs((found["retryAt"] - until).total_seconds()) < 0.01


def test_reading_the_use_is_answered_by_indexes(world: GatedWorld) -> None:
    tell(world, quota(world, 5))
    publish(world, 3)
    with world.every_query_told() as told:
        use_of(world)
    plans = {(t["ns"], str(t["planSummary"])) for t in told}
    assert {str(ns).rpartition(".")[2] for ns, _ in plans} >= {"schedules", "publishAttempts"}
    assert [plan for plan in plans if "COLLSCAN" in plan[1]] == []
