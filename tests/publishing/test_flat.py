"""An agent that runs for days holds no more than one that has just begun."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

from postflow_desktop.cluster.presence import MongoPresenceStore
from postflow_desktop.cluster.schema.presence import PRESENCE_COLLECTIONS
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.domain.presence import PublisherKind, PublisherProcess
from postflow_desktop.scheduler.runner import PublisherRunner
from postflow_desktop.services.presence import Attendance
from postflow_desktop.services.publishing.engine import PublishingEngine
from postflow_desktop.services.publishing.parts import PublishingParts
from tests.fakes.clock import HeldClock
from tests.publishing.kit import World

WARM, CYCLES = 60, 300
GROWTH_BYTES = 100_000
"""Less than 350 bytes a cycle; one kept target or event a cycle is more."""


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


def test_memory_threads_and_connections_stay_as_they_are(world: World) -> None:
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
    seen: list[tuple[int, int, int]] = []

    def look() -> None:
        gc.collect()
        connections = world.cluster.client.admin.command("serverStatus")["connections"]["current"]
        seen.append((tracemalloc.get_traced_memory()[0], threading.active_count(), connections))

    def end() -> None:
        look()
        runner.stop()

    parts = replace(machine.parts, attendance=attendance)
    engine = Counted(parts, clock, {WARM: look, WARM + CYCLES: end})
    runner = PublisherRunner(engine, workers=2, poll_seconds=0.01)
    tracemalloc.start()
    try:
        runner.run()
    finally:
        tracemalloc.stop()
    (memory, threads, connections), (later_memory, later_threads, later_connections) = seen
    assert later_memory - memory < GROWTH_BYTES
    assert later_threads == threads
    assert later_connections <= connections + 1, "a monitor may have come"
    assert world.cluster.db["presence"].count_documents({}) == 0
    assert world.cluster.db["presenceDays"].count_documents({}) <= 2
