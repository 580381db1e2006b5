"""What an agent costs while nothing is due: processor, wake-ups, operations of the database."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo.database import Database

from tests.bench.report import figure
from tests.conftest import ClusterDb
from tests.kit.command import seated
from tests.kit.mongod import free_port

SETTLE_SECONDS = 60.0
"""What follows the start (notices, zones, sessions) is over by then."""
COUNTED_SECONDS = 60.0
_OPERATIONS = ("insert", "query", "update", "delete", "getmore", "command")


@dataclass(frozen=True)
class _Reading:
    """The counters of a process and of the database at one moment."""

    processor: float
    """Seconds, of all threads."""
    wakeups: int
    """How often a thread that waited was given the processor."""
    operations: dict[str, int]
    memory: int
    """Bytes that are really there."""
    threads: int
    descriptors: int


def idle_agent(cluster: ClusterDb, folder: Path) -> None:
    """`postflow agent` on a workspace with nothing due: a minute to settle, a minute counted."""
    command, _ = seated(folder / "home", cluster.uri, cluster.name)
    agent = command.start("agent", "--health", str(free_port()))
    try:
        _wait(SETTLE_SECONDS)
        before = _read(agent.pid, cluster.db)
        _wait(COUNTED_SECONDS)
        after = _read(agent.pid, cluster.db)
        assert agent.poll() is None, "the agent ended"
    finally:
        agent.terminate()
        agent.communicate(timeout=60)
    operations = {name: after.operations[name] - before.operations[name] for name in _OPERATIONS}
    # The second reading itself is one command.
    operations["command"] -= 1
    figure(
        "idle agent, one minute with nothing due",
        goal="no wake-ups beyond the timers",
        processor_seconds=after.processor - before.processor,
        wakeups=after.wakeups - before.wakeups,
        database_operations=sum(operations.values()),
        **{f"database_{name}": count for name, count in operations.items()},
        memory_mb=after.memory / 1e6,
        threads=after.threads,
        descriptors=after.descriptors,
    )
    _bare(cluster)


def _bare(cluster: ClusterDb) -> None:
    """The floor: what the database does for itself and its driver in the same time."""
    before = _operations(cluster.db)
    _wait(COUNTED_SECONDS)
    after = _operations(cluster.db)
    figure(
        "the same minute without an agent",
        database_operations=sum(after.values()) - sum(before.values()) - 1,
    )


def _read(pid: int, database: Database[dict[str, Any]]) -> _Reading:
    process = Path(f"/proc/{pid}")
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    switches, threads = 0, 0
    for task in (process / "task").iterdir():
        threads += 1
        for line in (task / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                switches += int(line.split()[1])
    pages = int((process / "statm").read_text().split()[1])
    return _Reading(
        processor=ticks / os.sysconf("SC_CLK_TCK"),
        wakeups=switches,
        operations=_operations(database),
        memory=pages * os.sysconf("SC_PAGE_SIZE"),
        threads=threads,
        descriptors=len(list((process / "fd").iterdir())),
    )


def _operations(database: Database[dict[str, Any]]) -> dict[str, int]:
    counters = database.client.admin.command("serverStatus")["opcounters"]
    return {name: int(counters[name]) for name in _OPERATIONS}


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)
