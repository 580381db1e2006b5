"""What was done on the calendar and can be undone: moves and cancellations, newest last."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.services.ports.replica import CalendarRow

_KEPT = 200


class Way(StrEnum):
    """How a step is gone."""

    DO = "do"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing done to one post; a time of None means it is out of the plan."""

    row: CalendarRow
    """The post as it was before."""
    before: PlannedTime | None
    after: PlannedTime | None

    def goal(self, way: Way) -> PlannedTime | None:
        """Where the step leads when it is gone that way."""
        return self.before if way is Way.UNDO else self.after

    def start(self, way: Way) -> PlannedTime | None:
        """Where it has to stand for that."""
        return self.after if way is Way.UNDO else self.before


class History:
    """Two stacks; doing something new forgets what was undone."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to redo."""
        return bool(self._undone)

    def peek(self, way: Way) -> Step | None:
        """The step that undo or redo would go next."""
        stack = self._undone if way is Way.REDO else self._done
        return stack[-1] if stack else None

    def note(self, step: Step, way: Way) -> None:
        """Remember that the step was gone that way."""
        if way is Way.DO:
            self._undone.clear()
        self._take(step)
        (self._undone if way is Way.UNDO else self._done).append(step)
        del self._done[:-_KEPT]

    def revert(self, step: Step, way: Way) -> None:
        """The step could not be gone for now: it can be tried again."""
        self._take(step)
        if way is Way.UNDO:
            self._done.append(step)
        elif way is Way.REDO:
            self._undone.append(step)

    def forget(self, step: Step) -> None:
        """The step can't be gone any more."""
        self._take(step)

    def clear(self) -> None:
        """Forget everything, as when another workspace is shown."""
        self._done.clear()
        self._undone.clear()

    def _take(self, step: Step) -> None:
        for stack in (self._done, self._undone):
            stack[:] = [kept for kept in stack if kept is not step]
