"""What changed in the replica, told to the screens on the main thread and in batches."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from postflow_desktop.services.ports.replica import Change, Link, SyncState

_BATCH_MS = 16
"""One frame: screens read again at most this often."""


class Changes(QObject):
    """One source of news; `publish` and `publish_sync` may be called from any thread."""

    changed = Signal(object)
    """A Change; on the main thread."""
    sync = Signal(object)
    """A SyncState; on the main thread."""
    _came = Signal(object)
    _sync_came = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = SyncState(link=Link.STARTING, since=datetime.now(UTC))
        self._waiting: dict[str, frozenset[str]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_BATCH_MS)
        self._timer.timeout.connect(self._flush)
        self._came.connect(self._gather, Qt.ConnectionType.QueuedConnection)
        self._sync_came.connect(self._take_state, Qt.ConnectionType.QueuedConnection)

    @property
    def state(self) -> SyncState:
        """The last state of the synchronisation."""
        return self._state

    def publish(self, change: Change) -> None:
        """Tell the screens, within a frame; changes of one noun are told together."""
        self._came.emit(change)

    def publish_sync(self, state: SyncState) -> None:
        """Tell how the replica stands to the cluster."""
        self._sync_came.emit(state)

    @Slot(object)
    def _gather(self, change: Change) -> None:
        known = self._waiting.get(change.noun)
        everything = not change.ids or known == frozenset()
        self._waiting[change.noun] = (
            frozenset() if everything else (known or frozenset()) | change.ids
        )
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for noun, ids in waiting.items():
            self.changed.emit(Change(noun=noun, ids=ids))

    @Slot(object)
    def _take_state(self, state: SyncState) -> None:
        self._state = state
        self.sync.emit(state)
