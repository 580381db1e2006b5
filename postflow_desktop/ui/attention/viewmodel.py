"""What needs a person: the rows, their count, and the acts on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import partial

from PySide6.QtCore import QObject, Signal

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.services.attention import Answer
from postflow_desktop.services.ports.replica import AttentionRow, Change, Link
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.inspector.viewmodel import SETTLED
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks

_NOUNS = frozenset({"posts", "schedules", "socialAccounts", "accounts"})


class Stage(Enum):
    """What the screen shows."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


def _now() -> datetime:
    return datetime.now(UTC)


class AttentionViewModel(QObject):
    """Rows newest first; they go when the replica says that they are settled."""

    changed = Signal()
    count_changed = Signal(int)
    """For the badge beside the navigation."""
    toast = Signal(str, str)
    post_selected = Signal(str)
    """Show this post in the inspector."""

    def __init__(
        self,
        backend: Backend,
        tasks: Tasks,
        changes: Changes,
        parent: QObject | None = None,
        *,
        now: Callable[[], datetime] = _now,
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self._stored: tuple[AttentionRow, ...] = ()
        self._settled: set[str] = set()
        self._count = 0
        self.now = now
        self.stage = Stage.LOADING
        self.problem: PostFlowError | None = None
        self.busy: set[str] = set()
        """Ids of targets that something is done about."""
        self.problems: dict[str, PostFlowError] = {}
        """By target id: what the last act on it met."""
        changes.changed.connect(self._on_change)
        changes.sync.connect(self._on_sync)

    @property
    def rows(self) -> tuple[AttentionRow, ...]:
        """What needs a person, newest first; without what was just settled here."""
        return tuple(row for row in self._stored if row.target_id not in self._settled)

    @property
    def offline(self) -> bool:
        """The cluster can't be reached."""
        return self._changes.state.link is Link.OFFLINE

    @property
    def timezone(self) -> str:
        """The organization's zone."""
        place = self._backend.place()
        return place.timezone if place else "UTC"

    def load(self) -> None:
        """Read the rows again."""
        place = self._backend.place()
        if place is not None:
            work = partial(self._backend.replica.attention, place.organization_id)
            self._tasks.read(work, self._loaded, self._load_failed, key="attention")

    def forget(self) -> None:
        """Another workspace or organization: nothing of the former one stays."""
        self._stored, self.busy, self.problems, self._settled = (), set(), {}, set()
        self.stage = Stage.LOADING
        self._tell()

    def look(self, row: AttentionRow) -> None:
        """Show the row's post in the inspector."""
        self.post_selected.emit(row.post_id)

    def retry(self, row: AttentionRow) -> None:
        """Make due now what failed or was missed of the row's post."""
        work = partial(self._backend.retry, row.post_id)
        self._act(row, work, "Trying again what is not out.")

    def answer(self, row: AttentionRow, answer: Answer, url: str = "") -> None:
        """Settle the row by what the person saw."""
        work = partial(self._backend.answer, row.target_id, answer, url.strip())
        self._act(row, work, SETTLED[answer])

    def _act(self, row: AttentionRow, work: Callable[[], object], said: str) -> None:
        if row.target_id in self.busy or self.offline:
            return
        self.busy.add(row.target_id)
        self.problems.pop(row.target_id, None)
        self.changed.emit()
        self._tasks.run(
            work,
            partial(self._acted, row.target_id, said),
            partial(self._act_failed, row.target_id),
        )

    def _acted(self, target_id: str, said: str, _result: object) -> None:
        self.busy.discard(target_id)
        self._settled.add(target_id)
        self.toast.emit(said, "success")
        self._tell()
        self.load()

    def _act_failed(self, target_id: str, error: PostFlowError) -> None:
        self.busy.discard(target_id)
        self.problems[target_id] = error
        self.changed.emit()
        self.load()

    def _loaded(self, rows: Sequence[AttentionRow]) -> None:
        self._stored = tuple(rows)
        self.stage, self.problem = Stage.READY, None
        known = {row.target_id for row in rows}
        self._settled &= known
        self.problems = {key: error for key, error in self.problems.items() if key in known}
        self._tell()

    def _load_failed(self, error: PostFlowError) -> None:
        self.stage = Stage.READY if self._stored else Stage.FAILED
        self.problem = error
        self.changed.emit()

    def _tell(self) -> None:
        self.changed.emit()
        count = len(self.rows)
        if count != self._count:
            self._count = count
            self.count_changed.emit(self._count)

    def _on_change(self, change: Change) -> None:
        if change.noun in _NOUNS:
            if change.noun == "schedules":
                # The replica has news of these targets: if one is here again, it failed again.
                self._settled = self._settled - change.ids if change.ids else set()
            self.load()

    def _on_sync(self, _state: object) -> None:
        self.changed.emit()
