"""Faults on demand: what goes wrong with the next publish requests."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """The ways in which a publish request can go wrong."""

    RESET_BEFORE = "reset_before"
    """The connection is reset and nothing is taken."""
    RESET_AFTER = "reset_after"
    """The post is taken and the connection is reset instead of an answer."""
    HANG_AFTER = "hang_after"
    """The post is taken and no answer comes until the client gives up."""
    LATE = "late"
    """The connection is reset at once; the post is taken after the delay."""
    RATE_LIMITED = "429"
    """Refused for now, with the time when it is allowed again."""
    UNAVAILABLE = "503"
    """The server says it is overloaded; nothing is taken."""
    ERROR_AFTER = "500_after"
    """The post is taken and the answer is an internal error."""
    SLOW = "slow"
    """Everything is fine, after the delay."""
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - the name of a fault
    """The access token is refused as expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One planned fault."""

    kind: FaultKind
    delay: float = 1.0
    """Seconds, for `late` and `slow`."""


class Faults:
    """A queue: each publish request takes one."""

    def __init__(self) -> None:
        self._planned: deque[Fault] = deque()
        self._lock = threading.Lock()

    def plan(self, fault: Fault, times: int) -> None:
        """Let the next `times` publish requests meet this, after what is planned already."""
        with self._lock:
            self._planned.extend([fault] * times)

    def take(self) -> Fault | None:
        """The next fault, or None."""
        with self._lock:
            return self._planned.popleft() if self._planned else None

    def clear(self) -> None:
        """Plan nothing any more."""
        with self._lock:
            self._planned.clear()

    def __len__(self) -> int:
        return len(self._planned)
