"""What a network says in seconds from now is counted on the cluster's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from postflow_desktop.services.publishing.clustertime import ClusterTime
from tests.publishing.kit import World

MOMENT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class _WrongClock:
    """A wall clock a year ahead."""

    def __init__(self) -> None:
        self.boot = 100.0

    def now(self) -> datetime:
        return MOMENT + timedelta(days=365)

    def boottime(self) -> float:
        return self.boot


def test_it_goes_on_from_what_it_was_told() -> None:
    clock = _WrongClock()
    time = ClusterTime(clock)
    assert time.now() == clock.now(), "nobody has told it yet"
    time.tell(MOMENT, 100.0)
    clock.boot = 130.0
    assert time.now() == MOMENT + timedelta(seconds=30)
    assert time.boottime() == 130.0


def test_every_claim_tells_it(world: World) -> None:
    machine = world.machine()
    clock = _WrongClock()
    time = ClusterTime(clock)
    object.__setattr__(machine.parts, "cluster_time", time)
    world.plan()
    machine.drain()
    clock.boot = machine.parts.clock.boottime()
    assert abs(time.now() - world.targets.now()) < timedelta(seconds=30)
