"""What a window reads and keeps: the replica with its sync, and the drafts of this machine."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from postflow_desktop.replica.outbox import OutboxDrafts
from postflow_desktop.replica.reader import SqliteReplica
from postflow_desktop.services.ports.replica import Change, SyncState

if TYPE_CHECKING:
    from postflow_desktop.bootstrap.workspace import Workspace
    from postflow_desktop.media.reader import FileMediaReader
    from postflow_desktop.replica.sync.engine import ReplicaSync
    from postflow_desktop.services.ports.clock import Clock
    from postflow_desktop.services.ports.feed import ClusterFeed


class WindowParts:
    """The local side of one open place; the sync is made when it is first asked for."""

    def __init__(self, folder: Path, make_sync: Callable[[Path], ReplicaSync]) -> None:
        self._cache = folder / "cache.db"
        self._make_sync = make_sync
        self.replica = SqliteReplica(self._cache)
        self.drafts = OutboxDrafts(folder / "outbox.db")

    @cached_property
    def sync(self) -> ReplicaSync:
        """Follows the cluster; not started."""
        return self._make_sync(self._cache)

    @cached_property
    def reader(self) -> FileMediaReader:
        """Reads the picture files that a person chooses."""
        from postflow_desktop.media.reader import FileMediaReader

        return FileMediaReader()

    def close(self) -> None:
        """Stop the sync and close both files."""
        if "sync" in self.__dict__:
            self.sync.stop()
        self.replica.close()
        self.drafts.close()


def open_window_parts(
    folder: Path,
    clock: Clock,
    workspace: Callable[[], Workspace],
    *,
    on_change: Callable[[Change], None],
    on_state: Callable[[SyncState], None],
) -> WindowParts:
    """Replica, drafts and sync of a workspace in this folder; `workspace` may wait and raise."""

    def feed() -> ClusterFeed:
        from postflow_desktop.cluster.feed import MongoFeed

        return MongoFeed(workspace().cluster.database)

    def make_sync(cache: Path) -> ReplicaSync:
        from postflow_desktop.replica.sync.engine import ReplicaSync

        return ReplicaSync(feed, cache, clock, on_change=on_change, on_state=on_state)

    return WindowParts(folder, make_sync)
