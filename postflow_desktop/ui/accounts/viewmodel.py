"""Accounts: the rows to show, and connecting, checking and disconnecting them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import partial

from PySide6.QtCore import QObject, Signal

from postflow_desktop.domain.errors import Conflict, PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.replica import AccountRow, Change, Link
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import explain

_NOUNS = frozenset({"socialAccounts", "accounts"})


class Stage(Enum):
    """What the screen shows."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class AccountsViewModel(QObject):
    """The organization's accounts; what a command changed is shown before the replica has it."""

    changed = Signal()
    toast = Signal(str, str)
    """A sentence and its kind (info, success, warning, error)."""
    connected = Signal(object, object)
    """The AccountRow, and sentences to show."""
    connect_failed = Signal(object)
    """The PostFlowError."""

    def __init__(
        self, backend: Backend, tasks: Tasks, changes: Changes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self._fresh: dict[str, AccountRow] = {}
        self._gone: set[str] = set()
        self._stored: tuple[AccountRow, ...] = ()
        self.stage = Stage.LOADING
        self.problem: PostFlowError | None = None
        self.busy: dict[str, str] = {}
        """What runs per account: check or disconnect."""
        self.connecting = False
        self.notes: dict[str, tuple[str, str]] = {}
        """Sentence and kind per account: what the last command said."""
        changes.changed.connect(self._on_change)
        changes.sync.connect(self._on_sync)

    @property
    def rows(self) -> tuple[AccountRow, ...]:
        """Accounts by network and name."""
        rows = {row.id: row for row in self._stored} | self._fresh
        return tuple(
            sorted(
                (row for row in rows.values() if row.id not in self._gone),
                key=lambda row: (row.network.value, row.username),
            )
        )

    @property
    def offline(self) -> str:
        """Why nothing can be connected now; empty where it can."""
        state = self._changes.state
        if state.link is not Link.OFFLINE:
            return ""
        return state.message or "The workspace can't be reached."

    @property
    def connectable(self) -> bool:
        """Something can be connected now."""
        return not self.offline and bool(self._backend.connectable())

    @property
    def networks(self) -> Sequence[Network]:
        """Networks that can be connected."""
        return self._backend.connectable()

    @property
    def timezone(self) -> str:
        """The organization's zone."""
        place = self._backend.place()
        return place.timezone if place else "UTC"

    def load(self) -> None:
        """Read the rows again."""
        place = self._backend.place()
        if place is None:
            return
        replica = self._backend.replica
        self._tasks.read(
            partial(replica.accounts, place.organization_id),
            self._loaded,
            self._load_failed,
            key="accounts",
        )

    def forget(self) -> None:
        """Another workspace or organization: nothing of the former one stays."""
        self._stored, self._fresh, self._gone = (), {}, set()
        self.notes, self.busy = {}, {}
        self.stage = Stage.LOADING
        self.changed.emit()

    def connect_account(self, network: Network, service: str, username: str, secret: str) -> None:
        """Connect an account, or connect it again; answers by `connected` or `connect_failed`."""
        if self.connecting:
            return
        self.connecting = True
        self.changed.emit()
        self._tasks.run(
            partial(self._backend.connect, network, service.strip(), username.strip(), secret),
            self._connected,
            self._connect_failed,
        )

    def check(self, account_id: str) -> None:
        """Ask the network whether the account works."""
        self._command(account_id, "check", partial(self._backend.check_account, account_id))

    def disconnect_account(self, account_id: str) -> None:
        """Forget the account; refused while posts wait for it."""
        work = partial(self._backend.disconnect, account_id)
        self._command(account_id, "disconnect", work)

    def _command(self, account_id: str, name: str, work: partial[str]) -> None:
        if account_id in self.busy:
            return
        self.busy[account_id] = name
        self.notes.pop(account_id, None)
        self.changed.emit()
        self._tasks.run(
            work,
            partial(self._checked if name == "check" else self._disconnected, account_id),
            partial(self._refused, account_id),
        )

    def _checked(self, account_id: str, sentence: str) -> None:
        self.busy.pop(account_id, None)
        self.notes[account_id] = (sentence, "success")
        self.changed.emit()
        self.load()

    def _disconnected(self, account_id: str, sentence: str) -> None:
        self.busy.pop(account_id, None)
        self._gone.add(account_id)
        self._fresh.pop(account_id, None)
        self.changed.emit()
        self.toast.emit(sentence, "info")
        self.load()

    def _refused(self, account_id: str, error: PostFlowError) -> None:
        self.busy.pop(account_id, None)
        kind = "warning" if isinstance(error, Conflict) else "danger"
        self.notes[account_id] = (explain(error), kind)
        self.changed.emit()
        self.load()

    def _connected(self, made: tuple[AccountRow, Sequence[str]]) -> None:
        row, warnings = made
        self.connecting = False
        self._fresh[row.id] = row
        self._gone.discard(row.id)
        self.notes.pop(row.id, None)
        if warnings:
            self.notes[row.id] = (" ".join(warnings), "warning")
        self.changed.emit()
        self.connected.emit(row, tuple(warnings))
        self.toast.emit(f"@{row.username} is connected.", "success")

    def _connect_failed(self, error: PostFlowError) -> None:
        self.connecting = False
        self.changed.emit()
        self.connect_failed.emit(error)

    def _loaded(self, rows: Sequence[AccountRow]) -> None:
        self._stored = tuple(rows)
        self.stage, self.problem = Stage.READY, None
        self._gone &= {row.id for row in rows}
        self.changed.emit()

    def _load_failed(self, error: PostFlowError) -> None:
        self.stage = Stage.FAILED if not self._stored else Stage.READY
        self.problem = error
        self.changed.emit()

    def _on_change(self, change: Change) -> None:
        if change.noun in _NOUNS:
            # The replica speaks for these rows again.
            for account_id in change.ids or set(self._fresh):
                self._fresh.pop(account_id, None)
            self.load()

    def _on_sync(self, _state: object) -> None:
        self.changed.emit()
