"""How often an account called an endpoint: the headers of X's rate limits, in memory only.

The sandbox counts and does not refuse; a refusal is a fault on demand.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

WINDOW_SECONDS = 900
_REFUSAL_SECONDS = 2


class Meter:
    """Counts in windows of 15 minutes."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._calls: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def count(self, name: str, limit: int) -> dict[str, str]:
        """One more call of this; the headers that say what is left."""
        window = int(self._now().timestamp()) // WINDOW_SECONDS
        with self._lock:
            known, calls = self._calls.get(name, (window, 0))
            calls = calls + 1 if known == window else 1
            self._calls[name] = (window, calls)
        return _headers(limit, max(0, limit - calls), (window + 1) * WINDOW_SECONDS)

    def used_up(self, limit: int) -> dict[str, str]:
        """The headers of a refusal, with a reset soon enough to wait for."""
        return _headers(limit, 0, int(self._now().timestamp()) + _REFUSAL_SECONDS)


def _headers(limit: int, remaining: int, reset: int) -> dict[str, str]:
    return {
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(remaining),
        "x-rate-limit-reset": str(reset),
    }
