"""`ui.backend.Backend` over the rest of PostFlow: one open place, and the ways to others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from postflow_desktop.bootstrap import Machine
from postflow_desktop.desktop.acting import HeldPlace, PlaceActs
from postflow_desktop.desktop.openplace import OpenPlace
from postflow_desktop.desktop.outlooks import Outlooks
from postflow_desktop.desktop.places import Places, drop, nobody_here
from postflow_desktop.desktop.stations import Stations
from postflow_desktop.services.ports.replica import Change, SyncState
from postflow_desktop.ui.backend import Outlook, Place, WorkspaceChoice


class DesktopBackend(PlaceActs):
    """Everything the window asks for; `on_change` and `on_state` are called on other threads.

    A way to another place is gone by one thread at a time. Until it has arrived the former place
    stays open, and a way that fails ends where it began.
    """

    def __init__(
        self,
        machine: Machine,
        on_change: Callable[[Change], None],
        on_state: Callable[[SyncState], None],
    ) -> None:
        super().__init__(machine)
        self._places = Places(machine)
        self._stations = Stations(machine, self._places)
        self._outlooks = Outlooks(machine.home.machine_id, self._places, self._stations)
        self._on_change = on_change
        self._on_state = on_state
        self._way = threading.RLock()
        self._started = self._ending = False
        self._left: list[OpenPlace] = []
        """Left, but still held by composers, or not closed yet."""
        self._enter()

    def start(self) -> None:
        """Begin to follow the cluster and to publish (pool); local files are read before, too."""
        with self._way:
            if self._ending:
                return
            self._started = True
            self._follow()
            if self._open is not None:
                self._open.start()
            if self._ending:
                # The end was asked for meanwhile.
                self.hurry()

    def look_again(self) -> None:
        """Whether the open place has other names or settings now (pool); the change is told."""
        here = self._open
        if here is not None:
            here.look_again()

    def workspaces(self) -> Sequence[WorkspaceChoice]:
        """The workspaces of this machine."""
        return self._places.choices()

    def hold(self) -> HeldPlace:
        """The open place for a composer; `let_go` when it is done."""
        return HeldPlace(self._machine, self._open)

    def let_go(self, held: HeldPlace) -> None:
        """Close what nobody uses any more (pool)."""
        held.release()
        with self._way:
            self._follow()

    # --- every workspace of this machine ----------------------------------------------------

    def outlook(self) -> Sequence[Outlook]:
        """What stands before each workspace."""
        return self._outlooks.look()

    def pause_everywhere(self, reason: str) -> None:
        """Nothing goes out anywhere."""
        self._outlooks.pause(reason)

    def resume_everywhere(self) -> None:
        """Publishing goes on."""
        self._outlooks.resume()

    def sync_now(self) -> None:
        """Reach what was away, look for what is due."""
        here = self._open
        if here is not None:
            here.nudge()
        self._outlooks.wake()

    # --- people and places ------------------------------------------------------------------

    def explore(self) -> Place:
        """The sample workspace; made at the first time."""
        from postflow_desktop.desktop.sample import fill_sample

        with self._way:
            former = self._open
            try:
                made = self._places.make_sample()
                if made is not None:
                    place, workspace = made
                    fill_sample(self._machine, workspace)
                    self._places.finish_sample(place)
                    workspace.close()
            except BaseException:
                self._places.go_back(None if former is None else former.place.workspace_id)
                raise
            return self._arrived()

    def remove_sample(self) -> None:
        """Remove the sample workspace with everything in it."""
        from postflow_desktop.desktop.sample import remove_sandbox

        with self._way:
            here = self._open
            if here is None or not here.place.is_sample:
                raise nobody_here()
            workspace = self._places.opened(here.connection.record)
            self._open = None
            here.discard()
            self._stations.end(workspace.record.id)
            workspace.identity.forget(workspace.record.user_id or "")
            drop(workspace)
            remove_sandbox(self._machine)
            self._places.forget(workspace.record.id)
            self._enter()

    def create_place(
        self, *, workspace: str, uri: str, email: str, name: str, password: str, organization: str
    ) -> tuple[Place, str]:
        """A workspace, a person, an organization; the recovery code."""
        with self._way:
            _, recovery = self._places.create(
                workspace=workspace,
                uri=uri,
                email=email,
                name=name,
                password=password,
                organization=organization,
            )
            return self._arrived(), recovery

    def sign_in(
        self, *, workspace: str, uri: str, email: str, password: str, recovery: str
    ) -> Place:
        """Open a workspace that exists."""
        with self._way:
            self._places.sign_in(
                workspace=workspace, uri=uri, email=email, password=password, recovery=recovery
            )
            return self._arrived()

    def sign_out(self) -> None:
        """Forget the keys here; on to another workspace if somebody is signed in to one."""
        with self._way:
            here = self._open
            if here is None:
                raise nobody_here()
            self._places.sign_out(here.place.workspace_id)
            self._leave()
            self._places.go_on()
            self._enter()

    def switch(self, workspace_id: str) -> Place:
        """Another workspace of this machine."""
        with self._way:
            self._places.switch(workspace_id)
            return self._arrived()

    def hurry(self) -> None:
        """The end comes: nothing waits for long any more for a cluster that is gone."""
        self._ending = True
        if self._open is not None:
            self._open.hush()
        self._stations.hurry()

    def close(self) -> None:
        """The end: nothing runs afterwards."""
        with self._way:
            self._leave()
            left, self._left = self._left, []
            self._stations.close()
            for place in left:
                if not place.is_done:
                    place.discard()
                place.join()

    # --- inside -----------------------------------------------------------------------------

    def _arrived(self) -> Place:
        self._started = True
        self._leave()
        place = self._enter()
        if place is None:
            raise nobody_here()
        return place

    def _leave(self) -> None:
        here, self._open = self._open, None
        if here is not None:
            here.leave()
            self._left.append(here)

    def _enter(self) -> Place | None:
        place = self._places.current()
        if place is not None:
            self._open = OpenPlace(
                self._machine,
                self._places,
                place,
                self._stations.of(place.workspace_id),
                on_change=self._on_change,
                on_state=self._on_state,
            )
        if self._started:
            self.start()
        return place

    def _follow(self) -> None:
        """Publishers run where somebody is signed in; the sample's as long as it is used."""
        self._left = [left for left in self._left if not left.is_closed]
        used = [
            *(left for left in self._left if not left.is_done),
            *([] if self._open is None else [self._open]),
        ]
        self._stations.follow({place.place.workspace_id for place in used})
