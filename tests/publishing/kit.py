"""A publishing engine on a real cluster and a real journal, with a network in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from postflow_desktop.cluster.attempts import MongoAttemptStore
from postflow_desktop.cluster.budgets import MongoBudgetStore
from postflow_desktop.cluster.documents import new_id
from postflow_desktop.cluster.gates import MongoGateStore
from postflow_desktop.cluster.media_store import MongoMediaStore
from postflow_desktop.cluster.payloads import MongoPayloadStore
from postflow_desktop.cluster.posts import MongoPostStore
from postflow_desktop.cluster.schema.gates import GATE_COLLECTIONS
from postflow_desktop.cluster.schema.posts import POST_COLLECTIONS
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.cluster.targets import MongoTargetStore
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import payload_for
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.domain.step import steps_for
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.journal import SqliteJournal
from postflow_desktop.machine.processes import HomeProcesses
from postflow_desktop.services.ports.targets import Scope
from postflow_desktop.services.publishing.engine import PublishingEngine
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.timings import Timings
from tests.conftest import ClusterDb
from tests.fakes.keyed_network import KeyedNetwork
from tests.fakes.sessions import OpenSessions

WORKSPACE = "w-test"


@dataclass
class Machine:
    """One process of one home with its engine."""

    parts: PublishingParts
    engine: PublishingEngine
    processes: HomeProcesses
    journal: SqliteJournal

    def drain(self) -> None:
        """Work until nothing is due."""
        while self.engine.work_once():
            pass

    def close(self) -> None:
        """End as a process does: the journal is closed, the lock is free."""
        self.journal.close()
        self.processes.close()


@dataclass
class World:
    """A database, a network, and machines on it."""

    cluster: ClusterDb
    folder: Path
    network: KeyedNetwork = field(default_factory=KeyedNetwork)
    sessions: OpenSessions = field(default_factory=OpenSessions)
    organization_id: str = field(default_factory=new_id)
    machines: list[Machine] = field(default_factory=list)

    def __post_init__(self) -> None:
        apply(self.cluster.db, (*POST_COLLECTIONS, *GATE_COLLECTIONS))
        self.targets = MongoTargetStore(self.cluster.db)
        self.posts = MongoPostStore(self.cluster.db)
        self.payloads = MongoPayloadStore(self.cluster.db)
        self.attempts = MongoAttemptStore(self.cluster.db)

    def machine(self, home: str = "a", timings: Timings | None = None) -> Machine:
        """A process on a home of that name."""
        folder = Home(self.folder / home)
        processes = HomeProcesses(folder)
        journal = SqliteJournal(folder.journal_path, SystemClock())
        parts = PublishingParts(
            workspace_id=WORKSPACE,
            scope=Scope(
                organization_ids=(self.organization_id,),
                networks=frozenset({Network.BLUESKY}),
                machine=folder.machine_id,
            ),
            targets=self.targets,
            attempts=self.attempts,
            payloads=self.payloads,
            posts=self.posts,
            media=MongoMediaStore(self.cluster.client[self.cluster.media_name]),
            sessions=self.sessions,
            publishers={Network.BLUESKY: self.network},
            journal=journal,
            processes=processes,
            clock=SystemClock(),
            timings=timings or Timings(),
            random=lambda: 0.0,
            gates=MongoGateStore(self.cluster.db),
            budgets=MongoBudgetStore(self.cluster.db),
        )
        machine = Machine(parts, PublishingEngine(parts), processes, journal)
        self.machines.append(machine)
        return machine

    def plan(
        self,
        text: str = "Hello",
        *,
        in_seconds: float = -1.0,
        parts: tuple[str, ...] = (),
        first_comment: str | None = None,
        account_id: str | None = None,
        from_queue: bool = False,
    ) -> Target:
        """A stored post with one target due at that time of the cluster."""
        now = self.targets.now()
        account = account_id or new_id()
        post = self.posts.add(
            Post(
                id=new_id(),
                organization_id=self.organization_id,
                created_by=new_id(),
                status=PostStatus.DRAFT,
                text=text,
                parts=parts,
                first_comment=first_comment,
                account_ids=(account,),
                created_at=now,
                updated_at=now,
            )
        )
        due = now + timedelta(seconds=in_seconds)
        payload = payload_for(post, account, Network.BLUESKY)
        target = Target(
            id=new_id(),
            organization_id=self.organization_id,
            post_id=post.id,
            account_id=account,
            network=Network.BLUESKY,
            status=TargetStatus.PENDING,
            scheduled_at=due,
            not_before=due,
            content_hash=self.payloads.put(payload),
            steps=steps_for(payload),
            from_queue=from_queue,
            created_at=now,
            updated_at=now,
        )
        self.targets.add([target])
        return target

    def look(self, target: Target) -> Target:
        """The target as it is now."""
        found = self.targets.get(self.organization_id, target.id)
        assert found is not None
        return found

    def set(self, target: Target, **fields: object) -> None:
        """Change stored fields, as time or another machine would."""
        from bson import ObjectId

        self.cluster.db["schedules"].update_one({"_id": ObjectId(target.id)}, {"$set": fields})

    def close(self) -> None:
        """End all machines."""
        for machine in self.machines:
            machine.close()


def with_status(target: Target, status: TargetStatus) -> Target:
    """The same target in another state."""
    return replace(target, status=status)
