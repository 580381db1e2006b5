"""What the simulated cluster answers is what a real one answers; else it proves nothing.

Random calls of the stores' ports, from one seed, are made on both; results and documents are
compared after each. Times lie minutes apart, so that no answer hangs on when it was asked for.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from bson import ObjectId

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.domain.target import (
    PostSummary,
    attempt_id,
)
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.machine.journal import SqliteJournal
from postflow_desktop.services.ports.attempts import AttemptRecord
from postflow_desktop.services.ports.journal import Journal, JournalEntry, JournalStage, Reply
from tests.conftest import ClusterDb
from tests.simulation.kernel import Kernel
from tests.simulation.machines import Machine, SimulatedJournal
from tests.simulation.mirror import Mirror
from tests.simulation.pairs import Pair, Side
from tests.simulation.play import play
from tests.simulation.scenario import MachineSpec, drawn
from tests.simulation.stories import HASHES, Story

CALLS = 260


@pytest.mark.parametrize("seed", [1, 2])
def test_targets_pauses_and_budgets_are_as_on_a_real_cluster(
    cluster_db: ClusterDb, seed: int
) -> None:
    story = Story(Pair(cluster_db), seed)
    story.begin()
    story.run(CALLS)


def test_posts_and_attempts_are_as_on_a_real_cluster(cluster_db: ClusterDb) -> None:
    pair = Pair(cluster_db)
    organization, post_id, target_id = (str(ObjectId()) for _ in range(3))

    def post(side: Side) -> Post:
        now = side.now()
        return Post(
            id=post_id,
            organization_id=organization,
            created_by=organization,
            status=PostStatus.DRAFT,
            text="Hello",
            created_at=now,
            updated_at=now,
            idempotency_key="once",
        )

    def due(side: Side) -> PostSummary:
        moment = side.now() - timedelta(minutes=10)
        return PostSummary(status=PostStatus.SCHEDULED, scheduled_at=moment)

    def record(side: Side) -> AttemptRecord:
        return AttemptRecord(
            id=attempt_id(target_id, 0, 1),
            organization_id=organization,
            post_id=post_id,
            target_id=target_id,
            account_id=organization,
            content_hash=HASHES[0],
            wire="{}",
            machine="m0",
            process="p0",
            fence=1,
            at=side.now(),
        )

    outcome = Outcome(kind=OutcomeKind.PUBLISHED, message="$out", status=200)
    for what, call in {
        "add": lambda s: s.posts.add(post(s)),
        "add again": lambda s: s.posts.add(replace(post(s), id=str(ObjectId()))),
        "summary": lambda s: s.posts.save_summary(organization, post_id, 1, due(s)),
        "stale summary": lambda s: s.posts.save_summary(organization, post_id, 1, due(s)),
        "get": lambda s: s.posts.get(organization, post_id),
        "overdue": lambda s: s.posts.overdue(organization, limit=5),
        "announce": lambda s: s.attempts.announce(record(s)),
        "announce again": lambda s: s.attempts.announce(record(s)),
        "conclude": lambda s: s.attempts.conclude(record(s), outcome, s.now()),
        "conclude again": lambda s: s.attempts.conclude(record(s), outcome, s.now()),
        "attempts": lambda s: s.attempts.of_targets(organization, [target_id]),
    }.items():
        pair.do(what, call)
        pair.compare(what, ["posts", "publishAttempts"])


def test_a_real_cluster_answers_every_call_of_a_schedule_alike(cluster_db: ClusterDb) -> None:
    """Schedules with much going on; the simulated time stands in the calls."""
    mirror = Mirror(cluster_db)
    for seed in (3, 5, 10, 19):
        play(drawn(seed), on_call=mirror)
    assert mirror.calls > 1000


def test_the_journal_is_as_on_a_real_disk(tmp_path: Path) -> None:
    """Every order of the calls is taken or refused by both."""
    chance = random.Random(7)
    real = SqliteJournal(tmp_path / "journal.db", SystemClock())
    machine = Machine(Kernel(), "m0", MachineSpec(), datetime.now(UTC))
    journals: tuple[Journal, Journal] = (SimulatedJournal(machine, lambda _: None), real)
    reply = Reply(status=200, headers={"a": "b"}, body=b"{}")
    for _ in range(200):
        attempt, name = f"t#0#{chance.randrange(5)}", chance.choice(sorted(_JOURNAL_CALLS))
        call = partial(_JOURNAL_CALLS[name], attempt=attempt, reply=reply)
        gave = [_refused(partial(call, journal)) for journal in journals]
        assert gave[0] == gave[1], name
        first, second = (list(journal.unsettled("w")) for journal in journals)
        assert first == second, name
        assert journals[0].get(attempt) == journals[1].get(attempt), name
    real.close()


_JOURNAL_CALLS: dict[str, Callable[..., None]] = {
    "begin": lambda journal, attempt, reply: journal.begin(_entry(attempt)),
    "writing": lambda journal, attempt, reply: journal.writing(attempt),
    "response": lambda journal, attempt, reply: journal.response(attempt, reply),
    "done": lambda journal, attempt, reply: journal.done(attempt),
}


def _entry(attempt: str) -> JournalEntry:
    return JournalEntry(
        attempt_id=attempt,
        workspace_id="w",
        organization_id="o",
        target_id="t",
        process="p",
        stage=JournalStage.BARRIER,
        wire="{}",
    )


def _refused(call: Callable[[], None]) -> str:
    try:
        call()
    except PostFlowError as error:
        return error.code
    return ""
