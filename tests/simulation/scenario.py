"""What is to happen in one schedule: posts, machines, faults, people; all of it from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from postflow_desktop.domain.late import LatePolicy, LateRule
from postflow_desktop.domain.presence import PublisherKind
from postflow_desktop.services.publishing.failpoints import Failpoint

LETTERS = "KCDLN"

CONNECT = "net.connect"
FIRST_BYTE = "net.first_byte"
"""The guard has said yes; the request is not handed over."""
LAST_BYTE = "net.last_byte"
"""Every check is passed."""
SENT = "net.sent"
"""The network has the whole request, and nobody has read an answer."""
FIND = "net.find"
PREPARE = "net.prepare"
DB_BEFORE, DB_AFTER = "db.before", "db.after"
DISK_BEFORE, DISK_AFTER = "disk.before", "disk.after"
POINTS: tuple[str, ...] = (
    *Failpoint,
    CONNECT,
    FIRST_BYTE,
    LAST_BYTE,
    SENT,
    FIND,
    PREPARE,
    DB_BEFORE,
    DB_AFTER,
    DISK_BEFORE,
    DISK_AFTER,
)
_BUSY_POINTS = {DB_BEFORE: 60, DB_AFTER: 60, DISK_BEFORE: 6, DISK_AFTER: 6}

WINDOW: tuple[str, ...] = (
    Failpoint.BEFORE_BARRIER,
    Failpoint.AFTER_BARRIER,
    Failpoint.BEFORE_FIRST_BYTE,
    FIRST_BYTE,
    LAST_BYTE,
    SENT,
    Failpoint.AFTER_REPLY,
    Failpoint.AFTER_JOURNAL_REPLY,
    Failpoint.BEFORE_FINALISE,
    Failpoint.AFTER_FINALISE,
    Failpoint.BEFORE_SUMMARY,
)
"""From the barrier to the end of an attempt: where it matters most who dies."""
ACTIONS = (
    "kill",
    "power",
    "freeze",
    "stop",
    "cut",
    "swallow",
    "set_clock",
    "failover",
    "disk_full",
)
SLEEPS = (0.5, 5.0, 30.0, 46.0, 60.0, 91.0, 100.0, 130.0, 200.0, 400.0, 2400.0)
"""Seconds, around the constants of the protocol."""

REPLIES = (
    "refused",
    "slow_connect",
    "reset_before",
    "taken_reset",
    "taken_silent",
    "late",
    "slow",
    "taken_slow_reply",
    "429",
    "429",
    "503",
    "500_taken",
    "400_taken",
    "401",
    "422",
    "garbled",
    "container_gone",
)
UNANSWERED = ("reset_before", "taken_reset", "taken_silent", "late", "late", "500_taken")
LATE = (
    LateRule(policy=LatePolicy.PUBLISH),
    LateRule(policy=LatePolicy.ASK, grace_minutes=5),
    LateRule(policy=LatePolicy.SKIP, grace_minutes=120),
)
LATENESS = (0.5, 5.0, 20.0, 44.0, 60.0, 90.0, 120.0, 200.0, 900.0, 7200.0)


@dataclass(frozen=True)
class PlannedPost:
    """A post for one account."""

    letter: str
    due: float
    """Seconds from the beginning."""
    twin: bool = False
    """With the same words on the same account as the first post."""
    pictures: int = 0
    parts: int = 0
    """Further parts of its thread."""
    comment: bool = False


@dataclass(frozen=True)
class MachineSpec:
    """A computer with its processes."""

    processes: int = 1
    threads: int = 1
    wall_offset: float = 0.0
    wall_rate: float = 1.0
    boot_rate: float = 1.0
    starts: float = 0.0
    kind: PublisherKind = PublisherKind.AGENT


@dataclass(frozen=True)
class PointFault:
    """Something that happens to whoever comes to a point as the nth."""

    point: str
    nth: int
    action: str
    seconds: float
    restart: float = 10.0


@dataclass(frozen=True)
class TimedFault:
    """Something that happens to a machine at a time."""

    at: float
    machine: int
    action: str
    seconds: float
    restart: float = 10.0


@dataclass(frozen=True)
class ReplyFault:
    """What the network does with the nth publish request."""

    nth: int
    kind: str
    seconds: float


@dataclass(frozen=True)
class ReadFault:
    """The nth look at a network (`find`) or preparation (`prepare`) goes wrong."""

    nth: int
    what: str


DEEDS = (
    "cancel",
    "cancel_and_back",
    "edit",
    "move",
    "foreign_edit",
    "pause_all",
    "pause_account",
    "hold",
    "postpone",
)


@dataclass(frozen=True)
class Deed:
    """What a person does, and how long until it is taken back, where that can be."""

    at: float
    post: int
    what: str
    seconds: float


Fault = PointFault | TimedFault | ReplyFault | ReadFault | Deed


@dataclass(frozen=True)
class Scenario:
    """One schedule."""

    seed: int
    posts: tuple[PlannedPost, ...]
    machines: tuple[MachineSpec, ...]
    faults: tuple[Fault, ...] = ()
    answers: str = ""
    """What a person who is asked does in the end: nothing, `look` or `drop`."""
    answers_after: float = 300.0
    lag: float = 0.0
    """Seconds until a new post is listed."""
    late: LateRule | None = None
    max_tries: int | None = None
    presence: bool = False
    """Whether the machines see each other, and let others go first."""

    def with_faults(self, *faults: Fault) -> Scenario:
        """The same with these."""
        return replace(self, faults=faults)

    def without(self, place: int) -> Scenario:
        """The same without one fault."""
        return replace(self, faults=self.faults[:place] + self.faults[place + 1 :])


def drawn(seed: int) -> Scenario:
    """The scenario of a seed."""
    chance = random.Random(seed)
    first = _post(chance)
    posts = (first, *(_next(chance, first) for _ in range(chance.choice((0, 0, 0, 1, 1, 2)))))
    machines = tuple(_machine(chance) for _ in range(chance.choice((1, 2, 2, 2, 3))))
    faults: list[Fault] = list(_theme(chance))
    faults += [_fault(chance, len(machines)) for _ in range(chance.choice((0, 0, 1, 1, 2, 3)))]
    if chance.random() < 0.4:
        faults.append(_deed(chance, len(posts)))
    return Scenario(
        seed=seed,
        posts=posts,
        machines=machines,
        faults=tuple(faults),
        answers=chance.choice(("", "", "look", "look", "drop")),
        answers_after=chance.choice((1.0, 30.0, 300.0, 3000.0)),
        lag=chance.choice((0.0, 0.0, 5.0, 19.0)),
        late=chance.choice((None, None, *LATE)),
        max_tries=chance.choice((None, None, None, 3)),
        presence=chance.random() < 0.3,
    )


def _next(chance: random.Random, first: PlannedPost) -> PlannedPost:
    post = _post(chance)
    if chance.random() < 0.25:
        return replace(post, letter=first.letter, twin=True)
    return post


def _post(chance: random.Random) -> PlannedPost:
    return PlannedPost(
        letter=chance.choice(LETTERS),
        due=chance.choice((0.0, 1.0, 1.0, chance.uniform(0.0, 90.0))),
        pictures=chance.choice((0, 0, 0, 2)),
        parts=chance.choice((0, 0, 0, 0, 1, 2)),
        comment=chance.random() < 0.1,
    )


def _machine(chance: random.Random) -> MachineSpec:
    return MachineSpec(
        processes=chance.choice((1, 1, 1, 2)),
        threads=chance.choice((1, 1, 2)),
        wall_offset=chance.choice((0.0, 0.0, -3600.0, 86_400.0, 7.0)),
        wall_rate=chance.choice((1.0, 1.0, 1.0, 0.9, 1.1)),
        boot_rate=chance.choice((1.0, 1.0, 0.9995, 1.0005)),
        starts=chance.choice((0.0, 0.0, chance.uniform(0.0, 5.0))),
        kind=chance.choice((PublisherKind.AGENT, PublisherKind.DESKTOP)),
    )


def _theme(chance: random.Random) -> Iterator[Fault]:
    """What schedules are about: a sender that is lost, an answer that is lost, both, neither."""
    kind = chance.random()
    long = chance.choice((46.0, 60.0, 100.0, 200.0, 400.0, 2400.0))
    back = chance.choice((10.0, 200.0, 400.0, 2400.0))
    if kind < 0.5:
        action = chance.choice(
            ("kill", "kill", "power", "freeze", "freeze", "stop", "cut", "swallow")
        )
        yield PointFault(chance.choice(WINDOW), chance.choice((1, 1, 2)), action, long, back)
    if 0.4 < kind < 0.75:
        yield ReplyFault(
            chance.choice((1, 1, 2)), chance.choice(UNANSWERED), chance.choice(LATENESS)
        )
    if 0.7 < kind < 0.8:
        point = chance.choice((Failpoint.RECONCILE_BEFORE_LOOK, Failpoint.RECONCILE_AFTER_LOOK))
        yield PointFault(point, 1, chance.choice(("kill", "freeze", "cut")), long, back)


def _fault(chance: random.Random, machines: int) -> Fault:
    kind = chance.random()
    seconds, restart = chance.choice(SLEEPS), chance.choice((0.1, 10.0, 60.0, 200.0, 2400.0))
    action = chance.choices(ACTIONS, (5, 2, 4, 3, 3, 2, 1, 1, 1))[0]
    if kind < 0.5:
        point = chance.choice(POINTS)
        busy = _BUSY_POINTS.get(point)
        nth = chance.choice((1, 1, 1, 2, 2, 3)) if busy is None else chance.randint(1, busy)
        return PointFault(point, nth, action, seconds, restart)
    if kind < 0.85:
        nth = chance.choice((1, 1, 1, 2, 2, 3))
        return ReplyFault(nth, chance.choice(REPLIES), chance.choice(LATENESS))
    if kind < 0.92:
        return ReadFault(chance.choice((1, 1, 2)), chance.choice(("find", "prepare")))
    at = chance.choice((chance.uniform(0.0, 5.0), chance.uniform(0.0, 300.0)))
    return TimedFault(at, chance.randrange(machines), action, seconds, restart)


def _deed(chance: random.Random, posts: int) -> Deed:
    at = chance.choice((chance.uniform(0.0, 3.0), chance.uniform(0.0, 400.0)))
    return Deed(at, chance.randrange(posts), chance.choice(DEEDS), chance.choice(SLEEPS))
