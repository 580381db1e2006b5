"""`ui.backend.Backend` over the rest of PostFlow: one open place at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from postflow_desktop.bootstrap import Machine
from postflow_desktop.desktop.commands import PlaceCommands, nobody_here
from postflow_desktop.desktop.openplace import OpenPlace
from postflow_desktop.desktop.places import Places, drop
from postflow_desktop.desktop.sample import fill_sample
from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media, Post
from postflow_desktop.domain.target import Target
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.domain.validation import Problem, problems
from postflow_desktop.services.attention import Answer
from postflow_desktop.services.ports.drafts import DraftStore, LocalDraft
from postflow_desktop.services.ports.replica import AccountRow, Change, Replica, SyncState
from postflow_desktop.ui.backend import Place, WorkspaceChoice


class DesktopBackend:
    """Everything the window asks for; `on_change` and `on_state` are called on other threads."""

    def __init__(
        self,
        machine: Machine,
        on_change: Callable[[Change], None],
        on_state: Callable[[SyncState], None],
    ) -> None:
        self._machine = machine
        self._places = Places(machine)
        self._on_change = on_change
        self._on_state = on_state
        self._open: OpenPlace | None = None
        if self._places.current() is not None:
            self._enter()

    # --- reads ------------------------------------------------------------------------------

    @property
    def replica(self) -> Replica:
        """Reads of the open place."""
        return self._here().replica

    @property
    def drafts(self) -> DraftStore:
        """What is being typed."""
        return self._here().drafts

    def place(self) -> Place | None:
        """Where the window is."""
        return self._places.current()

    def workspaces(self) -> Sequence[WorkspaceChoice]:
        """The workspaces of this machine."""
        return self._places.choices()

    def rules(self, network: Network) -> NetworkRules:
        """What the network accepts."""
        return self._machine.publishers[network].rules

    def measure(self, network: Network, text: str) -> int:
        """Length as the network counts it."""
        return self._machine.publishers[network].measure(text)

    def problems(self, network: Network, text: str, media: Sequence[Media]) -> list[Problem]:
        """What stands in the way of publishing this there."""
        publisher = self._machine.publishers[network]
        payload = Payload(
            organization_id="", network=network, text=text, link_url=None, media=tuple(media)
        )
        shown = publisher.shown_text(payload)
        return problems(publisher.rules, shown, media, length=publisher.measure(shown))

    def connectable(self) -> Sequence[Network]:
        """Networks that ask for no browser yet."""
        return (Network.BLUESKY,)

    # --- commands ---------------------------------------------------------------------------

    def read_media(self, path: Path, alt: str) -> Media:
        """Check and clean a picture file."""
        return self._commands().read_media(path, alt)

    def read_image(self, data: bytes, alt: str) -> Media:
        """The same for the clipboard's picture."""
        return self._commands().read_image(data, alt)

    def media_bytes(self, sha256: str) -> bytes:
        """A picture's bytes."""
        return self._commands().media_bytes(sha256)

    def save_draft(self, draft: LocalDraft) -> Post:
        """Bring a draft to the cluster."""
        return self._commands().save_draft(draft)

    def schedule(self, draft: LocalDraft, planned: PlannedTime) -> Post:
        """Save and put to a time."""
        return self._commands().schedule(draft, planned)

    def publish(self, draft: LocalDraft) -> Post:
        """Save and make due now."""
        return self._commands().publish(draft)

    def move(self, post_id: str, planned: PlannedTime) -> Post:
        """Another time."""
        return self._commands().move(post_id, planned)

    def cancel(self, post_id: str) -> None:
        """Out of the plan."""
        self._commands().cancel(post_id)

    def retry(self, post_id: str) -> Post:
        """Only what failed."""
        return self._commands().retry(post_id)

    def delete(self, post_id: str, *, everywhere: bool) -> None:
        """Delete a post."""
        self._commands().delete(post_id, everywhere=everywhere)

    def answer(self, target_id: str, answer: Answer, url: str) -> Target:
        """What the person saw."""
        return self._commands().answer(target_id, answer, url)

    def connect(
        self, network: Network, service: str, username: str, secret: str
    ) -> tuple[AccountRow, Sequence[str]]:
        """Connect an account."""
        return self._commands().connect(network, service, username, secret)

    def check_account(self, account_id: str) -> str:
        """Ask the network."""
        return self._commands().check_account(account_id)

    def disconnect(self, account_id: str) -> str:
        """Forget an account."""
        return self._commands().disconnect(account_id)

    # --- people and places ------------------------------------------------------------------

    def explore(self) -> Place:
        """The sample workspace; made at the first time."""
        self.leave()
        made = self._places.make_sample()
        if made is not None:
            place, workspace = made
            fill_sample(self._machine, workspace)
            self._places.finish_sample(place)
            workspace.close()
        return self._enter()

    def remove_sample(self) -> None:
        """Remove the sample workspace with everything in it."""
        place = self._places.current()
        if place is None or not place.is_sample:
            raise nobody_here()
        here = self._here()
        workspace = here.connection.workspace()
        self.leave(keep_connection=True)
        drop(workspace)
        self._places.forget(place.workspace_id)
        if self._places.current() is not None:
            self._enter()

    def create_place(
        self, *, workspace: str, uri: str, email: str, name: str, password: str, organization: str
    ) -> tuple[Place, str]:
        """A workspace, a person, an organization."""
        _, recovery = self._places.create(
            workspace=workspace,
            uri=uri,
            email=email,
            name=name,
            password=password,
            organization=organization,
        )
        self.leave()
        return self._enter(), recovery

    def sign_in(
        self, *, workspace: str, uri: str, email: str, password: str, recovery: str
    ) -> Place:
        """Open a workspace that exists."""
        self._places.sign_in(
            workspace=workspace, uri=uri, email=email, password=password, recovery=recovery
        )
        self.leave()
        return self._enter()

    def sign_out(self) -> None:
        """Forget the keys here."""
        here = self._here()
        record = here.connection.record
        known = self._machine.home.workspace(record.id).user_id
        if known is not None:
            here.connection.workspace().identity.log_out(known)
        self._machine.home.set_user(record.id, None)
        self.leave()

    def switch(self, workspace_id: str) -> Place:
        """Another workspace of this machine."""
        self._places.switch(workspace_id)
        self.leave()
        return self._enter()

    def leave(self, *, keep_connection: bool = False) -> None:
        """Stop what runs for the open place."""
        if self._open is not None:
            self._open.close(keep_connection=keep_connection)
            self._open = None

    def _enter(self) -> Place:
        place = self._places.current()
        if place is None:
            raise nobody_here()
        self._open = OpenPlace(
            self._machine,
            self._places,
            place,
            on_change=self._on_change,
            on_state=self._on_state,
        )
        self._open.start()
        return place

    def _here(self) -> OpenPlace:
        if self._open is None:
            raise nobody_here()
        return self._open

    def _commands(self) -> PlaceCommands:
        return self._here().commands
