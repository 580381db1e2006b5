"""Publishers as their workspace sees them: which machine, since when, what it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postflow_desktop.domain.time import require_aware

HEARTBEAT_SECONDS = 30.0
STALE_SECONDS = 90.0
"""On the cluster's clock: who was silent for so long is gone."""


class PublisherKind(StrEnum):
    """What kind of process publishes (`presence.kind`)."""

    AGENT = "agent"
    """Headless and meant to stay."""
    DESKTOP = "desktop"
    COMMAND = "command"
    """Ends when its work is done, so nobody waits for it and nobody counts on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherProcess:
    """A process that publishes, as it introduces itself."""

    machine: str
    name: str
    """The computer's name, for people."""
    kind: PublisherKind
    process: str
    version: str
    organization_ids: tuple[str, ...]
    """Whose posts it may publish."""

    @property
    def always_on(self) -> bool:
        """Whether it is meant to be there at any hour."""
        return self.kind is PublisherKind.AGENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A publisher that is alive; all times are the cluster's."""

    who: PublisherProcess
    since: datetime
    at: datetime
    """Its last heartbeat."""
    under_way: tuple[str, ...] = ()
    """The targets it was at then."""
    last_published_at: datetime | None = None

    def __post_init__(self) -> None:
        for moment in (self.since, self.at, self.last_published_at):
            require_aware(moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMachine:
    """When a machine had a publisher running in the last days."""

    machine: str
    name: str
    hours: frozenset[datetime]
    """The beginnings of these hours, UTC."""
