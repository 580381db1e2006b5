"""A workspace's people on a real database: stores, services and one cheap vault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pymongo.database import Database

from postflow_desktop.cluster.accounts import MongoAccountStore
from postflow_desktop.cluster.organizations import MongoOrganizationStore
from postflow_desktop.cluster.schema.accounts import ACCOUNT_COLLECTIONS
from postflow_desktop.cluster.schema.people import PEOPLE_COLLECTIONS
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.cluster.users import MongoUserStore
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.machine.secrets import MemorySecretStore
from postflow_desktop.services.identity import IdentityParts, IdentityService
from postflow_desktop.services.organizations import OrganizationParts, OrganizationService
from postflow_desktop.services.ports.secrets import SecretStore
from postflow_desktop.vault.derivation import KdfParameters
from postflow_desktop.vault.local import LocalVault
from tests.fakes.clock import HeldClock

WORKSPACE = "workspace-1"
PASSWORD = "correct horse battery"


def prepare(database: Database[dict[str, Any]]) -> None:
    """Collections, indexes and plans, as a workspace has them."""
    apply(database, (*PEOPLE_COLLECTIONS, *ACCOUNT_COLLECTIONS))
    MongoOrganizationStore(database).seed_plans()


@dataclass
class People:
    """What tests about people and accounts need, on one database."""

    database: Database[dict[str, Any]]

    def __post_init__(self) -> None:
        self.users = MongoUserStore(self.database)
        self.organizations = MongoOrganizationStore(self.database)
        self.accounts = MongoAccountStore(self.database)
        self.vault = LocalVault(KdfParameters(memory_kib=8192, iterations=1))
        self.clock = HeldClock()
        self.secrets = MemorySecretStore()

    def identity_service(self, secrets: SecretStore | None = None) -> IdentityService:
        """The identity service of a machine with these secrets."""
        return IdentityService(
            IdentityParts(
                users=self.users,
                vault=self.vault,
                secrets=secrets or self.secrets,
                clock=self.clock,
                workspace_id=WORKSPACE,
            )
        )

    def organization_service(self, default_zone: str = "Europe/Berlin") -> OrganizationService:
        """The organization service of a machine in that zone."""
        return OrganizationService(
            OrganizationParts(
                organizations=self.organizations,
                users=self.users,
                vault=self.vault,
                clock=self.clock,
                default_zone=default_zone,
            )
        )


def refusal(act: Callable[[], object]) -> PostFlowError:
    """The error that an act ends with; fails where it does not."""
    try:
        act()
    except PostFlowError as error:
        return error
    raise AssertionError("nothing was refused")
