"""A workspace on a real cluster, written to through the stores, and replicas that follow it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from pymongo.database import Database

from postflow_desktop.cluster.documents import new_id
from postflow_desktop.cluster.feed import MongoFeed
from postflow_desktop.cluster.workspace import ClusterWorkspace
from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.post import Media, MediaKind, Post, PostStatus, Variant
from postflow_desktop.domain.target import Target, TargetError, TargetStatus, attempt_id
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.replica.reader import SqliteReplica
from postflow_desktop.replica.sync.engine import ReplicaSync
from postflow_desktop.replica.sync.writer import CacheWriter
from postflow_desktop.services.ports.attempts import AttemptRecord
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.feed import COLLECTIONS, ClusterFeed
from postflow_desktop.services.ports.replica import Change, SyncState
from tests.conftest import ClusterDb

START = datetime(2026, 11, 1, tzinfo=UTC)
MONTH = (START, START + timedelta(days=30))
PATIENCE = 30.0


@dataclass
class Cluster:
    """One workspace with one organization."""

    workspace: ClusterWorkspace
    organization_id: str = field(default_factory=new_id)

    @property
    def db(self) -> Database[dict[str, Any]]:
        return self.workspace.database

    def feed(self) -> ClusterFeed:
        return MongoFeed(self.db)

    def account(
        self, network: Network = Network.BLUESKY, username: str = "bakery.test", **more: Any
    ) -> SocialAccount:
        """A connected account, stored."""
        account = SocialAccount(
            id=new_id(),
            organization_id=self.organization_id,
            network=network,
            user_id=f"did:plc:{new_id()}",
            username=username,
            status=AccountStatus.ACTIVE,
            created_at=START,
            updated_at=START,
            service="https://pds.example",
            **{"sealed_access_token": "pf1.1.a.b", **more},
        )
        self.workspace.accounts.add(account)
        return account

    def post(
        self,
        text: str = "Fresh bread",
        *,
        at: datetime | None = None,
        accounts: tuple[SocialAccount, ...] = (),
        **more: Any,
    ) -> Post:
        """A post, stored; a draft unless told otherwise."""
        values: dict[str, Any] = {"status": PostStatus.DRAFT, **more}
        return self.workspace.posts.add(
            Post(
                id=new_id(),
                organization_id=self.organization_id,
                created_by=new_id(),
                text=text,
                scheduled_at=at,
                account_ids=tuple(account.id for account in accounts),
                created_at=START,
                updated_at=START,
                **values,
            )
        )

    def target(
        self,
        post: Post,
        account: SocialAccount,
        status: TargetStatus = TargetStatus.PENDING,
        **more: Any,
    ) -> Target:
        """A target of a post, stored."""
        at = post.scheduled_at or START
        target = Target(
            id=new_id(),
            organization_id=self.organization_id,
            post_id=post.id,
            account_id=account.id,
            network=account.network,
            status=status,
            scheduled_at=at,
            not_before=at,
            content_hash="0" * 64,
            created_at=START,
            updated_at=START,
            **more,
        )
        self.workspace.targets.add([target])
        return target

    def attempt(self, target: Target, kind: OutcomeKind | None = None) -> AttemptRecord:
        """An attempt at a target, concluded if an outcome is given."""
        record = AttemptRecord(
            id=attempt_id(target.id, 0, 1),
            organization_id=self.organization_id,
            post_id=target.post_id,
            target_id=target.id,
            account_id=target.account_id,
            content_hash=target.content_hash,
            wire="{}",
            machine="m",
            process="p",
            fence=1,
            at=START,
        )
        self.workspace.attempts.announce(record)
        if kind is not None:
            outcome = Outcome(kind=kind, message="A sentence.", status=503)
            self.workspace.attempts.conclude(record, outcome, START + timedelta(seconds=2))
        return record

    def set(self, collection: str, key: str, **fields: Any) -> None:
        """Change stored fields as another machine would: with the next rev."""
        from bson import ObjectId

        found = self.db[collection].update_one(
            {"_id": ObjectId(key)}, {"$set": fields, "$inc": {"rev": 1}}
        )
        assert found.matched_count == 1

    def revs(self) -> dict[str, dict[str, int]]:
        """The rev of every document, read without the feed."""
        return {
            name: {str(d["_id"]): d["rev"] for d in self.db[name].find({}, {"rev": 1})}
            for name in COLLECTIONS
        }


def cluster_of(database: ClusterDb) -> Cluster:
    """A prepared workspace in that database."""
    workspace = ClusterWorkspace(database.client, database.name)
    workspace.prepare()
    return Cluster(workspace)


@dataclass
class Home:
    """A replica with its synchronisation, and what it told."""

    path: Path
    sync: ReplicaSync
    replica: SqliteReplica
    changes: list[Change]
    states: list[SyncState]
    news: Event

    def close(self) -> None:
        self.sync.stop()
        self.replica.close()

    def until(self, done: Callable[[], bool], what: str = "it") -> None:
        """Wait for news until that holds."""
        while not done():
            came = self.news.wait(PATIENCE)
            self.news.clear()
            assert came or done(), f"{what} did not happen; {self.sync.state}"

    def live(self) -> Home:
        assert self.sync.wait_live(PATIENCE), self.sync.state
        return self


def home_of(
    feed_factory: Callable[[], ClusterFeed], path: Path, clock: Clock | None = None
) -> Home:
    """A started synchronisation into that file."""
    changes: list[Change] = []
    states: list[SyncState] = []
    news = Event()

    def changed(change: Change) -> None:
        changes.append(change)
        news.set()

    def stands(state: SyncState) -> None:
        states.append(state)
        news.set()

    sync = ReplicaSync(
        feed_factory, path, clock or SystemClock(), on_change=changed, on_state=stands
    )
    home = Home(path, sync, SqliteReplica(path), changes, states, news)
    sync.start()
    return home


def held_revs(path: Path) -> dict[str, dict[str, int]]:
    """The rev of every document in a `cache.db` that nobody writes to."""
    cache = CacheWriter(path)
    try:
        return {name: cache.digest(name) for name in COLLECTIONS}
    finally:
        cache.close()


def picture() -> Media:
    """A picture's description."""
    return Media(kind=MediaKind.IMAGE, sha256="a" * 64, mime="image/png", size=3, width=1, height=1)


def failed(message: str = "The network said no.") -> TargetError:
    """An error as targets carry it."""
    return TargetError(code="refused", message=message, fix="Change the text.")


def variant(account: SocialAccount, text: str) -> Variant:
    """Own words for an account."""
    return Variant(account_id=account.id, text=text)
