"""What a network says in seconds from now is counted on the cluster's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.services.publishing import failpoints
from postflow_desktop.services.publishing.clustertime import ClusterTime
from postflow_desktop.services.publishing.failpoints import Failpoint
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


def test_a_reply_from_the_journal_is_judged_by_it(world: World) -> None:
    """A process that has just started has claimed nothing, and its own clock may be wrong."""
    target = world.plan()
    _die_before_finalising(world)
    machine = world.machine()
    time = ClusterTime(_Ahead())
    object.__setattr__(machine.parts, "cluster_time", time)
    machine.engine.recover()
    assert abs(time.now() - world.look(target).updated_at) < timedelta(minutes=5)


class _Ahead(SystemClock):
    """This machine, a year ahead."""

    def now(self) -> datetime:
        return super().now() + timedelta(days=365)


class _Died(BaseException):
    """The process ended here."""


def _die_before_finalising(world: World) -> None:
    def die(name: str) -> None:
        if name == Failpoint.BEFORE_FINALISE:
            raise _Died

    machine = world.machine()
    failpoints.install(die)
    try:
        with pytest.raises(_Died):
            machine.engine.work_once()
    finally:
        failpoints.install(lambda _: None)
    machine.close()
