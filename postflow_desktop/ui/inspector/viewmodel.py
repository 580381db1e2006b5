"""The inspector's state: one post with its targets and attempts, and the acts on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.post import MediaKind
from postflow_desktop.domain.time import PlannedTime, plan_wall_time
from postflow_desktop.services.attention import Answer
from postflow_desktop.services.ports.replica import (
    AccountRow,
    Change,
    Link,
    OrganizationRow,
    PostDetail,
)
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.inspector import model
from postflow_desktop.ui.inspector.choosing import chosen_words
from postflow_desktop.ui.inspector.holding import Holding
from postflow_desktop.ui.inspector.networks import Networks
from postflow_desktop.ui.inspector.offer import SECONDS, Offer
from postflow_desktop.ui.inspector.pictures import loader
from postflow_desktop.ui.inspector.reading import Read, read
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import explain

GRACE_MS = SECONDS * 1000
"""How long "Publish now" can be taken back."""
_LEAVING = f"Publishing in {SECONDS} seconds."
SETTLED = {
    Answer.IT_IS_THERE: "Noted as published.",
    Answer.POST_AGAIN: "It is posted again now.",
    Answer.DROP: "Dropped; it will not be sent.",
}
"""What is said after an answer."""
_NOUNS = frozenset(
    {
        *("posts", "schedules", "publishAttempts", "attempts"),
        *("socialAccounts", "accounts", "organizations", "analytics"),
    }
)


class Stage(Enum):
    """What the panel shows."""

    EMPTY = "empty"
    LOADING = "loading"
    READY = "ready"
    GONE = "gone"
    FAILED = "failed"


def _now() -> datetime:
    return datetime.now(UTC)


class InspectorViewModel(QObject):
    """Reads again when its post changes; commands report by `problem`, `toast` and `offered`."""

    changed = Signal()
    toast = Signal(str, str)
    """A sentence and its kind."""
    offered = Signal(object)
    """An Offer."""
    withdrawn = Signal(str)
    """The words of an Offer that can't be taken any more."""
    unattended = Signal(str)
    """Nobody may be awake at the time that was just chosen: why, and what to do."""
    edit_requested = Signal(str)
    """The post's id."""
    closed = Signal()

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
        self.now = now
        self.post_id = ""
        self.stage = Stage.EMPTY
        self.detail: PostDetail | None = None
        self.accounts: dict[str, AccountRow] = {}
        self.organization: OrganizationRow | None = None
        self.pictures: dict[str, QImage | None] = {}
        """By sha256; None where a picture can't be shown. Missing: on its way."""
        self.problem: PostFlowError | None = None
        self.busy = ""
        """Which act runs: move, publish, retry, cancel, delete, a target's id, or empty."""
        self._grace = QTimer(self)
        self._grace.setSingleShot(True)
        self._grace.setInterval(GRACE_MS)
        self._grace.timeout.connect(self._publish)
        self._publishing = ""
        self.holding = Holding(self, backend, tasks, self)
        self.chosen = partial(chosen_words, backend)
        self.networks = Networks(self, backend, tasks, self)
        changes.changed.connect(self._on_change)
        changes.sync.connect(self._on_sync)

    # --- what is shown ----------------------------------------------------------------------

    @property
    def offline(self) -> bool:
        """The cluster can't be reached."""
        return self._changes.state.link is Link.OFFLINE

    @property
    def can(self) -> model.Can:
        """What can be done now."""
        if self.detail is None or self.stage is not Stage.READY or self.leaving:
            return model.Can()
        return model.can(self.detail, online=not self.offline)

    @property
    def leaving(self) -> bool:
        """The shown post goes out in some seconds, unless that is taken back."""
        return bool(self._publishing) and self._publishing == self.post_id

    @property
    def timezone(self) -> str:
        """The post's zone, else the organization's."""
        planned = model.planned_time(self.detail) if self.detail else None
        place = self._backend.place()
        return planned[1] if planned else (place.timezone if place else "UTC")

    def show_post(self, post_id: str) -> None:
        """Show this post; the former one's picture and messages go at once."""
        if post_id != self.post_id:
            self.post_id = post_id
            self.detail, self.problem, self.pictures = None, None, {}
            self.busy = ""
            self.stage = Stage.LOADING
            self.changed.emit()
        self.reload()

    def clear(self) -> None:
        """Show nothing."""
        self.post_id, self.detail, self.problem = "", None, None
        self.pictures, self.busy = {}, ""
        self.stage = Stage.EMPTY
        self.changed.emit()

    def forget_problem(self) -> None:
        """The person has read what went wrong."""
        self.problem = None
        self.changed.emit()

    def close(self) -> None:
        """The person is done with this post."""
        self.clear()
        self.closed.emit()

    def reload(self) -> None:
        """Read the post again."""
        place = self._backend.place()
        if place is None or not self.post_id:
            return
        work = partial(read, self._backend, place.organization_id, self.post_id)
        self._tasks.read(
            work,
            partial(self._loaded, self.post_id),
            partial(self._load_failed, self.post_id),
            key="inspector",
        )

    # --- acts -------------------------------------------------------------------------------

    def edit(self) -> None:
        """Ask for the composer."""
        if self.can.edit:
            self.edit_requested.emit(self.post_id)

    def move(self, wall: datetime) -> None:
        """Put the post to this wall time (naive) in its zone."""
        if not self.can.move:
            return
        planned = plan_wall_time(wall, self.timezone)
        if planned.note:
            self.toast.emit(planned.note, "warning")
        self._run(
            "move",
            partial(self._backend.move, self.post_id, planned),
            partial(self._moved, self.post_id, planned),
        )

    def publish(self) -> None:
        """Make it due now, after some seconds in which that can be taken back."""
        if not self.can.publish or self._publishing:
            return
        self._publishing = self.post_id
        self._grace.start()
        self.changed.emit()
        self.offered.emit(Offer(text=_LEAVING, action="Undo", run=self.keep_back))

    def publish_at_once(self) -> None:
        """Do not wait for the seconds to pass."""
        if self._publishing:
            self._grace.stop()
            self._publish()

    def keep_back(self) -> None:
        """Take "Publish now" back; nothing was sent."""
        if self._publishing:
            self._grace.stop()
            self._publishing = ""
            self.changed.emit()
            self.withdrawn.emit(_LEAVING)
            self.toast.emit("Nothing was published; the post stays as it was.", "info")

    def retry(self) -> None:
        """Make due now what failed or was missed; what is out stays."""
        if self.can.retry:
            work = partial(self._backend.retry, self.post_id)
            self._act("retry", work, "Trying again what is not out.")

    def cancel(self) -> None:
        """Take the post out of the plan; Undo puts it back to its time."""
        if not self.can.cancel or self.detail is None:
            return
        planned = model.undo_of_cancel(self.detail)
        undo = None
        if planned is not None:
            undo = Offer(
                text="Taken out of the plan; nothing will be sent.",
                action="Undo",
                run=partial(self._bring_back, partial(self._backend.move, self.post_id, planned)),
            )
        work = partial(self._backend.cancel, self.post_id)
        self._act("cancel", work, "Taken out of the plan; nothing will be sent.", undo)

    def delete(self) -> None:
        """Delete the post, on the networks too where it is out; the view has asked before."""
        if not self.can.delete or self.detail is None:
            return
        everywhere = model.out_count(self.detail.targets) > 0
        self._run(
            "delete",
            partial(self._backend.delete, self.post_id, everywhere=everywhere),
            partial(self._deleted, self.post_id),
        )

    def answer(self, target_id: str, answer: Answer, url: str = "") -> None:
        """Settle a target by what the person saw."""
        if not self.offline:
            work = partial(self._backend.answer, target_id, answer, url.strip())
            self._act(target_id, work, SETTLED[answer])

    # --- inside -----------------------------------------------------------------------------

    def _loaded(self, post_id: str, found: Read) -> None:
        if post_id != self.post_id:
            return
        self.detail, self.accounts = found.detail, found.accounts
        self.organization = found.organization
        self.holding.confirm(found.detail)
        self.stage = Stage.READY if found.detail else Stage.GONE
        self.changed.emit()
        self._load_pictures()

    def _load_failed(self, post_id: str, error: PostFlowError) -> None:
        if post_id == self.post_id:
            self.stage, self.problem = Stage.FAILED, error
            self.changed.emit()

    def _load_pictures(self) -> None:
        for item in self.detail.post.media if self.detail else ():
            if item.kind is MediaKind.IMAGE and item.sha256 not in self.pictures:
                self._tasks.run(
                    loader(self._backend, item.sha256),
                    partial(self._picture_came, self.post_id, item.sha256),
                    partial(self._picture_failed, self.post_id, item.sha256),
                    key=f"inspector-picture-{item.sha256}",
                )

    def _picture_came(self, post_id: str, sha256: str, image: QImage) -> None:
        if post_id == self.post_id:
            self.pictures[sha256] = image
            self.changed.emit()

    def _picture_failed(self, post_id: str, sha256: str, _error: PostFlowError) -> None:
        if post_id == self.post_id:
            self.pictures[sha256] = None
            self.changed.emit()

    def _publish(self) -> None:
        post_id, self._publishing = self._publishing, ""
        self.withdrawn.emit(_LEAVING)
        work = partial(self._backend.publish_now, post_id)
        if post_id == self.post_id:
            self._act("publish", work, "Publishing now.")
        else:
            self._tasks.run(work, partial(self._said, "Publishing now."), self._failed_elsewhere)

    def _act(
        self, name: str, work: Callable[[], object], said: str, offer: Offer | None = None
    ) -> None:
        self._run(name, work, partial(self._acted, self.post_id, said, offer))

    def _run(self, name: str, work: Callable[[], object], done: Callable[[object], object]) -> None:
        if self.busy:
            return
        self.busy, self.problem = name, None
        self.changed.emit()
        self._tasks.run(work, done, partial(self._act_failed, self.post_id))

    def _acted(self, post_id: str, said: str, offer: Offer | None, _result: object) -> None:
        if post_id == self.post_id:
            self.busy = ""
        self.done(post_id, said, offer)

    def show(self) -> None:
        """Show again."""
        self.changed.emit()

    def done(self, post_id: str, said: str, offer: Offer | None) -> None:
        """Something was done; tell it and read again."""
        if post_id == self.post_id:
            self.changed.emit()
            self.reload()
        if offer is not None:
            self.offered.emit(offer)
        else:
            self.toast.emit(said, "success")

    def _moved(self, post_id: str, planned: PlannedTime, result: object) -> None:
        self._acted(post_id, "The post has its new time.", None, result)
        work = partial(self._backend.coverage, planned)
        self._tasks.run(work, self._covered, _unknown, key="inspector-coverage")

    def _covered(self, warning: str) -> None:
        if warning:
            self.unattended.emit(warning)

    def _act_failed(self, post_id: str, error: PostFlowError) -> None:
        if post_id == self.post_id:
            self.busy = ""
        self.refused(post_id, error)

    def refused(self, post_id: str, error: PostFlowError) -> None:
        """Something was refused; tell it and read again."""
        if post_id != self.post_id:
            self._failed_elsewhere(error)
            return
        self.problem = error
        self.changed.emit()
        self.reload()

    def _deleted(self, post_id: str, _result: object) -> None:
        self.toast.emit("The post is deleted.", "info")
        if post_id == self.post_id:
            self.close()

    def _bring_back(self, work: Callable[[], object]) -> None:
        said = partial(self._said, "The post is back at its time.")
        self._tasks.run(work, said, self._failed_elsewhere)

    def _said(self, sentence: str, _result: object) -> None:
        self.toast.emit(sentence, "success")
        self.reload()

    def _failed_elsewhere(self, error: PostFlowError) -> None:
        self.toast.emit(explain(error), "error")
        self.reload()

    def _on_change(self, change: Change) -> None:
        if change.noun == "schedules":
            self.holding.news()
        if self.post_id and change.noun in _NOUNS and self._is_mine(change):
            self.reload()

    def _is_mine(self, change: Change) -> bool:
        if change.noun != "posts" or not change.ids:
            return True
        return self.post_id in change.ids

    def _on_sync(self, _state: object) -> None:
        self.changed.emit()


def _unknown(_error: PostFlowError) -> None:
    """Who will be awake is a hint; without an answer nothing is said."""
