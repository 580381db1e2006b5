"""A world with an organization and accounts in it, whose targets may be kept back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bson import ObjectId

from postflow_desktop.cluster.accounts import MongoAccountStore
from postflow_desktop.cluster.documents import new_id
from postflow_desktop.cluster.pauses import MongoPauseStore
from postflow_desktop.cluster.schema.accounts import ACCOUNT_COLLECTIONS
from postflow_desktop.cluster.schema.people import PEOPLE_COLLECTIONS
from postflow_desktop.cluster.schema.queues import QUEUE_COLLECTIONS
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.late import LatePolicy
from postflow_desktop.domain.network import Cap, Network
from postflow_desktop.services.pausing import PauseParts, PauseService
from postflow_desktop.services.ports.organizations import Membership, Role
from tests.fakes.keyed_network import RULES, KeyedNetwork
from tests.publishing.kit import World


@dataclass
class GatedWorld(World):
    """One organization with an account."""

    def __post_init__(self) -> None:
        super().__post_init__()
        apply(self.cluster.db, (*PEOPLE_COLLECTIONS, *ACCOUNT_COLLECTIONS, *QUEUE_COLLECTIONS))
        self.accounts = MongoAccountStore(self.cluster.db)
        self.pauses = MongoPauseStore(self.cluster.db)
        self.ana = new_id()
        now = self.targets.now()
        self.cluster.db["organizations"].insert_one(
            {
                "_id": ObjectId(self.organization_id),
                "name": "Bakery",
                "slug": f"bakery-{self.organization_id}",
                "timezone": "Europe/Berlin",
                "planId": ObjectId(),
                "status": "active",
                "keyVersion": 1,
                "createdAt": now,
                "updatedAt": now,
                "rev": 1,
            }
        )
        self.account = self.connect()

    def connect(self) -> str:
        """Another account of the organization."""
        now = self.targets.now()
        account = SocialAccount(
            id=new_id(),
            organization_id=self.organization_id,
            network=Network.BLUESKY,
            user_id=f"did:plc:{new_id()}",
            username="bakery.test",
            status=AccountStatus.ACTIVE,
            sealed_access_token="sealed",
            created_at=now,
            updated_at=now,
        )
        self.accounts.add(account)
        return account.id

    def service(self, role: Role = Role.OWNER) -> PauseService:
        """What a member of that role can do."""
        return PauseService(
            PauseParts(
                actor=Membership(user_id=self.ana, organization_id=self.organization_id, role=role),
                pauses=self.pauses,
                accounts=self.accounts,
                targets=self.targets,
                posts=self.posts,
            )
        )

    def late_policy(self, policy: LatePolicy, grace_minutes: int = 30) -> None:
        """The organization's rule."""
        rule = {"policy": policy.value, "graceMinutes": grace_minutes}
        self.settings(late=rule)

    def settings(self, **settings: object) -> None:
        """Settings of the organization, as they are stored."""
        self.cluster.db["organizations"].update_one(
            {"_id": ObjectId(self.organization_id)},
            {"$set": {f"settings.{name}": value for name, value in settings.items()}},
        )

    def queue_policy(self, policy: LatePolicy, grace_minutes: int = 30) -> None:
        """The rule of the account's queue."""
        self.cluster.db["queues"].insert_one(
            {
                "organizationId": ObjectId(self.organization_id),
                "socialAccountId": ObjectId(self.account),
                "enabled": True,
                "timezone": "Europe/Berlin",
                "timeSlots": [{"dayOfWeek": 1, "hour": 9, "minute": 0}],
                "late": {"policy": policy.value, "graceMinutes": grace_minutes},
                "createdAt": self.targets.now(),
                "updatedAt": self.targets.now(),
                "rev": 1,
            }
        )

    def cap(self, *caps: Cap) -> None:
        """What the network takes of one account."""
        self.network.rules = replace(RULES, caps=caps)

    @contextmanager
    def every_query_told(self) -> Iterator[list[dict[str, object]]]:
        """What the server was asked inside, and how it went about it."""
        told: list[dict[str, object]] = []
        self.cluster.db["system.profile"].drop()
        self.cluster.db.command("profile", 2)
        yield told
        self.cluster.db.command("profile", 0)
        told += list(self.cluster.db["system.profile"].find({"planSummary": {"$exists": True}}))


def sent(network: KeyedNetwork) -> list[str]:
    """The targets that went out, in order."""
    return list(network.accepted)
