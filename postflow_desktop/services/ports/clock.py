"""Time, so that tests can hold it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """This machine's clocks; the cluster's clock is asked for in the cluster."""

    def now(self) -> datetime:
        """Wall clock, aware, UTC. May be wrong; never decides what is due."""
        ...

    def boottime(self) -> float:
        """Seconds from an arbitrary start that go on counting while the machine sleeps."""
        ...
