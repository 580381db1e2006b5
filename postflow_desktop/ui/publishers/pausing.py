"""All publishing paused and resumed: shown at once, taken back if refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.pause import Pause
from postflow_desktop.services.permissions import Action, may
from postflow_desktop.services.ports.replica import Change, Link, OrganizationRow
from postflow_desktop.ui.backend import Backend, Place
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import explain, pause_words

NOT_ALLOWED = "Only the owner or an admin of this organization can do that."
OFFLINE = "Offline: this waits until the workspace answers again."
_NOUNS = frozenset({"organizations", "memberships", "users"})


def _now() -> datetime:
    return datetime.now(UTC)


class Pausing(QObject):
    """One for the window; banner, board, menu and palette show it."""

    changed = Signal()
    toast = Signal(str, str)
    """A sentence and its kind."""

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
        self._row: OrganizationRow | None = None
        self._asking = False
        """The cluster is being asked."""
        self._laid: tuple[Pause | None] | None = None
        """What is shown until the replica says the same."""
        self._news = False
        """The organization changed in the replica since the cluster was asked."""
        changes.changed.connect(self._on_change)
        changes.sync.connect(self._on_sync)

    # --- what is shown ----------------------------------------------------------------------

    @property
    def pause(self) -> Pause | None:
        """The pause that stands; None where publishing goes on."""
        if self._laid is not None:
            return self._laid[0]
        return self._row.pause if self._row else None

    @property
    def words(self) -> str:
        """Why, who and since when; empty where nothing is paused."""
        pause, place = self.pause, self._backend.place()
        if pause is None or place is None:
            return ""
        who = self._row.names.get(pause.by, "") if self._row else ""
        who = place.user_name or who if pause.by == place.user_id else who
        return pause_words(pause, who, place.timezone, self._now())

    @property
    def why_not(self) -> str:
        """Why this person can neither pause nor resume now; empty where that can be done."""
        place = self._backend.place()
        if place is None or self._row is None:
            return "Nothing is known of this organization yet."
        role = self._row.roles.get(place.user_id)
        if role is None or not may(role, Action.PAUSE):
            return NOT_ALLOWED
        return OFFLINE if self._changes.state.link is Link.OFFLINE else ""

    def can_pause(self) -> bool:
        """Whether publishing can be paused now."""
        return self.pause is None and not self.why_not

    def can_resume(self) -> bool:
        """Whether publishing can be resumed now."""
        return self.pause is not None and not self.why_not

    # --- acts -------------------------------------------------------------------------------

    @Slot()
    def load(self) -> None:
        """Read the organization again."""
        place = self._backend.place()
        if place is not None:
            self._tasks.read(
                partial(self._backend.replica.organization, place.organization_id),
                partial(self._loaded, place.organization_id),
                _unread,
                key="pausing",
            )

    def forget(self) -> None:
        """Another workspace or organization."""
        self._row, self._laid, self._asking = None, None, False
        self.changed.emit()

    def pause_all(self, reason: str) -> None:
        """Nothing goes out any more, for this reason."""
        place = self._backend.place()
        if place is None or not self.can_pause():
            return
        pause = Pause(reason=reason.strip(), by=place.user_id, at=self._now())
        self._ask(place, pause, partial(self._backend.pause_all, reason), "Publishing is paused.")

    @Slot()
    def resume_all(self) -> None:
        """Publishing goes on."""
        place = self._backend.place()
        if place is not None and self.can_resume():
            self._ask(place, None, self._backend.resume_all, "Publishing goes on.")

    # --- inside -----------------------------------------------------------------------------

    def _ask(
        self, place: Place, wanted: Pause | None, work: Callable[[], Pause | None], said: str
    ) -> None:
        if self._asking:
            return
        self._asking, self._news, self._laid = True, False, (wanted,)
        self.changed.emit()
        organization_id = place.organization_id
        self._tasks.run(
            work,
            partial(self._agreed, organization_id, said),
            partial(self._refused, organization_id),
        )

    def _is_here(self, organization_id: str) -> bool:
        place = self._backend.place()
        return place is not None and place.organization_id == organization_id

    def _agreed(self, organization_id: str, said: str, stored: Pause | None) -> None:
        if not self._is_here(organization_id):
            return
        self._asking, self._laid = False, (stored,)
        self.changed.emit()
        self.toast.emit(said, "success")
        self.load()

    def _refused(self, organization_id: str, error: PostFlowError) -> None:
        if self._is_here(organization_id):
            self._asking, self._laid = False, None
            self.changed.emit()
        self.toast.emit(explain(error), "error")

    def _loaded(self, organization_id: str, row: OrganizationRow | None) -> None:
        if self._is_here(organization_id):
            self._row = row
            if not self._asking and (self._news or self._says_the_same(row)):
                self._laid = None
            self.changed.emit()

    def _says_the_same(self, row: OrganizationRow | None) -> bool:
        laid = self._laid
        return row is None or laid is None or (row.pause is None) == (laid[0] is None)

    @Slot(object)
    def _on_change(self, change: Change) -> None:
        if change.noun in _NOUNS:
            self._news = self._news or change.noun == "organizations"
            self.load()

    @Slot(object)
    def _on_sync(self, _state: object) -> None:
        self.changed.emit()


def _unread(_error: PostFlowError) -> None:
    """The screens say that the replica can't be read."""
