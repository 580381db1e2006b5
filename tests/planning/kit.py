"""A member with accounts and queues on a real cluster, as window and command line have it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

from postflow_desktop.cluster.accounts import MongoAccountStore
from postflow_desktop.cluster.media_store import MongoMediaStore
from postflow_desktop.cluster.queues import MongoQueueStore
from postflow_desktop.cluster.schema.accounts import ACCOUNT_COLLECTIONS
from postflow_desktop.cluster.schema.queues import QUEUE_COLLECTIONS
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import Post
from postflow_desktop.domain.queue import WeeklySlot
from postflow_desktop.domain.target import Target
from postflow_desktop.domain.time import PlannedTime, plan_instant
from postflow_desktop.media.reader import FileMediaReader
from postflow_desktop.services.planning import PlanningParts, PlanningService
from postflow_desktop.services.ports.organizations import (
    Membership,
    Organization,
    OrganizationSettings,
    Role,
)
from postflow_desktop.services.posts import NewPost, PostParts, PostService
from postflow_desktop.services.queueing import QueueChange, QueueParts, QueueService
from postflow_desktop.services.submitting import SubmitService
from tests.kit.pages import no_pages
from tests.publishing.kit import World


class Desk:
    """A member with two accounts."""

    def __init__(self, world: World, role: Role = Role.MEMBER, lead: int = 0) -> None:
        self.world = world
        apply(world.cluster.db, (*ACCOUNT_COLLECTIONS, *QUEUE_COLLECTIONS))
        self.accounts = MongoAccountStore(world.cluster.db)
        organization = Organization(
            id=world.organization_id,
            name="Bakery",
            slug="bakery",
            timezone="Europe/Berlin",
            plan_id=world.organization_id,
            created_at=datetime.now(UTC),
            settings=OrganizationSettings(min_lead_minutes=lead),
        )
        actor = Membership(
            user_id=world.targets.new_id(), organization_id=organization.id, role=role
        )
        self.posts = PostService(
            PostParts(
                actor=actor,
                posts=world.posts,
                targets=world.targets,
                attempts=world.attempts,
                accounts=self.accounts,
                media=MongoMediaStore(world.cluster.client[world.cluster.media_name]),
                reader=FileMediaReader(),
                publishers={Network.BLUESKY: world.network},
                sessions=world.sessions,
            )
        )
        planning = PlanningService(
            PlanningParts(
                organization=organization,
                posts=world.posts,
                targets=world.targets,
                payloads=world.payloads,
                publishers={Network.BLUESKY: world.network},
            )
        )
        self.store = MongoQueueStore(world.cluster.db)
        self.queues = QueueService(
            QueueParts(
                actor=actor,
                organization=organization,
                queues=self.store,
                accounts=self.accounts,
                targets=world.targets,
                planning=planning,
            )
        )
        self.submit = SubmitService(self.posts, planning, self.queues, no_pages())
        self.first = self._account("first.test")
        self.second = self._account("second.test")

    def _account(self, name: str) -> str:
        """Connected, unless another desk of the organization has done it."""
        organization, user = self.world.organization_id, f"did:plc:{name}"
        known = self.accounts.find(organization, Network.BLUESKY, user)
        if known is not None:
            return known.id
        now = datetime.now(UTC)
        account = SocialAccount(
            id=self.accounts.new_id(),
            organization_id=organization,
            network=Network.BLUESKY,
            user_id=user,
            username=name,
            status=AccountStatus.ACTIVE,
            sealed_access_token="pf1.1.x.y",
            created_at=now,
            updated_at=now,
        )
        self.accounts.add(account)
        return account.id

    def daily(self, account_id: str, *hours: int, zone: str = "Europe/Berlin") -> None:
        """Give the account a queue with these hours on every day."""
        slots = tuple(WeeklySlot(day, hour, 0) for day in range(7) for hour in hours)
        self.queues.set(account_id, QueueChange(slots=slots, timezone=zone))

    def free(self, account_id: str, count: int) -> list[datetime]:
        """The next free slots of the account."""
        queue = self.queues.of_account(account_id)
        return [slot.utc for slot in self.queues.next_slots(queue, None, count)]

    def queued(self, *account_ids: str, text: str = "Hello") -> Post:
        """A new post in the queues of these accounts, or of the first one."""
        new = NewPost(text=text, account_ids=account_ids or (self.first,))
        return self.submit.create(new, None, now=False, queue=True)

    def targets(self, post: Post) -> dict[str, Target]:
        """The post's targets by account."""
        return {target.account_id: target for target in self.posts.show(post.id).targets}

    def slot(self, post: Post) -> datetime:
        """When the post's only target goes out."""
        (target,) = self.targets(post).values()
        return target.scheduled_at

    def stored(self, collection: str) -> list[dict[str, Any]]:
        """The organization's documents as they lie in the cluster."""
        mine = {"organizationId": ObjectId(self.world.organization_id)}
        return list(self.world.cluster.db[collection].find(mine))

    def at(self, **delta: float) -> PlannedTime:
        return plan_instant(self.world.targets.now() + timedelta(**delta), "Europe/Berlin")
