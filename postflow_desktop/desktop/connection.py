"""The cluster of the open workspace: connected in the background, again after every loss."""

from __future__ import annotations

import threading

from postflow_desktop.bootstrap import Machine, Seat, Workspace
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.machine.settings import WorkspaceRecord


class Connection:
    """One workspace's connection; its methods may wait for the cluster (never the main thread)."""

    def __init__(self, machine: Machine, record: WorkspaceRecord) -> None:
        self.machine = machine
        self.record = record
        self._lock = threading.Lock()
        self._open: Workspace | None = None
        self._closed = False

    def workspace(self) -> Workspace:
        """The opened workspace; ClusterUnreachable. The embedded server is started for it."""
        with self._lock:
            if self._closed:
                raise NotFound("This workspace was closed.", code="workspace_closed")
            # Asked for every time: a killed server is started again, and may have another port.
            address = self.machine.address_of(self.record)
            if self._open is None or self._open.address != address:
                if self._open is not None:
                    self._open.close()
                self._open = Workspace.open(self.machine, self.record, address)
            return self._open

    def seat(self) -> Seat:
        """The signed-in person in the current organization."""
        return self.workspace().seat(self.machine.environ.get("POSTFLOW_PASSWORD"))

    def close(self) -> None:
        """Close for good."""
        with self._lock:
            self._closed = True
            if self._open is not None:
                self._open.close()
                self._open = None
