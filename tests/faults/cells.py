"""The matrix: what goes wrong, where, in which resend class, and who goes on; with what is to come.

The rules in `Cell.first` and `Cell.last` say what the protocol promises, not how it does it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import product

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.ports.targets import Settlement
from postflow_desktop.services.publishing.failpoints import Failpoint as P
from tests.faults.nest import GONE, STOPPED
from tests.faults.plans import AFTER_SEND, AT_FIRST_BYTE, BEFORE_LAST_BYTE
from tests.faults.stage import CLASSES, Stage, Worker, eventually, wait
from tests.faults.worker import FACTOR, TIMES

PUBLISHED, ASKED = TargetStatus.PUBLISHED, TargetStatus.NEEDS_ATTENTION
SETTLED = (PUBLISHED, ASKED, TargetStatus.FAILED, TargetStatus.MISSED)

BEFORE_THE_BARRIER = (
    P.BEFORE_CLAIM_REPLY,
    P.AFTER_CLAIM,
    P.AFTER_UPLOAD,
    P.BEFORE_ANNOUNCE,
    P.BEFORE_BARRIER,
)
SENDING = (P.AFTER_BARRIER, P.BEFORE_FIRST_BYTE, AT_FIRST_BYTE, BEFORE_LAST_BYTE, AFTER_SEND)
ANSWERED = (P.AFTER_REPLY, P.AFTER_JOURNAL_REPLY, P.BEFORE_FINALISE)
OVER = (P.AFTER_FINALISE, P.BEFORE_SUMMARY)
RECONCILING = (P.RECONCILE_BEFORE_LOOK, P.RECONCILE_AFTER_LOOK)
POINTS: tuple[str, ...] = (*BEFORE_THE_BARRIER, *SENDING, *ANSWERED, *OVER, *RECONCILING)
WRITES = (P.BEFORE_CLAIM_REPLY, P.BEFORE_BARRIER, P.BEFORE_FINALISE)
"""Where the next thing is a write to the cluster, whose answer a cut swallows."""

HOLD = TIMES.claim_lease + TIMES.quiet + 0.5
"""Seconds; longer than every lease and the quiet time."""
LINGER = 1.2
"""Seconds in which what must not happen may still happen."""


class Violation(AssertionError):
    """A post is there twice, or lost: no busy computer is an excuse for that."""


@dataclass(frozen=True)
class Known:
    """What is true after the interruption: of the network, and of the machine when it is back."""

    barred: bool = True
    """Whether the barrier stood."""
    taken: bool = False
    """Whether the network has the post while the machine is away."""
    taken_later: bool = False
    """Whether it gets it when the machine is back."""
    provable: bool = False
    """Whether the machine then knows what became of it."""


@dataclass(frozen=True)
class Cell:
    """One story."""

    point: str
    fault: str
    """kill, stop or cut."""
    letter: str
    """The resend class."""
    helper: str
    """`same`: the machine comes back alone. `other`: another one takes over meanwhile, and then it
    comes back. `person`: and meanwhile a person who was asked says: post it again. `sibling`: a
    second process of the same machine."""
    first_lost: str = ""
    """For the points of reconciling, what became of the first request: `taken` or `gone`."""
    other: Network | None = None
    """Another network of that class than the usual one."""

    def __str__(self) -> str:
        lost = f"-{self.first_lost}" if self.first_lost else ""
        place = f"-{self.other}" if self.other else ""
        return f"{self.point}{lost}-{self.fault}-{self.letter}-{self.helper}{place}"

    @property
    def network(self) -> Network:
        """Where it plays."""
        return self.other or CLASSES[self.letter]

    @property
    def is_possible(self) -> bool:
        """Whether there is such a story."""
        if self.point == P.RECONCILE_AFTER_LOOK and self.letter == "N":
            return False
        if (self.point in RECONCILING) != bool(self.first_lost):
            return False
        if self.helper == "person":
            # Between the last check and the last byte nothing can call a request back.
            early = self.point in (P.AFTER_BARRIER, P.BEFORE_FIRST_BYTE, AT_FIRST_BYTE)
            return early and self.fault != "cut" and self.letter in "DLN"
        return self.helper != "sibling" or (self.fault == "stop" and self.point in SENDING)

    @property
    def action(self) -> str:
        """What the worker's plan does."""
        return "swallow" if self.fault == "cut" and self.point in WRITES else self.fault

    @property
    def known(self) -> Known:
        """The facts, by point and fault."""
        point, fault = self.point, self.fault
        if self.first_lost:
            return Known(taken=self.first_lost == "taken")
        if fault == "cut" and point == P.BEFORE_BARRIER:
            return Known(provable=True)
        if point in BEFORE_THE_BARRIER:
            return Known(barred=False)
        if point in OVER or (fault == "cut" and point == P.BEFORE_FINALISE):
            return Known(taken=True, provable=True, barred=False)
        if point in ANSWERED:
            journaled = point != P.AFTER_REPLY
            return Known(taken=True, provable=journaled or fault != "kill")
        if fault == "cut":
            return Known(taken=True, provable=True)
        if point == AFTER_SEND:
            return Known(taken=True)
        if point == BEFORE_LAST_BYTE:
            return Known(taken_later=fault == "stop")
        unsent = point == P.AFTER_BARRIER or (point == P.BEFORE_FIRST_BYTE and fault == "stop")
        return Known(provable=unsent)

    @property
    def first(self) -> TargetStatus:
        """How another machine settles it while the first one is away."""
        known = self.known
        if not known.barred or self.letter in "KC":
            return PUBLISHED
        return PUBLISHED if known.taken and self.letter != "N" else ASKED

    @property
    def last(self) -> TargetStatus:
        """How it stands when everybody is back."""
        known = self.known
        if self.first is PUBLISHED and self.helper != "same":
            return PUBLISHED
        if not known.barred or known.provable or self.letter in "KC" or self.helper == "person":
            return PUBLISHED
        seen = known.taken or known.taken_later
        return PUBLISHED if seen and self.letter != "N" else ASKED


def all_cells() -> list[Cell]:
    """Every story there is."""
    some = (
        Cell(point, fault, letter, helper, lost)
        for point, fault, letter, helper, lost in product(
            POINTS,
            ("kill", "stop", "cut"),
            CLASSES,
            ("same", "other", "person", "sibling"),
            ("", "taken", "gone"),
        )
    )
    return [cell for cell in some if cell.is_possible]


def linkedin_cells() -> list[Cell]:
    """Every story of the second network of class D."""
    return [replace(cell, other=Network.LINKEDIN) for cell in all_cells() if cell.letter == "D"]


class Play:
    """Plays a cell on a stage of its own; AssertionError where it ends otherwise than it must."""

    steps = 0
    """How many steps are settled before anything goes wrong."""

    def __init__(self, cell: Cell, stage: Stage) -> None:
        self.cell = cell
        self.stage = stage
        self._slower = stage.factor / FACTOR
        self.text = f"{cell} {stage.organization_id}"
        self.target = self._plan()

    def run(self) -> None:
        """From the first worker to the last look."""
        try:
            first = self._interrupted()
            if self.cell.helper == "same":
                if self.cell.fault != "kill":
                    wait(HOLD * self._slower)
            else:
                self._taken_over()
            self._back(first)
            self._becomes(self.cell.last, "at the end")
            # Whoever comes back brings in step what the dead left undone; that takes a start.
            agrees = partial(self.stage.summary_agrees, self.target)
            eventually(agrees, lambda: self._told("the post never says the same"))
            wait(LINGER)
            for worker in self.stage.workers:
                if not worker.is_gone:
                    worker.end()
            self._agrees()
        finally:
            self.stage.close()

    def _plan(self) -> Target:
        """What is to be published."""
        return self.stage.plan(self.stage.account(self.cell.network), self.text)

    def _interrupted(self) -> Worker:
        cell, stage = self.cell, self.stage
        if cell.first_lost:
            point = AFTER_SEND if cell.first_lost == "taken" else AT_FIRST_BYTE
            first = stage.worker("a", point=point, action="kill", steps=self.steps)
            first.wait_for(GONE, f"{cell} first")
        steps = 0 if cell.first_lost else self.steps
        worker = stage.worker("a", point=cell.point, action=cell.action, steps=steps)
        worker.wait_reached()
        if cell.fault != "cut":
            worker.wait_for(GONE if cell.fault == "kill" else STOPPED, str(cell))
        return worker

    def _taken_over(self) -> None:
        cell, stage = self.cell, self.stage
        stage.worker("a" if cell.helper == "sibling" else "b", skew=3600.0)
        self._settles(cell.first, "by the other machine")
        if cell.helper == "person":
            again = Settlement(status=TargetStatus.PENDING, delay=0.0, asked=True)
            assert stage.targets.settle_hold(stage.look(self.target), again) is not None
            self._becomes(PUBLISHED, "after the person's answer")

    def _back(self, worker: Worker) -> None:
        match self.cell.fault:
            case "kill":
                self.stage.worker("a")
            case "stop":
                worker.wake()
            case "cut":
                worker.heal()

    def _settles(self, status: TargetStatus, when: str) -> None:
        """The first settled state is this one."""
        seen: list[TargetStatus] = []

        def settled() -> bool:
            self._posted_once()
            seen[:] = [self.stage.look(self.target).status]
            return seen[0] in SETTLED

        eventually(settled, lambda: self._told(f"not settled {when}"))
        assert seen[0] is status, self._told(f"{seen[0]} and not {status} {when}")

    def _becomes(self, status: TargetStatus, when: str) -> None:
        """It gets there; a state that it must not take on the way is seen at the end."""

        def there() -> bool:
            self._posted_once()
            return self.stage.look(self.target).status is status

        eventually(there, lambda: self._told(f"not {status} {when}"), seconds=45.0 * self._slower)

    def _agrees(self) -> None:
        stage, cell = self.stage, self.cell
        count = self._posted_once()
        status = stage.look(self.target).status
        assert status is cell.last, self._told(f"{status} and not {cell.last}")
        if status is PUBLISHED and not count:
            raise Violation(self._told("LOST: published, and not there"))
        assert stage.summary_agrees(self.target), self._told("the post says something else")

    def _posted_once(self) -> int:
        count = self.stage.count(self.text)
        if count > 1:
            raise Violation(self._told(f"DUPLICATE: posted {count} times"))
        return count

    def _told(self, what: str) -> str:
        return f"{self.cell}: {what}; {self.stage.story(self.target)}"
