"""All that runs for the place that is open: replica, sync, publisher, and the sandbox it may need."""

from __future__ import annotations

from collections.abc import Callable

from postflow_desktop.bootstrap import Machine
from postflow_desktop.cluster.feed import MongoFeed
from postflow_desktop.desktop.commands import PlaceCommands
from postflow_desktop.desktop.connection import Connection
from postflow_desktop.desktop.places import Places
from postflow_desktop.desktop.publisher import EmbeddedPublisher
from postflow_desktop.desktop.sample import SampleSandbox
from postflow_desktop.media.reader import FileMediaReader
from postflow_desktop.replica.outbox import OutboxDrafts
from postflow_desktop.replica.reader import SqliteReplica
from postflow_desktop.replica.sync.engine import ReplicaSync
from postflow_desktop.services.ports.replica import Change, SyncState
from postflow_desktop.ui.backend import Place


class OpenPlace:
    """One place with its threads; `close` ends them all."""

    def __init__(
        self,
        machine: Machine,
        places: Places,
        place: Place,
        *,
        on_change: Callable[[Change], None],
        on_state: Callable[[SyncState], None],
    ) -> None:
        self._places = places
        self._sandbox = SampleSandbox(machine) if place.is_sample else None
        folder = places.folder(place.workspace_id)
        self.connection = Connection(machine, machine.home.workspace(place.workspace_id))
        self.drafts = OutboxDrafts(folder / "outbox.db")
        self.replica = SqliteReplica(folder / "cache.db")
        self._publisher = EmbeddedPublisher(self.connection)
        self.commands = PlaceCommands(
            self.connection, self.drafts, FileMediaReader(), self._publisher
        )
        self._sync = ReplicaSync(
            self._feed,
            folder / "cache.db",
            machine.clock,
            on_change=on_change,
            on_state=on_state,
        )

    def start(self) -> None:
        """Start sandbox, sync and publisher; none of them is waited for."""
        if self._sandbox is not None:
            self._sandbox.start()
        self._sync.start()
        self._publisher.start()

    def nudge(self) -> None:
        """Sync and publish now."""
        self._sync.nudge()
        self._publisher.wake()

    def close(self, *, keep_connection: bool = False) -> None:
        """End everything, gently: what is being sent is finished."""
        self._publisher.stop()
        self._sync.stop()
        self.replica.close()
        self.drafts.close()
        if not keep_connection:
            self.connection.close()
        if self._sandbox is not None:
            self._sandbox.stop()

    def _feed(self) -> MongoFeed:
        workspace = self.connection.workspace()
        self._places.refresh(workspace)
        return MongoFeed(workspace.cluster.database)
