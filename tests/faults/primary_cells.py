"""The matrix's fourth fault: the primary is killed while a worker is at a point of the protocol.

Many cells share one replica set, so they are played together: all workers wait at their points,
the primary dies once for all of them, and each goes on by its own rules.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby, product
from pathlib import Path
from typing import Any

from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.publishing.failpoints import Failpoint as P
from tests.faults.cells import LINGER, POINTS, PUBLISHED, RECONCILING, SETTLED, Cell, Violation
from tests.faults.nest import GONE
from tests.faults.plans import AFTER_SEND, AT_FIRST_BYTE
from tests.faults.stage import CLASSES, Stage, Worker, eventually, wait
from tests.kit.replicaset import Member, TestReplicaSet

FACTOR = 1 / 10
"""Of real time: what the sending lease has left beside the call must outlast a fail-over."""
SLOWER = 1 / 5
AT_ONCE = 12
WRITTEN_SECONDS = 0.5
"""In which what has reached the primary reaches the others where it may."""
PATIENCE = 300.0
"""Seconds of real time in which everything ends, scaled."""
HEARTBEAT_MS = 500

NEXT_IS_A_WRITE = (
    P.BEFORE_CLAIM_REPLY,
    P.BEFORE_ANNOUNCE,
    P.BEFORE_BARRIER,
    P.AFTER_JOURNAL_REPLY,
    P.BEFORE_FINALISE,
    P.BEFORE_SUMMARY,
    P.RECONCILE_AFTER_LOOK,
)
_AFTERWARDS: dict[tuple[str, str], TargetStatus] = {
    (P.BEFORE_CLAIM_REPLY, "lost"): TargetStatus.PENDING,
    (P.BEFORE_CLAIM_REPLY, "kept"): TargetStatus.CLAIMED,
    (P.BEFORE_BARRIER, "lost"): TargetStatus.CLAIMED,
    (P.BEFORE_BARRIER, "kept"): TargetStatus.SENDING,
    (P.BEFORE_FINALISE, "lost"): TargetStatus.SENDING,
    (P.BEFORE_FINALISE, "kept"): TargetStatus.PUBLISHED,
}
"""What the new primary says, which shows that the fault was what it is meant to be."""


@dataclass(frozen=True)
class PrimaryCell:
    """One story."""

    point: str
    letter: str
    helper: str
    """`same`: the worker goes on alone, with the next primary. `other`: it dies with the primary,
    another machine takes over, and then it comes back."""
    write: str
    """What becomes of the write that follows on the point. `late`: the primary is dead before it.
    `lost`: only the primary had it. `kept`: the others have it, and nobody was told."""
    first_lost: str = ""
    """For the points of reconciling, what became of the first request: `taken` or `gone`."""

    def __str__(self) -> str:
        lost = f"-{self.first_lost}" if self.first_lost else ""
        return f"{self.point}{lost}-primary-{self.write}-{self.letter}-{self.helper}"

    @property
    def is_possible(self) -> bool:
        if self.write != "late" and self.point not in NEXT_IS_A_WRITE:
            return False
        return self.likeness.is_possible

    @property
    def likeness(self) -> Cell:
        """The cell with the same end: as far as the worker can know, it was cut off or killed."""
        as_if_cut = self.helper == "same" or (
            self.write == "kept" and self.point in (P.BEFORE_BARRIER, P.BEFORE_FINALISE)
        )
        fault = "cut" if as_if_cut else "kill"
        return Cell(self.point, fault, self.letter, self.helper, self.first_lost)

    @property
    def kind(self) -> tuple[str, bool]:
        """Cells of one kind can be played together."""
        return self.write, self.point in RECONCILING


def all_primary_cells() -> list[PrimaryCell]:
    """Every story there is."""
    some = (
        PrimaryCell(*one)
        for one in product(
            POINTS, CLASSES, ("same", "other"), ("late", "lost", "kept"), ("", "taken", "gone")
        )
    )
    return [cell for cell in some if cell.is_possible]


def batches(cells: Sequence[PrimaryCell], chance: random.Random) -> list[list[PrimaryCell]]:
    """The cells in any order, in groups that can be played together."""
    mixed = list(cells)
    chance.shuffle(mixed)
    found = []
    for _, same in groupby(sorted(mixed, key=lambda cell: cell.kind), key=lambda cell: cell.kind):
        group = list(same)
        found += [group[start : start + AT_ONCE] for start in range(0, len(group), AT_ONCE)]
    return found


class _Part:
    """One cell within a batch, on a stage of its own."""

    def __init__(self, cell: PrimaryCell, stage: Stage, uri: str) -> None:
        self.cell = cell
        self.stage = stage
        self._uri = uri
        self.text = f"{cell} {stage.organization_id}"
        self.target: Target = stage.plan(stage.account(CLASSES[cell.letter]), self.text)
        self.first: Worker | None = None

    def lose_the_first_request(self) -> None:
        """For the points of reconciling."""
        if self.cell.first_lost:
            point = AFTER_SEND if self.cell.first_lost == "taken" else AT_FIRST_BYTE
            self._worker("a", point=point, action="kill").wait_for(GONE, f"{self.cell} first")

    def set_out(self, gate: Path) -> None:
        """The worker waits at the gate."""
        self.first = self._worker("a", point=self.cell.point, action="hold", gate=str(gate))
        ready = self.first.home / "ready"
        eventually(ready.exists, lambda: self.told("never ready"))

    def wait_held(self) -> None:
        assert self.first is not None
        self.first.wait_reached()

    def let_go(self) -> None:
        assert self.first is not None
        (self.first.home / "go").touch()

    def die(self) -> None:
        """With the primary, where another machine is to take over."""
        assert self.first is not None
        if self.cell.helper == "other":
            self.first.kill()

    def go_on(self) -> None:
        """Until the last look; AssertionError where it ends otherwise than it must."""
        cell, likeness = self.cell, self.cell.likeness
        if cell.helper == "other":
            self._stands()
            self._worker("b", skew=3600.0)
            self._settles(likeness.first)
            self._worker("a")
        self._becomes(likeness.last)
        wait(LINGER)
        for worker in self.stage.workers:
            if not worker.is_gone:
                worker.end()
        count, status = self._posted_once(), self.stage.look(self.target).status
        assert status is likeness.last, self.told(f"{status} and not {likeness.last}")
        if status is PUBLISHED and not count:
            raise Violation(self.told("LOST: published, and not there"))
        assert self.stage.summary_agrees(self.target), self.told("the post says something else")

    def told(self, what: str) -> str:
        return f"{self.cell}: {what}; {self.stage.story(self.target)}"

    def _worker(self, home: str, **config: Any) -> Worker:
        return self.stage.worker(home, uri=self._uri, **config)

    def _stands(self) -> None:
        expected = _AFTERWARDS.get((self.cell.point, self.cell.write))
        self._until(lambda: self._status() is not None, "the cluster did not come back")
        found = self._status()
        assert expected in (None, found), self.told(f"{found}: the write was not {self.cell.write}")

    def _settles(self, status: TargetStatus) -> None:
        """The first settled state is this one."""
        self._until(lambda: self._status() in SETTLED, "not settled by the other machine")
        found = self._status()
        assert found is status, self.told(f"{found} and not {status} by the other machine")

    def _becomes(self, status: TargetStatus) -> None:
        self._until(lambda: self._status() is status, f"not {status} at the end")

    def _until(self, true: Callable[[], bool], what: str) -> None:
        def holds() -> bool:
            self._posted_once()
            return true()

        eventually(holds, lambda: self.told(what), seconds=PATIENCE * self.stage.factor + 30.0)

    def _status(self) -> TargetStatus | None:
        try:
            return self.stage.look(self.target).status
        except ClusterUnreachable:
            return None

    def _posted_once(self) -> int:
        count = self.stage.count(self.text)
        if count > 1:
            raise Violation(self.told(f"DUPLICATE: posted {count} times"))
        return count


class Batch:
    """Cells of one kind, played together on one replica set."""

    def __init__(
        self,
        cells: Sequence[PrimaryCell],
        make_stage: Callable[[], Stage],
        servers: TestReplicaSet,
        factor: float,
    ) -> None:
        self._servers = servers
        self._write = cells[0].write
        uri = f"{servers.uri}&heartbeatFrequencyMS={HEARTBEAT_MS}"
        self._parts: list[_Part] = []
        servers.recover()
        for cell in cells:
            stage = make_stage()
            stage.factor = factor
            self._parts.append(_Part(cell, stage, uri))
        self._gate = self._parts[0].stage.folder / "gate"

    def play(self) -> dict[PrimaryCell, AssertionError]:
        """From the first worker to the last look; what went otherwise."""
        found: dict[PrimaryCell, AssertionError] = {}

        def each(act: Callable[[_Part], None]) -> None:
            def tried(part: _Part) -> None:
                try:
                    act(part)
                except AssertionError as error:
                    found[part.cell] = error

            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(tried, [part for part in self._parts if part.cell not in found]))

        try:
            each(_Part.lose_the_first_request)
            each(lambda part: part.set_out(self._gate))
            self._gate.touch()
            each(_Part.wait_held)
            self._kill_primary(each)
            each(_Part.go_on)
        finally:
            for part in self._parts:
                part.stage.close()
        return found

    def _kill_primary(self, each: Callable[[Callable[[_Part], None]], None]) -> None:
        servers = self._servers
        primary = servers.primary()
        others = servers.others(primary)
        if self._write == "lost":
            for member in others:
                member.ask("configureFailPoint", "stopReplProducer", mode="alwaysOn")
        if self._write == "kept":
            primary.ask("configureFailPoint", "hangBeforeWaitingForWriteConcern", mode="alwaysOn")
        if self._write != "late":
            each(_Part.let_go)
            eventually(lambda: _hanging(primary) >= len(self._parts), lambda: "not written", 20.0)
            wait(WRITTEN_SECONDS)
        each(_Part.die)
        primary.kill9()
        if self._write == "late":
            each(_Part.let_go)
        if self._write == "lost":
            for member in others:
                member.ask("configureFailPoint", "stopReplProducer", mode="off")
        servers.leader_among(others)
        primary.start()


def _hanging(primary: Member) -> int:
    """How many connections of workers wait there for a write to be acknowledged."""
    mine = {"active": True, "appName": {"$regex": "^postflow/"}, "ns": {"$not": {"$regex": "^$"}}}
    with primary.connected() as client:
        operations = client.admin.aggregate([{"$currentOp": {"allUsers": True}}, {"$match": mine}])
        return len({operation["client"] for operation in operations})
