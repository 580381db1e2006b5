"""Holding a target back, letting it go, an hour later: shown at once, taken back if refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.ports.replica import PostDetail
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.inspector.offer import Offer
from postflow_desktop.ui.kit.tasks import Tasks

HOUR = 60
_HELD = "Held back; it stays until you release it."
_FREE = "Released; it goes out at its time."


class Stage(Protocol):
    """What holding needs of the inspector it works for."""

    post_id: str
    detail: PostDetail | None
    now: Callable[[], datetime]

    @property
    def offline(self) -> bool:
        """Whether the cluster can't be asked."""
        ...

    def show(self) -> None:
        """Show again."""
        ...

    def done(self, post_id: str, said: str, offer: Offer | None) -> None:
        """Something was done; tell it and read again."""
        ...

    def refused(self, post_id: str, error: PostFlowError) -> None:
        """Something was refused; tell it and read again."""
        ...


class Holding(QObject):
    """Belongs to one inspector."""

    def __init__(self, stage: Stage, backend: Backend, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._stage = stage
        self._backend = backend
        self._tasks = tasks
        self._laid: dict[str, Pause | None] = {}
        """By target: what is shown until the replica says the same."""
        self._asking: set[str] = set()

    def of(self, target: Target) -> Pause | None:
        """The hold to show."""
        return self._laid.get(target.id, target.hold)

    def is_busy(self, target_id: str) -> bool:
        """Whether the cluster is being asked about it."""
        return target_id in self._asking

    def hold(self, target_id: str) -> None:
        """Keep it back until it is released."""
        place = self._backend.place()
        if place is None:
            return
        pause = Pause(reason="", by=place.user_id, at=self._stage.now())
        offer = Offer(text=_HELD, action="Undo", run=partial(self.release, target_id))
        self._lay(target_id, pause, partial(self._backend.keep_back, target_id, ""), _HELD, offer)

    def release(self, target_id: str) -> None:
        """Let it go."""
        offer = Offer(text=_FREE, action="Undo", run=partial(self.hold, target_id))
        self._lay(target_id, None, partial(self._backend.let_out, target_id), _FREE, offer)

    def later(self, target_id: str) -> None:
        """An hour later than planned."""
        if self._stage.offline or target_id in self._asking:
            return
        undo = self._undo_of_later(target_id)
        self._ask(
            target_id, partial(self._backend.postpone, target_id, HOUR), "One hour later.", undo
        )

    def confirm(self, detail: PostDetail | None) -> None:
        """The replica was read: what it says by itself needs nothing laid over it."""
        for target in detail.targets if detail else ():
            laid = self._laid.get(target.id)
            same = (target.hold is None) == (laid is None)
            if target.id in self._laid and target.id not in self._asking and same:
                del self._laid[target.id]

    def news(self) -> None:
        """Targets changed in the replica: from now on it counts."""
        for target_id in set(self._laid) - self._asking:
            del self._laid[target_id]

    # --- inside -----------------------------------------------------------------------------

    def _lay(
        self,
        target_id: str,
        wanted: Pause | None,
        work: Callable[[], object],
        said: str,
        offer: Offer,
    ) -> None:
        if self._stage.offline or target_id in self._asking:
            return
        self._laid[target_id] = wanted
        self._ask(target_id, work, said, offer)

    def _ask(
        self, target_id: str, work: Callable[[], object], said: str, offer: Offer | None
    ) -> None:
        self._asking.add(target_id)
        post_id = self._stage.post_id
        self._stage.show()
        self._tasks.run(
            work,
            partial(self._done, target_id, post_id, said, offer),
            partial(self._refused, target_id, post_id),
        )

    def _done(
        self, target_id: str, post_id: str, said: str, offer: Offer | None, _result: object
    ) -> None:
        self._asking.discard(target_id)
        self._stage.done(post_id, said, offer)

    def _refused(self, target_id: str, post_id: str, error: PostFlowError) -> None:
        self._asking.discard(target_id)
        self._laid.pop(target_id, None)
        self._stage.refused(post_id, error)

    def _undo_of_later(self, target_id: str) -> Offer | None:
        """Back to its time; only where the post has no other target, which would move along."""
        detail = self._stage.detail
        targets = detail.targets if detail else ()
        if len(targets) != 1 or targets[0].id != target_id:
            return None
        (target,) = targets
        if target.status is not TargetStatus.PENDING or target.scheduled_at <= self._stage.now():
            return None
        planned = plan_instant(target.scheduled_at, target.timezone or "UTC")
        return Offer(
            text="One hour later.",
            action="Undo",
            run=partial(
                self._back, target_id, partial(self._backend.move, target.post_id, planned)
            ),
        )

    def _back(self, target_id: str, work: Callable[[], object]) -> None:
        if not self._stage.offline and target_id not in self._asking:
            self._ask(target_id, work, "The post is back at its time.", None)
