"""What the tray shows: the open place from this machine's copy, the others from their clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.agenda import AHEAD, DuePost, account_troubles
from postflow_desktop.services.ports.replica import CalendarRow, Change, Link
from postflow_desktop.ui.backend import Backend, Outlook, Place
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.tray.state import Standing, TrayState, standing_of, tray_state

LOOK_MS = 30_000
"""Between two looks at the clusters; the text follows the clock at the same pace."""
_SOON_MS = 2_000
"""After a change: who covers for this computer only the cluster knows."""
_NOUNS = frozenset({"posts", "schedules", "organizations", "socialAccounts"})
_COMING = frozenset({PostStatus.SCHEDULED, PostStatus.QUEUED, PostStatus.PUBLISHING})
_LATE = timedelta(days=2)
"""What should have been out so long ago is nothing that is waited for."""


@dataclass(frozen=True, slots=True)
class _Here:
    """What one read of this machine's copy brought."""

    rows: tuple[CalendarRow, ...]
    attention: int
    pause_reason: str | None
    accounts: tuple[str, ...] = ()


def _now() -> datetime:
    return datetime.now(UTC)


class TrayViewModel(QObject):
    """Reads when something changes, and looks at the clusters now and then once `start`ed."""

    changed = Signal()
    looked = Signal(object)
    """The Outlooks of a look, a tuple."""
    problem = Signal(object)
    """A PostFlowError of an act."""
    toast = Signal(str, str)

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
        self._standings: dict[str, Standing] = {}
        self._here: _Here | None = None
        self.state = TrayState()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.look)
        changes.changed.connect(self._on_change)
        changes.sync.connect(self._refresh)

    @property
    def places(self) -> str:
        """The names of what a pause would hold, as a list of words."""
        return ", ".join(one.name for one in self._all())

    def start(self) -> None:
        """Begin to look."""
        self._timer.start()
        self.look()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
        self._soon.stop()

    @Slot()
    def look(self) -> None:
        """Ask the clusters, and read this machine's copy."""
        self.read()
        self._tasks.run(self._backend.outlook, self._looked, self._not_looked, key="tray-look")

    @Slot()
    def read(self) -> None:
        """Read this machine's copy of the open place."""
        place = self._backend.place()
        if place is None:
            self._here = None
            self._refresh()
            return
        work = partial(_read, self._backend, place, self._now())
        took = partial(self._took, place.workspace_id)
        self._tasks.read(work, took, self._not_looked, key="tray-read")

    def forget(self) -> None:
        """Another place is open, or none."""
        self._here = None
        self.look()

    # --- acts -------------------------------------------------------------------------------

    def pause(self, reason: str) -> None:
        """Nothing goes out anywhere."""
        work = partial(self._backend.pause_everywhere, reason)
        said = "Publishing is paused. Nothing goes out until you resume."
        self._tasks.run(work, partial(self._acted, said), self._failed)

    @Slot()
    def resume(self) -> None:
        """Publishing goes on."""
        said = "Publishing goes on."
        self._tasks.run(self._backend.resume_everywhere, partial(self._acted, said), self._failed)

    @Slot()
    def sync(self) -> None:
        """Try again what was away."""
        self._tasks.run(self._backend.sync_now, self._synced, self._failed)

    # --- inside -----------------------------------------------------------------------------

    def _took(self, workspace_id: str, here: _Here) -> None:
        place = self._backend.place()
        if place is not None and place.workspace_id == workspace_id:
            self._here = here
            self._refresh()

    def _looked(self, outlooks: Sequence[Outlook]) -> None:
        before, now = self._standings, self._now()
        self._standings = {
            one.workspace_id: standing_of(one, before.get(one.workspace_id), now)
            for one in outlooks
        }
        self._refresh()
        self.looked.emit(tuple(outlooks))

    def _not_looked(self, _error: PostFlowError) -> None:
        """The window says what is wrong; the tray keeps what it knew."""

    def _acted(self, said: str, _result: object) -> None:
        self.toast.emit(said, "success")
        self.look()

    def _failed(self, error: PostFlowError) -> None:
        self.problem.emit(error)
        self.look()

    def _synced(self, _result: object) -> None:
        self.look()

    def _all(self) -> list[Standing]:
        place = self._backend.place()
        found = dict(self._standings)
        if place is not None:
            found[place.workspace_id] = self._standing_here(place)
        return sorted(found.values(), key=lambda one: one.name.casefold())

    def _standing_here(self, place: Place) -> Standing:
        """What the copy says counts; who covers for this computer only the cluster knows."""
        known = self._standings.get(place.workspace_id)
        standing = known or Standing(
            workspace_id=place.workspace_id,
            name=place.organization_name,
            timezone=place.timezone,
            is_sample=place.is_sample,
        )
        if self._here is not None:
            covered = {post.post_id: post.covered for post in standing.posts}
            standing = replace(
                standing,
                posts=tuple(
                    DuePost(
                        post_id=row.post_id,
                        at=row.at,
                        title=row.title,
                        covered=covered.get(row.post_id, False),
                    )
                    for row in self._here.rows
                ),
                attention=self._here.attention,
                accounts=self._here.accounts,
                pause_reason=self._here.pause_reason,
            )
        link = self._changes.state
        away = link.since if link.link is Link.OFFLINE else None
        return replace(standing, away_since=away)

    @Slot()
    def _refresh(self, _state: object = None) -> None:
        place = self._backend.place()
        here = "" if place is None else place.workspace_id
        state = tray_state(self._all(), here, self._now())
        if state != self.state:
            self.state = state
            self.changed.emit()

    @Slot(object)
    def _on_change(self, change: Change) -> None:
        if change.noun in _NOUNS:
            self.read()
            if self._timer.isActive() and not self._soon.isActive():
                self._soon.start()


def _read(backend: Backend, place: Place, now: datetime) -> _Here:
    organization_id = place.organization_id
    # By whole days: the same span is asked for again and again, and is kept.
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = backend.replica.calendar(organization_id, today - _LATE, today + AHEAD)
    pause = backend.replica.pause(organization_id)
    return _Here(
        rows=tuple(row for row in rows if row.status in _COMING and not row.held),
        attention=backend.replica.counts(organization_id).attention,
        pause_reason=None if pause is None else pause.reason,
        accounts=account_troubles(backend.replica.accounts(organization_id), now),
    )
