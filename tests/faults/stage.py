"""Where the fault tests play: a database, the sandbox with accounts of all classes, and workers."""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bson import ObjectId

from postflow_desktop.cluster.attempts import MongoAttemptStore
from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import new_id
from postflow_desktop.cluster.payloads import MongoPayloadStore
from postflow_desktop.cluster.posts import MongoPostStore
from postflow_desktop.cluster.schema.posts import POST_COLLECTIONS
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.cluster.targets import MongoTargetStore
from postflow_desktop.domain.account import Session
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import payload_for
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.domain.step import steps_for
from postflow_desktop.domain.target import Target, TargetStatus, derive_post_status
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms import registry
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.publishing.summaries import refresh_summary
from postflow_desktop.transport.client import HttpClient
from tests.conftest import ClusterDb
from tests.faults.nest import GONE, STOPPED, Nest
from tests.faults.worker import FACTOR
from tests.linkedin.world import grant as linkedin_grant
from tests.telegram.world import TOKEN
from tests.threads.world import grant as threads_grant
from tests.x.world import grant as x_grant

CLASSES = {
    "K": Network.BLUESKY,
    "C": Network.THREADS,
    "D": Network.X,
    "L": Network.FACEBOOK,
    "N": Network.TELEGRAM,
}
PATIENCE = 90.0
"""Seconds; only a failure takes that long."""


def chosen_seed() -> int:
    """The seed of this run; printed, and taken from POSTFLOW_TEST_SEED for a replay."""
    seed = int(os.environ.get("POSTFLOW_TEST_SEED", random.SystemRandom().randrange(2**32)))
    print(f"seed {seed} (replay with POSTFLOW_TEST_SEED={seed})")
    return seed


def wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def eventually(
    true: Callable[[], bool], what: Callable[[], str], seconds: float = PATIENCE
) -> None:
    """Ask every 30 ms; AssertionError with `what()` if it does not come true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what()
        wait(0.03)


@dataclass
class Worker:
    """A process on a home."""

    nest: Nest
    pid: int
    home: Path

    def wait_for(self, state: str, what: str = "") -> None:
        eventually(lambda: self.nest.state(self.pid) == state, lambda: f"never {state}: {what}")

    def wait_reached(self) -> None:
        """Until the planned point was reached."""
        reached = self.home / "reached"
        eventually(reached.exists, lambda: f"the point was never reached ({self.home})")

    @property
    def is_gone(self) -> bool:
        return self.nest.state(self.pid) == GONE

    @property
    def is_stopped(self) -> bool:
        return self.nest.state(self.pid) == STOPPED

    def kill(self) -> None:
        """As a power cut would."""
        self.nest.signal(self.pid, signal.SIGKILL)
        self.wait_for(GONE)

    def stop(self) -> None:
        """As a machine that falls asleep."""
        self.nest.signal(self.pid, signal.SIGSTOP)

    def wake(self) -> None:
        self.nest.signal(self.pid, signal.SIGCONT)

    def cut(self) -> None:
        """From the cluster."""
        self.nest.signal(self.pid, signal.SIGUSR2)

    def heal(self) -> None:
        self.nest.signal(self.pid, signal.SIGUSR1)

    def end(self) -> None:
        """Ask for the end and wait for it; a stopped one is woken."""
        for number in (signal.SIGCONT, signal.SIGUSR1, signal.SIGTERM):
            self.nest.signal(self.pid, number)
        self.wait_for(GONE, "after SIGTERM")


@dataclass
class Seats:
    """Accounts at the sandbox, one session each."""

    sandbox: SandboxServer
    http: HttpClient
    _made: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, network: Network) -> Session:
        """A new account of that network."""
        with self._lock:
            self._made += 1
            name = f"bakery{self._made}"
        connector = registry.connectors(self.http, SystemClock())[network]
        url = self.sandbox.url
        words: dict[Network, Callable[[], tuple[str, str]]] = {
            Network.BLUESKY: lambda: (f"{name}.test", "abcd-efgh-ijkl-mnop"),
            Network.THREADS: lambda: ("", threads_grant(self.http, url, name)),
            Network.X: lambda: ("", x_grant(self.http, url, name)),
            Network.FACEBOOK: lambda: ("", f"user:{name}"),
            # An organization's: only its posts can be listed.
            Network.LINKEDIN: lambda: (name, linkedin_grant(self.http, url, f"Ana {name}, {name}")),
            Network.TELEGRAM: lambda: (f"@{name}", TOKEN),
        }
        signed = connector.sign_in(url, *words[network]())
        return Session(
            account_id=new_id(),
            network=network,
            user_id=signed.user_id,
            username=signed.username,
            service=signed.service,
            access_token=signed.tokens.access,
        )


class Stage:
    """One organization with accounts, targets and workers; several stages share a database."""

    def __init__(
        self, cluster: ClusterDb, sandbox: SandboxServer, nest: Nest, seats: Seats, folder: Path
    ) -> None:
        self.cluster = cluster
        self.sandbox = sandbox
        self.seats = seats
        self.folder = folder
        self.organization_id = new_id()
        self.sessions: dict[str, Session] = {}
        self.mutant: str | None = None
        self.factor = FACTOR
        self.workers: list[Worker] = []
        self.targets = MongoTargetStore(cluster.db)
        self.posts = MongoPostStore(cluster.db)
        self.payloads = MongoPayloadStore(cluster.db)
        self.attempts = MongoAttemptStore(cluster.db)
        self._nest = nest

    @staticmethod
    def prepare(cluster: ClusterDb) -> None:
        """Collections and indexes, once per database."""
        apply(cluster.db, POST_COLLECTIONS)

    def organization(self) -> None:
        """Its document, for workers that ask for pauses."""
        fields = {"name": "Bakery", "slug": self.organization_id, "rev": 1}
        whole = {"_id": ObjectId(self.organization_id), **fields}
        self.cluster.db["organizations"].insert_one(whole)

    def account(self, network: Network) -> Session:
        """A new account of this stage."""
        session = self.seats.take(network)
        self.sessions[session.account_id] = session
        return session

    def plan(
        self,
        session: Session,
        text: str,
        *,
        in_seconds: float = -0.5,
        parts: tuple[str, ...] = (),
        first_comment: str | None = None,
    ) -> Target:
        """A stored post with one target due at that time of the cluster."""
        now = self.targets.now()
        post = self.posts.add(
            Post(
                id=new_id(),
                organization_id=self.organization_id,
                created_by=new_id(),
                status=PostStatus.DRAFT,
                text=text,
                parts=parts,
                first_comment=first_comment,
                account_ids=(session.account_id,),
                created_at=now,
                updated_at=now,
            )
        )
        due = now + timedelta(seconds=in_seconds)
        payload = payload_for(post, session.account_id, session.network)
        target = Target(
            id=new_id(),
            organization_id=self.organization_id,
            post_id=post.id,
            account_id=session.account_id,
            network=session.network,
            status=TargetStatus.PENDING,
            scheduled_at=due,
            not_before=due,
            content_hash=self.payloads.put(payload),
            steps=steps_for(payload),
            created_at=now,
            updated_at=now,
        )
        self.targets.add([target])
        refresh_summary(self.posts, self.targets, self.organization_id, post.id)
        return target

    def worker(self, home: str, *, threads: int = 1, **config: Any) -> Worker:
        """Start a worker on the home of that name."""
        parts = urlsplit(self.cluster.uri)
        path = self.folder / home
        path.mkdir(parents=True, exist_ok=True)
        (path / "reached").unlink(missing_ok=True)
        sessions = {account: asdict(session) for account, session in self.sessions.items()}
        whole = {
            "name": f"worker-{len(self.workers)}",
            "home": str(path),
            "login": parts.netloc.rpartition("@")[0],
            "port": parts.port,
            "database": self.cluster.name,
            "organization": self.organization_id,
            "sessions": sessions,
            "threads": threads,
            "mutant": self.mutant,
            "factor": self.factor,
            **config,
        }
        worker = Worker(self._nest, self._nest.spawn(whole), path)
        self.workers.append(worker)
        return worker

    def look(self, target: Target) -> Target:
        found = self.targets.get(self.organization_id, target.id)
        assert found is not None
        return found

    def count_targets(self, status: Any, **query: Any) -> int:
        """How many targets are in such a state; ClusterUnreachable."""
        mine = {"organizationId": ObjectId(self.organization_id), "status": status}
        with cluster_errors():
            return self.cluster.db["schedules"].count_documents({**mine, **query})

    def accepted(self) -> Counter[str]:
        """What the network took, by text; more than one is a duplicate."""
        return Counter(entry.text for entry in self.sandbox.log if entry.action == "create")

    def count(self, text: str) -> int:
        """How often the network took this text; cheaper than `accepted`, for asking often."""
        state = self.sandbox._state
        with state.lock:
            entries = list(state._documents.get("log", {}).values())
        return sum(one["text"] == text and one["action"] == "create" for one in entries)

    def summary_agrees(self, target: Target) -> bool:
        """Whether the post says what follows from its target."""
        post = self.posts.get(self.organization_id, target.post_id)
        assert post is not None
        return post.status is derive_post_status([self.look(target)]).status

    def story(self, target: Target) -> str:
        """What is known of a target, for a failure."""
        now = self.look(target)
        attempts = self.attempts.of_targets(self.organization_id, [target.id])
        told = [(a.id.partition("#")[2], a.machine[-4:], a.letter, a.code) for a in attempts]
        logs = "".join(
            f"\n  {path.relative_to(self.folder)}: {line}"
            for path in sorted(self.folder.glob("*/*.log"))
            for line in path.read_text().splitlines()[-6:]
            if re.search("error|Error|postflow", line)
        )
        return (
            f"{now.status} fence {now.fence} lease {now.lease} reconciliations"
            f" {now.reconciliations} error {now.last_error} attempts {told}{logs}"
        )

    def close(self) -> None:
        """Kill what still runs."""
        for worker in self.workers:
            if not worker.is_gone:
                worker.kill()
