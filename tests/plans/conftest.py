"""An organization on a plan, and machines with connections of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any

import pytest
from bson import ObjectId

from postflow_desktop.cluster.connection import open_client
from postflow_desktop.cluster.workspace import ClusterWorkspace
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.services.entitlements import EntitlementService
from tests.cluster.samples import sound
from tests.conftest import ClusterDb

PLAN = "free"


@dataclass
class Tenant:
    """One organization and its owner."""

    cluster: ClusterDb
    workspace: ClusterWorkspace
    id: str
    owner: str
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def db(self) -> Any:
        return self.workspace.database

    def limits(self, **limits: int) -> None:
        """Change the plan's limits."""
        change = {f"limits.{name}": most for name, most in limits.items()}
        self.db["subscriptionPlans"].update_one({"slug": PLAN}, {"$set": change})

    def machine(self) -> ClusterWorkspace:
        """The workspace by a client of its own."""
        client = self.stack.enter_context(open_client(self.cluster.uri))
        return ClusterWorkspace(client, self.cluster.name)

    def plans(self, workspace: ClusterWorkspace | None = None) -> EntitlementService:
        """The entitlement service of a machine."""
        return EntitlementService((workspace or self.workspace).entitlements, pause=Event().wait)

    def post(self, at: datetime | None = None) -> Post:
        """A new draft."""
        now = at or self.workspace.targets.now()
        return Post(
            id=str(ObjectId()),
            organization_id=self.id,
            created_by=self.owner,
            status=PostStatus.DRAFT,
            text="Hello",
            account_ids=(),
            created_at=now,
            updated_at=now,
        )

    def stored(self, collection: str, **fields: object) -> ObjectId:
        """A sound document of this organization, stored."""
        document = {**sound(collection), "organizationId": ObjectId(self.id), **fields}
        self.db[collection].insert_one(document)
        key: ObjectId = document["_id"]
        return key


@pytest.fixture
def tenant(cluster_db: ClusterDb) -> Iterator[Tenant]:
    workspace = ClusterWorkspace(cluster_db.client, cluster_db.name)
    workspace.prepare()
    plan = workspace.database["subscriptionPlans"].find_one({"slug": PLAN}) or {}
    owner, organization = sound("users"), {**sound("organizations"), "planId": plan["_id"]}
    workspace.database["users"].insert_one(owner)
    workspace.database["organizations"].insert_one(organization)
    made = Tenant(cluster_db, workspace, str(organization["_id"]), str(owner["_id"]))
    made.stored("memberships", userId=owner["_id"], role="owner")
    yield made
    made.stack.close()


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """Run them at the same time; the codes of their refusals, empty for what worked."""
    gate = Event()

    def run(act: Callable[[], object]) -> str:
        gate.wait()
        try:
            act()
        except PostFlowError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        running = [pool.submit(run, act) for act in acts]
        gate.set()
        return [each.result() for each in running]
