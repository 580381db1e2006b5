"""Wiring: the only file that names concrete adapters.

`Machine` is this process of this home; `Workspace` an opened cluster database; `Seat` a signed-in
person in one organization of it. Everything is made when it is first asked for, so that a command
pays only for what it uses.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING

from postflow_desktop.domain.errors import ClusterUnreachable, NotAllowed, NotFound
from postflow_desktop.domain.network import Network
from postflow_desktop.machine.clock import SystemClock, local_zone
from postflow_desktop.machine.endpoints import read_endpoints
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.journal import SqliteJournal
from postflow_desktop.machine.processes import HomeProcesses
from postflow_desktop.machine.redaction import Redactor
from postflow_desktop.machine.secrets import open_local_store, open_secret_store
from postflow_desktop.machine.settings import WorkspaceKind, WorkspaceRecord
from postflow_desktop.platforms import registry
from postflow_desktop.services.accounts import AccountParts, AccountService
from postflow_desktop.services.identity import IdentityParts, IdentityService
from postflow_desktop.services.organizations import OrganizationParts, OrganizationService
from postflow_desktop.services.permissions import Action, may
from postflow_desktop.services.planning import PlanningParts, PlanningService
from postflow_desktop.services.ports.organizations import Membership, Organization
from postflow_desktop.services.ports.publisher import Connector, Publisher
from postflow_desktop.services.ports.secrets import SecretStore
from postflow_desktop.services.ports.targets import Scope
from postflow_desktop.services.ports.vault import Identity, OrganizationKey
from postflow_desktop.services.posts import PostParts, PostService
from postflow_desktop.services.publishing.engine import PublishingEngine
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.timings import Timings
from postflow_desktop.services.sessions import AccountSessions, SessionParts
from postflow_desktop.services.submitting import SubmitService

if TYPE_CHECKING:
    from postflow_desktop.cluster.embedded.server import EmbeddedServer
    from postflow_desktop.cluster.workspace import ClusterWorkspace
    from postflow_desktop.transport.client import HttpClient
    from postflow_desktop.vault.local import LocalVault

log = logging.getLogger("postflow_desktop.bootstrap")

DEFAULT_DATABASE = "postflow"
_EMBEDDED_PASSWORD = "embedded-database"  # noqa: S105 - the name of the secret


class Machine:
    """This process of this home."""

    def __init__(
        self, environ: Mapping[str, str], home: Home, *, linger_seconds: float | None = None
    ) -> None:
        """`linger_seconds`: how long an embedded server outlives its last user, if not a minute."""
        self.environ = environ
        self.home = home
        self._linger = linger_seconds
        self.redactor = Redactor()
        for name in ("POSTFLOW_PASSWORD", "POSTFLOW_SECRET", "POSTFLOW_MONGODB_URI"):
            if environ.get(name):
                self.redactor.add(environ[name])
        self.clock = SystemClock()

    @cached_property
    def secrets(self) -> SecretStore:
        """Keyring, chosen file, or memory."""
        return open_secret_store(self.home, self.environ)

    @cached_property
    def local_secrets(self) -> SecretStore:
        """Keyring, else a 0600 file: for the embedded database and the person on it."""
        return open_local_store(self.home, self.environ)

    @cached_property
    def processes(self) -> HomeProcesses:
        """This process among those of the home; holds its lock from now on."""
        return HomeProcesses(self.home)

    @cached_property
    def journal(self) -> SqliteJournal:
        """The publish journal."""
        return SqliteJournal(self.home.journal_path, self.clock)

    @cached_property
    def vault(self) -> LocalVault:
        """The cryptography."""
        from postflow_desktop.vault.local import LocalVault

        return LocalVault()

    @cached_property
    def http(self) -> HttpClient:
        """The one HTTP client."""
        from postflow_desktop.transport.client import HttpClient

        return HttpClient()

    @cached_property
    def embedded(self) -> EmbeddedServer:
        """The MongoDB of this home; starts when it is asked for its address."""
        from postflow_desktop.cluster.embedded.binary import find_mongod
        from postflow_desktop.cluster.embedded.keeper import KeeperSettings
        from postflow_desktop.cluster.embedded.server import EmbeddedServer

        usual = KeeperSettings()
        _ = self.processes.process_id
        password = self.local_secrets.get(_EMBEDDED_PASSWORD)
        if password is None:
            password = secrets.token_urlsafe(32)
            self.local_secrets.set(_EMBEDDED_PASSWORD, password)
        self.redactor.add(password)
        return EmbeddedServer(
            self.home.database,
            password=password,
            processes=self.home.processes,
            mongod=find_mongod(self.environ),
            settings=usual if self._linger is None else replace(usual, linger_seconds=self._linger),
        )

    def embedded_is_running(self) -> bool:
        """Whether this process started or used the embedded server and it still runs."""
        return "embedded" in self.__dict__ and self.embedded.status().running

    @cached_property
    def endpoints(self) -> dict[Network, dict[str, str]]:
        """Service addresses per network: the usual ones, changed by `POSTFLOW_ENDPOINTS`."""
        path = self.environ.get("POSTFLOW_ENDPOINTS")
        known = registry.endpoints()
        return known if not path else read_endpoints(known, Path(path))

    @cached_property
    def publishers(self) -> dict[Network, Publisher]:
        """The networks that can be published to."""
        return registry.publishers(self.http, self.clock)

    @cached_property
    def connectors(self) -> dict[Network, Connector]:
        """The networks that accounts can be connected on."""
        return registry.connectors(self.http)

    def store_for(self, record: WorkspaceRecord) -> SecretStore:
        """Where a workspace's secrets lie: a lone person's database may use the 0600 file."""
        return self.local_secrets if record.kind is WorkspaceKind.EMBEDDED else self.secrets

    def address_of(self, record: WorkspaceRecord) -> str:
        """The cluster's address, password included; the embedded server is started for it."""
        if record.kind is WorkspaceKind.EMBEDDED:
            return self.embedded.ensure()
        uri = self.secrets.get(_uri_name(record)) or self.environ.get("POSTFLOW_MONGODB_URI")
        if uri is None:
            raise ClusterUnreachable(
                f"The address of workspace '{record.name}' is not kept on this machine.",
                code="no_address",
                fix="Set POSTFLOW_MONGODB_URI, or POSTFLOW_KEYRING=file before "
                "`postflow workspace create --uri …`.",
            )
        self.redactor.add(uri)
        return uri

    def keep_address(self, record: WorkspaceRecord, uri: str) -> None:
        """Remember a cluster's address among the secrets."""
        self.redactor.add(uri)
        self.secrets.set(_uri_name(record), uri)

    def current_workspace(self) -> Workspace:
        """The workspace that commands are about, connected; NotFound (`no_workspace`)."""
        record = self.home.current()
        if record is None:
            raise NotFound(
                "There is no workspace on this machine yet.",
                code="no_workspace",
                fix="Create one: postflow workspace create --name NAME",
            )
        return self.open(record, self.address_of(record))

    def open(self, record: WorkspaceRecord, uri: str) -> Workspace:
        """Connect to a workspace and bring its schema up to date; ClusterUnreachable."""
        from postflow_desktop.cluster.connection import open_client
        from postflow_desktop.cluster.workspace import ClusterWorkspace

        cluster = ClusterWorkspace(open_client(uri), record.db)
        cluster.prepare()
        return Workspace(self, record, cluster, address=uri)

    def close(self) -> None:
        """Close what was opened; the process lock is given back last."""
        for name in ("journal", "http", "processes"):
            if name in self.__dict__:
                self.__dict__[name].close()


class Workspace:
    """An opened cluster database on this machine."""

    def __init__(
        self,
        machine: Machine,
        record: WorkspaceRecord,
        cluster: ClusterWorkspace,
        *,
        address: str,
    ) -> None:
        self.machine = machine
        self.address = address
        self.record = record
        self.cluster = cluster

    @cached_property
    def identity(self) -> IdentityService:
        """Signing up, in and out."""
        return IdentityService(
            IdentityParts(
                users=self.cluster.users,
                vault=self.machine.vault,
                secrets=self.machine.store_for(self.record),
                clock=self.machine.clock,
                workspace_id=self.record.id,
            )
        )

    @cached_property
    def organizations(self) -> OrganizationService:
        """Organizations and their keys."""
        return OrganizationService(
            OrganizationParts(
                organizations=self.cluster.organizations,
                users=self.cluster.users,
                vault=self.machine.vault,
                clock=self.machine.clock,
                default_zone=local_zone(),
            )
        )

    def person(self, password: str | None = None) -> Identity:
        """Who is signed in; NotAllowed (`not_signed_in`, `locked`)."""
        known = self.machine.home.workspace(self.record.id).user_id
        if known is None:
            raise NotAllowed(
                "Nobody is signed in on this machine.",
                code="not_signed_in",
                fix="Sign up (postflow user signup) or log in (postflow user login).",
            )
        return self.identity.current(known, password)

    def seat(self, password: str | None = None) -> Seat:
        """The signed-in person in the current organization; NotFound (`no_organization`)."""
        person = self.person(password)
        chosen = self.machine.home.workspace(self.record.id).organization_id
        mine = self.organizations.list(person.user_id)
        if chosen is None and len(mine) == 1:
            chosen = mine[0][0].id
        if chosen is None:
            raise NotFound(
                "You have no current organization.",
                code="no_organization",
                fix="Create one (postflow org create) or choose one (postflow org switch).",
            )
        organization, member = self.organizations.find(person.user_id, chosen)
        return Seat(workspace=self, person=person, organization=organization, member=member)

    def sessions(self, person: Identity) -> AccountSessions:
        """Sessions of accounts, opened with the keys of this person."""
        return AccountSessions(
            SessionParts(
                accounts=self.cluster.accounts,
                keys=lambda organization_id: self._key(organization_id, person),
                vault=self.machine.vault,
                connectors=self.machine.connectors,
                clock=self.machine.clock,
                owner=self.machine.processes.process_id,
            )
        )

    def engine(
        self, person: Identity, *, target_ids: tuple[str, ...] | None = None
    ) -> PublishingEngine:
        """The publish protocol for all organizations in which this person may publish."""
        machine = self.machine
        mine = [
            o.id
            for o, role in self.organizations.list(person.user_id)
            if may(role, Action.WRITE_POSTS)
        ]
        return PublishingEngine(
            PublishingParts(
                workspace_id=self.record.id,
                scope=Scope(
                    organization_ids=tuple(mine),
                    networks=frozenset(machine.publishers),
                    machine=machine.home.machine_id,
                    target_ids=target_ids,
                ),
                targets=self.cluster.targets,
                attempts=self.cluster.attempts,
                payloads=self.cluster.payloads,
                posts=self.cluster.posts,
                media=self.cluster.media,
                sessions=self.sessions(person),
                publishers=machine.publishers,
                journal=machine.journal,
                processes=machine.processes,
                clock=machine.clock,
                timings=Timings(),
                random=SystemRandom().random,
            )
        )

    def close(self) -> None:
        """Close the connections."""
        self.cluster.client.close()

    def _key(self, organization_id: str, person: Identity) -> OrganizationKey:
        return self.organizations.open_key(organization_id, person)


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A signed-in person in one organization."""

    workspace: Workspace
    person: Identity
    organization: Organization
    member: Membership

    @cached_property
    def posts(self) -> PostService:
        """Writing, showing, canceling, deleting."""
        from postflow_desktop.media.reader import FileMediaReader

        cluster = self.workspace.cluster
        return PostService(
            PostParts(
                actor=self.member,
                posts=cluster.posts,
                targets=cluster.targets,
                attempts=cluster.attempts,
                accounts=cluster.accounts,
                media=cluster.media,
                reader=FileMediaReader(),
                publishers=self.workspace.machine.publishers,
                sessions=self.workspace.sessions(self.person),
            )
        )

    @cached_property
    def planning(self) -> PlanningService:
        """When posts go out."""
        cluster = self.workspace.cluster
        return PlanningService(
            PlanningParts(
                organization=self.organization,
                posts=cluster.posts,
                targets=cluster.targets,
                payloads=cluster.payloads,
                publishers=self.workspace.machine.publishers,
            )
        )

    @cached_property
    def submit(self) -> SubmitService:
        """Creating and planning in one go."""
        return SubmitService(self.posts, self.planning)

    @cached_property
    def accounts(self) -> AccountService:
        """Connected accounts."""
        workspace = self.workspace
        machine, cluster = workspace.machine, workspace.cluster
        return AccountService(
            AccountParts(
                accounts=cluster.accounts,
                sessions=workspace.sessions(self.person),
                keys=lambda organization_id: workspace.organizations.open_key(
                    organization_id, self.person
                ),
                vault=machine.vault,
                connectors=machine.connectors,
                clock=machine.clock,
                warnings=lambda network, secret: machine.connectors[network].advice(secret),
                waiting=cluster.targets.of_account,
            )
        )


def _uri_name(record: WorkspaceRecord) -> str:
    return f"workspace/{record.id}/uri"
