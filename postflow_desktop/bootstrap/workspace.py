"""An opened cluster database, and a signed-in person in one organization of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from threading import Event
from typing import TYPE_CHECKING

from postflow_desktop.bootstrap.machine import Machine
from postflow_desktop.domain.errors import NotAllowed, NotFound
from postflow_desktop.domain.presence import PublisherKind
from postflow_desktop.machine.clock import local_zone
from postflow_desktop.machine.settings import WorkspaceRecord
from postflow_desktop.services.accounts import AccountParts, AccountService
from postflow_desktop.services.entitlements import EntitlementService
from postflow_desktop.services.identity import IdentityParts, IdentityService
from postflow_desktop.services.organizations import OrganizationParts, OrganizationService
from postflow_desktop.services.permissions import Action, may
from postflow_desktop.services.planning import PlanningParts, PlanningService
from postflow_desktop.services.ports.organizations import Membership, Organization
from postflow_desktop.services.ports.targets import Scope
from postflow_desktop.services.ports.vault import Identity, OrganizationKey
from postflow_desktop.services.posts import PostParts, PostService
from postflow_desktop.services.queueing import QueueParts, QueueService
from postflow_desktop.services.sessions import AccountSessions, SessionParts
from postflow_desktop.services.submitting import SubmitService

if TYPE_CHECKING:
    from postflow_desktop.bootstrap.sandbox import HomeSandbox
    from postflow_desktop.cluster.workspace import ClusterWorkspace
    from postflow_desktop.scheduler.recurring import Job
    from postflow_desktop.services.notifications.member import MemberNotices
    from postflow_desktop.services.pausing import PauseService
    from postflow_desktop.services.presence import PresenceService
    from postflow_desktop.services.publishing.engine import PublishingEngine


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
        self._sandbox: HomeSandbox | None = None

    @classmethod
    def current(
        cls, machine: Machine, ready: Callable[[ClusterWorkspace], object] | None = None
    ) -> Workspace:
        """The workspace that commands are about, connected; NotFound (`no_workspace`)."""
        record = machine.home.current()
        if record is None:
            raise NotFound(
                "There is no workspace on this machine yet.",
                code="no_workspace",
                fix="Create one: postflow workspace create --name NAME",
            )
        return cls.open(machine, record, machine.address_of(record), ready=ready)

    @classmethod
    def open(
        cls,
        machine: Machine,
        record: WorkspaceRecord,
        address: str,
        *,
        begun: Callable[[Workspace], object] = lambda _: None,
        ready: Callable[[ClusterWorkspace], object] | None = None,
    ) -> Workspace:
        """Connect to a workspace and bring its schema up to date; ClusterUnreachable.

        `begun` gets it before it is waited for: whoever closes it ends the waiting. With `ready`
        that is called instead of bringing it up to date.
        """
        from postflow_desktop.cluster.connection import open_client
        from postflow_desktop.cluster.workspace import ClusterWorkspace

        cluster = ClusterWorkspace(open_client(address), record.db)
        workspace = cls(machine, record, cluster, address=address)
        begun(workspace)
        try:
            (ready or ClusterWorkspace.prepare)(cluster)
        except BaseException:
            workspace.close()
            raise
        machine.cluster_time.ask_with(cluster.targets.now)
        return workspace

    @property
    def is_lost(self) -> bool:
        """Whether no server takes writes, as far as is known without asking."""
        return not self.cluster.client.topology_description.has_writable_server()

    @contextmanager
    def answering_within(self, seconds: float) -> Iterator[None]:
        """What is asked inside gives up after so many seconds: ClusterUnreachable."""
        import pymongo

        with pymongo.timeout(seconds):
            yield

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
    def entitlements(self) -> EntitlementService:
        """What plans allow."""
        return EntitlementService(self.cluster.entitlements, pause=Event().wait)

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
                founding=self.entitlements.founding,
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
                clock=self.machine.cluster_time,
                owner=self.machine.processes.process_id,
                unsaved=self.machine.unsaved_tokens,
            )
        )

    def publishes_for(self, person: Identity) -> tuple[str, ...]:
        """The organizations in which this person may publish."""
        mine = self.organizations.list(person.user_id)
        return tuple(o.id for o, role in mine if may(role, Action.WRITE_POSTS))

    def engine(
        self,
        person: Identity,
        *,
        kind: PublisherKind = PublisherKind.DESKTOP,
        target_ids: tuple[str, ...] | None = None,
    ) -> PublishingEngine:
        """The publish protocol for all organizations in which this person may publish."""
        from postflow_desktop.bootstrap.publishing import publishing_engine

        machine = self.machine
        mine = self.publishes_for(person)
        self.reach_sandbox(person, mine)
        return publishing_engine(
            machine,
            self.record.id,
            self.cluster,
            self.sessions(person),
            Scope(
                organization_ids=mine,
                networks=frozenset(machine.publishers),
                machine=machine.home.machine_id,
                target_ids=target_ids,
            ),
            kind=kind,
        )

    def recurring_jobs(self, person: Identity, *, mails: bool = True) -> tuple[Job, ...]:
        """What a publisher does beside publishing."""
        from postflow_desktop.bootstrap.beside import jobs_beside

        mine, sessions = self.publishes_for(person), self.sessions(person)
        return jobs_beside(self.machine, self.cluster, sessions, mine, mails=mails)

    def reach_sandbox(self, person: Identity, organization_ids: Sequence[str]) -> None:
        """Have this machine's sandbox answer, where one of these has an account on it."""
        sandbox_folder = self.machine.home.path / "sandbox"
        if not sandbox_folder.is_dir():
            return
        here = self.machine.home.machine_id
        for organization_id in organization_ids:
            accounts = self.cluster.accounts.list(organization_id)
            if any(account.sandbox_machine == here for account in accounts):
                from postflow_desktop.bootstrap.sandbox import reach_again

                organization, member = self.organizations.find(person.user_id, organization_id)
                seat = Seat(workspace=self, person=person, organization=organization, member=member)
                reach_again(seat, self.sandbox().url)

    def sandbox(self) -> HomeSandbox:
        """This home's sandbox, listening until this workspace is closed."""
        from postflow_desktop.bootstrap.sandbox import HomeSandbox

        if self._sandbox is None:
            self._sandbox = HomeSandbox(self.machine)
        self._sandbox.start()
        return self._sandbox

    def close(self) -> None:
        """Close the connections."""
        if self._sandbox is not None:
            self._sandbox.stop()
        self.cluster.close()

    def _key(self, organization_id: str, person: Identity) -> OrganizationKey:
        return self.organizations.open_key(organization_id, person)


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A signed-in person in one organization."""

    workspace: Workspace
    person: Identity
    organization: Organization
    member: Membership

    @property
    def machine(self) -> Machine:
        """This process of this home."""
        return self.workspace.machine

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
                pauses=lambda: cluster.pauses.standing([self.organization.id]),
                taking=self.workspace.entitlements.taking,
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
                check_unlocked=partial(
                    self.workspace.entitlements.check_unlocked, self.organization.id
                ),
            )
        )

    @cached_property
    def queues(self) -> QueueService:
        """Slots of the accounts, and posts that go out at the next free one."""
        cluster = self.workspace.cluster
        return QueueService(
            QueueParts(
                actor=self.member,
                organization=self.organization,
                queues=cluster.queues,
                accounts=cluster.accounts,
                targets=cluster.targets,
                planning=self.planning,
                entering=partial(self.workspace.entitlements.queueing, self.organization.id),
            )
        )

    @cached_property
    def pausing(self) -> PauseService:
        """Keeping back what would go out: all of it, an account, one post."""
        from postflow_desktop.services.pausing import PauseParts, PauseService

        cluster = self.workspace.cluster
        return PauseService(
            PauseParts(
                actor=self.member,
                pauses=cluster.pauses,
                accounts=cluster.accounts,
                targets=cluster.targets,
                posts=cluster.posts,
            )
        )

    @cached_property
    def submit(self) -> SubmitService:
        """Creating and planning in one go."""
        cards = self.workspace.machine.link_cards
        return SubmitService(self.posts, self.planning, self.queues, cards)

    @cached_property
    def notices(self) -> MemberNotices:
        """What this person should know, and how they want to be told."""
        from postflow_desktop.services.notifications.member import MemberNotices

        cluster = self.workspace.cluster
        return MemberNotices(self.member, cluster.notices, cluster.wishes)

    @cached_property
    def presence(self) -> PresenceService:
        """Who publishes for this organization, and who will be awake."""
        from postflow_desktop.services.presence import PresenceService

        cluster = self.workspace.cluster
        return PresenceService(self.member, cluster.presence, cluster.targets.now)

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
                pauses=cluster.pauses,
                taking=workspace.entitlements.taking,
            )
        )
