"""The board of publishers: read from the cluster while somebody looks at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.services.ports.replica import CalendarRow, Change, Link, PostHit
from postflow_desktop.services.presence import Board
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.publishers.ahead import AHEAD, NextDays, next_days
from postflow_desktop.ui.publishers.hours import UsualHours, usual_hours

EVERY_MS = 15_000
"""The board is read again so often while it is shown."""
_SOON_MS = 1_000
"""After a change of posts; many changes in a row are read once."""
_NOUNS = frozenset({"posts", "schedules"})


class Stage(Enum):
    """What the screen shows."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class _Local:
    """What this machine's replica adds to a board."""

    rows: Sequence[CalendarRow]
    posts: Mapping[str, PostHit]


class PublishersViewModel(QObject):
    """Asks nothing while nobody looks; what was read last stays when the cluster goes away."""

    changed = Signal()
    post_selected = Signal(str)
    """Show this post in the inspector."""

    def __init__(
        self, backend: Backend, tasks: Tasks, changes: Changes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self._watched = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.load)
        self.stage = Stage.LOADING
        self.problem: PostFlowError | None = None
        self.board: Board | None = None
        self.hours: tuple[UsualHours, ...] = ()
        self.ahead: NextDays | None = None
        """None before it was worked out."""
        self.posts: Mapping[str, PostHit] = {}
        """What the publishers are at, by target, as far as this machine knows it."""
        changes.changed.connect(self._on_change)
        changes.sync.connect(self._on_sync)

    @property
    def offline_since(self) -> datetime | None:
        """Since when the cluster does not answer; None while it does."""
        state = self._changes.state
        return state.since if state.link is Link.OFFLINE else None

    @property
    def timezone(self) -> str:
        """The organization's zone."""
        place = self._backend.place()
        return place.timezone if place else "UTC"

    @property
    def email(self) -> str:
        """Who would sign in at an agent."""
        place = self._backend.place()
        return place.user_email if place else ""

    @property
    def watched(self) -> bool:
        """Whether somebody looks."""
        return self._watched

    def watch(self, watched: bool) -> None:
        """The screen is shown, or not any more."""
        if watched == self._watched:
            return
        self._watched = watched
        if watched:
            self.load()
        else:
            self._timer.stop()

    @Slot()
    def load(self) -> None:
        """Read the board again, if somebody looks and the cluster is there."""
        place = self._backend.place()
        if place is None or not self._watched or self.offline_since is not None:
            return
        self._timer.stop()
        self._tasks.run(
            self._backend.board,
            partial(self._got_board, place.organization_id),
            self._failed,
            key="publishers",
        )

    def forget(self) -> None:
        """Another workspace or organization: nothing of the former one stays."""
        self._timer.stop()
        self.board, self.ahead, self.problem = None, None, None
        self.hours, self.posts = (), {}
        self.stage = Stage.LOADING
        self.changed.emit()

    def look(self, post_id: str) -> None:
        """Show a post in the inspector."""
        self.post_selected.emit(post_id)

    # --- inside -----------------------------------------------------------------------------

    def _is_here(self, organization_id: str) -> bool:
        place = self._backend.place()
        return place is not None and place.organization_id == organization_id

    def _got_board(self, organization_id: str, board: Board) -> None:
        if not self._is_here(organization_id):
            return
        self.board, self.problem, self.stage = board, None, Stage.READY
        self.hours = usual_hours(board.machines, self.timezone, board.at)
        self.changed.emit()
        self._tasks.read(
            partial(_read, self._backend, organization_id, board),
            partial(self._got_local, organization_id, board),
            self._failed,
            key="publishers-local",
        )
        if self._watched:
            self._timer.start(EVERY_MS)

    def _got_local(self, organization_id: str, board: Board, local: _Local) -> None:
        if not self._is_here(organization_id):
            return
        self.posts = local.posts
        self.changed.emit()
        self._tasks.run(
            partial(next_days, board, local.rows, self.timezone),
            partial(self._got_ahead, organization_id),
            self._failed,
            key="publishers-ahead",
        )

    def _got_ahead(self, organization_id: str, found: NextDays) -> None:
        if self._is_here(organization_id):
            self.ahead = found
            self.changed.emit()

    def _failed(self, error: PostFlowError) -> None:
        self.problem = error
        self.stage = Stage.READY if self.board is not None else Stage.FAILED
        self.changed.emit()
        if self._watched:
            self._timer.start(EVERY_MS)

    @Slot(object)
    def _on_change(self, change: Change) -> None:
        near = self._timer.isActive() and self._timer.remainingTime() <= _SOON_MS
        if self._watched and change.noun in _NOUNS and not near:
            self._timer.start(_SOON_MS)

    @Slot(object)
    def _on_sync(self, _state: object) -> None:
        if self.offline_since is not None:
            self._timer.stop()
        elif self._watched and not self._timer.isActive():
            self.load()
        self.changed.emit()


def _read(backend: Backend, organization_id: str, board: Board) -> _Local:
    under_way = [target for publisher in board.publishers for target in publisher.under_way]
    replica = backend.replica
    return _Local(
        rows=replica.calendar(organization_id, board.at, board.at + AHEAD),
        posts=replica.posts_of(organization_id, under_way),
    )
