"""An agent that runs for days holds no more than one that has just begun."""

from __future__ import annotations

import gc
import logging
import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from postflow_desktop.cluster.presence import MongoPresenceStore
from postflow_desktop.cluster.schema.presence import PRESENCE_COLLECTIONS
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.cluster.zone_checks import MongoZoneChecks
from postflow_desktop.domain.presence import PublisherKind, PublisherProcess
from postflow_desktop.machine.zonerules import SystemZoneRules
from postflow_desktop.scheduler.recurring import Job, RecurringWork
from postflow_desktop.scheduler.runner import PublisherRunner
from postflow_desktop.services.clockwatch import ClockWatch
from postflow_desktop.services.presence import Attendance
from postflow_desktop.services.publishing.clustertime import ClusterTime
from postflow_desktop.services.publishing.engine import PublishingEngine
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.retiming import Retiming, RetimingParts
from tests.fakes.clock import HeldClock
from tests.publishing.kit import Machine, World

GROWTH_BYTES = 100_000
"""In a quarter: 800 bytes a cycle, 200 in the long form; a kept target a cycle is more."""


class Counted(PublishingEngine):
    """Tells when it was woken that often; every wake is a heartbeat."""

    def __init__(self, parts: PublishingParts, clock: HeldClock, at: dict[int, Callable[[], None]]):
        super().__init__(parts)
        self._cycles = 0
        self._clock = clock
        self._when = at

    def beat(self) -> None:
        self._clock.advance(30)
        super().beat()
        self._cycles += 1
        self._when.get(self._cycles, lambda: None)()


@dataclass(frozen=True)
class Held:
    """What the process holds at one moment."""

    memory: int
    threads: int
    descriptors: int
    connections: int


@pytest.mark.parametrize(
    "cycles", [500, pytest.param(2000, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
def test_what_the_process_holds_stays_as_it_is(
    world: World, cycles: int, caplog: pytest.LogCaptureFixture
) -> None:
    # The test's own log of what timers did would be all that grows.
    caplog.set_level(logging.WARNING, logger="apscheduler")
    apply(world.cluster.db, PRESENCE_COLLECTIONS)
    machine, clock = world.machine(), HeldClock()
    who = PublisherProcess(
        machine=machine.processes.machine_id,
        name="server",
        kind=PublisherKind.AGENT,
        process=machine.processes.process_id,
        version="1.0",
        organization_ids=(world.organization_id,),
    )
    attendance = Attendance(who, MongoPresenceStore(world.cluster.db), clock, lambda: 0.5)
    seen: list[Held] = []

    def look() -> None:
        gc.collect()
        connections = world.cluster.client.admin.command("serverStatus")["connections"]["current"]
        seen.append(
            Held(
                memory=tracemalloc.get_traced_memory()[0],
                threads=threading.active_count(),
                descriptors=_descriptors(),
                connections=connections,
            )
        )

    def end() -> None:
        look()
        runner.stop()

    parts = replace(machine.parts, attendance=attendance)
    quarter = cycles // 4
    at = {quarter: look, 2 * quarter: look, 3 * quarter: look, 4 * quarter: end}
    engine = Counted(parts, clock, at)
    runner = PublisherRunner(engine, workers=2, poll_seconds=0.01)
    tracemalloc.start()
    try:
        with RecurringWork(_upkeep(world, machine)):
            runner.run()
    finally:
        tracemalloc.stop()
    first, *_, later = seen
    # What leaks grows in every quarter; a table that is made larger once does not.
    growths = sorted(after.memory - before.memory for before, after in pairwise(seen))
    assert growths[1] < GROWTH_BYTES, growths
    assert later.threads <= first.threads + 1, "a worker may have been idle so far"
    assert later.descriptors <= first.descriptors + 1, "a monitor may have come"
    assert later.connections <= first.connections + 1, "a monitor may have come"
    assert world.cluster.db["presence"].count_documents({}) == 0
    assert world.cluster.db["presenceDays"].count_documents({}) <= 2


def _upkeep(world: World, machine: Machine) -> list[Job]:
    """What goes on beside the publishing, as often as it can."""
    mine = [world.organization_id]
    retiming = Retiming(
        RetimingParts(
            organization_ids=mine,
            targets=world.targets,
            posts=world.posts,
            checks=MongoZoneChecks(world.cluster.db),
            rules=SystemZoneRules(),
            owner="p",
        )
    )
    watch = ClockWatch(world.targets.now, machine.parts.clock, ClusterTime(machine.parts.clock))
    trim = partial(machine.journal.trim, 30, 100)
    work: dict[str, Callable[[], object]] = {
        "clock": watch.run,
        "zones": retiming.run,
        "journal": trim,
    }
    return [Job(name=name, seconds=0.05, run=run) for name, run in work.items()]


def _descriptors() -> int:
    """Open files and sockets; 0 where that can't be told."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0
