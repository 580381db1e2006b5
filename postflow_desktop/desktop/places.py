"""Getting to a place: create, sign in, explore, switch, leave; each leaves a place card."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from postflow_desktop.bootstrap import DEFAULT_DATABASE, Machine, Workspace
from postflow_desktop.desktop.placecards import PlaceCard, PlaceCards
from postflow_desktop.domain.errors import Conflict, NotFound
from postflow_desktop.machine.settings import WorkspaceKind, WorkspaceRecord
from postflow_desktop.services.ports.organizations import Organization
from postflow_desktop.ui.backend import Place, WorkspaceChoice

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
        if record is None or record.user_id is None:
            return None
        card = self._cards.get(record.id)
        return None if card is None else _place(record, card)

    def record(self) -> WorkspaceRecord:
        """The current workspace; NotFound."""
        record = self._machine.home.current()
        if record is None:
            raise NotFound("There is no workspace open.", code="no_workspace")
        return record

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
        record = self._add(workspace, uri)
        try:
            opened = self._open(record)
            made = opened.identity.sign_up(email, name, password)
            self._machine.home.set_user(record.id, made.user.id, made.user.email)
            chosen = opened.organizations.create(organization, made.identity)
            self._machine.home.set_organization(record.id, chosen.id)
        except Exception:
            self._machine.home.remove(record.id)
            raise
        place = self._arrive(record, chosen, made.user.name or "")
        opened.close()
        return place, made.recovery_code

    def sign_in(
        self, *, workspace: str, uri: str, email: str, password: str, recovery: str
    ) -> Place:
        """Open a workspace that exists and sign in; what fails is undone."""
        known = self._machine.home.workspace_named(workspace)
        record = known or self._add(workspace, uri)
        try:
            opened = self._open(record)
            entered = opened.identity.log_in(email, password, recovery or None)
            self._machine.home.set_user(record.id, entered.user.id, entered.user.email)
            mine = opened.organizations.list(entered.user.id)
            if not mine:
                raise NotFound(
                    "You are in no organization of that workspace yet.",
                    code="no_organization",
                    fix="Ask the owner to invite you, or create a workspace of your own.",
                )
            self._machine.home.set_organization(record.id, mine[0][0].id)
        except Exception:
            if known is None:
                self._machine.home.remove(record.id)
            raise
        self._machine.home.set_current(record.id)
        place = self._arrive(record, mine[0][0], entered.user.name or "")
        opened.close()
        return place

    def make_sample(self) -> tuple[Place, Workspace] | None:
        """The sample workspace with a person and an organization; None if it is there already."""
        known = self._machine.home.workspace_named(SAMPLE_NAME)
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
        opened = self._open(record)
        # A sample that was begun and not finished is worth nothing; its data goes first.
        drop(opened)
        opened = self._open(record)
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
        rest = self._machine.home.workspaces()
        if rest:
            self._machine.home.set_current(rest[0].id)

    def switch(self, workspace_id: str) -> Place:
        """Make another workspace current; Conflict (`not_signed_in`) where nobody is signed in."""
        self._machine.home.set_current(workspace_id)
        place = self.current()
        if place is None:
            raise Conflict(
                "Nobody is signed in to that workspace on this machine.",
                code="not_signed_in",
                fix="Sign in to it from the welcome page.",
            )
        return place

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
        card = _card(chosen, name, is_sample=old is not None and old.is_sample)
        if card != old:
            self._cards.put(record.id, card)
        return _place(record, card)

    def _add(self, name: str, uri: str) -> WorkspaceRecord:
        kind = WorkspaceKind.URI if uri else WorkspaceKind.EMBEDDED
        taken = {r.db for r in self._machine.home.workspaces() if r.kind is WorkspaceKind.EMBEDDED}
        database, number = DEFAULT_DATABASE, 1
        while not uri and database in taken:
            number += 1
            database = f"{DEFAULT_DATABASE}_{number}"
        record = self._machine.home.add(
            name, kind, db=database, created_at=self._machine.clock.now()
        )
        if uri:
            self._machine.keep_address(record, uri)
        return record

    def _open(self, record: WorkspaceRecord) -> Workspace:
        return Workspace.open(self._machine, record, self._machine.address_of(record))

    def _arrive(self, record: WorkspaceRecord, organization: Organization, name: str) -> Place:
        card = _card(organization, name, is_sample=False)
        self._cards.put(record.id, card)
        return _place(self._machine.home.workspace(record.id), card)


def drop(workspace: Workspace) -> None:
    """Drop both databases of a workspace for good and close it."""
    workspace.cluster.drop()
    workspace.close()


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
    )
