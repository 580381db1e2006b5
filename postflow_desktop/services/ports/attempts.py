"""The record of every attempt; written before sending, completed after, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.outcome import Outcome
from postflow_desktop.domain.target import step_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """An attempt as it is announced."""

    id: str
    organization_id: str
    post_id: str
    target_id: str
    account_id: str
    content_hash: str
    wire: str
    """The wire form; its SHA-256 is what the record keeps."""
    machine: str
    process: str
    fence: int
    at: datetime
    """Cluster's clock, as the claim told it."""
    step: int = 0
    """Which of the target's steps it is for; part of its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptHistory:
    """An attempt with what became of it."""

    id: str
    target_id: str
    at: datetime
    machine: str
    fence: int
    outcome: str | None
    """An OutcomeKind, or None while nobody knows."""
    letter: str | None = None
    finished_at: datetime | None = None
    code: str = ""
    message: str = ""
    status: int | None = None
    received: str = ""
    """The beginning of the answer, redacted."""
    sent: str = ""
    """The beginning of the request's body; it holds no token."""

    @property
    def step(self) -> int:
        """Which of the target's steps it was for."""
        return step_of(self.id)


class AttemptStore(Protocol):
    """`publishAttempts`, insert-only: one document announces, another one tells the outcome."""

    def announce(self, record: AttemptRecord) -> bool:
        """Record the attempt; False if that id was announced before (somebody has our fence)."""
        ...

    def conclude(self, record: AttemptRecord, outcome: Outcome, at: datetime) -> None:
        """Record the outcome; the first one of an attempt stays."""
        ...

    def of_targets(
        self, organization_id: str, target_ids: Sequence[str]
    ) -> Sequence[AttemptHistory]:
        """Attempts of these targets, oldest first."""
        ...
