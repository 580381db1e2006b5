"""Moves and cancellations: refused, shown at once, asked of the cluster, undone, redone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QLocale, QObject, Signal, Slot

from postflow_desktop.domain.errors import PostFlowError, Unreachable
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.time import PlannedTime, plan_instant, plan_wall_time
from postflow_desktop.services.ports.replica import CalendarRow
from postflow_desktop.ui.backend import Backend, Place
from postflow_desktop.ui.calendar.history import History, Step, Way
from postflow_desktop.ui.calendar.layout import Localization
from postflow_desktop.ui.calendar.localization import short_day
from postflow_desktop.ui.calendar.looks import title_of
from postflow_desktop.ui.calendar.navigation import Focus
from postflow_desktop.ui.calendar.pending import Goal, Range, Wishes, at_goal
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import explain

_OFFLINE = "Offline: posts stay where they are until the workspace answers again."
_PAST = "That time is over."
_FIXED = {
    PostStatus.PUBLISHING: "It is being published right now.",
    PostStatus.PUBLISHED: "It is out already.",
    PostStatus.FAILED: "It failed; retry it, or give it a new time in the editor.",
}
_PART_IS_OUT = "Part of it is on its way or out already."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What the cluster made of a wish."""

    post_id: str
    goal: Goal
    error: PostFlowError | None


class Stage(Protocol):
    """What moving needs of the view model it works for."""

    locale: QLocale
    local: Localization

    @property
    def zone(self) -> ZoneInfo:
        """The place's zone."""
        ...

    @property
    def place(self) -> Place | None:
        """Where the window is."""
        ...

    @property
    def offline(self) -> bool:
        """Whether the cluster can't be asked."""
        ...

    def now(self) -> datetime:
        """This machine's clock, UTC."""
        ...

    def row(self, post_id: str) -> CalendarRow | None:
        """A post as it is shown."""
        ...

    def day_of(self, row: CalendarRow) -> date:
        """The wall day on which a post stands."""
        ...

    def compose(self) -> None:
        """Show again."""
        ...

    def refresh(self) -> None:
        """Read again."""
        ...

    def set_focus(self, focus: Focus) -> None:
        """Put the keyboard somewhere."""
        ...


class Mover(QObject):
    """Belongs to one view model; keeps what is under way and what can be undone."""

    said = Signal(str, str, bool)
    """Text, kind (success, warning, error), whether Undo is offered with it."""
    unattended = Signal(str)
    """Nobody may be awake at the time that was just chosen: why, and what to do."""
    rolled_back = Signal(str)
    """This post went back to where it was."""
    history_changed = Signal()

    def __init__(self, backend: Backend, tasks: Tasks, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._stage = stage
        self._wishes = Wishes()
        self._history = History()

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is something to redo."""
        return self._history.can_redo

    def refusal(self, row: CalendarRow, day: date | None = None) -> str:
        """Why the post can't be moved (to that day), as a sentence; empty if it can."""
        if self._stage.offline:
            return _OFFLINE
        if not row.movable:
            return _FIXED.get(row.status, _PART_IS_OUT)
        if day is None or day == self._stage.day_of(row):
            return ""
        return self._time_refusal(self.planned(row, day).utc)

    def planned(self, row: CalendarRow, day: date) -> PlannedTime:
        """The same wall time on another day; a skipped hour moves on, as everywhere."""
        wall = row.at.astimezone(self._stage.zone).replace(tzinfo=None)
        meant = datetime.combine(day, wall.time())
        return plan_wall_time(meant, self._stage.zone.key)

    def move(self, held: CalendarRow, day: date) -> bool:
        """Move a post to a day; False where it is refused or there already.

        `held` is the post as it was taken up; it may stand in another month than the one shown.
        """
        row = self._stage.row(held.post_id) or held
        if day == self._stage.day_of(row):
            return False
        if refusal := self.refusal(row, day):
            self.said.emit(refusal, "warning", False)
            return False
        self._go(Step(row=row, before=self._now_planned(row), after=self.planned(row, day)))
        return True

    def cancel(self, post_id: str) -> bool:
        """Take a post out of the plan; False where it is refused."""
        row = self._stage.row(post_id)
        if row is None:
            return False
        if refusal := self.refusal(row):
            self.said.emit(refusal, "warning", False)
            return False
        self._go(Step(row=row, before=self._now_planned(row), after=None))
        return True

    def undo(self) -> None:
        """Go the last step back."""
        self._again(Way.UNDO)

    def redo(self) -> None:
        """Go the last step that was undone once more."""
        self._again(Way.REDO)

    def clear(self) -> None:
        """Forget what is under way and what was done."""
        self._wishes.clear()
        self._history.clear()
        self.history_changed.emit()

    def confirm(self, rows: Sequence[CalendarRow], seen: Range) -> None:
        """The replica was read: what it shows by itself needs nothing laid over it."""
        self._wishes.confirm(rows, seen)

    def laid_over(self, rows: Sequence[CalendarRow], seen: Range) -> Sequence[CalendarRow]:
        """The rows to show."""
        return self._wishes.laid_over(rows, seen)

    def sending(self) -> frozenset[str]:
        """Posts for which the cluster is being asked."""
        return self._wishes.sending()

    # --- inside -----------------------------------------------------------------------------

    def _now_planned(self, row: CalendarRow) -> PlannedTime:
        return plan_instant(row.at, self._stage.zone.key)

    def _time_refusal(self, moment: datetime) -> str:
        place = self._stage.place
        lead = timedelta(minutes=place.min_lead_minutes if place else 0)
        if moment < self._stage.now():
            return _PAST
        if moment < self._stage.now() + lead:
            return f"Posts are planned at least {lead // timedelta(minutes=1)} minutes ahead here."
        return ""

    def _again(self, way: Way) -> None:
        step = self._history.peek(way)
        if step is None:
            return
        if self._stage.offline:
            self.said.emit(_OFFLINE, "warning", False)
            return
        goal, start = step.goal(way), step.start(way)
        row = self._stage.row(step.row.post_id)
        if row is not None and (start is None or row.at != start.utc):
            self._drop(step, f"“{title_of(row)}” was changed meanwhile; it stays as it is.")
        elif goal is not None and (refusal := self._time_refusal(goal.utc)):
            self._drop(step, refusal)
        else:
            self._go(step, way)

    def _drop(self, step: Step, reason: str) -> None:
        self._history.forget(step)
        self.history_changed.emit()
        self.said.emit(reason, "warning", False)

    def _go(self, step: Step, way: Way = Way.DO) -> None:
        post_id, goal = step.row.post_id, step.goal(way)
        origin = self._stage.row(post_id) or at_goal(step.row, step.start(way))
        self._history.note(step, way)
        self.history_changed.emit()
        wish = self._wishes.want(step, way, origin)
        idle, wish.sending = not wish.sending, True
        self._stage.compose()
        if way is not Way.DO and goal is not None:
            day = goal.utc.astimezone(self._stage.zone).date()
            self._stage.set_focus(Focus(day=day, post_id=post_id))
        if idle:
            self._send(post_id, goal)

    def _send(self, post_id: str, goal: Goal) -> None:
        self._tasks.run(partial(_ask, self._backend, post_id, goal), self._take_answer)

    @Slot(object)
    def _take_answer(self, answer: _Answer) -> None:
        wish = self._wishes.get(answer.post_id)
        if wish is None:
            return
        row = wish.row
        if answer.error is not None:
            self._roll_back(row, answer.error)
        elif (way := self._wishes.agree(answer.post_id, answer.goal)) is not None:
            self._tell_agreed(row, answer.goal, way)
        else:
            wish.sending = True
            self._send(answer.post_id, wish.wanted)
            return
        self._stage.compose()
        self._stage.refresh()

    def _roll_back(self, row: CalendarRow, error: PostFlowError) -> None:
        for step, way in reversed(self._wishes.refuse(row.post_id)):
            if isinstance(error, Unreachable):
                self._history.revert(step, way)
            else:
                self._history.forget(step)
        self.history_changed.emit()
        words = f"“{title_of(row)}” stays where it was. {explain(error)}"
        self.said.emit(words, "error", False)
        self.rolled_back.emit(row.post_id)

    def _tell_agreed(self, row: CalendarRow, goal: Goal, way: Way) -> None:
        if goal is None:
            words = f"“{title_of(row)}” was taken out of the plan"
        else:
            shown = goal.utc.astimezone(self._stage.zone)
            day = short_day(shown.date(), self._stage.locale)
            words = f"Moved to {day}, {self._stage.local.time(shown)}"
            words += f". {goal.note}" if goal.note else ""
        self.said.emit(words, "success", way is not Way.UNDO)
        if goal is not None and way is not Way.UNDO:
            work = partial(self._backend.coverage, goal)
            key = f"calendar.coverage {row.post_id}"
            self._tasks.run(work, self._take_warning, _unknown, key=key)

    @Slot(str)
    def _take_warning(self, warning: str) -> None:
        if warning:
            self.unattended.emit(warning)


def _ask(backend: Backend, post_id: str, goal: Goal) -> _Answer:
    """Ask the cluster; the answer carries its question, so that one slot serves all posts."""
    try:
        if goal is None:
            backend.cancel(post_id)
        else:
            backend.move(post_id, goal)
    except PostFlowError as error:
        return _Answer(post_id=post_id, goal=goal, error=error)
    return _Answer(post_id=post_id, goal=goal, error=None)


def _unknown(_error: PostFlowError) -> None:
    """Who will be awake is a hint; without an answer nothing is said."""
