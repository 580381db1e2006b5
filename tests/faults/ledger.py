"""The posts of one run, and what has to be true of every one of them at its end."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bson import ObjectId

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.ports.attempts import AttemptHistory
from postflow_desktop.services.publishing.timings import MAX_TRIES
from tests.faults.chaos import FAILED, LOOKED_FOR, OPEN, wrong_with
from tests.faults.stage import CLASSES, Stage, Worker, wait

NEVER_ASKED = frozenset({CLASSES["K"], CLASSES["C"]})
"""Networks that can be asked, or asked again, whatever happens: no question for a person."""
PATIENCE = 40.0
"""Seconds in which something must happen, on a computer however busy; longer than every lease,
quiet time and back-off of a run."""
IsUnclear = Callable[[str, AttemptHistory], bool]


@dataclass
class Verdict:
    """How a run ended."""

    posts: int
    seconds: float
    faults: Counter[str]
    states: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    ambiguous: int = 0
    takeovers: int = 0
    """Posts that more than one machine had in hand."""
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.posts} posts in {self.seconds:.0f} s; {dict(self.faults)}; states"
            f" {dict(self.states)}; {self.ambiguous} ambiguous events, {self.takeovers} taken over"
            f" by another machine; needs attention {dict(self.asked)}; wrong {len(self.wrong)}"
        )


class Ledger:
    """Plans posts to accounts of all classes and judges them."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self._stage = stage
        self._chance = chance
        self._began = time.monotonic()
        self._texts: dict[str, str] = {}
        self._targets: list[Target] = []

    def plan(self, posts: int, seconds: float, *, accounts_each: int = 1) -> None:
        """So many posts, evenly to all networks, that become due within so many seconds."""
        stage = self._stage
        networks = [network for network in CLASSES.values() for _ in range(accounts_each)]
        accounts: list[Session] = [stage.account(network) for network in networks]
        for number in range(posts):
            # One word, so that it looks the same in every network's requests.
            text = f"Post{number}of{stage.organization_id}"
            due = self._chance.uniform(0.0, seconds)
            target = stage.plan(accounts[number % len(accounts)], text, in_seconds=due)
            self._targets.append(target)
            self._texts[target.id] = text
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since everything was planned."""
        return time.monotonic() - self._began

    def open(self) -> int:
        """Targets that are not settled; while nobody can be asked, all of them."""
        try:
            return self._stage.count_targets({"$in": [status.value for status in OPEN]})
        except ClusterUnreachable:
            return len(self._targets)

    def end(self, workers: Sequence[Worker]) -> None:
        """Wait until nothing is open, and nothing is asked about that can be seen, or nothing
        happens any more; then end the workers, all of which must still be there.
        """
        self._stage.sandbox.clear_faults()
        left, since = -1, time.monotonic()
        while left and time.monotonic() - since < PATIENCE:
            now = self.open()
            if not now:
                # What the networks take late is there from now on.
                self._stage.sandbox.settle()
                now = self._findable()
            if now != left:
                left, since = now, time.monotonic()
            wait(0.3)
        for worker in workers:
            assert not worker.is_gone, f"the publisher of {worker.home} ended by itself"
            worker.end()

    def verdict(self, faults: Counter[str], is_unclear: IsUnclear) -> Verdict:
        """Judge every post; `is_unclear` says of a text and an attempt whether its request may have
        got lost after the first byte, the only excuse for asking a person.
        """
        stage = self._stage
        verdict = Verdict(posts=len(self._targets), seconds=self.seconds, faults=faults)
        accepted = stage.accepted()
        for target in self._targets:
            text, now = self._texts[target.id], stage.look(target)
            verdict.states[now.status.value] += 1
            attempts = stage.attempts.of_targets(stage.organization_id, [target.id])
            verdict.ambiguous += sum(a.outcome == OutcomeKind.AMBIGUOUS.value for a in attempts)
            verdict.takeovers += len({attempt.machine for attempt in attempts}) > 1
            found = wrong_with(now, accepted[text])
            if found == FAILED and _gave_up_fairly(attempts):
                found = ""
            if now.status is TargetStatus.NEEDS_ATTENTION:
                verdict.asked[now.network.value] += 1
                if now.network in NEVER_ASKED or not any(
                    is_unclear(text, attempt) for attempt in attempts
                ):
                    found = found or "ASKED without need"
            if not found and not stage.summary_agrees(target):
                found = "the post says something else"
            if found:
                verdict.wrong.append(f"{found}: {now.network} {text} {stage.story(target)}")
        return verdict

    def _findable(self) -> int:
        """Posts that a person is asked about although they are there to be seen."""
        stage = self._stage
        accepted = stage.accepted()
        asked = [
            target
            for target in self._targets
            if target.network in LOOKED_FOR and accepted[self._texts[target.id]]
        ]
        ids = {"$in": [ObjectId(target.id) for target in asked]}
        try:
            return stage.count_targets(TargetStatus.NEEDS_ATTENTION.value, _id=ids)
        except ClusterUnreachable:
            return len(asked)


def _gave_up_fairly(attempts: Sequence[AttemptHistory]) -> bool:
    """All tries were used up behind bad lines, and none of them sent anything."""
    unsent = [attempt.outcome == OutcomeKind.NOT_SENT.value for attempt in attempts]
    return len(unsent) >= MAX_TRIES and all(unsent)
