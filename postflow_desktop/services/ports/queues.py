"""Queues, and which of their slots are taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.queue import Queue


class QueueStore(Protocol):
    """`queues`, one per account; every query is scoped by organization."""

    def of_account(self, organization_id: str, account_id: str) -> Queue | None:
        """The account's queue, or None."""
        ...

    def list(self, organization_id: str) -> Sequence[Queue]:
        """All queues of an organization."""
        ...

    def save(self, queue: Queue) -> Queue:
        """Store the account's queue, in place of the one it has."""
        ...

    def taken(
        self, organization_id: str, account_id: str, first: datetime, last: datetime
    ) -> frozenset[datetime]:
        """When the account's posts go out from `first` to `last`, queued or not."""
        ...

    def waiting(self, organization_id: str, account_id: str) -> int:
        """How many targets wait in slots of the account's queue."""
        ...
