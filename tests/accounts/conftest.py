"""An organization with a person, a network and machines that share them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from postflow_desktop.cluster.pauses import MongoPauseStore
from postflow_desktop.cluster.posts import MongoPostStore
from postflow_desktop.cluster.targets import MongoTargetStore
from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.network import Network
from postflow_desktop.services.accounts import AccountParts, AccountService, ConnectRequest
from postflow_desktop.services.disconnecting import DisconnectParts, DisconnectService
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.signing_in import Client
from postflow_desktop.services.ports.vault import Identity
from postflow_desktop.services.sessions import AccountSessions, RefreshTimings, SessionParts
from tests.conftest import ClusterDb
from tests.fakes.network import FakeNetwork
from tests.fakes.people import PASSWORD, People, prepare

REQUEST = ConnectRequest(
    network=Network.BLUESKY,
    service=FakeNetwork.service,
    username="alice.example",
    secret="app-pass",
)


def _no_client(account: SocialAccount) -> Client:
    raise NotFound(f"No app for {account.username}.", code="no_client")


QUICK = RefreshTimings(wait_seconds=0.2, pause_seconds=0.01)


@dataclass
class Office:
    """Shared state of the tests about accounts."""

    people: People
    identity: Identity
    owner: Membership
    network: FakeNetwork

    def __post_init__(self) -> None:
        self.machines = 0

    @property
    def organization_id(self) -> str:
        return self.owner.organization_id

    def sessions(self, timings: RefreshTimings | None = None) -> AccountSessions:
        """The sessions of a further machine."""
        self.machines += 1
        organizations = self.people.organization_service()
        return AccountSessions(
            SessionParts(
                accounts=self.people.accounts,
                keys=lambda organization: organizations.open_key(organization, self.identity),
                vault=self.people.vault,
                connectors={Network.BLUESKY: self.network},
                clock=self.people.clock,
                owner=f"machine-{self.machines}",
                timings=timings or RefreshTimings(pause_seconds=0.01),
            )
        )

    def service(self, sessions: AccountSessions | None = None) -> AccountService:
        """The account service of a machine."""
        organizations = self.people.organization_service()
        return AccountService(
            AccountParts(
                accounts=self.people.accounts,
                sessions=sessions or self.sessions(),
                keys=lambda organization: organizations.open_key(organization, self.identity),
                vault=self.people.vault,
                connectors={Network.BLUESKY: self.network},
                clock=self.people.clock,
                warnings=lambda _, secret: () if "-" in secret else ("Use an app password.",),
                pauses=self.pauses,
            )
        )

    def disconnecting(self, actor: Membership | None = None) -> DisconnectService:
        """Disconnects accounts, as that member or the owner."""
        organizations = self.people.organization_service()
        database = self.people.database
        return DisconnectService(
            DisconnectParts(
                actor=actor or self.owner,
                accounts=self.people.accounts,
                targets=MongoTargetStore(database),
                posts=MongoPostStore(database),
                pauses=self.pauses,
                keys=lambda organization: organizations.open_key(organization, self.identity),
                vault=self.people.vault,
                connectors={Network.BLUESKY: self.network},
                client=_no_client,
            )
        )

    @property
    def pauses(self) -> MongoPauseStore:
        return MongoPauseStore(self.people.database)

    def connect(self) -> SocialAccount:
        """Alice's account, connected."""
        return self.service().connect(self.owner, REQUEST).account

    def stored(self, account_id: str) -> SocialAccount:
        """The account as the cluster has it."""
        account = self.people.accounts.get(self.organization_id, account_id)
        assert account is not None
        return account


@pytest.fixture
def office(cluster_db: ClusterDb) -> Office:
    prepare(cluster_db.db)
    people = People(cluster_db.db)
    identity = people.identity_service().sign_up("owner@example.com", None, PASSWORD).identity
    organizations = people.organization_service()
    organization = organizations.create("Acme", identity)
    _, owner = organizations.find(identity.user_id, organization.id)
    return Office(people=people, identity=identity, owner=owner, network=FakeNetwork())
