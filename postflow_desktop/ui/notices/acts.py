"""Carries out what notices offer, from the list or from an alert; what can be undone says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.notice import Notice, NoticeAction
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.ports.replica import Link
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.inspector.offer import Offer
from postflow_desktop.ui.inspector.viewmodel import GRACE_MS
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import explain, when

_LATER_MINUTES = 60
_LEAVING = f"Publishing in {GRACE_MS // 1000} seconds."
_OFFLINE = "Offline: nothing can be sent or changed until PostFlow is back."
_AT_THE_CLUSTER = frozenset(
    {NoticeAction.RETRY, NoticeAction.PUBLISH_NOW, NoticeAction.HOLD, NoticeAction.LATER}
)


def _now() -> datetime:
    return datetime.now(UTC)


class NoticeActs(QObject):
    """One act at a time for a notice; `began` and `ended` frame it."""

    post_asked = Signal(str)
    """Show this post."""
    edit_asked = Signal(str)
    reschedule_asked = Signal(str)
    """Show this post with the editor for its time."""
    account_asked = Signal(str)
    """Show this account."""
    reconnect_asked = Signal(str)
    toast = Signal(str, str)
    offered = Signal(object)
    """An Offer."""
    withdrawn = Signal(str)
    """The words of an Offer that can't be taken any more."""
    began = Signal(str)
    """The notice's key."""
    ended = Signal(str)

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
        self._now = now
        self._leaving: dict[str, tuple[QTimer, Notice]] = {}
        """By key: what goes out in some seconds."""
        self._running = 0

    @property
    def busy(self) -> bool:
        """Something was promised that is not done yet."""
        return bool(self._leaving or self._running)

    def do(self, notice: Notice, action: NoticeAction) -> None:
        """Do it; an alert may be older than what became of its post, which is told then."""
        if action in _AT_THE_CLUSTER and self._changes.state.link is Link.OFFLINE:
            self.toast.emit(_OFFLINE, "warning")
            return
        match action:
            case NoticeAction.RETRY if notice.post_id:
                work = partial(self._backend.retry, notice.post_id)
                self._run(notice, work, partial(self._said, "Trying again what is not out."))
            case NoticeAction.PUBLISH_NOW if notice.post_id:
                self._publish_soon(notice)
            case NoticeAction.HOLD if notice.target_id:
                self._hold(notice, notice.target_id)
            case NoticeAction.LATER if notice.target_id:
                self._put_off(notice, notice.target_id)
            case _:
                self._show(notice, action)

    def finish(self) -> None:
        """The end comes: what is about to be published is published at once."""
        for key in list(self._leaving):
            self._publish(key)

    # --- inside -----------------------------------------------------------------------------

    def _show(self, notice: Notice, action: NoticeAction) -> None:
        if action is NoticeAction.RECONNECT and notice.account_id:
            self.reconnect_asked.emit(notice.account_id)
        elif notice.post_id is None:
            if notice.account_id:
                self.account_asked.emit(notice.account_id)
        elif action is NoticeAction.EDIT:
            self.edit_asked.emit(notice.post_id)
        elif action is NoticeAction.RESCHEDULE:
            self.reschedule_asked.emit(notice.post_id)
        else:
            self.post_asked.emit(notice.post_id)

    def _hold(self, notice: Notice, target_id: str) -> None:
        offer = Offer(
            text="Held back. It does not go out until somebody releases it.",
            action="Undo",
            run=partial(
                self._undo, partial(self._backend.let_out, target_id), "It goes out as planned."
            ),
        )
        work = partial(self._backend.keep_back, target_id, "")
        self._run(notice, work, partial(self._offer, offer))

    def _put_off(self, notice: Notice, target_id: str) -> None:
        work = partial(self._backend.postpone, target_id, _LATER_MINUTES)
        if notice.due_at is None or notice.post_id is None:
            self._run(notice, work, partial(self._said, "It goes out an hour later."))
            return
        place = self._backend.place()
        zone_name = place.timezone if place else "UTC"
        later = max(notice.due_at, self._now()) + timedelta(minutes=_LATER_MINUTES)
        back = partial(self._backend.move, notice.post_id, plan_instant(notice.due_at, zone_name))
        offer = Offer(
            text=f"An hour later: {when(later, zone_name, self._now())}.",
            action="Undo",
            run=partial(self._undo, back, "The post is back at its time."),
        )
        self._run(notice, work, partial(self._offer, offer))

    def _publish_soon(self, notice: Notice) -> None:
        if notice.key in self._leaving:
            return
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(GRACE_MS)
        timer.timeout.connect(partial(self._publish, notice.key))
        self._leaving[notice.key] = timer, notice
        timer.start()
        self.began.emit(notice.key)
        keep = partial(self._keep, notice.key)
        self.offered.emit(Offer(text=_LEAVING, action="Undo", run=keep))

    def _keep(self, key: str) -> None:
        """Taken back in time."""
        leaving = self._leaving.pop(key, None)
        if leaving is not None:
            leaving[0].deleteLater()
            self.ended.emit(key)
            self.withdrawn.emit(_LEAVING)
            self.toast.emit("Nothing was published; the post stays as it was.", "info")

    def _publish(self, key: str) -> None:
        leaving = self._leaving.pop(key, None)
        if leaving is None:
            return
        timer, notice = leaving
        timer.deleteLater()
        self.withdrawn.emit(_LEAVING)
        work = partial(self._backend.retry, notice.post_id or "")
        self._run(notice, work, partial(self._said, "Publishing now."))

    def _run(self, notice: Notice, work: Callable[[], object], done: Callable[[], object]) -> None:
        self._running += 1
        self.began.emit(notice.key)
        self._tasks.run(
            work, partial(self._done, notice.key, done), partial(self._failed, notice.key)
        )

    def _done(self, key: str, done: Callable[[], object], _result: object) -> None:
        self._running -= 1
        self.ended.emit(key)
        done()

    def _failed(self, key: str, error: PostFlowError) -> None:
        self._running -= 1
        self.ended.emit(key)
        self.toast.emit(explain(error), "error")

    def _said(self, words: str) -> None:
        self.toast.emit(words, "success")

    def _offer(self, offer: Offer) -> None:
        self.offered.emit(offer)

    def _undo(self, work: Callable[[], object], said: str) -> None:
        self._tasks.run(work, partial(self._undone, said), self._not_undone)

    def _undone(self, said: str, _result: object) -> None:
        self.toast.emit(said, "success")

    def _not_undone(self, error: PostFlowError) -> None:
        self.toast.emit(explain(error), "error")
