"""Connection and publisher of each workspace: what is planned goes out, shown or not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from postflow_desktop.bootstrap import Machine
from postflow_desktop.desktop.connection import Connection
from postflow_desktop.desktop.places import Places
from postflow_desktop.desktop.publisher import EmbeddedPublisher
from postflow_desktop.desktop.samplesandbox import SampleSandbox
from postflow_desktop.machine.settings import WorkspaceRecord

if TYPE_CHECKING:
    from postflow_desktop.bootstrap import Workspace


class Station:
    """One workspace's connection, its publisher, and for the sample the sandbox."""

    def __init__(self, machine: Machine, record: WorkspaceRecord, *, is_sample: bool) -> None:
        self._sandbox = SampleSandbox(machine) if is_sample else None
        self._reaching = threading.Lock()
        self._started = False
        self.connection = Connection(machine, record)
        self.publisher = EmbeddedPublisher(self.connection, self.workspace, is_sample=is_sample)

    def start(self) -> None:
        """Start sandbox and publisher, once; no cluster is waited for."""
        if self._started:
            return
        self._started = True
        if self._sandbox is not None:
            self._sandbox.start()
        self.publisher.start()

    @property
    def is_started(self) -> bool:
        """Whether it publishes."""
        return self._started

    def workspace(self) -> Workspace:
        """For sync and publisher, after every (re)connection; ClusterUnreachable."""
        workspace = self.connection.workspace()
        if self._sandbox is not None:
            with self._reaching:
                self._sandbox.reach(workspace.seat())
        return workspace

    def hurry(self) -> None:
        """Begin nothing new, and wait for a cluster that is gone no longer."""
        self.publisher.stop(wait=False)
        self.connection.hurry()

    def stop(self) -> None:
        """End, gently: what is being sent is finished."""
        self.hurry()
        if self._started:
            self.publisher.stop()
        self.connection.close()
        if self._sandbox is not None:
            self._sandbox.stop()


class Stations:
    """One for every workspace that somebody is signed in to; the sample's only while it is used."""

    def __init__(self, machine: Machine, places: Places) -> None:
        self._machine = machine
        self._places = places
        self._lock = threading.Lock()
        self._stations: dict[str, Station] = {}

    def follow(self, used: Collection[str]) -> None:
        """Start and end what has to be; `used` are the workspaces that somebody works in."""
        with self._lock:
            wanted = {
                record.id
                for record in self._machine.home.workspaces()
                if record.user_id is not None
                and (record.id in used or not self._places.is_sample(record))
            }
            for workspace_id in set(self._stations) - wanted:
                self._stations.pop(workspace_id).stop()
            for workspace_id in wanted:
                self._made(workspace_id).start()

    def of(self, workspace_id: str) -> Station:
        """The station of a workspace; `follow` starts it."""
        with self._lock:
            return self._made(workspace_id)

    def started(self) -> list[tuple[str, Station]]:
        """Those that publish, with their workspaces' ids."""
        with self._lock:
            return [(key, one) for key, one in self._stations.items() if one.is_started]

    def end(self, workspace_id: str) -> None:
        """End one, as before its database is dropped."""
        with self._lock:
            station = self._stations.pop(workspace_id, None)
        if station is not None:
            station.stop()

    def hurry(self) -> None:
        """The end comes; nothing waits for long for a cluster that is gone."""
        with self._lock:
            for station in self._stations.values():
                station.hurry()

    def close(self) -> None:
        """End all, at once rather than one after the other."""
        with self._lock:
            stations, self._stations = list(self._stations.values()), {}
        _all_at_once([station.stop for station in stations])

    def _made(self, workspace_id: str) -> Station:
        station = self._stations.get(workspace_id)
        if station is None:
            record = self._machine.home.workspace(workspace_id)
            is_sample = self._places.is_sample(record)
            station = Station(self._machine, record, is_sample=is_sample)
            self._stations[workspace_id] = station
        return station


def _all_at_once(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work, name="station-end") for work in works[1:]]
    for thread in threads:
        thread.start()
    for work in works[:1]:
        work()
    for thread in threads:
        thread.join()
