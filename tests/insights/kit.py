"""An organization on a real cluster: accounts, posts that are out, machines that measure them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bson import ObjectId

from postflow_desktop.cluster.accounts import MongoAccountStore
from postflow_desktop.cluster.analytics import MongoAnalyticsStore
from postflow_desktop.cluster.documents import new_id
from postflow_desktop.cluster.gates import MongoGateStore
from postflow_desktop.cluster.schema.accounts import ACCOUNT_COLLECTIONS
from postflow_desktop.cluster.schema.analytics import ANALYTICS_COLLECTIONS
from postflow_desktop.cluster.schema.people import PEOPLE_COLLECTIONS
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.domain.account import AccountStatus, Session, SocialAccount
from postflow_desktop.domain.metrics import OFTEN, AccountMetrics, Gone, Pace, PostMetrics
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.target import Target
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.services.insights import (
    Insights,
    InsightsParts,
    MemberInsights,
    MemberParts,
)
from postflow_desktop.services.measuring import MeasuringParts
from postflow_desktop.services.ports.organizations import Membership, Role
from postflow_desktop.services.ports.sessions import SessionSource
from tests.conftest import ClusterDb
from tests.publishing.kit import World

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MACHINE = "machine-a"


class NumberedNetwork:
    """The Metrics port in memory: every answer has higher numbers than the one before."""

    def __init__(self, network: Network = Network.BLUESKY, pace: Pace = OFTEN) -> None:
        self.network = network
        self.pace = pace
        self.most = 25
        self.daily_requests: int | None = None
        self.asked: list[tuple[str, ...]] = []
        self.accounts_asked = 0
        self.answers: dict[str, PostMetrics | Gone | None] = {}
        self.fail: Callable[[Session], object] = lambda _: None
        self._lock = threading.Lock()

    @property
    def posts_asked(self) -> list[str]:
        """Every id that was asked for, in order."""
        return [one for ids in self.asked for one in ids]

    def price(self, session: Session, posts: int) -> int:
        return 1 if posts else 0

    def of_posts(
        self, session: Session, external_ids: Sequence[str]
    ) -> Mapping[str, PostMetrics | Gone]:
        self.fail(session)
        with self._lock:
            self.asked.append(tuple(external_ids))
            times = {one: self.posts_asked.count(one) for one in external_ids}
        told = {one: PostMetrics(likes=10 * n, comments=n) for one, n in times.items()}
        found = {one: self.answers.get(one, told[one]) for one in external_ids}
        return {one: numbers for one, numbers in found.items() if numbers is not None}

    def of_account(self, session: Session) -> AccountMetrics:
        self.fail(session)
        with self._lock:
            self.accounts_asked += 1
            return AccountMetrics(followers=100 + self.accounts_asked)


@dataclass
class Team:
    """The stores of one organization, its network, and machines on them."""

    cluster: ClusterDb
    world: World
    network: NumberedNetwork = field(default_factory=NumberedNetwork)
    machines: int = 0

    def __post_init__(self) -> None:
        collections = (*PEOPLE_COLLECTIONS, *ACCOUNT_COLLECTIONS, *ANALYTICS_COLLECTIONS)
        apply(self.cluster.db, collections)
        self.accounts = MongoAccountStore(self.cluster.db)
        self.analytics = MongoAnalyticsStore(self.cluster.db)

    @property
    def organization_id(self) -> str:
        return self.world.organization_id

    def account(self, network: Network = Network.BLUESKY, **more: Any) -> SocialAccount:
        """A connected account."""
        now = self.world.targets.now()
        values = {"status": AccountStatus.ACTIVE, "sealed_access_token": "pf1.1.a.b", **more}
        account = SocialAccount(
            id=new_id(),
            organization_id=self.organization_id,
            network=network,
            user_id=f"did:plc:{new_id()}",
            username="bakery.test",
            service="https://pds.example",
            created_at=now,
            updated_at=now,
            **values,
        )
        self.accounts.add(account)
        return account

    def out(self, account: SocialAccount, age: timedelta, name: str = "") -> Target:
        """A post that went out so long ago."""
        target = self.world.plan(account_id=account.id)
        at = self.world.targets.now() - age
        place = name or f"at://{target.id}"
        result = {"externalId": place, "url": f"https://bsky.app/{target.id}"}
        self.world.set(
            target,
            platform=account.network.value,
            status="published",
            scheduledAt=at,
            publishedAt=at,
            result=result,
        )
        return self.world.look(target)

    def insights(self, machine: str = MACHINE, **more: Any) -> Insights:
        """The recurring work of a further machine."""
        named: dict[str, Any] = {
            "organization_ids": [self.organization_id],
            "accounts": self.accounts,
            "gates": MongoGateStore(self.cluster.db),
            "measuring": self.measuring(),
            "clock": SystemClock(),
            "machine": machine,
            **more,
        }
        return Insights(InsightsParts(**named))

    def member(self, role: Role = Role.MEMBER, machine: str = MACHINE) -> MemberInsights:
        """A member at a further machine."""
        actor = Membership(
            organization_id=self.organization_id,
            user_id=new_id(),
            role=role,
        )
        return MemberInsights(
            MemberParts(
                actor=actor,
                known_post=lambda post_id: self.world.posts.get(self.organization_id, post_id),
                targets=self.world.targets,
                accounts=self.accounts,
                measuring=self.measuring(),
                clock=SystemClock(),
                machine=machine,
            )
        )

    def measuring(self, sessions: SessionSource | None = None) -> MeasuringParts:
        """What a further machine measures with."""
        self.machines += 1
        return MeasuringParts(
            analytics=self.analytics,
            sessions=sessions or self.world.sessions,
            metrics={self.network.network: self.network},
            owner=f"machine-{self.machines}",
        )

    def later(self, by: timedelta) -> None:
        """Let so much time pass: everything that was measured lies further back."""
        milliseconds = round(by / timedelta(milliseconds=1))

        def shifted(name: str) -> dict[str, Any]:
            return {"$subtract": [f"${name}", milliseconds]}

        db = self.cluster.db
        times = {"analytics": ("fetchedAt", "askedAt"), "metricTurns": ("nextAt", "blockedUntil")}
        for collection, names in times.items():
            db[collection].update_many({}, [{"$set": {name: shifted(name) for name in names}}])
        moved = {name: shifted(name) for name in ("scheduledAt", "publishedAt")}
        db["schedules"].update_many({}, [{"$set": moved}])

    def stored(self, target: Target) -> dict[str, Any]:
        """The document of a measurement."""
        query = {"postId": ObjectId(target.post_id)}
        found = self.cluster.db["analytics"].find_one(query)
        assert found is not None
        return found

    def turn(self, account: SocialAccount) -> dict[str, Any]:
        """The account's turn."""
        query = {"socialAccountId": ObjectId(account.id)}
        found = self.cluster.db["metricTurns"].find_one(query)
        assert found is not None
        return found
