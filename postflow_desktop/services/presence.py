"""Being seen as a publisher, seeing the others, and what follows: who goes first, who is awake."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from postflow_desktop.domain.coverage import HISTORY_DAYS, Coverage, coverage
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.presence import (
    HEARTBEAT_SECONDS,
    Presence,
    PublisherKind,
    PublisherProcess,
    SeenMachine,
)
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.presence import PresenceStore

log = logging.getLogger("postflow_desktop.publishing")

JITTER_SECONDS = 2.0
"""Desktops spread over this time instead of grasping for the same target."""
YIELD_SECONDS = 5.0
"""What they leave to an agent before that."""
HURRY_SECONDS = 1.0
_SLACK = 1.0


class Attendance:
    """The presence of one publishing process, and how long it lets others go first.

    A hint to people and to other publishers, never a condition of publishing: what goes wrong
    here is logged and tried again with the next heartbeat.
    """

    def __init__(
        self,
        who: PublisherProcess,
        store: PresenceStore,
        clock: Clock,
        random: Callable[[], float],
        *,
        keeps_hours: bool = True,
    ) -> None:
        """`keeps_hours`: whether this process would have published whatever was due."""
        self._who = who
        self._store = store
        self._clock = clock
        self._random = random
        self._keeps_hours = keeps_hours
        self._last: float | None = None
        self._hour: datetime | None = None
        self._courtesy = 0.0
        self._hurried: float | None = None

    @property
    def wait(self) -> float:
        """Seconds after its time before this process takes a target."""
        hurried = self._hurried
        if hurried is not None and self._clock.boottime() - hurried < HURRY_SECONDS:
            return 0.0
        return self._courtesy

    def hurry(self) -> None:
        """Let nobody go first for a moment."""
        self._hurried = self._clock.boottime()

    def beat(self, under_way: Sequence[str], last_published_at: datetime | None) -> None:
        """A heartbeat, if one is due."""
        now = self._clock.boottime()
        if self._last is not None and now - self._last < HEARTBEAT_SECONDS - _SLACK:
            return
        self._last = now
        try:
            seen = self._store.beat(self._who, under_way, last_published_at)
            self._record(seen.at)
            self._courtesy = self._wait_for_others()
        except PostFlowError as error:
            log.info("The heartbeat did not get through.", extra={"reason": error.message})

    def leave(self) -> None:
        """Be gone at once instead of after a while."""
        if self._last is None:
            return
        self._last = None
        try:
            self._store.leave(self._who)
        except PostFlowError as error:
            log.info("Leaving was not noted.", extra={"reason": error.message})

    def _record(self, at: datetime) -> None:
        hour = at.replace(minute=0, second=0, microsecond=0)
        if self._keeps_hours and hour != self._hour:
            self._store.record(self._who, hour)
            self._hour = hour

    def _wait_for_others(self) -> float:
        """Only desktops let others go first, and only while there are others."""
        if self._who.kind is not PublisherKind.DESKTOP:
            return 0.0
        mine = set(self._who.organization_ids)
        others = [
            other.who
            for other in self._store.alive(self._who.organization_ids)
            if other.who.process != self._who.process
            and other.who.kind is not PublisherKind.COMMAND
        ]
        if not others:
            return 0.0
        # An agent that publishes for some organizations only would be waited for in vain.
        agent = any(
            who.kind is PublisherKind.AGENT and mine <= set(who.organization_ids) for who in others
        )
        return self._random() * JITTER_SECONDS + (YIELD_SECONDS if agent else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Who publishes for an organization, as it was at one moment."""

    at: datetime
    """The cluster's clock."""
    here: str
    """The machine that asks."""
    publishers: tuple[Presence, ...] = ()
    """Alive, those who stay first."""
    machines: tuple[SeenMachine, ...] = ()
    """Those of the last days, alive or not."""

    def coverage(self, planned: PlannedTime) -> Coverage:
        """Who will be awake at that time."""
        return coverage(planned, self.at, self.publishers, self.machines)


class PresenceService:
    """What one organization sees of its publishers."""

    def __init__(
        self, actor: Membership, store: PresenceStore, now: Callable[[], datetime]
    ) -> None:
        """`now` asks the cluster."""
        self._actor = actor
        self._store = store
        self._now = now

    def publishers(self) -> Sequence[Presence]:
        """Who is on now: machine, kind, since when, what it is doing, its last post."""
        require(self._actor, Action.READ)
        return self._store.alive([self._actor.organization_id])

    def board(self, here: str = "") -> Board:
        """Everything about its publishers at once; `here` is the machine that asks."""
        publishers, now = self.publishers(), self._now()
        since = now - timedelta(days=HISTORY_DAYS + 1)
        machines = self._store.seen(self._actor.organization_id, since)
        return Board(at=now, here=here, publishers=tuple(publishers), machines=tuple(machines))

    def coverage(self, planned: PlannedTime) -> Coverage:
        """Who will be awake at that time; `warning` is empty where somebody will."""
        return self.board().coverage(planned)
