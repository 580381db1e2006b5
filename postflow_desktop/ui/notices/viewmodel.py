"""The list of notices: what is there, what this person has not seen, and seeing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from functools import partial

from PySide6.QtCore import QObject, Signal

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.notice import Notice, NoticeAction
from postflow_desktop.domain.telling import is_loud
from postflow_desktop.domain.time import zone
from postflow_desktop.services.ports.replica import Change, Link
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import explain

NOUN = "notifications"
_OFFLINE = "Offline: what was seen can't be noted now. Try again when PostFlow is back."
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


class Stage(Enum):
    """What the popover shows."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


def _now() -> datetime:
    return datetime.now(UTC)


class NoticesViewModel(QObject):
    """Newest first; what was just seen counts as seen before the cluster has heard of it."""

    changed = Signal()
    loaded = Signal()
    """Read anew; `rows` is what there is."""
    toast = Signal(str, str)
    acted = Signal(object, object)
    """A Notice and the NoticeAction that was chosen for it."""

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
        self._seen: dict[str, datetime] = {}
        """By key: when what was seen here had been raised."""
        self.now = now
        self.stage = Stage.LOADING
        self.problem: PostFlowError | None = None
        self.rows: tuple[Notice, ...] = ()
        self.busy: frozenset[str] = frozenset()
        """Keys of notices that something is done about."""
        changes.changed.connect(self._on_change)
        changes.sync.connect(self._on_sync)

    @property
    def offline(self) -> bool:
        """The cluster can't be reached."""
        return self._changes.state.link is Link.OFFLINE

    @property
    def timezone(self) -> str:
        """The organization's zone."""
        place = self._backend.place()
        return place.timezone if place else "UTC"

    @property
    def unread(self) -> int:
        """How many this person should still see."""
        return sum(self.is_unread(notice) for notice in self.rows)

    def is_unread(self, notice: Notice) -> bool:
        """Whether this person should still see it."""
        place = self._backend.place()
        if place is None or not is_loud(notice) or place.user_id in notice.read_by:
            return False
        return self._seen.get(notice.key) != notice.at

    def day_of(self, notice: Notice) -> str:
        """`Today`, `Yesterday`, `Thursday 19 November`; with the year where it is not this one."""
        tz = zone(self.timezone)
        day, today = notice.at.astimezone(tz).date(), self.now().astimezone(tz).date()
        near = {0: "Today", 1: "Yesterday"}.get((today - day).days)
        return near or _long(day, today)

    def time_of(self, notice: Notice) -> str:
        """`14:30` in the organization's zone."""
        return f"{notice.at.astimezone(zone(self.timezone)):%H:%M}"

    def load(self) -> None:
        """Read the notices again."""
        place = self._backend.place()
        if place is not None:
            work = partial(self._backend.replica.notices, place.organization_id)
            self._tasks.read(work, self._loaded, self._load_failed, key="notices")

    def forget(self) -> None:
        """Another workspace or organization: nothing of the former one stays."""
        self.rows, self._seen, self.busy = (), {}, frozenset()
        self.stage, self.problem = Stage.LOADING, None
        self.changed.emit()

    def find(self, key: str) -> Notice | None:
        """The notice under this key."""
        return next((notice for notice in self.rows if notice.key == key), None)

    # --- seeing -----------------------------------------------------------------------------

    def mark_all_read(self) -> None:
        """Everything in the list was seen."""
        self._mark([notice for notice in self.rows if self.is_unread(notice)], everything=True)

    def mark_read(self, notice: Notice) -> None:
        """One was seen."""
        if self.is_unread(notice):
            self._mark([notice], everything=False)

    def act(self, notice: Notice, action: NoticeAction) -> None:
        """A person chose this; whoever chooses has seen it."""
        if notice.key in self.busy:
            return
        if not self.offline:
            self.mark_read(notice)
        self.acted.emit(notice, action)

    def set_busy(self, key: str, *, busy: bool) -> None:
        """Something is done about a notice, or not any more."""
        self.busy = self.busy | {key} if busy else self.busy - {key}
        self.changed.emit()

    # --- inside -----------------------------------------------------------------------------

    def _mark(self, notices: Sequence[Notice], *, everything: bool) -> None:
        if not notices:
            return
        if self.offline:
            self.toast.emit(_OFFLINE, "warning")
            return
        before = dict(self._seen)
        self._seen.update({notice.key: notice.at for notice in notices})
        self.changed.emit()
        keys = None if everything else [notice.key for notice in notices]
        self._tasks.run(
            partial(self._backend.mark_read, keys), _nothing, partial(self._mark_failed, before)
        )

    def _mark_failed(self, before: dict[str, datetime], error: PostFlowError) -> None:
        self._seen = before
        self.changed.emit()
        self.toast.emit(explain(error), "error")

    def _loaded(self, rows: Sequence[Notice]) -> None:
        self.rows = tuple(rows)
        self.stage, self.problem = Stage.READY, None
        known = {notice.key: notice.at for notice in rows}
        self._seen = {key: at for key, at in self._seen.items() if known.get(key) == at}
        self.changed.emit()
        self.loaded.emit()

    def _load_failed(self, error: PostFlowError) -> None:
        self.stage = Stage.READY if self.rows else Stage.FAILED
        self.problem = error
        self.changed.emit()

    def _on_change(self, change: Change) -> None:
        if change.noun == NOUN:
            self.load()

    def _on_sync(self, _state: object) -> None:
        self.changed.emit()


def _long(day: date, today: date) -> str:
    year = "" if day.year == today.year else f" {day.year}"
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}{year}"


def _nothing(_: object) -> None:
    """The replica brings what the cluster stored."""
