"""What the frame around the screens shows: the place, its channels, numbers and the sync state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from postflow_desktop.domain.account_health import HealthLevel, health_of
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.services.clockwatch import CLOCK_FIX, WRONG_CLOCK
from postflow_desktop.services.ports.replica import (
    AccountRow,
    Change,
    Counts,
    Link,
    PostHit,
    SyncState,
)
from postflow_desktop.ui.backend import Backend, Place, WorkspaceChoice
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks

_PATIENCE_MS = 400
"""Work shorter than this is not mentioned."""
_NOTHING = Counts(drafts=0, planned=0, attention=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """The sync cell: a tone and icon, words, and more words for the tool tip."""

    kind: str
    """success, info or danger."""
    icon: str
    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class Health:
    """A mark beside a channel that can't publish: an icon, its tone, and what it means."""

    icon: str
    tone: str
    text: str


class ShellViewModel(QObject):
    """The frame's state; reads the replica when the changes name posts or accounts."""

    place_changed = Signal()
    accounts_changed = Signal()
    counts_changed = Signal()
    sync_changed = Signal()
    filter_changed = Signal(object)
    """The account ids to show (a frozenset); empty for all."""
    problem = Signal(object)
    """A PostFlowError to show."""

    def __init__(
        self, backend: Backend, tasks: Tasks, changes: Changes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self.place: Place | None = None
        self.accounts: Sequence[AccountRow] = ()
        self.none_connected = False
        """Whether it was read that there is no account; before that nothing is said about it."""
        self.counts: Counts = _NOTHING
        self.filter: frozenset[str] = frozenset()
        self._says_syncing = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._say_syncing)
        changes.changed.connect(self._on_change)
        changes.sync.connect(self._on_sync)

    def refresh(self) -> None:
        """Look again where we are, and read everything."""
        place = self._backend.place()
        if place != self.place:
            moved = (
                self.place is None
                or place is None
                or self.place.organization_id != place.organization_id
            )
            self.place = place
            if moved:
                self._forget()
            self.place_changed.emit()
        self._read_accounts()
        self._read_counts()
        self._on_sync(self._changes.state)

    def workspaces(self) -> Sequence[WorkspaceChoice]:
        """The rows of the switcher."""
        return self._backend.workspaces()

    def switch(self, workspace_id: str) -> None:
        """Go to another workspace."""
        self._tasks.run(
            lambda: self._backend.switch(workspace_id),
            self._arrived,
            self._failed,
            key="shell-switch",
        )

    def search(self, words: str, done: Callable[[Sequence[PostHit]], object]) -> None:
        """Find posts by their words; nothing is found where we are nowhere."""
        place = self.place
        if place is None or not words.strip():
            done(())
            return
        self._tasks.read(
            lambda: self._backend.replica.search(place.organization_id, words, limit=8),
            done,
            self._failed,
            key="shell-search",
        )

    def choose_channel(self, account_id: str, *, add: bool) -> None:
        """Show one channel only, or add it; the same one again shows all."""
        chosen = self.filter ^ {account_id} if add else frozenset({account_id})
        if not add and self.filter == chosen:
            chosen = frozenset()
        self.set_filter(chosen)

    def set_filter(self, account_ids: frozenset[str]) -> None:
        """Show these channels only; empty for all."""
        if account_ids != self.filter:
            self.filter = account_ids
            self.filter_changed.emit(account_ids)

    def sync(self) -> Sync:
        """What the sync cell says."""
        state = self._changes.state
        if state.link is Link.OFFLINE:
            since = f"{state.since.astimezone():%H:%M}"
            detail = state.message or "The workspace's database does not answer."
            return Sync(
                kind="danger", icon="cloud-slash", text=f"Offline since {since}", detail=detail
            )
        if state.link is not Link.LIVE and self._says_syncing:
            return Sync(
                kind="info",
                icon="arrows-clockwise",
                text="Syncing…",
                detail="PostFlow is reading what changed.",
            )
        if abs(state.clock_slip) > WRONG_CLOCK:
            return _wrong_clock(state.clock_slip)
        detail = "Everything is as the workspace's database has it."
        return Sync(kind="success", icon="", text="All changes synced", detail=detail)

    def is_offline(self) -> bool:
        """Whether the cluster does not answer."""
        return self._changes.state.link is Link.OFFLINE

    @Slot(object)
    def _on_change(self, change: Change) -> None:
        if change.noun == "socialAccounts":
            self._read_accounts()
        self._read_counts()

    @Slot(object)
    def _on_sync(self, state: SyncState) -> None:
        if state.link in (Link.STARTING, Link.SYNCING):
            if not self._says_syncing and not self._patience.isActive():
                self._patience.start()
        else:
            self._patience.stop()
            self._says_syncing = False
        self.sync_changed.emit()

    @Slot()
    def _say_syncing(self) -> None:
        self._says_syncing = True
        self.sync_changed.emit()

    def _read_accounts(self) -> None:
        place = self.place
        if place is not None:
            self._tasks.read(
                lambda: self._backend.replica.accounts(place.organization_id),
                self._take_accounts,
                self._failed,
                key="shell-accounts",
            )

    def _read_counts(self) -> None:
        place = self.place
        if place is not None:
            self._tasks.read(
                partial(_counts, self._backend, place.organization_id),
                self._take_counts,
                self._failed,
                key="shell-counts",
            )

    def _take_accounts(self, rows: Sequence[AccountRow]) -> None:
        self.accounts = tuple(rows)
        self.none_connected = not rows
        self.accounts_changed.emit()
        self.set_filter(self.filter & {row.id for row in rows})

    def _take_counts(self, counts: Counts) -> None:
        if counts != self.counts:
            self.counts = counts
            self.counts_changed.emit()

    def _arrived(self, place: Place) -> None:  # noqa: ARG002 - read again by refresh
        self.refresh()

    def _failed(self, error: PostFlowError) -> None:
        self.problem.emit(error)

    def _forget(self) -> None:
        self.accounts, self.none_connected = (), False
        self.counts = _NOTHING
        self.accounts_changed.emit()
        self.counts_changed.emit()
        self.set_filter(frozenset())


def _wrong_clock(slip: timedelta) -> Sync:
    minutes = round(abs(slip) / timedelta(minutes=1))
    hours, days = round(minutes / 60), round(minutes / 1440)
    way = "behind" if slip > timedelta() else "ahead"
    much = f"{minutes} min" if minutes < 120 else f"{hours} h" if hours < 48 else f"{days} days"
    return Sync(
        kind="danger",
        icon="clock",
        text="This computer's clock is wrong",
        detail=f"It is {much} {way}. Posts go out by the clock of the workspace's database and "
        f"are not affected. {CLOCK_FIX}",
    )


def _counts(backend: Backend, organization_id: str) -> Counts:
    """With the drafts that are on this machine only, as the list of drafts shows them."""
    counts = backend.replica.counts(organization_id)
    here = sum(draft.post_id is None for draft in backend.drafts.list(organization_id))
    return replace(counts, drafts=counts.drafts + here)


def health(row: AccountRow) -> Health | None:
    """The mark of an account that needs somebody; None if all is well."""
    found = health_of(row, datetime.now(UTC))
    if found.first is not None:
        broken = found.level is HealthLevel.BROKEN
        icon, tone = ("link-break", "danger") if broken else ("warning-circle", "warning")
        return Health(icon, tone, found.first.message)
    if row.pause is not None:
        return Health("pause-circle", "text2", f"Paused: {row.pause.reason}")
    return None
