"""What the window reads and writes of a place: replica, drafts, sync, commands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from postflow_desktop.bootstrap import Machine
from postflow_desktop.bootstrap.window import open_window_parts
from postflow_desktop.desktop.commands import PlaceCommands
from postflow_desktop.desktop.nowhere import NoDrafts, NoReplica
from postflow_desktop.desktop.places import Places
from postflow_desktop.desktop.stations import Station
from postflow_desktop.services.ports.drafts import DraftStore
from postflow_desktop.services.ports.replica import Change, Link, Replica, SyncState
from postflow_desktop.ui.backend import Place

if TYPE_CHECKING:
    from postflow_desktop.bootstrap import Workspace
    from postflow_desktop.desktop.signins import PlaceSignIns

PLACE = "place"
"""The noun under which it is told that the open place has other names or settings."""
PLACE_NOUNS = frozenset({"organizations", "memberships", "users"})
"""What a place's names and settings are read from."""


class OpenPlace:
    """One place; `leave` ends its sync, and its files are closed when nobody holds it any more."""

    def __init__(
        self,
        machine: Machine,
        places: Places,
        place: Place,
        station: Station,
        *,
        on_change: Callable[[Change], None],
        on_state: Callable[[SyncState], None],
    ) -> None:
        self.place = place
        self._places = places
        self._station = station
        self._on_change = on_change
        self._on_state = on_state
        self._lock = threading.Lock()
        self._held = 0
        self._following = False
        self._left = False
        self._closer: threading.Thread | None = None
        # Until the sync has something to say, what the former place had said does not count.
        on_state(SyncState(link=Link.STARTING, since=machine.clock.now()))
        self._parts = open_window_parts(
            places.folder(place.workspace_id),
            machine.clock,
            self._workspace,
            on_change=self._tell,
            on_state=self._tell_state,
        )
        self.replica: Replica = self._parts.replica
        self.drafts: DraftStore = self._parts.drafts
        self.connection = station.connection
        self.commands = PlaceCommands(
            station.connection, self._parts.drafts, lambda: self._parts.reader, station.publisher
        )

    @cached_property
    def sign_ins(self) -> PlaceSignIns:
        """Connecting accounts in the browser."""
        from postflow_desktop.desktop.signins import PlaceSignIns

        return PlaceSignIns(self.connection)

    @property
    def is_done(self) -> bool:
        """Left, and held by nobody."""
        return self._left and not self._held

    @property
    def is_closed(self) -> bool:
        """Done, and its files are closed."""
        return self._closer is not None and not self._closer.is_alive()

    def start(self) -> None:
        """Start the sync, once; nothing is waited for."""
        if not self._following:
            self._following = True
            self._parts.sync.start()

    def hold(self) -> None:
        """Keep the files open, whatever place comes next."""
        with self._lock:
            self._held += 1

    def release(self) -> None:
        """The counterpart of `hold`."""
        with self._lock:
            self._held -= 1
        self._close_if_done()

    def hush(self) -> None:
        """Follow the cluster no more; files stay open."""
        if self._following:
            self._parts.sync.stop(wait=False)
        if "sign_ins" in self.__dict__:
            self.sign_ins.stop()

    def nudge(self) -> None:
        """Try again now to reach the cluster, if it is away."""
        if self._following:
            self._parts.sync.nudge()

    def leave(self) -> None:
        """Another place comes, or the end; who holds this one can still write.

        Nothing more is told of it, and its sync, which may wait for a cluster, ends by itself.
        """
        self._left = True
        self.hush()
        self._close_if_done()

    def discard(self) -> None:
        """The place is being removed: nothing of it is read or kept any more."""
        self.replica, self.drafts = NoReplica(), NoDrafts()
        self._left = True
        self._parts.close()

    def join(self) -> None:
        """Wait until the files of a place that is done are closed."""
        if self._closer is not None:
            self._closer.join()

    def _close_if_done(self) -> None:
        with self._lock:
            if self.is_done and self._closer is None:
                self._closer = threading.Thread(target=self._parts.close, name="place-end")
                self._closer.start()

    def _tell(self, change: Change) -> None:
        if not self._left:
            self._on_change(change)

    def _tell_state(self, state: SyncState) -> None:
        if not self._left:
            self._on_state(state)

    def look_again(self) -> None:
        """Whether the place has other names or settings now; asks the cluster."""
        self._refresh(self.connection.workspace())

    def _workspace(self) -> Workspace:
        """For the sync, after every (re)connection."""
        workspace = self._station.workspace()
        self._refresh(workspace)
        return workspace

    def _refresh(self, workspace: Workspace) -> None:
        place = self._places.refresh(workspace)
        if place is not None and place != self.place:
            self.place = place
            self._tell(Change(noun=PLACE, ids=frozenset()))
