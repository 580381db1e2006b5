"""Computers: clocks, disks, processes that live and die, and their way to the cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import AutoReconnect, ServerSelectionTimeoutError

from postflow_desktop.domain.errors import Bug, MachineProblem
from postflow_desktop.services.ports.journal import JournalEntry, JournalStage, Reply
from tests.simulation.kernel import Kernel
from tests.simulation.scenario import DB_AFTER, DB_BEFORE, DISK_AFTER, DISK_BEFORE, MachineSpec

LOOKS_FOR = 8.0
"""Seconds that the driver looks for a server before it gives up."""

WRITES = ("find_one_and_update", "insert_one", "update_one", "update_many")


@dataclass
class Machine:
    """One computer, its home and its disk."""

    kernel: Kernel
    name: str
    spec: MachineSpec
    beginning: datetime
    frozen_until: float = 0.0
    cut_until: float = 0.0
    full_until: float = 0.0
    swallows: float | None = None
    """The next write takes effect, its answer gets lost, and the cluster for so many seconds."""
    wall_jump: float = 0.0
    disk: dict[str, JournalEntry] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        """Whether the cluster is out of reach."""
        return self.kernel.now < self.cut_until

    def suffer(self, action: str, seconds: float) -> None:
        """For so long, or by so much."""
        until = self.kernel.now + seconds
        match action:
            case "freeze":
                self.frozen_until = until
            case "cut":
                self.cut_until = max(self.cut_until, until)
            case "swallow":
                self.swallows = seconds
            case "set_clock":
                self.wall_jump += seconds
            case "disk_full":
                self.full_until = until

    def boottime(self) -> float:
        """Goes on while the machine sleeps; not quite as fast as others."""
        return 1000.0 + self.kernel.now * self.spec.boot_rate

    def now(self) -> datetime:
        """The wall clock, which may be wrong and may run at another rate."""
        spec = self.spec
        passed = self.kernel.now * spec.wall_rate + spec.wall_offset + self.wall_jump
        return self.beginning + timedelta(seconds=passed)


@dataclass(eq=False)
class Process:
    """One process; gone for good once it is dead."""

    machine: Machine
    process_id: str
    alive: bool = True
    stopped_until: float = 0.0
    busy: int = 0
    """Threads that are not between two rounds."""
    acknowledged: set[str] = field(default_factory=set)
    """Attempts whose barrier this process was told to stand."""

    @property
    def frozen_until(self) -> float:
        """It does nothing before this."""
        return max(self.stopped_until, self.machine.frozen_until)


class SimulatedProcesses:
    """ProcessRegistry port: the locks of a home."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.process_id = process.process_id
        self.machine_id = process.machine.name

    def is_alive(self, process_id: str) -> bool:
        """A process that sleeps still holds its lock."""
        others = self.process.machine.processes
        return any(p.alive for p in others if p.process_id == process_id)


@dataclass
class SimulatedJournal:
    """Journal port: what a call wrote is on the disk before the call ends, or never was."""

    machine: Machine
    point: Callable[[str], None]
    noted: Callable[[JournalEntry], None] = lambda _: None

    def begin(self, entry: JournalEntry) -> None:
        """MachineProblem where the disk is full."""
        if entry.stage is not JournalStage.BARRIER:
            raise Bug("An attempt begins at the barrier.", code="journal_order")
        if self.machine.kernel.now < self.machine.full_until:
            raise MachineProblem("The publish journal can't be used: the disk is full.")
        if entry.attempt_id in self.machine.disk:
            raise Bug("An attempt can't begin twice.", code="journal_order")
        self._write(entry)

    def writing(self, attempt_id: str) -> None:
        """Only from the barrier."""
        entry = self.machine.disk.get(attempt_id)
        if entry is None or entry.stage is not JournalStage.BARRIER:
            raise Bug(f"{attempt_id} does not stand at the barrier.", code="journal_order")
        self._write(replace(entry, stage=JournalStage.WRITING))

    def response(self, attempt_id: str, reply: Reply) -> None:
        """Only of what was written."""
        entry = self.machine.disk.get(attempt_id)
        written = (JournalStage.WRITING, JournalStage.RESPONSE)
        if entry is None or entry.stage not in written:
            raise Bug(f"{attempt_id} has a reply but no first byte.", code="journal_order")
        self._write(replace(entry, stage=JournalStage.RESPONSE, reply=reply))

    def done(self, attempt_id: str) -> None:
        """Nothing happens to an unknown one."""
        entry = self.machine.disk.get(attempt_id)
        if entry is not None:
            self._write(replace(entry, stage=JournalStage.DONE))

    def get(self, attempt_id: str) -> JournalEntry | None:
        """One entry."""
        return self.machine.disk.get(attempt_id)

    def unsettled(self, workspace_id: str) -> Sequence[JournalEntry]:
        """In the order in which they began."""
        return [
            entry
            for entry in self.machine.disk.values()
            if entry.workspace_id == workspace_id and entry.stage is not JournalStage.DONE
        ]

    def trim(self, days: int, keep: int) -> int:
        """Nothing gets old here."""
        return 0

    def _write(self, entry: JournalEntry) -> None:
        self.point(DISK_BEFORE)
        self.machine.disk[entry.attempt_id] = entry
        self.noted(entry)
        self.point(DISK_AFTER)


@dataclass
class Line:
    """A process's way to the cluster: every call may be cut off before or after it took effect."""

    process: Process
    point: Callable[[str], None]

    def call(self, name: str, work: Callable[[], Any]) -> Any:
        """The answer; errors of pymongo."""
        machine = self.process.machine
        self.point(DB_BEFORE)
        if machine.is_cut:
            machine.kernel.pause(min(LOOKS_FOR, machine.cut_until - machine.kernel.now))
            if machine.is_cut:
                raise ServerSelectionTimeoutError("No server was found.")
        found = work()
        if machine.swallows is not None and name.endswith(WRITES):
            machine.cut_until = machine.kernel.now + machine.swallows
            machine.swallows = None
        self.point(DB_AFTER)
        if machine.is_cut:
            raise AutoReconnect("The connection was closed.")
        if isinstance(found, dict) and found.get("status") == "sending" and found.get("intent"):
            self.process.acknowledged.add(found["intent"]["attemptId"])
        return found
