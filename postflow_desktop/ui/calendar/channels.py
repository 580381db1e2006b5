"""The connected accounts, and which of them the calendar shows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from postflow_desktop.domain.pause import Pause
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.kit.tasks import Tasks


class Channels(QObject):
    """Accounts of one organization and the filter over them."""

    changed = Signal()
    """Other accounts."""
    filter_changed = Signal()

    def __init__(self, backend: Backend, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._accounts: tuple[AccountRow, ...] | None = None
        self._filter: frozenset[str] | None = None
        self._all_paused = False

    @property
    def paused(self) -> frozenset[str] | None:
        """The accounts of which nothing goes out; None: nothing goes out at all."""
        if self._all_paused:
            return None
        return frozenset(row.id for row in self.accounts if row.pause is not None)

    @property
    def accounts(self) -> tuple[AccountRow, ...]:
        """The connected accounts by network and name."""
        return self._accounts or ()

    @property
    def none_connected(self) -> bool:
        """Whether it is known that there is not a single account."""
        return self._accounts is not None and not self._accounts

    @property
    def filter(self) -> frozenset[str] | None:
        """Only posts of these accounts; None for all."""
        return self._filter

    def read(self, organization_id: str) -> None:
        """Read the accounts again."""
        work = partial(_read, self._backend, organization_id)
        self._tasks.read(work, self._take, key="calendar.accounts")

    def set_filter(self, account_ids: frozenset[str] | None) -> None:
        """Only posts of these accounts; None or none for all."""
        account_ids = account_ids or None
        if account_ids != self._filter:
            self._filter = account_ids
            self.filter_changed.emit()

    @Slot(str)
    def toggle(self, account_id: str) -> None:
        """Add an account to the filter or take it out."""
        self.set_filter((self._filter or frozenset()) ^ {account_id})

    @Slot()
    def clear_filter(self) -> None:
        """All accounts again."""
        self.set_filter(None)

    def clear(self) -> None:
        """Forget everything, as when another workspace is shown."""
        self._accounts, self._filter, self._all_paused = None, None, False

    def _take(self, found: tuple[Sequence[AccountRow], Pause | None]) -> None:
        rows, pause = found
        self._accounts, self._all_paused = tuple(rows), pause is not None
        if self._filter is not None:
            self.set_filter(self._filter & {row.id for row in rows})
        self.changed.emit()


def _read(backend: Backend, organization_id: str) -> tuple[Sequence[AccountRow], Pause | None]:
    replica = backend.replica
    return replica.accounts(organization_id), replica.pause(organization_id)
