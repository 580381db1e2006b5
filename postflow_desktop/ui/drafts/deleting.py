"""Deleting drafts: what is hidden meanwhile, what can be taken back, and what became of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from postflow_desktop.domain.errors import NotFound, PostFlowError
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.ports.replica import Change, PostDetail
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.composer.autosave import LOCAL_DRAFTS
from postflow_desktop.ui.composer.moments import Moments
from postflow_desktop.ui.drafts.listing import DraftRow
from postflow_desktop.ui.drafts.removal import WAIT_MS, Kept, PutBack, Removal, TakeOut
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import explain


class Deleting(QObject):
    """The deletions of one list; its owner reads the list again when it says so."""

    changed = Signal()
    """Other rows are hidden."""
    gone = Signal(str)
    """The key of a row that does not stand for anything any more."""
    settled = Signal()
    """Something was stored: read again."""
    toast = Signal(str, str)
    offer = Signal(str, str, object)
    returned = Signal(str)
    """The key of a row that a person brought back."""

    def __init__(
        self,
        backend: Backend,
        tasks: Tasks,
        changes: Changes,
        moments: Moments,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self._moments = moments
        self._waiting: list[Removal] = []
        self.hidden: set[str] = set()
        """Keys of rows that are deleted, or are going to be."""

    def forget(self) -> None:
        """Another workspace: what waits is not deleted, as its workspace is not open any more."""
        left, self._waiting = self._waiting, []
        for removal in left:
            _disarm(removal)
        self.hidden = set()
        if left:
            self.toast.emit("What you had just deleted is kept in the workspace you left.", "info")

    def finish(self) -> None:
        """Delete now what waits."""
        left, self._waiting = self._waiting, []
        for removal in left:
            _disarm(removal)
            self._delete_post(removal)

    def start(self, row: DraftRow, organization_id: str) -> None:
        """Hide the row and delete the draft: the local one now, the workspace's after a while."""
        removal = Removal(row=row, organization_id=organization_id)
        self.hidden.add(row.key)
        self.changed.emit()
        if row.in_workspace:
            self._wait(removal)
        else:
            work = TakeOut(self._backend.drafts, row.draft_id)
            self._tasks.read(work, partial(self._taken, removal), partial(self._stays, removal))

    # --- what lies on this computer ---------------------------------------------------------

    def _taken(self, removal: Removal, kept: Kept | None) -> None:
        # From here on the store speaks for this draft: a composer may put it there again.
        self.gone.emit(removal.row.key)
        self.hidden.discard(removal.row.key)
        removal.kept = kept
        if kept is not None:
            self._offer_undo(removal)
            self._tell(removal.row.draft_id)
        self.settled.emit()

    def _is_back(self, removal: Removal, draft_id: str) -> None:
        removal.kept = None
        self._tell(draft_id)
        self.returned.emit(removal.row.key)
        self.settled.emit()

    def _refused(self, removal: Removal, error: PostFlowError) -> None:
        """The disk does not take it; it is held as long as the next notice stands."""
        again = partial(self._bring_back, removal)
        self.offer.emit(f"The draft can't be put back. {explain(error)}", "Try again", again)

    # --- what others see --------------------------------------------------------------------

    def _wait(self, removal: Removal) -> None:
        removal.alarm = alarm = self._moments.alarm(self)
        alarm.rang.connect(partial(self._time_is_up, removal))
        alarm.arm(WAIT_MS)
        self._waiting.append(removal)
        self._offer_undo(removal)

    def _time_is_up(self, removal: Removal) -> None:
        if removal not in self._waiting:
            return
        self._waiting.remove(removal)
        _disarm(removal)
        work = partial(self._backend.replica.post, removal.organization_id, removal.row.post_id)
        self._tasks.read(work, partial(self._looked, removal), partial(self._stays, removal))

    def _looked(self, removal: Removal, detail: PostDetail | None) -> None:
        """Somebody may have planned it meanwhile: that is not what was deleted."""
        if detail is not None and detail.post.status is not PostStatus.DRAFT:
            self._show_again(removal)
            self.toast.emit("The draft was planned meanwhile, so it was not deleted.", "warning")
            return
        self._delete_post(removal)

    def _delete_post(self, removal: Removal) -> None:
        if self._is_here(removal):
            work = partial(self._backend.delete, removal.row.post_id, everywhere=False)
            done, failed = partial(self._deleted, removal), partial(self._not_deleted, removal)
            self._tasks.run(work, done, failed)

    def _deleted(self, removal: Removal, _result: object) -> None:
        if removal.row.draft_id:
            work = TakeOut(self._backend.drafts, removal.row.draft_id)
            self._tasks.read(work, self._changes_gone)
        self.settled.emit()

    def _not_deleted(self, removal: Removal, error: PostFlowError) -> None:
        if isinstance(error, NotFound):
            self._deleted(removal, None)
        else:
            self._stays(removal, error)

    def _changes_gone(self, kept: Kept | None) -> None:
        if kept is not None:
            self._tell(kept.draft.id)

    # --- both -------------------------------------------------------------------------------

    def _offer_undo(self, removal: Removal) -> None:
        self.offer.emit(removal.words, "Undo", partial(self._bring_back, removal))

    def _bring_back(self, removal: Removal) -> None:
        if not isValid(self):
            return
        if self._is_here(removal) and removal.kept is not None:
            work = PutBack(removal.kept)
            self._tasks.read(work, partial(self._is_back, removal), partial(self._refused, removal))
        elif removal in self._waiting:
            self._waiting.remove(removal)
            _disarm(removal)
            self._show_again(removal)
            self.returned.emit(removal.row.key)
        else:
            self.toast.emit("Too late to undo.", "info")

    def _stays(self, removal: Removal, error: PostFlowError) -> None:
        self._show_again(removal)
        self.toast.emit(f"The draft is still there. {explain(error)}", "error")

    def _show_again(self, removal: Removal) -> None:
        self.hidden.discard(removal.row.key)
        self.changed.emit()

    def _is_here(self, removal: Removal) -> bool:
        place = self._backend.place()
        return place is not None and place.organization_id == removal.organization_id

    def _tell(self, draft_id: str) -> None:
        self._changes.publish(Change(noun=LOCAL_DRAFTS, ids=frozenset({draft_id})))


def _disarm(removal: Removal) -> None:
    if removal.alarm is not None:
        removal.alarm.disarm()
        removal.alarm.deleteLater()
        removal.alarm = None
