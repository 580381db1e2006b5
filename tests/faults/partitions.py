"""Workers behind bad lines: between each and the database, and between each and the networks."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from urllib.parse import urlsplit

from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.machine.home import Home
from postflow_desktop.services.ports.attempts import AttemptHistory
from tests.faults.ledger import Ledger, Verdict
from tests.faults.links import PARTITIONS, Link, Links, Weather
from tests.faults.stage import Stage, Worker, wait
from tests.faults.worker import times

HOMES = ("a", "b", "c")
THREADS = 4
FACTOR = 1 / 20
TIMES = times(FACTOR)
SIDES = ("database", "network")
POSTS_PER_SECOND = 8
ROUND_SECONDS = 21.0
"""In which every machine has had its share of all partitions, on average."""
ANSWER_SECONDS = 1.0
CLAIM_SECONDS = 3 * ANSWER_SECONDS
"""How long a claim may have been under way; a history's times are late by that much."""
HEARTBEAT_MS = 500
"""How often the driver looks whether the database is there; scaled like everything."""


@dataclass
class _Line:
    """A machine with its two links, and what lies ahead of them."""

    worker: Worker
    links: dict[str, Link]
    ahead: list[tuple[str, Weather]]
    until: float = 0.0
    under: str = ""
    """The side that is disturbed now."""
    since: datetime | None = None
    disturbed: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When nothing was sure between this machine and the networks."""


class Partitions:
    """One run: every machine goes through bad weather after bad weather while posts fall due."""

    def __init__(self, stage: Stage, links: Links, seed: int, rounds: int) -> None:
        self._stage = stage
        self._links = links
        self._chance = random.Random(seed)
        self._rounds = rounds
        self._faults: Counter[str] = Counter()
        stage.factor = FACTOR
        self._ledger = Ledger(stage, self._chance)

    def run(self) -> Verdict:
        """Until the weather is fine and everything is settled."""
        seconds = self._rounds * ROUND_SECONDS
        self._ledger.plan(int(seconds * POSTS_PER_SECOND), seconds, accounts_each=self._rounds)
        lines = self._lines()
        while any(line.ahead or line.under for line in lines):
            for line in lines:
                self._turn(line)
            wait(0.05)
        self._ledger.end([line.worker for line in lines])
        disturbed = {Home(line.worker.home).machine_id: line.disturbed for line in lines}
        return self._ledger.verdict(
            self._faults,
            lambda _, attempt: any(
                _overlaps(attempt, *period) for period in disturbed[attempt.machine]
            ),
        )

    def _lines(self) -> list[_Line]:
        """Every partition on both sides, each at one machine per round."""
        all_of_them: list[tuple[str, Weather]] = [*product(SIDES, PARTITIONS)] * self._rounds
        self._chance.shuffle(all_of_them)
        shares = [all_of_them[number :: len(HOMES)] for number in range(len(HOMES))]
        return [self._line(home, share) for home, share in zip(HOMES, shares, strict=True)]

    def _line(self, home: str, ahead: list[tuple[str, Weather]]) -> _Line:
        stage = self._stage
        place = urlsplit(stage.cluster.uri)
        assert place.port is not None
        links = {
            "database": self._links.to(place.port),
            "network": self._links.to(stage.sandbox.port),
        }
        login = place.netloc.rpartition("@")[0]
        sessions = {account: asdict(session) for account, session in stage.sessions.items()}
        for session in sessions.values():
            assert f":{stage.sandbox.port}" in session["service"]
            session["service"] = session["service"].replace(
                f":{stage.sandbox.port}", f":{links['network'].port}"
            )
        worker = stage.worker(
            home,
            threads=THREADS,
            seed=self._chance.randrange(2**32),
            sessions=sessions,
            uri=f"mongodb://{login}@127.0.0.1:{links['database'].port}/?directConnection=true"
            f"&authSource=admin&heartbeatFrequencyMS={HEARTBEAT_MS}",
            answer_seconds=ANSWER_SECONDS,
            silence=ANSWER_SECONDS,
        )
        return _Line(worker, links, ahead)

    def _turn(self, line: _Line) -> None:
        now = time.monotonic()
        if now < line.until:
            return
        if line.under:
            self._links.set(line.links[line.under], Weather.FINE)
            if line.under == "network":
                assert line.since is not None
                line.disturbed.append((line.since, datetime.now(UTC)))
            line.under = ""
            line.until = now + self._chance.uniform(0.3, 1.2)
        elif line.ahead:
            line.under, weather = line.ahead.pop()
            line.since = datetime.now(UTC)
            self._faults[f"{line.under}: {weather}"] += 1
            self._links.set(line.links[line.under], weather, self._amount(weather))
            line.until = now + self._duration(line.under)

    def _amount(self, weather: Weather) -> float:
        """Seconds of delay, or bytes until the reset."""
        if weather is Weather.DELAY:
            return self._chance.uniform(0.02, TIMES.send_deadline / 3)
        return self._chance.randrange(1, 3000)

    def _duration(self, side: str) -> float:
        """Some are over before anybody gives up, some outlast every lease."""
        longest = TIMES.sending_lease if side == "database" else TIMES.send_deadline
        return self._chance.uniform(0.2, longest * 1.2)


def _overlaps(attempt: AttemptHistory, since: datetime, until: datetime) -> bool:
    """Whether the call of this attempt, if its answer got lost, was under way within that time."""
    if attempt.outcome not in (None, OutcomeKind.AMBIGUOUS.value):
        return False
    begin = attempt.at - timedelta(seconds=CLAIM_SECONDS)
    end = attempt.finished_at or attempt.at + timedelta(seconds=TIMES.sending_lease)
    return begin <= until and since <= end
