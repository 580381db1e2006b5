"""How much an account wrote: the rate headers of a Bluesky server, in memory only.

Points in windows of an hour (docs.bsky.app, rate limits, 2026-04-21): three for a record that is
made, two for one that is put, one for one that is deleted. The sandbox counts and does not refuse;
a refusal is a fault on demand.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

LIMIT, WINDOW_SECONDS = 5000, 3600
CREATE, PUT, DELETE = 3, 2, 1


class Points:
    """Counts by account."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._used: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def spend(self, did: str, points: int) -> dict[str, str]:
        """So many more; the headers that say what is left."""
        window = int(self._now().timestamp()) // WINDOW_SECONDS
        with self._lock:
            known, used = self._used.get(did, (window, 0))
            used = used + points if known == window else points
            self._used[did] = (window, used)
        return headers(max(0, LIMIT - used), (window + 1) * WINDOW_SECONDS)


def headers(remaining: int, reset: int) -> dict[str, str]:
    """As the server writes them; `reset` in Unix seconds."""
    return {
        "RateLimit-Limit": str(LIMIT),
        "RateLimit-Remaining": str(remaining),
        "RateLimit-Reset": str(reset),
        "RateLimit-Policy": f"{LIMIT};w={WINDOW_SECONDS}",
    }
