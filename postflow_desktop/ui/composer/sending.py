"""Handing a draft over: scheduling, publishing after eight seconds to think again, saving."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.post import MediaKind, Post
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.media import Progress
from postflow_desktop.ui.backend import PlaceBackend
from postflow_desktop.ui.composer.intake import LOOK_MS
from postflow_desktop.ui.composer.moments import Moments
from postflow_desktop.ui.kit.tasks import Tasks

UNDO_SECONDS = 8
_SECOND_MS = 1000


class Act(StrEnum):
    """What is asked of the backend."""

    SAVE = "save"
    SCHEDULE = "schedule"
    PUBLISH = "publish"


class Phase(StrEnum):
    """Where a composer stands."""

    WRITING = "writing"
    COUNTDOWN = "countdown"
    """Publishing was asked for; nothing has left this composer yet."""
    BUSY = "busy"
    """The backend has it; there is no way back any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The backend took it."""

    act: Act
    post: Post
    draft: LocalDraft
    """As it was handed over."""


class Sending(QObject):
    """One act at a time; what is handed over is the draft as it was when the act was asked for."""

    changed = Signal()
    sent = Signal(object)
    """A Sent."""
    failed = Signal(object)
    """A PostFlowError; nothing was lost."""

    def __init__(
        self, backend: PlaceBackend, tasks: Tasks, moments: Moments, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._alarm = moments.alarm(self)
        self._alarm.rang.connect(self._tick)
        self._look = moments.alarm(self)
        self._look.rang.connect(self._look_again)
        self.progress = Progress()
        """Of what is brought to the workspace ahead of the post."""
        self._draft: LocalDraft | None = None
        self._planned: PlannedTime | None = None
        self._act = Act.SAVE
        self.phase = Phase.WRITING
        self.seconds_left = 0

    @property
    def act(self) -> Act:
        """What is or was last asked for."""
        return self._act

    def publish_soon(self, draft: LocalDraft) -> None:
        """Publish after the seconds in which it can be undone."""
        self._act, self._draft = Act.PUBLISH, draft
        self.seconds_left = UNDO_SECONDS
        self._go_to(Phase.COUNTDOWN)
        self._alarm.arm(_SECOND_MS)

    def undo(self) -> bool:
        """Back to writing; False when the seconds were over."""
        if self.phase is not Phase.COUNTDOWN:
            return False
        self._alarm.disarm()
        self.seconds_left = 0
        self._go_to(Phase.WRITING)
        return True

    def schedule(self, draft: LocalDraft, planned: PlannedTime) -> None:
        """Save and put to a time."""
        self._planned = planned
        self._hand_over(Act.SCHEDULE, draft)

    def save(self, draft: LocalDraft) -> None:
        """Bring it to the workspace as a draft."""
        self._hand_over(Act.SAVE, draft)

    def stop(self) -> None:
        """Bring no more to the workspace; once the post itself is on its way, nothing happens."""
        self.progress.stop()

    def _look_again(self) -> None:
        if self.phase is Phase.BUSY:
            self._look.arm(LOOK_MS)
            self.changed.emit()

    def _tick(self) -> None:
        self.seconds_left -= 1
        if self.seconds_left > 0:
            self._alarm.arm(_SECOND_MS)
            self.changed.emit()
            return
        if self._draft is not None:
            self._hand_over(Act.PUBLISH, self._draft)

    def _hand_over(self, act: Act, draft: LocalDraft) -> None:
        self._act, self._draft = act, draft
        self.progress = Progress()
        if any(item.kind is not MediaKind.IMAGE for item in draft.media):
            self._look.arm(LOOK_MS)
        self._go_to(Phase.BUSY)
        self._tasks.run(self._work, self._took, self._refused)

    def _work(self) -> Sent | None:
        draft, planned = self._draft, self._planned
        if draft is None:
            return None
        if any(item.kind is not MediaKind.IMAGE for item in draft.media):
            self._backend.bring_media(draft.media, self.progress)
        if self._act is Act.PUBLISH:
            post = self._backend.publish(draft)
        elif self._act is Act.SCHEDULE and planned is not None:
            post = self._backend.schedule(draft, planned)
        else:
            post = self._backend.save_draft(draft)
        return Sent(act=self._act, post=post, draft=draft)

    def _took(self, sent: Sent | None) -> None:
        self._look.disarm()
        self._go_to(Phase.WRITING)
        if sent is not None:
            self.sent.emit(sent)

    def _refused(self, error: PostFlowError) -> None:
        self._look.disarm()
        self._go_to(Phase.WRITING)
        if error.code != "stopped":
            self.failed.emit(error)

    def _go_to(self, phase: Phase) -> None:
        self.phase = phase
        self.changed.emit()
