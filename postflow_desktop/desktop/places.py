"""Getting to a place: create, sign in, explore, switch, leave; each leaves a place card."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from postflow_desktop.bootstrap import DEFAULT_DATABASE, Machine
from postflow_desktop.desktop.placecards import PlaceCard, PlaceCards
from postflow_desktop.domain.errors import Conflict, NotFound
from postflow_desktop.machine.clock import local_zone
from postflow_desktop.machine.settings import WorkspaceKind, WorkspaceRecord
from postflow_desktop.ui.backend import Place, WorkspaceChoice

if TYPE_CHECKING:
    from postflow_desktop.bootstrap import Workspace
    from postflow_desktop.services.ports.organizations import Organization

SAMPLE_NAME = "Sample workspace"
SAMPLE_DATABASE = "postflow_sample"


class Places:
    """The workspaces of this machine as places that a window can be at."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._cards = PlaceCards(machine.home.path / "places.json")

    def current(self) -> Place | None:
        """Where the window is; None before anybody is signed in. Asks no cluster."""
        record = self._machine.home.current()
        return None if record is None else self._place_of(record)

    def at(self, workspace_id: str) -> Place | None:
        """A workspace of this machine as a place; None where nobody is signed in."""
        try:
            return self._place_of(self._machine.home.workspace(workspace_id))
        except NotFound:
            return None

    def is_sample(self, record: WorkspaceRecord) -> bool:
        """Whether that is the sample workspace, finished or not."""
        return record.kind is WorkspaceKind.EMBEDDED and record.db == SAMPLE_DATABASE

    def choices(self) -> list[WorkspaceChoice]:
        """The workspaces of this machine."""
        current = self._machine.home.current()
        return [
            WorkspaceChoice(
                id=r.id, name=r.name, current=current is not None and r.id == current.id
            )
            for r in self._machine.home.workspaces()
        ]

    def folder(self, workspace_id: str) -> Path:
        """Where replica and outbox of a workspace lie."""
        folder = self._machine.home.path / "workspaces" / workspace_id
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def create(
        self, *, workspace: str, uri: str, email: str, name: str, password: str, organization: str
    ) -> tuple[Place, str]:
        """A workspace, a person and an organization; the recovery code. What fails is undone."""
        with self._undone() as added:
            record = self._add(workspace, uri, added)
            with closing(self.opened(record)) as opened:
                made = opened.identity.sign_up(email, name, password)
                self._machine.home.set_user(record.id, made.user.id, made.user.email)
                chosen = opened.organizations.create(organization, made.identity)
                self._machine.home.set_organization(record.id, chosen.id)
            return self._arrive(record, chosen, made.user.name or ""), made.recovery_code

    def sign_in(
        self, *, workspace: str, uri: str, email: str, password: str, recovery: str
    ) -> Place:
        """Open a workspace that exists and sign in; what fails is undone."""
        with self._undone() as added:
            record = self._machine.home.workspace_named(workspace)
            if record is None:
                record = self._add(workspace, uri, added)
            with closing(self.opened(record)) as opened:
                entered = opened.identity.log_in(email, password, recovery or None)
                mine = opened.organizations.list(entered.user.id)
            if not mine:
                raise NotFound(
                    "You are in no organization of that workspace yet.",
                    code="no_organization",
                    fix="Ask the owner to invite you, or create a workspace of your own.",
                )
            chosen = mine[0][0]
            self._machine.home.set_user(record.id, entered.user.id, entered.user.email)
            self._machine.home.set_organization(record.id, chosen.id)
            self._machine.home.set_current(record.id)
            return self._arrive(record, chosen, entered.user.name or "")

    def make_sample(self) -> tuple[Place, Workspace] | None:
        """The sample workspace with a person and an organization; None if it is there already."""
        known = next((r for r in self._machine.home.workspaces() if self.is_sample(r)), None)
        if known is not None:
            if self._cards.get(known.id) is not None:
                self._machine.home.set_current(known.id)
                return None
            self._machine.home.remove(known.id)
        record = self._machine.home.add(
            SAMPLE_NAME,
            WorkspaceKind.EMBEDDED,
            db=SAMPLE_DATABASE,
            created_at=self._machine.clock.now(),
        )
        # A sample that was begun and not finished is worth nothing; its data goes first.
        opened = self.opened(record, begun=lambda workspace: workspace.cluster.drop())
        made = opened.identity.sign_up("you@example.com", "You", secrets.token_urlsafe(24))
        self._machine.home.set_user(record.id, made.user.id, made.user.email)
        organization = opened.organizations.create("Corner Bakery", made.identity)
        self._machine.home.set_organization(record.id, organization.id)
        card = _card(organization, "You", is_sample=True)
        return _place(self._machine.home.workspace(record.id), card), opened

    def finish_sample(self, place: Place) -> None:
        """The sample is whole: from now on it is a place."""
        card = PlaceCard(
            organization_id=place.organization_id,
            organization_name=place.organization_name,
            timezone=place.timezone,
            user_name=place.user_name,
            min_lead_minutes=place.min_lead_minutes,
            is_sample=True,
        )
        self._cards.put(place.workspace_id, card)

    def forget(self, workspace_id: str) -> None:
        """Remove a workspace from this machine, with its replica and outbox."""
        shutil.rmtree(self.folder(workspace_id), ignore_errors=True)
        self._cards.remove(workspace_id)
        self._machine.home.remove(workspace_id)
        self.go_on()

    def go_on(self) -> None:
        """After an end: make a workspace current where somebody is signed in, if there is one."""
        if self.current() is None:
            for record in self._machine.home.workspaces():
                if self._place_of(record) is not None:
                    self._machine.home.set_current(record.id)
                    return

    def switch(self, workspace_id: str) -> Place:
        """Make another workspace current; Conflict (`not_signed_in`) where nobody is signed in."""
        place = self._place_of(self._machine.home.workspace(workspace_id))
        if place is None:
            raise Conflict(
                "Nobody is signed in to that workspace on this machine.",
                code="not_signed_in",
                fix="Sign in to it from the welcome page.",
            )
        self._machine.home.set_current(workspace_id)
        return place

    def sign_out(self, workspace_id: str) -> None:
        """Forget the keys of who is signed in there; needs no cluster."""
        from postflow_desktop.services.identity import session_name

        record = self._machine.home.workspace(workspace_id)
        if record.user_id is not None:
            store = self._machine.store_for(record)
            store.delete(session_name(record.id, record.user_id))
        self._machine.home.set_user(workspace_id, None)

    def go_back(self, former: str | None) -> None:
        """What was begun failed: the former workspace is the current one again."""
        if former is not None:
            with suppress(NotFound):
                self._machine.home.set_current(former)

    def refresh(self, workspace: Workspace) -> Place | None:
        """Bring the card of the current place up to date; after every (re)connection."""
        record = self._machine.home.workspace(workspace.record.id)
        old = self._cards.get(record.id)
        if record.user_id is None:
            return None
        mine = dict(workspace.organizations.list(record.user_id))
        chosen = next((o for o in mine if o.id == record.organization_id), None)
        if chosen is None:
            chosen = next(iter(mine), None)
        if chosen is None:
            return None
        user = workspace.cluster.users.get(record.user_id)
        name = (user.name if user is not None else None) or ""
        card = _card(chosen, name, is_sample=self.is_sample(record))
        if card != old:
            self._cards.put(record.id, card)
        return _place(record, card)

    @contextmanager
    def _undone(self) -> Iterator[list[str]]:
        """What is added inside is removed again if it fails, and the former place stays."""
        former = self._machine.home.current()
        added: list[str] = []
        try:
            yield added
        except Exception:
            for workspace_id in added:
                self._machine.home.remove(workspace_id)
            self.go_back(former.id if former is not None else None)
            raise

    def _place_of(self, record: WorkspaceRecord) -> Place | None:
        if record.user_id is None:
            return None
        card = self._cards.get(record.id)
        if card is None and record.organization_id is not None and not self.is_sample(record):
            # The cards were lost; the next connection brings the names back.
            from postflow_desktop.services.ports.organizations import OrganizationSettings

            card = PlaceCard(
                organization_id=record.organization_id,
                organization_name=record.name,
                timezone=local_zone(),
                user_name="",
                min_lead_minutes=OrganizationSettings().min_lead_minutes,
            )
        return None if card is None else _place(record, card)

    def _add(self, name: str, uri: str, added: list[str]) -> WorkspaceRecord:
        kind = WorkspaceKind.URI if uri else WorkspaceKind.EMBEDDED
        record = self._machine.home.add(
            name, kind, db=self._database(uri), created_at=self._machine.clock.now()
        )
        added.append(record.id)
        if uri:
            self._machine.keep_address(record, uri)
        return record

    def _database(self, uri: str) -> str:
        """The one that the address names, else the usual; each embedded one has its own."""
        if uri:
            named = urlsplit(uri).path.strip("/")
            # Behind the host stands where the login is kept, as often as a database to use.
            return DEFAULT_DATABASE if named in {"", "admin"} else named
        taken = {r.db for r in self._machine.home.workspaces() if r.kind is WorkspaceKind.EMBEDDED}
        database, number = DEFAULT_DATABASE, 1
        while database in taken:
            number += 1
            database = f"{DEFAULT_DATABASE}_{number}"
        return database

    def opened(
        self, record: WorkspaceRecord, *, begun: Callable[[Workspace], object] = lambda _: None
    ) -> Workspace:
        """A connection of its own; ClusterUnreachable. `begun` gets it before it is waited for."""
        from postflow_desktop.bootstrap import Workspace

        address = self._machine.address_of(record)
        return Workspace.open(self._machine, record, address, begun=begun)

    def _arrive(self, record: WorkspaceRecord, organization: Organization, name: str) -> Place:
        card = _card(organization, name, is_sample=False)
        self._cards.put(record.id, card)
        return _place(self._machine.home.workspace(record.id), card)


def drop(workspace: Workspace) -> None:
    """Drop both databases of a workspace for good and close it."""
    workspace.cluster.drop()
    workspace.close()


def nobody_here() -> NotFound:
    """The refusal of commands before there is a place."""
    return NotFound(
        "There is no workspace open.",
        code="no_workspace",
        fix="Create one, sign in, or explore with sample data.",
    )


def _card(organization: Organization, name: str, *, is_sample: bool) -> PlaceCard:
    return PlaceCard(
        organization_id=organization.id,
        organization_name=organization.name,
        timezone=organization.timezone,
        user_name=name,
        min_lead_minutes=organization.settings.min_lead_minutes,
        is_sample=is_sample,
    )


def _place(record: WorkspaceRecord, card: PlaceCard) -> Place:
    return Place(
        workspace_id=record.id,
        workspace_name=record.name,
        organization_id=card.organization_id,
        organization_name=card.organization_name,
        timezone=card.timezone,
        user_email=record.user_email or "",
        user_name=card.user_name,
        is_sample=card.is_sample,
        min_lead_minutes=card.min_lead_minutes,
        user_id=record.user_id or "",
    )
