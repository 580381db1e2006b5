"""The drafts: rows to show, opening them, and deleting them with a way back."""

from __future__ import annotations

from enum import Enum
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.services.ports.replica import Change, Link, SyncState
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.composer.autosave import LOCAL_DRAFTS
from postflow_desktop.ui.composer.moments import Moments
from postflow_desktop.ui.drafts.deleting import Deleting
from postflow_desktop.ui.drafts.listing import DraftRow, Listing, read_listing
from postflow_desktop.ui.drafts.thumbs import Thumbs
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks

PAGE = 50
"""So many rows at first, and with each "Show more"."""
_NOUNS = frozenset({"posts", "schedules", "socialAccounts", "accounts", LOCAL_DRAFTS})


class Stage(Enum):
    """What the screen shows."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class DraftsViewModel(QObject):
    """Rows last edited first; a deleted one goes at once and comes back by Undo."""

    changed = Signal()
    toast = Signal(str, str)
    """A sentence and its kind (info, success, warning, error)."""
    offer = Signal(str, str, object)
    """A sentence, the name of an act, and the act to run if the person takes it."""
    returned = Signal(str)
    """The key of a row that a person brought back."""
    draft_opened = Signal(str)
    """Open this local draft in a composer."""
    post_opened = Signal(str)
    """Open this draft post of the workspace in a composer."""
    compose_requested = Signal()

    def __init__(
        self,
        backend: Backend,
        tasks: Tasks,
        changes: Changes,
        parent: QObject | None = None,
        *,
        moments: Moments | None = None,
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self.moments = moments or Moments()
        self.thumbs = Thumbs(backend, tasks, self)
        self._deleting = Deleting(backend, tasks, changes, self.moments, self)
        self._stored: tuple[DraftRow, ...] = ()
        self._limit = PAGE
        self._total = 0
        self.stage = Stage.LOADING
        self.problem: PostFlowError | None = None
        self._deleting.changed.connect(self.changed)
        self._deleting.gone.connect(self._drop)
        self._deleting.settled.connect(self.load)
        self._deleting.toast.connect(self.toast)
        self._deleting.offer.connect(self.offer)
        self._deleting.returned.connect(self.returned)
        changes.changed.connect(self._on_change)
        changes.sync.connect(self._on_sync)

    @property
    def rows(self) -> tuple[DraftRow, ...]:
        """Drafts, last edited first; without what was just deleted here."""
        return tuple(row for row in self._stored if row.key not in self._deleting.hidden)

    @property
    def more(self) -> bool:
        """There are rows beyond those shown."""
        return self._total > len(self._stored)

    @property
    def offline(self) -> bool:
        """The cluster can't be reached."""
        return self._changes.state.link is Link.OFFLINE

    @property
    def timezone(self) -> str:
        """The organization's zone."""
        place = self._backend.place()
        return place.timezone if place else "UTC"

    @Slot()
    def load(self) -> None:
        """Read the rows again."""
        place = self._backend.place()
        if place is None:
            return
        replica, drafts = self._backend.replica, self._backend.drafts
        work = partial(read_listing, replica, drafts, place.organization_id, self._limit)
        self._tasks.read(work, self._loaded, self._load_failed, key="drafts")

    @Slot()
    def show_more(self) -> None:
        """Read a page more."""
        self._limit += PAGE
        self.load()

    def forget(self) -> None:
        """Another workspace or organization: nothing of the former one stays."""
        self._deleting.forget()
        self._stored, self._total, self._limit = (), 0, PAGE
        self.stage, self.problem = Stage.LOADING, None
        self.changed.emit()

    def finish(self) -> None:
        """The window closes: nobody can take a deletion back any more, so what waits is done."""
        self._deleting.finish()

    def open(self, key: str) -> None:
        """Go on with a draft."""
        row = self._row(key)
        if row is not None and row.in_workspace:
            self.post_opened.emit(row.post_id)
        elif row is not None:
            self.draft_opened.emit(row.draft_id)

    @Slot()
    def compose(self) -> None:
        """Begin a post."""
        self.compose_requested.emit()

    def delete(self, key: str) -> None:
        """Take a draft away, and offer to bring it back."""
        row = self._row(key)
        place = self._backend.place()
        if row is None or place is None:
            return
        if row.in_workspace and self.offline:
            sentence = "You are offline: a draft in the workspace can't be deleted now."
            self.toast.emit(sentence, "warning")
            return
        self._deleting.start(row, place.organization_id)

    def _row(self, key: str) -> DraftRow | None:
        return next((row for row in self.rows if row.key == key), None)

    @Slot(str)
    def _drop(self, key: str) -> None:
        self._stored = tuple(row for row in self._stored if row.key != key)

    def _loaded(self, listing: Listing) -> None:
        place = self._backend.place()
        if place is None or place.organization_id != listing.organization_id:
            return
        self._stored, self._total = listing.rows, listing.total
        self.stage, self.problem = Stage.READY, None
        self.changed.emit()

    def _load_failed(self, error: PostFlowError) -> None:
        self.stage = Stage.READY if self._stored else Stage.FAILED
        self.problem = error
        self.changed.emit()

    def _on_change(self, change: Change) -> None:
        if change.noun in _NOUNS:
            self.load()

    def _on_sync(self, state: SyncState) -> None:
        if state.link is Link.LIVE:
            self.thumbs.ask_again()
        self.changed.emit()
