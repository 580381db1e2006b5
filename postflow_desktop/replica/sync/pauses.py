"""How long to wait before the cluster is asked again."""

from __future__ import annotations

from random import SystemRandom

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 30.0


class Pauses:
    """Twice as long each time, up to half a minute; shortened at random, so that a team of
    windows does not come back all at once.
    """

    def __init__(self) -> None:
        self._tries = 0
        self._random = SystemRandom()

    def next(self) -> float:
        """Seconds to wait now."""
        whole = min(FIRST_SECONDS * 2.0 ** min(self._tries, 10), LONGEST_SECONDS)
        self._tries += 1
        return whole * self._random.uniform(0.5, 1.0)

    def reset(self) -> None:
        """It worked."""
        self._tries = 0
