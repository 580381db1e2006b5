"""Keeps what is typed on disk: at the latest half a second after a key, without being asked."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import Change
from postflow_desktop.ui.backend import PlaceBackend
from postflow_desktop.ui.composer.moments import Moments
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import explain

LOCAL_DRAFTS = "localDrafts"
"""The noun under which composers tell that drafts on this machine came, changed or went."""
DELAY_MS = 300
"""From the first key that is not on disk to writing; the rest up to 500 ms is the disk's."""
RETRY_MS = 5000
"""After the disk refused."""


class Saved(StrEnum):
    """How what is on screen stands to what is on disk."""

    NOTHING = "nothing"
    SAVING = "saving"
    SAVED = "saved"
    FAILED = "failed"


class Autosave(QObject):
    """Writes the newest draft through the replica's thread, one write at a time.

    The alarm is armed by the first unsaved change and not put off by the next ones, so somebody
    who never pauses is saved as often as somebody who does.
    """

    changed = Signal()
    kept = Signal(str)
    """The draft with this id is on disk as it is on screen."""
    settled = Signal()
    """Nothing is being written and nothing waits."""

    def __init__(
        self, backend: PlaceBackend, tasks: Tasks, moments: Moments, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._moments = moments
        self._alarm = moments.alarm(self)
        self._alarm.rang.connect(self.flush)
        self._waiting: LocalDraft | None = None
        self._writing: LocalDraft | None = None
        self._deletions = 0
        self._state = Saved.NOTHING
        self.problem = ""

    @property
    def state(self) -> Saved:
        """What is shown."""
        return self._state

    @property
    def idle(self) -> bool:
        """Whether nothing is being written and nothing waits."""
        return self._writing is None and self._waiting is None and not self._deletions

    def touch(self, draft: LocalDraft) -> None:
        """The draft changed; it will be on disk soon."""
        self._waiting = draft
        if self._writing is None and not (self._alarm.armed and self._state is Saved.SAVING):
            self._alarm.arm(DELAY_MS)
        self._show(Saved.SAVING)

    def flush(self) -> None:
        """Write what waits now."""
        self._alarm.disarm()
        if self._writing is not None or self._waiting is None:
            return
        self._writing, self._waiting = self._waiting, None
        self._tasks.read(self._write, self._written, self._refused)

    def forget(self, draft_id: str) -> None:
        """Delete the draft from disk, and write nothing of it any more."""
        self._alarm.disarm()
        self._waiting = None
        self._show(Saved.NOTHING)
        self._deletions += 1
        self._tasks.read(Deletion(self._backend, draft_id), self._deleted, self._not_deleted)

    def _write(self) -> LocalDraft | None:
        draft = self._writing
        if draft is not None:
            self._backend.drafts.put(replace(draft, changed_at=self._moments.now()))
        return draft

    def _written(self, draft: LocalDraft | None) -> None:
        self._writing = None
        self.problem = ""
        if self._waiting is not None:
            self._alarm.arm(DELAY_MS)
            return
        if self._state is not Saved.NOTHING:
            self._show(Saved.SAVED)
            if draft is not None:
                self.kept.emit(draft.id)
        self.settled.emit()

    def _refused(self, error: PostFlowError) -> None:
        draft, self._writing = self._writing, None
        if self._state is Saved.NOTHING:
            self.settled.emit()
            return
        self._waiting = self._waiting or draft
        self.problem = explain(error)
        self._show(Saved.FAILED)
        self._alarm.arm(RETRY_MS)

    def _deleted(self, _: object) -> None:
        self._deletions -= 1
        if self.idle:
            self.settled.emit()

    def _not_deleted(self, error: PostFlowError) -> None:
        self._deletions -= 1
        self.problem = explain(error)
        self._show(Saved.FAILED)
        self.settled.emit()

    def _show(self, state: Saved) -> None:
        if state is not self._state:
            self._state = state
            self.changed.emit()


class Discard:
    """The discarding of a draft as an act of its own, which needs no composer any more."""

    def __init__(
        self, backend: PlaceBackend, tasks: Tasks, changes: Changes, draft_id: str
    ) -> None:
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self._draft_id = draft_id

    def __call__(self) -> None:
        """Delete it and tell the screens."""
        self._tasks.read(Deletion(self._backend, self._draft_id), self._tell)

    def _tell(self, draft_id: str) -> None:
        self._changes.publish(Change(noun=LOCAL_DRAFTS, ids=frozenset({draft_id})))


class Deletion:
    """Deletes a draft, on the replica's thread."""

    def __init__(self, backend: PlaceBackend, draft_id: str) -> None:
        self._backend = backend
        self._draft_id = draft_id

    def __call__(self) -> str:
        """Delete it; its id."""
        self._backend.drafts.delete(self._draft_id)
        return self._draft_id
