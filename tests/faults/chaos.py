"""Workers on several machines, faults at the network, and somebody who kills and stops them."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.sandbox.faults import FaultKind
from tests.faults.stage import CLASSES, Stage, Worker, wait
from tests.faults.worker import TIMES

HOMES = ("a", "b", "c")
THREADS = 6
FAULTS = 0.3
"""Share of publish requests that meet one."""
REALISTIC = 0.002
"""Share of publish calls whose answer gets lost on a usual day."""
OPEN = (
    TargetStatus.PENDING,
    TargetStatus.CLAIMED,
    TargetStatus.SENDING,
    TargetStatus.PROCESSING,
    TargetStatus.RECONCILING,
)
FAILED = "failed, and nothing of it is out"
LOOKED_FOR = frozenset({Network.X, Network.FACEBOOK})


@dataclass
class Report:
    """What a run of chaos led to."""

    posts: int
    seconds: float
    done_to: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    ambiguous: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        asked = self.states[TargetStatus.NEEDS_ATTENTION.value]
        return (
            f"{self.posts} posts in {self.seconds:.0f} s; {dict(self.done_to)};"
            f" states {dict(self.states)}; {self.ambiguous} ambiguous events;"
            f" needs attention {asked} ({asked / self.posts:.1%}): {dict(self.asked)},"
            f" {REALISTIC * asked / max(1, self.ambiguous):.3%} where {REALISTIC:.1%} are"
            " ambiguous;"
            f" wrong {len(self.wrong)}"
        )


class Chaos:
    """One run, all of it decided by the seed except how fast the computer is."""

    def __init__(self, stage: Stage, seed: int, posts: int) -> None:
        self._stage = stage
        self._chance = random.Random(seed)
        self._posts = posts
        self._done_to: Counter[str] = Counter()
        self._workers: dict[str, Worker] = {}
        self._wakes: dict[str, float] = {}
        accounts = [
            stage.account(network)
            for network in CLASSES.values()
            for _ in range(max(1, posts // 500))
        ]
        self._targets = [self._plan(accounts, number) for number in range(posts)]

    def run(self) -> Report:
        """Until everything is settled, and what may still come has come."""
        began = time.monotonic()
        self._plan_faults()
        for home in HOMES:
            self._start(home)
        deadline = began + 60 + self._posts * 0.5
        while self._open() > self._posts // 20 and time.monotonic() < deadline:
            self._disturb(self._chance.choice(HOMES))
            wait(self._chance.uniform(0.1, 0.7))
        self._calm()
        while (self._open() or self._findable()) and time.monotonic() < deadline + 60:
            wait(0.3)
        for worker in self._workers.values():
            worker.end()
        return self._report(time.monotonic() - began)

    def _plan(self, accounts: list[Session], number: int) -> Target:
        account = accounts[number % len(accounts)]
        due = self._chance.uniform(-1.0, self._posts / 40)
        text = f"Chaos {number} of {self._stage.organization_id}"
        return self._stage.plan(account, text, in_seconds=due)

    def _plan_faults(self) -> None:
        for _ in range(self._posts * 2):
            kind, delay = FaultKind.SLOW, self._chance.uniform(0.0, 0.05)
            if self._chance.random() < FAULTS:
                kind = self._chance.choice(
                    [one for one in FaultKind if one is not FaultKind.EXPIRED_TOKEN]
                )
                # From well within the quiet time to long after it.
                delay = self._chance.uniform(0.1, TIMES.quiet * 3)
                if kind is FaultKind.SLOW:
                    delay = self._chance.uniform(0.1, TIMES.send_deadline * 1.3)
            self._stage.sandbox.fail(kind, delay=delay)

    def _start(self, home: str) -> None:
        chance = self._chance
        self._workers[home] = self._stage.worker(
            home,
            threads=THREADS,
            seed=chance.randrange(2**32),
            skew=chance.choice([-86_400.0, 0.0, 3600.0]),
            chance={"seed": chance.randrange(2**32), "kill": 0.004, "stop": 0.002},
        )

    def _disturb(self, home: str) -> None:
        """Do something to one machine; one that died comes back, one that sleeps wakes up."""
        worker, now = self._workers[home], time.monotonic()
        if worker.is_gone:
            self._done_to["died at a point"] += 1
            self._start(home)
        elif worker.is_stopped:
            wakes = self._wakes.setdefault(home, now + self._chance.uniform(0.2, 6.0))
            if now >= wakes:
                del self._wakes[home]
                self._done_to["slept"] += 1
                worker.wake()
        else:
            self._hurt(home, worker)

    def _hurt(self, home: str, worker: Worker) -> None:
        drawn = self._chance.random()
        if drawn < 0.2:
            worker.kill()
            self._done_to["killed"] += 1
            self._start(home)
        elif drawn < 0.3:
            worker.stop()
        elif drawn < 0.4:
            worker.cut()
            self._done_to["cut"] += 1
        elif drawn < 0.7:
            worker.heal()

    def _calm(self) -> None:
        """No more faults; every machine comes back as it is."""
        self._stage.sandbox.clear_faults()
        for home, worker in self._workers.items():
            if worker.is_gone:
                self._workers[home] = self._stage.worker(home, threads=THREADS)
                continue
            worker.wake()
            worker.heal()
            # Its plan would go on killing it.
            worker.end()
            self._workers[home] = self._stage.worker(home, threads=THREADS)

    def _open(self) -> int:
        organization = self._documents({"status": {"$in": [status.value for status in OPEN]}})
        return self._stage.cluster.db["schedules"].count_documents(organization)

    def _findable(self) -> int:
        """Posts that a person is asked about although they are there to be seen."""
        asked = self._documents(
            {"status": "needs_attention", "platform": {"$in": [n.value for n in LOOKED_FOR]}}
        )
        ids = {str(d["_id"]) for d in self._stage.cluster.db["schedules"].find(asked)}
        accepted = self._stage.accepted() if ids else Counter()
        return sum(accepted[self._text(t)] for t in self._targets if t.id in ids)

    def _documents(self, query: dict[str, object]) -> dict[str, object]:
        from bson import ObjectId

        return {"organizationId": ObjectId(self._stage.organization_id), **query}

    def _text(self, target: Target) -> str:
        payload = self._stage.payloads.get(target.content_hash)
        assert payload is not None
        return payload.text

    def _report(self, seconds: float) -> Report:
        stage = self._stage
        stage.sandbox.settle()
        report = Report(posts=self._posts, seconds=seconds, done_to=self._done_to)
        accepted = stage.accepted()
        for target in self._targets:
            now, count = stage.look(target), accepted[self._text(target)]
            report.states[now.status.value] += 1
            if now.status is TargetStatus.NEEDS_ATTENTION:
                report.asked[now.network.value] += 1
            found = wrong_with(now, count)
            if not stage.summary_agrees(target):
                found = found or "the post says something else"
            if found:
                report.wrong.append(f"{found}: {now.network} {stage.story(target)}")
            attempts = stage.attempts.of_targets(stage.organization_id, [target.id])
            unclear = (None, OutcomeKind.AMBIGUOUS.value)
            report.ambiguous += sum(a.outcome in unclear for a in attempts)
        return report


def wrong_with(target: Target, count: int) -> str:
    """What a post that was taken `count` times must not look like."""
    if count > 1:
        return f"DUPLICATE: posted {count} times"
    match target.status:
        case TargetStatus.PUBLISHED:
            assert target.published_at is not None
            early = target.published_at < target.scheduled_at
            return "" if count and not early else "EARLY" if early else "LOST: not there"
        case TargetStatus.NEEDS_ATTENTION:
            return "LOST: there, and never found" if count and target.network in LOOKED_FOR else ""
        case TargetStatus.FAILED:
            return "it failed, and is there" if count else FAILED
    return f"STUCK: {target.status}"
