"""One machine: the real engine and runner, journal and adapters, with faults where it is told to.

Runs in a process of its own that the nest has forked; nothing of the product knows of it.
"""

from __future__ import annotations

import logging
import random
import signal
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from postflow_desktop.cluster.connection import ANSWER_SECONDS, open_client
from postflow_desktop.cluster.workspace import ClusterWorkspace
from postflow_desktop.domain.account import Session
from postflow_desktop.domain.network import Network
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.journal import SqliteJournal
from postflow_desktop.machine.processes import HomeProcesses
from postflow_desktop.platforms import registry
from postflow_desktop.platforms.threads.publisher import ThreadsPublisher
from postflow_desktop.scheduler.runner import PublisherRunner
from postflow_desktop.services.ports.targets import Scope
from postflow_desktop.services.publishing import failpoints
from postflow_desktop.services.publishing.clustertime import ClusterTime
from postflow_desktop.services.publishing.engine import PublishingEngine
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.timings import Timings
from postflow_desktop.transport import client as transport_client
from postflow_desktop.transport import once as transport_once
from postflow_desktop.transport.client import HttpClient
from tests.faults import mutants, plans
from tests.faults.tunnel import Tunnel

FACTOR = 1 / 40


def times(factor: float) -> Timings:
    """The protocol's timings, so many times as long."""
    # Late posts and a set clock are other tests' matter; a busy computer must not look like them.
    return replace(Timings().scaled(factor), late_grace=3600.0, clock_slip=2.0, poll=0.4)


TIMES = times(FACTOR)
WORKSPACE = "w-faults"
UNANSWERED_SECONDS = 1.0


@dataclass(frozen=True)
class _SkewedClock(SystemClock):
    """A machine whose wall clock is wrong, or whose clocks all go too fast or too slow."""

    skew: timedelta
    rate: float = 1.0
    began: tuple[datetime, float] = field(
        default_factory=lambda: (SystemClock().now(), SystemClock().boottime())
    )

    def now(self) -> datetime:
        return self.began[0] + self.skew + (super().now() - self.began[0]) * self.rate

    def boottime(self) -> float:
        return self.began[1] + (super().boottime() - self.began[1]) * self.rate


class _Sessions:
    """Sessions that were opened by the test; the tokens outlive it."""

    def __init__(self, sessions: dict[str, dict[str, Any]]) -> None:
        self._sessions = {
            account: Session(**{**fields, "network": Network(fields["network"])})
            for account, fields in sessions.items()
        }

    def open(
        self, organization_id: str, account_id: str, *, force_refresh: bool = False
    ) -> Session:
        return self._sessions[account_id]


def load() -> None:
    """Import what a worker needs, so that a fork has it."""
    import apscheduler.schedulers.background  # noqa: F401
    import httpcore  # noqa: F401
    import httpx  # noqa: F401

    http = HttpClient()
    registry.publishers(http, SystemClock())
    http.close()


def run(config: dict[str, Any]) -> None:
    """Publish until SIGTERM; SIGUSR2 cuts the machine from the cluster, SIGUSR1 heals that."""
    home = Home(Path(config["home"]))
    logging.basicConfig(filename=home.path / f"{config['name']}.log", level=logging.INFO)
    tunnel = Tunnel(config["port"])
    signal.signal(signal.SIGUSR1, lambda *_: tunnel.heal())
    signal.signal(signal.SIGUSR2, lambda *_: tunnel.cut())
    clock = _SkewedClock(timedelta(seconds=config.get("skew", 0)), config.get("rate", 1.0))
    client = open_client(
        config.get("uri") or _through(tunnel, config["login"]),
        timeout_seconds=UNANSWERED_SECONDS,
        answer_seconds=config.get("answer_seconds", ANSWER_SECONDS),
    )
    parts = _parts(config, home, clock, ClusterWorkspace(client, config["database"]))
    assert transport_once.send_once.__kwdefaults__ is not None
    transport_once.send_once.__kwdefaults__["deadline_seconds"] = parts.timings.send_deadline
    transport_client.SILENCE_SECONDS = config.get("silence", transport_client.SILENCE_SECONDS)
    if config.get("mutant"):
        parts = mutants.MUTANTS[config["mutant"]](parts)
    _install(config, home, tunnel)
    engine = PublishingEngine(parts)
    runner = PublisherRunner(engine, workers=config["threads"], poll_seconds=parts.timings.poll)
    if config.get("gate"):
        # Connected and ready, so that all who wait here set out at the same moment.
        client.admin.command("ping")
        (home.path / "ready").touch()
        plans.wait_for_file(Path(config["gate"]))
    signal.signal(signal.SIGTERM, lambda *_: runner.stop())
    runner.run()
    parts.processes.close()  # type: ignore[attr-defined]


def _through(tunnel: Tunnel, login: str) -> str:
    """The address of the cluster behind the tunnel."""
    return f"mongodb://{login}@127.0.0.1:{tunnel.port}/?directConnection=true&authSource=admin"


def _install(config: dict[str, Any], home: Home, tunnel: Tunnel) -> None:
    if config.get("point"):
        point = config["point"]
        reached, steps = home.path / "reached", config.get("steps", 0)
        plan = plans.once(point, config["action"], tunnel, reached, steps=steps)
        plans.watch_bytes(plan, [point])
    elif config.get("chance"):
        plan = plans.by_chance(**config["chance"])
        plans.watch_bytes(plan, [])
    else:
        return
    failpoints.install(plan)


def _parts(
    config: dict[str, Any], home: Home, clock: SystemClock, cluster: ClusterWorkspace
) -> PublishingParts:
    pause = threading.Event()
    http = HttpClient()
    cluster_time = ClusterTime(clock)
    publishers = registry.publishers(http, cluster_time)
    publishers[Network.THREADS] = ThreadsPublisher(
        http, cluster_time, pause=lambda seconds: pause.wait(seconds * FACTOR)
    )
    return PublishingParts(
        workspace_id=WORKSPACE,
        scope=Scope(
            organization_ids=(config["organization"],),
            networks=frozenset(publishers),
            machine=home.machine_id,
        ),
        targets=cluster.targets,
        attempts=cluster.attempts,
        payloads=cluster.payloads,
        posts=cluster.posts,
        media=cluster.media,
        sessions=_Sessions(config["sessions"]),
        publishers=publishers,
        journal=SqliteJournal(home.journal_path, clock),
        processes=HomeProcesses(home),
        clock=clock,
        timings=times(config.get("factor", FACTOR)),
        random=random.Random(config.get("seed", 0)).random,
        cluster_time=cluster_time,
        gates=cluster.gates if config.get("gated") else None,
        budgets=cluster.budgets if config.get("gated") else None,
    )
