"""Publishing while the database loses its leader again and again."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress

from pymongo.errors import PyMongoError

from postflow_desktop.sandbox.exchange import Answer, Call, SandboxNetwork
from postflow_desktop.sandbox.faults import Fault, FaultKind
from postflow_desktop.sandbox.server import SandboxServer
from tests.faults.ledger import Ledger, Verdict
from tests.faults.stage import Stage, Worker, wait
from tests.faults.worker import times
from tests.kit.replicaset import ELECTION_MS, GAP, Member, TestReplicaSet

HOMES = ("a", "b", "c")
THREADS = 4
FACTOR = 1 / 10
TIMES = times(FACTOR)
POSTS_PER_SECOND = 8
AMBIGUOUS = 0.15
"""Share of publish calls whose answer gets lost."""
LOSSES = (
    FaultKind.RESET_BEFORE,
    FaultKind.RESET_AFTER,
    FaultKind.HANG_AFTER,
    FaultKind.ERROR_AFTER,
    FaultKind.LATE,
)
PATIENCE = 4
"""How many times as long as planned the storm may go on until most posts are out."""
ANSWER_SECONDS = 2.0
HEARTBEAT_MS = 500

assert TIMES.sending_lease - TIMES.send_deadline > GAP, "a fail-over must fit into the lease"


class Losses:
    """Lets answers of the sandbox get lost, and knows whose."""

    def __init__(self, sandbox: SandboxServer, chance: random.Random) -> None:
        self._sandbox = sandbox
        self._chance = chance
        self._hit: list[bytes] = []
        fail = sandbox._fail

        def noted(fault: Fault, network: SandboxNetwork, call: Call) -> Answer:
            if fault.kind in LOSSES:
                self._hit.append(call.body + repr(call.query).encode())
            return fail(fault, network, call)

        sandbox._fail = noted  # type: ignore[method-assign]

    def plan(self, calls: int) -> None:
        """For the next so many publish calls, and none afterwards."""
        for _ in range(calls):
            if self._chance.random() < AMBIGUOUS:
                kind = self._chance.choice(LOSSES)
                # From well within the quiet time to after it.
                self._sandbox.fail(kind, delay=self._chance.uniform(0.1, TIMES.quiet * 1.2))
            else:
                self._sandbox.fail(FaultKind.SLOW, delay=self._chance.uniform(0.0, 0.05))

    def met(self, text: str) -> bool:
        """Whether a request with this text met one."""
        return any(text.encode() in request for request in self._hit)


class Failover:
    """One run: the primary is killed, stepped down or frozen every few seconds."""

    def __init__(self, stage: Stage, servers: TestReplicaSet, seed: int, posts: int) -> None:
        self._stage = stage
        self._servers = servers
        self._chance = random.Random(seed)
        self._posts = posts
        self._faults: Counter[str] = Counter()
        stage.factor = FACTOR
        self._ledger = Ledger(stage, self._chance)

    def run(self) -> Verdict:
        """Until all servers are back and everything is settled."""
        losses = Losses(self._stage.sandbox, self._chance)
        seconds = self._posts / POSTS_PER_SECOND
        self._ledger.plan(self._posts, seconds, accounts_each=max(1, self._posts // 200))
        losses.plan(self._posts)
        workers = [self._start(home) for home in HOMES]
        for act in self._acts():
            wait(self._chance.uniform(1.5, 3.5))
            self._faults[act.__name__.strip("_")] += 1
            act(self._servers.primary())
            self._servers.primary()
            most_are_out = self._ledger.open() <= self._posts // 20
            if most_are_out or self._ledger.seconds > seconds * PATIENCE:
                break
        self._ledger.end(workers)
        return self._ledger.verdict(self._faults, lambda text, _: losses.met(text))

    def _start(self, home: str) -> Worker:
        return self._stage.worker(
            home,
            threads=THREADS,
            seed=self._chance.randrange(2**32),
            uri=f"{self._servers.uri}&heartbeatFrequencyMS={HEARTBEAT_MS}",
            answer_seconds=ANSWER_SECONDS,
        )

    def _acts(self) -> Iterator[Callable[[Member], None]]:
        """Without end; every few of them hold each, and the kill more often."""
        acts = [self._killed, self._stepped_down, self._frozen]
        while True:
            self._chance.shuffle(acts)
            yield from (*acts, self._killed)

    def _killed(self, primary: Member) -> None:
        primary.kill9()
        wait(self._chance.uniform(0.2, 3.0))
        primary.start()

    def _stepped_down(self, primary: Member) -> None:
        # It may hang up before it answers.
        with suppress(PyMongoError):
            primary.ask("replSetStepDown", 3, secondaryCatchUpPeriodSecs=1, force=True)

    def _frozen(self, primary: Member) -> None:
        """Long enough for the others to elect another one, and then it goes on as if it led."""
        primary.freeze()
        wait(ELECTION_MS / 1000 + self._chance.uniform(0.0, 2.0))
        primary.thaw()
