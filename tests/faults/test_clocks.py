"""Machines whose clocks are wrong, are set in the middle, or drift: the cluster's clock decides.

Nothing goes out early or twice, and nothing waits for a clock that was set back: a post that had
to wait for one would be an hour or a year late, and these tests give up after a minute and a half.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.publishing.failpoints import Failpoint as P
from postflow_desktop.transport.client import HttpClient
from tests.conftest import ClusterDb
from tests.faults.cells import HOLD, LINGER
from tests.faults.clockwork import Clockwork, ahead
from tests.faults.conftest import MakeStage
from tests.faults.nest import STOPPED, Nest
from tests.faults.plans import AFTER_SEND
from tests.faults.stage import Seats, Stage, Worker, eventually, wait
from tests.kit.command import seated
from tests.kit.mongod import TestMongod

HOUR, YEAR = 3600, 365 * 86_400
ROOMY = 1 / 4
"""Of real time: what is stopped and woken again at once is far from the end of its lease."""


def _long(*values: Any) -> list[Any]:
    """These as well, where there is time for them."""
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.long)
        for value in values
    ]


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Clockwork:
    return Clockwork(tmp_path_factory.mktemp("clock"))


@pytest.fixture(scope="module")
def clock_nest(clock: Clockwork, nest: Nest) -> Iterator[Nest]:
    """Its workers go by the test's clock; the usual nest knows who can't have one."""
    with Nest(clock.environ) as one:
        yield one


@pytest.fixture
def stage(
    cluster_db: ClusterDb,
    sandbox: SandboxServer,
    clock: Clockwork,
    clock_nest: Nest,
    tmp_path: Path,
) -> Iterator[Stage]:
    clock.set(0)
    Stage.prepare(cluster_db)
    with HttpClient() as http:
        made = Stage(cluster_db, sandbox, clock_nest, Seats(sandbox, http), tmp_path / "stage")
        yield made
        made.close()


@pytest.mark.parametrize("seconds", [YEAR, -YEAR, *_long(HOUR, -HOUR)])
def test_a_wrong_clock_makes_nothing_early_late_or_double(
    stage: Stage, clock: Clockwork, seconds: int
) -> None:
    """Due in ten seconds: enough for a worker to start on a busy computer and be early."""
    clock.set(seconds)
    plans = [
        stage.plan(stage.account(network), f"{network} {seconds}", in_seconds=10.0)
        for network in (Network.BLUESKY, Network.TELEGRAM)
    ]
    workers = [stage.worker(home, threads=2) for home in ("a", "b")]
    for target in plans:
        _settles_published(stage, target)
        _once(stage, target)
        done = stage.look(target)
        assert done.published_at is not None
        assert done.published_at >= done.scheduled_at, "it went out early"
    _was_off(workers, seconds)


@pytest.mark.parametrize("seconds", [-YEAR, HOUR, *_long(YEAR, -HOUR)])
def test_a_clock_that_is_set_while_nothing_happens_delays_nothing(
    stage: Stage, clock: Clockwork, seconds: int
) -> None:
    account = stage.account(Network.TELEGRAM)
    first = stage.plan(account, f"First {seconds}")
    worker = stage.worker("a")
    _settles_published(stage, first)
    waiting = stage.plan(account, f"Waiting {seconds}", in_seconds=4.0)
    # It has looked since, and a timer may stand for the time before the clock is set.
    wait(1.0)
    clock.set(seconds)
    _settles_published(stage, waiting)
    done = stage.look(waiting)
    assert done.published_at is not None
    assert done.published_at >= done.scheduled_at, "it went out early"
    clock.set(0)
    last = stage.plan(account, f"Last {seconds}", in_seconds=1.0)
    _settles_published(stage, last)
    for target in (first, waiting, last):
        _once(stage, target)
    _was_off([worker], seconds)


@pytest.mark.parametrize(
    ("network", "seconds"),
    [
        (Network.BLUESKY, -5),
        (Network.TELEGRAM, YEAR),
        *_long((Network.BLUESKY, YEAR), (Network.TELEGRAM, -YEAR), (Network.TELEGRAM, 5)),
    ],
)
def test_a_clock_that_is_set_behind_the_barrier_stops_the_request(
    stage: Stage, clock: Clockwork, network: Network, seconds: int
) -> None:
    """Nobody can tell how long it was away, so that attempt sends nothing; the next one does."""
    stage.factor = ROOMY
    target = stage.plan(stage.account(network), f"Barrier {network} {seconds}")
    worker = stage.worker("a", point=P.AFTER_BARRIER, action="stop")
    worker.wait_for(STOPPED)
    clock.set(seconds)
    worker.wake()
    _settles_published(stage, target)
    _once(stage, target)
    first, *_, last = stage.attempts.of_targets(stage.organization_id, [target.id])
    assert (first.letter, first.code) == ("A", "send_refused")
    assert "clock was set" in first.message
    assert last.letter == "+"


@pytest.mark.parametrize(
    ("point", "seconds"),
    [
        (P.BEFORE_BARRIER, -YEAR),
        (AFTER_SEND, YEAR),
        *_long((P.AFTER_CLAIM, YEAR), (P.BEFORE_BARRIER, YEAR), (AFTER_SEND, -YEAR)),
        *_long((P.BEFORE_FIRST_BYTE, YEAR), (P.BEFORE_FIRST_BYTE, -YEAR)),
    ],
)
def test_a_clock_that_is_set_elsewhere_changes_nothing(
    stage: Stage, clock: Clockwork, point: str, seconds: int
) -> None:
    """Before the barrier nothing was measured yet; behind the guard only steady clocks count."""
    stage.factor = ROOMY
    target = stage.plan(stage.account(Network.TELEGRAM), f"Elsewhere {point} {seconds}")
    worker = stage.worker("a", point=point, action="stop")
    worker.wait_for(STOPPED)
    clock.set(seconds)
    worker.wake()
    _settles_published(stage, target)
    _once(stage, target)


@pytest.mark.parametrize("rate", [0.9, *_long(1.1)])
def test_clocks_that_drift_keep_the_order(stages: MakeStage, rate: float) -> None:
    """All clocks of the machine go by a tenth too slow, or too fast; even so it wakes in time."""
    stage = stages()
    soon = stage.plan(stage.account(Network.TELEGRAM), f"Soon {rate}", in_seconds=10.0)
    worker = stage.worker("a", rate=rate)
    _settles_published(stage, soon)
    done = stage.look(soon)
    assert done.published_at is not None
    assert done.published_at >= done.scheduled_at, "it went out early"
    worker.end()
    slept = stage.plan(stage.account(Network.TELEGRAM), f"Slept {rate}")
    worker = stage.worker("a", rate=rate, point=P.AFTER_BARRIER, action="stop")
    worker.wait_for(STOPPED)
    wait(HOLD)
    worker.wake()
    _settles_published(stage, slept)
    for target in (soon, slept):
        _once(stage, target)
    first, *_ = stage.attempts.of_targets(stage.organization_id, [slept.id])
    assert (first.letter, first.code) == ("A", "send_refused")


def test_a_cluster_that_is_ahead_is_right(
    nest: Nest, sandbox: SandboxServer, tmp_path: Path
) -> None:
    """Half a minute: what it says is due is due, and what it says is not yet is not."""
    from postflow_desktop.cluster.connection import open_client

    server = TestMongod(tmp_path / "mongod", environ=ahead(30)).start()
    try:
        with open_client(server.uri) as client, HttpClient() as http:
            cluster = ClusterDb(client=client, name="ahead", uri=server.uri)
            Stage.prepare(cluster)
            stage = Stage(cluster, sandbox, nest, Seats(sandbox, http), tmp_path / "stage")
            assert stage.targets.now() - datetime.now(UTC) > timedelta(seconds=25)
            target = stage.plan(stage.account(Network.TELEGRAM), "Ahead", in_seconds=10.0)
            first = stage.worker("a")
            _settles_published(stage, target)
            _once(stage, target)
            done = stage.look(target)
            assert done.published_at is not None
            assert done.published_at >= done.scheduled_at, "it went out early"
            first.end()
            # By the machine's own clock it was not due yet.
            slept = stage.plan(stage.account(Network.BLUESKY), "Slept")
            worker = stage.worker("b", point=P.AFTER_BARRIER, action="stop")
            worker.wait_for(STOPPED)
            wait(HOLD)
            worker.wake()
            _settles_published(stage, slept)
            _once(stage, slept)
            stage.close()
    finally:
        server.stop()


def _settles_published(stage: Stage, target: Target) -> None:
    eventually(_is_out(stage, target), lambda: f"not published; {stage.story(target)}")


def _is_out(stage: Stage, target: Target) -> Callable[[], bool]:
    def look() -> bool:
        status = stage.look(target).status
        assert status not in (TargetStatus.MISSED, TargetStatus.FAILED), stage.story(target)
        return status is TargetStatus.PUBLISHED

    return look


def _once(stage: Stage, target: Target) -> None:
    payload = stage.payloads.get(target.content_hash)
    assert payload is not None
    wait(LINGER / 4)
    assert stage.count(payload.text) == 1, stage.story(target)


def _was_off(workers: list[Worker], seconds: int) -> None:
    """At least one of them wrote a wrong time into its journal: the clocks were really wrong."""
    slips: list[float] = []
    for worker in workers:
        journal = sqlite3.connect(worker.home / "publish_journal.db")
        for (text,) in journal.execute("SELECT began_at FROM attempts"):
            slips.append((datetime.fromisoformat(text) - datetime.now(UTC)).total_seconds())
        journal.close()
    assert any(abs(slip - seconds) < 600 for slip in slips), slips


@pytest.mark.parametrize("seconds", [HOUR, *_long(-YEAR)])
def test_the_doctor_says_so(cluster_db: ClusterDb, tmp_path: Path, seconds: int) -> None:
    command, _ = seated(tmp_path / "home", cluster_db.uri, cluster_db.name)
    assert _clock_check(command.ok("doctor").document)["ok"]
    command.environ.update(ahead(seconds))
    wrong = _clock_check(command.run("doctor").document)
    assert not wrong["ok"]
    assert "beside the cluster's clock" in wrong["detail"]
    assert wrong["fix"]


def _clock_check(document: dict[str, Any]) -> dict[str, Any]:
    (found,) = [check for check in document["checks"] if check["name"] == "clock"]
    return dict(found)
