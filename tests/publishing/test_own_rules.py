"""A team's own rules on every publisher: checked before the barrier, read with the pauses."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from postflow_desktop.cluster.organizations import MongoOrganizationStore
from postflow_desktop.domain.errors import InvalidInput, NotAllowed
from postflow_desktop.domain.network import Cap, Network
from postflow_desktop.domain.own_rules import RuleValue
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.own_rules import OwnRulesService
from postflow_desktop.services.ports.gates import GateStore, Standing
from postflow_desktop.services.ports.organizations import Membership, Role
from postflow_desktop.services.publishing.gates import Gatekeeper
from tests.conftest import ClusterDb
from tests.fakes.keyed_network import RULES
from tests.publishing.gated import GatedWorld, sent

BLUESKY = Network.BLUESKY


@pytest.fixture
def world(cluster_db: ClusterDb, tmp_path: Path) -> Iterator[GatedWorld]:
    made = GatedWorld(cluster_db, tmp_path)
    yield made
    made.close()


def service(world: GatedWorld, role: Role = Role.OWNER) -> OwnRulesService:
    actor = Membership(user_id=world.ana, organization_id=world.organization_id, role=role)
    store = MongoOrganizationStore(world.cluster.db)
    return OwnRulesService(actor, store, {BLUESKY: RULES})


def change(world: GatedWorld, values: Mapping[str, RuleValue]) -> None:
    service(world).set(BLUESKY, values, "They changed it.")


def test_a_publisher_that_runs_already_goes_by_them_at_once(world: GatedWorld) -> None:
    machine = world.machine()
    first = world.plan("Before", account_id=world.account)
    machine.drain()
    assert world.look(first).status is TargetStatus.PUBLISHED
    change(world, {"textLength": 3})
    second = world.plan("After", account_id=world.account)
    machine.drain()
    refused = world.look(second)
    assert refused.status is TargetStatus.FAILED
    assert refused.last_error is not None
    assert refused.last_error.code == "text_too_long"
    assert "takes 3 characters" in refused.last_error.message
    assert sent(world.network) == [first.id]
    service(world).reset(BLUESKY)
    third = world.plan("Again", account_id=world.account)
    machine.drain()
    assert world.look(third).status is TargetStatus.PUBLISHED


def test_more_than_postflow_knew_goes_out(world: GatedWorld) -> None:
    change(world, {"textLength": 500, "textBytes": 5000})
    long = world.plan("x" * 400, account_id=world.account)
    world.machine().drain()
    assert world.look(long).status is TargetStatus.PUBLISHED


def test_parts_are_judged_by_them_too(world: GatedWorld) -> None:
    change(world, {"parts": 2})
    thread = world.plan("One", parts=("Two", "Three"), account_id=world.account)
    world.machine().drain()
    refused = world.look(thread)
    assert refused.last_error is not None
    assert refused.last_error.code == "too_many_parts"
    assert world.network.requests == 0


def test_an_own_cap_is_kept(world: GatedWorld) -> None:
    change(world, {"caps": (Cap(posts=1, seconds=86_400, source="-"),)})
    targets = [world.plan(f"Text {n}", account_id=world.account) for n in range(2)]
    world.machine().drain()
    states = sorted(world.look(target).status.value for target in targets)
    assert states == ["pending", "published"]
    waiting = next(t for t in map(world.look, targets) if t.status is TargetStatus.PENDING)
    assert waiting.last_error is not None
    assert waiting.last_error.code == "budget_spent"
    assert waiting.not_before > world.targets.now() + timedelta(hours=20)


@dataclass
class Counted:
    """The real gates, with a count of what was asked."""

    real: GateStore
    calls: list[str] = field(default_factory=list)

    def standing(self, organization_ids: Sequence[str]) -> Standing:
        self.calls.append("standing")
        return self.real.standing(organization_ids)

    def changes(self, organization_ids: Sequence[str]) -> Hashable:
        self.calls.append("changes")
        return self.real.changes(organization_ids)

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)


class Standstill:
    """A clock whose seconds do not pass."""

    def __init__(self, real: object) -> None:
        self._real = real

    def boottime(self) -> float:
        return 1000.0

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


def test_they_cost_no_read_of_their_own(world: GatedWorld) -> None:
    change(world, {"textLength": 250})
    parts = world.machine().parts
    assert parts.gates is not None
    counted = Counted(parts.gates)
    gates = Gatekeeper(
        replace(parts, gates=counted, clock=Standstill(parts.clock))  # type: ignore[arg-type]
    )
    target = world.plan(account_id=world.account)
    for expected in (["changes", "standing"], ["changes"], ["changes"]):
        counted.calls.clear()
        assert gates.refusal(target) is None
        assert gates.publisher(target).rules.max_graphemes == 250
        assert counted.calls == expected
    change(world, {"textLength": 200})
    counted.calls.clear()
    assert gates.refusal(target) is None
    assert gates.publisher(target).rules.max_graphemes == 200
    assert counted.calls == ["changes", "standing"]


def test_who_may_change_them_and_what_is_kept(world: GatedWorld) -> None:
    for role in (Role.MEMBER, Role.VIEWER):
        with pytest.raises(NotAllowed):
            service(world, role).set(BLUESKY, {"textLength": 5}, "")
        with pytest.raises(NotAllowed):
            service(world, role).reset(BLUESKY)
        assert service(world, role).show(BLUESKY).own is None
    kept = service(world, Role.ADMIN).set(
        BLUESKY, {"imageTypes": ("image/png",), "altLength": 7}, "Why $not"
    )
    assert kept.own is not None
    assert (kept.own.by, kept.own.note) == (world.ana, "Why $not")
    assert abs((kept.own.at - world.targets.now()).total_seconds()) < 60
    assert kept.holding.image_types == frozenset({"image/png"})
    assert kept.holding.max_alt_graphemes == 7
    assert kept.holding.max_graphemes == kept.standard.max_graphemes == 300
    # What is set replaces all that was set before.
    again = service(world).set(BLUESKY, {"textLength": 5}, "")
    assert again.holding.max_alt_graphemes == 2000


@pytest.mark.parametrize("values", [{}, {"videoBytes": 1000}])
def test_what_would_change_nothing_is_refused(
    world: GatedWorld, values: dict[str, RuleValue]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        service(world).set(BLUESKY, values, "")
    assert caught.value.code == "bad_rules"
    assert service(world).show(BLUESKY).own is None
