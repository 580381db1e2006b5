"""The matrix for threads and first comments: what goes wrong in a further step.

The rules are those of the cells; what was out before stays out once, and what comes after the step
in question is out only where the step is known to be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.target import Target
from tests.faults.cells import OVER, POINTS, PUBLISHED, Cell, Play, Violation
from tests.faults.stage import CLASSES, Stage, Worker


@dataclass(frozen=True)
class StepCell(Cell):
    """A story of step `step`: the first comment where the network knows no threads, else a part."""

    step: int = 1

    def __str__(self) -> str:
        return f"step{self.step}-{super().__str__()}"


def step_cells() -> list[StepCell]:
    """Every story of a second step, and of the last of three where the network has keys."""
    some = (
        StepCell(point, fault, letter, helper, lost, step=step)
        for point, fault, letter, helper, lost, step in product(
            POINTS, ("kill", "stop"), CLASSES, ("same", "other"), ("", "taken", "gone"), (1, 2)
        )
        if step == 1 or letter == "K"
    )
    return [cell for cell in some if cell.is_possible]


def linkedin_step_cells() -> list[StepCell]:
    """Every story of a first comment on the second network of class D."""
    return [replace(cell, other=Network.LINKEDIN) for cell in step_cells() if cell.letter == "D"]


class StepPlay(Play):
    """Plays a cell with a target that has further steps."""

    cell: StepCell

    def __init__(self, cell: StepCell, stage: Stage) -> None:
        self.steps = cell.step
        self._texts: list[str] = []
        super().__init__(cell, stage)

    def _plan(self) -> Target:
        session = self.stage.account(self.cell.network)
        if session.network in (Network.FACEBOOK, Network.LINKEDIN):
            comment = f"{self.text} comment"
            self._texts = [self.text, comment]
            return self.stage.plan(session, self.text, first_comment=comment)
        parts = (f"{self.text} 2", f"{self.text} 3")
        self._texts = [self.text, *parts]
        return self.stage.plan(session, self.text, parts=parts)

    def _interrupted(self) -> Worker:
        """In the step in question and no other."""
        worker = super()._interrupted()
        at = self.stage.look(self.target).step
        over = self.cell.point in OVER
        assert at == self.cell.step + int(over), self._told(f"interrupted in step {at}")
        return worker

    def _posted_once(self) -> int:
        """How often the step in question is out; nothing may be there twice, in no other order."""
        counts = [self.stage.count(text) for text in self._texts]
        if max(counts) > 1:
            raise Violation(self._told(f"DUPLICATE: posted {counts} times"))
        return counts[self.cell.step]

    def _agrees(self) -> None:
        super()._agrees()
        step = self.cell.step
        counts = [self.stage.count(text) for text in self._texts]
        target = self.stage.look(self.target)
        if counts[:step] != [1] * step:
            raise Violation(self._told(f"LOST: what was out before is {counts}"))
        done = self.cell.last is PUBLISHED
        after = counts[step + 1 :]
        if done and after != [1] * len(after):
            raise Violation(self._told(f"LOST: what comes after is {counts}"))
        if not done:
            assert after == [0] * len(after), self._told(f"went on without an answer: {counts}")
            assert target.step == step, self._told(f"step {target.step} is asked about")
            assert target.last_error is not None, self._told("nobody is told which part")
            assert target.last_error.message.startswith(("Part 2 of 3", "The first comment"))
        assert all(one.is_out for one in target.steps[:step]), self._told("the parent is forgotten")
        urls = [one.url for one in target.steps if one.is_out]
        assert all(urls), self._told("an address is missing")
