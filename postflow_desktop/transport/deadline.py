"""A point in time after which nothing is waited for, measured while the machine sleeps too."""

from __future__ import annotations

import time

# Linux counts suspend in CLOCK_BOOTTIME, macOS in CLOCK_MONOTONIC; Windows has neither name and
# counts it in time.monotonic().
_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def _now() -> float:
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


class Deadline:
    """So many seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._end = _now() + seconds

    def remaining(self) -> float:
        """Seconds left; zero or less when it has passed."""
        return self._end - _now()

    @property
    def passed(self) -> bool:
        """Whether nothing is left."""
        return self.remaining() <= 0
