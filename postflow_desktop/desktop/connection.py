"""The cluster of a workspace: connected in the background, again after every loss."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from postflow_desktop.bootstrap import Machine
from postflow_desktop.domain.errors import ClusterUnreachable, PostFlowError
from postflow_desktop.machine.settings import WorkspaceRecord

if TYPE_CHECKING:
    from postflow_desktop.bootstrap import Seat, Workspace

_LOOK_SECONDS = 0.1
_PATIENCE_LOOKS = 5
"""At the end a cluster that does not answer is waited for half a second, not eight."""


class Connection:
    """One workspace's connection; its methods may wait for the cluster (never the main thread)."""

    def __init__(self, machine: Machine, record: WorkspaceRecord) -> None:
        self.machine = machine
        self.record = record
        self._lock = threading.Lock()
        self._open: Workspace | None = None
        self._former: Workspace | None = None
        self._begun: Workspace | None = None
        self._failure: PostFlowError | None = None
        self._closed = threading.Event()
        self._cutter: threading.Thread | None = None

    def workspace(self) -> Workspace:
        """The opened workspace; ClusterUnreachable. The embedded server is started for it."""
        seen = self._failure
        with self._lock:
            if self._closed.is_set():
                # As good as a cluster that is away: who asks late is about to be ended too.
                raise ClusterUnreachable("This workspace was closed.", code="workspace_closed")
            if self._failure is not None and self._failure is not seen:
                # Somebody has just waited for the same; waiting again would tell no more.
                raise self._failure
            try:
                return self._connected()
            except PostFlowError as error:
                self._failure = error
                raise

    def seat(self) -> Seat:
        """The signed-in person in the current organization."""
        return self.workspace().seat(self.machine.environ.get("POSTFLOW_PASSWORD"))

    def hurry(self) -> None:
        """The end comes: nothing waits for long any more for a cluster that is gone."""
        if self._cutter is None and not self._closed.is_set():
            self._cutter = threading.Thread(target=self._cut, name="connection-end", daemon=True)
            self._cutter.start()

    def close(self) -> None:
        """Close for good."""
        self.hurry()
        with self._lock:
            self._closed.set()
            for workspace in (self._former, self._open):
                if workspace is not None:
                    workspace.close()
            self._former = self._open = None
        if self._cutter is not None:
            self._cutter.join()

    def _connected(self) -> Workspace:
        from postflow_desktop.bootstrap import Workspace

        # Asked for every time: a killed server is started again, and may have another port.
        address = self.machine.address_of(self.record)
        if self._open is None or self._open.address != address:
            opened = Workspace.open(self.machine, self.record, address, begun=self._begin)
            # Who still works with the lost one shall meet an unreachable cluster, not a
            # closed connection; so it is closed one loss later.
            if self._former is not None:
                self._former.close()
            self._former, self._open = self._open, opened
        return self._open

    def _begin(self, workspace: Workspace) -> None:
        self._begun = workspace

    def _cut(self) -> None:
        """What waits for a server ends as soon as its client is closed."""
        lost = 0
        while not self._closed.wait(_LOOK_SECONDS):
            workspace = self._begun
            lost = lost + 1 if workspace is not None and workspace.is_lost else 0
            if workspace is not None and lost >= _PATIENCE_LOOKS:
                workspace.close()
