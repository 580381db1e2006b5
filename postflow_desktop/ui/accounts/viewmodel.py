"""Accounts: the rows to show, and connecting, checking and disconnecting them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from postflow_desktop.domain.account_health import AccountHealth, health_of
from postflow_desktop.domain.account_use import AccountUse
from postflow_desktop.domain.errors import Conflict, PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.pause import Pause
from postflow_desktop.services.disconnecting import Disconnected, DisconnectPlan, PostsThen
from postflow_desktop.services.permissions import Action, may
from postflow_desktop.services.ports.replica import AccountRow, Change, Link, OrganizationRow
from postflow_desktop.ui.accounts.signin_model import SignInModel
from postflow_desktop.ui.accounts.telling import told
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import explain, pause_words

_NOUNS = frozenset({"socialAccounts", "accounts"})
_PEOPLE = frozenset({"organizations", "memberships", "users"})
_NOT_ALLOWED = "Only the owner or an admin of this organization can do that."


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
    disconnect_planned = Signal(object)
    """The DisconnectPlan."""
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
        self._news: set[str] = set()
        """Accounts that changed in the replica since it was read."""
        self._stored: tuple[AccountRow, ...] = ()
        self._organization: OrganizationRow | None = None
        self.stage = Stage.LOADING
        self.problem: PostFlowError | None = None
        self.busy: dict[str, str] = {}
        """What runs per account: check or disconnect."""
        self.watched = False
        """Whether somebody sees the accounts: only then is the cluster asked."""
        self.connecting = False
        self.notes: dict[str, tuple[str, str]] = {}
        """Sentence and kind per account: what the last command said."""
        self.uses: dict[str, AccountUse] = {}
        """How the accounts are used, as the cluster said it last."""
        self._answers: dict[str, Callable[..., None]] = {
            "check": self._checked,
            "plan": self._planned,
            "disconnect": self._disconnected,
        }
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

    def needs_browser(self, network: Network) -> bool:
        """Whether accounts there are connected in the browser."""
        return network in self._backend.by_browser()

    def takes_either(self, network: Network) -> bool:
        """Whether accounts there may be connected with a secret or in the browser."""
        return network in self._backend.either_way()

    def sign_in(
        self,
        network: Network,
        again: AccountRow | None = None,
        *,
        username: str = "",
        service: str = "",
    ) -> SignInModel:
        """A sign-in in the browser; what it connects is shown here at once."""
        model = SignInModel(
            self._backend, self._tasks, network, again=again, username=username, service=service
        )
        model.finished.connect(self._signed_in)
        return model

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
        self._tasks.read(
            partial(_read, self._backend, place.organization_id),
            self._loaded,
            self._load_failed,
            key="accounts",
        )

    def forget(self) -> None:
        """Another workspace or organization: nothing of the former one stays."""
        self._stored, self._fresh, self._gone = (), {}, set()
        self._organization, self._news = None, set()
        self.notes, self.busy, self.uses = {}, {}, {}
        self.stage = Stage.LOADING
        self.changed.emit()

    def connect_account(
        self,
        network: Network,
        service: str,
        username: str,
        secret: str,
        again: str | None = None,
    ) -> None:
        """Connect an account, or connect it again; answers by `connected` or `connect_failed`.

        `again` is the id of the account to reconnect; nobody else is taken.
        """
        if self.connecting:
            return
        self.connecting = True
        self.changed.emit()
        self._tasks.run(
            partial(
                self._backend.connect, network, service.strip(), username.strip(), secret, again
            ),
            self._connected,
            self._connect_failed,
        )

    def check(self, account_id: str) -> None:
        """Ask the network whether the account works."""
        self._command(account_id, "check", partial(self._backend.check_account, account_id))

    def plan_disconnect(self, account_id: str) -> None:
        """Ask what disconnecting would concern; answers by `disconnect_planned`."""
        work = partial(self._backend.disconnect_plan, account_id)
        self._command(account_id, "plan", work)

    def disconnect_account(self, account_id: str, then: PostsThen | None = None) -> None:
        """Forget the account; refused while posts wait for it and nothing is said about them."""
        work = partial(self._backend.disconnect, account_id, then)
        self._command(account_id, "disconnect", work)

    @Slot()
    def look(self) -> None:
        """Ask the cluster how the accounts are used; what was known stays where it is away."""
        if self._backend.place() is not None and not self.offline:
            self._tasks.run(
                self._backend.account_uses, self._looked, self._not_looked, key="account-uses"
            )

    def health(self, row: AccountRow, now: datetime) -> AccountHealth:
        """How the account is doing."""
        return health_of(row, now, self.uses.get(row.id))

    def may_not(self, action: Action) -> str:
        """Why this person can't do that to accounts here; empty where it can be done."""
        place, organization = self._backend.place(), self._organization
        role = organization.roles.get(place.user_id) if place and organization else None
        return "" if role is not None and may(role, action) else _NOT_ALLOWED

    def pause_words(self, row: AccountRow, now: datetime) -> str:
        """Why nothing of the account goes out, who said so, since when; empty where it does."""
        if row.pause is None:
            return ""
        names = self._organization.names if self._organization else {}
        return pause_words(row.pause, names.get(row.pause.by, ""), self.timezone, now)

    def pause_account(self, account_id: str, reason: str) -> None:
        """Nothing of the account goes out any more; shown at once, taken back if refused."""
        place = self._backend.place()
        if place is not None:
            pause = Pause(reason=reason, by=place.user_id, at=datetime.now(UTC))
            work = partial(self._backend.pause_account, account_id, reason)
            self._change(account_id, lambda row: replace(row, pause=pause), work)

    def resume_account(self, account_id: str) -> None:
        """Publishing to the account goes on."""
        work = partial(self._backend.resume_account, account_id)
        self._change(account_id, lambda row: replace(row, pause=None), work)

    def set_preflight(self, account_id: str, minutes: int) -> None:
        """Announce the account's posts once more so many minutes before; 0: don't."""
        work = partial(self._backend.set_preflight, account_id, minutes)
        self._change(account_id, lambda row: replace(row, preflight_minutes=minutes), work)

    def _change(
        self,
        account_id: str,
        change: Callable[[AccountRow], AccountRow],
        work: Callable[[], object],
    ) -> None:
        row = next((row for row in self.rows if row.id == account_id), None)
        if row is None or account_id in self.busy:
            return
        self.busy[account_id] = "change"
        self.notes.pop(account_id, None)
        self._fresh[account_id] = change(row)
        self.changed.emit()
        self._tasks.run(
            work, partial(self._changed, account_id), partial(self._not_changed, account_id)
        )

    def _changed(self, account_id: str, result: object) -> None:
        self.busy.pop(account_id, None)
        shown = self._fresh.get(account_id)
        if isinstance(result, Pause) and shown is not None:
            # The time is the cluster's.
            self._fresh[account_id] = replace(shown, pause=result)
        self.changed.emit()
        self.load()

    def _not_changed(self, account_id: str, error: PostFlowError) -> None:
        self._fresh.pop(account_id, None)
        self._refused(account_id, error)

    def _looked(self, uses: Mapping[str, AccountUse]) -> None:
        self.uses = dict(uses)
        self.changed.emit()

    def _not_looked(self, _error: PostFlowError) -> None:
        """The foot of the window says that the cluster is away."""

    def _command(self, account_id: str, name: str, work: Callable[[], object]) -> None:
        if account_id in self.busy:
            return
        self.busy[account_id] = name
        self.notes.pop(account_id, None)
        self.changed.emit()
        self._tasks.run(
            work,
            partial(self._answers[name], account_id),
            partial(self._refused, account_id),
        )

    def _checked(self, account_id: str, sentence: str) -> None:
        self.busy.pop(account_id, None)
        self.notes[account_id] = (sentence, "success")
        self.changed.emit()
        self.load()

    def _planned(self, account_id: str, plan: DisconnectPlan) -> None:
        self.busy.pop(account_id, None)
        self.changed.emit()
        self.disconnect_planned.emit(plan)

    def _disconnected(self, account_id: str, gone: Disconnected) -> None:
        self.busy.pop(account_id, None)
        self._fresh.pop(account_id, None)
        if gone.kept:
            self.notes[account_id] = (told(gone), "warning" if gone.note else "info")
        else:
            self._gone.add(account_id)
            self.toast.emit(told(gone), "warning" if gone.note else "info")
        self.changed.emit()
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

    @Slot(object)
    def _signed_in(self, rows: Sequence[AccountRow]) -> None:
        for row in rows:
            self._fresh[row.id] = row
            self._gone.discard(row.id)
            self.notes.pop(row.id, None)
        self.changed.emit()
        names = ", ".join(f"@{row.username}" for row in rows)
        self.toast.emit(f"{names} {'is' if len(rows) == 1 else 'are'} connected.", "success")

    def _connect_failed(self, error: PostFlowError) -> None:
        self.connecting = False
        self.changed.emit()
        self.connect_failed.emit(error)

    def _loaded(self, found: tuple[Sequence[AccountRow], OrganizationRow | None]) -> None:
        rows, self._organization = found
        self._stored = tuple(rows)
        # The replica speaks for these rows again.
        for account_id in [one for one in self._news if self.busy.get(one) != "change"]:
            self._news.discard(account_id)
            self._fresh.pop(account_id, None)
        self.stage, self.problem = Stage.READY, None
        self._gone &= {row.id for row in rows}
        self.changed.emit()
        if self.watched:
            self.look()

    def _load_failed(self, error: PostFlowError) -> None:
        self.stage = Stage.FAILED if not self._stored else Stage.READY
        self.problem = error
        self.changed.emit()

    def _on_change(self, change: Change) -> None:
        if change.noun in _NOUNS:
            self._news |= change.ids or set(self._fresh)
            self.load()
        elif change.noun in _PEOPLE:
            self.load()

    def _on_sync(self, _state: object) -> None:
        self.changed.emit()


def _read(
    backend: Backend, organization_id: str
) -> tuple[Sequence[AccountRow], OrganizationRow | None]:
    replica = backend.replica
    return replica.accounts(organization_id), replica.organization(organization_id)
