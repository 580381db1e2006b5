"""Photos on their way from preparing to sending.

Telegram takes no uploads apart from posts, so the bytes have to be at hand when the one call is
made, and the port gives a media source to `prepare` only. What was put down too long ago or too
much for the memory is gone; then the post is prepared anew, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from postflow_desktop.services.ports.clock import Clock

KEPT_SECONDS = 600.0
"""Sending follows preparing at once; only abandoned posts stay longer."""
KEPT_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Load:
    photos: tuple[bytes, ...]
    since: float

    @property
    def size(self) -> int:
        return sum(len(photo) for photo in self.photos)


class Carrier:
    """Photos by wire form; each can be taken once. Safe for several threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loads: dict[str, _Load] = {}
        self._lock = Lock()

    def put(self, wire: str, photos: Sequence[bytes]) -> None:
        """Keep the photos of a wire form; the oldest make room."""
        now = self._clock.boottime()
        with self._lock:
            self._loads.pop(wire, None)
            self._loads[wire] = _Load(tuple(photos), now)
            for old in [key for key, load in self._loads.items() if self._is_old(load, now)]:
                del self._loads[old]
            while sum(load.size for load in self._loads.values()) > KEPT_BYTES:
                del self._loads[next(iter(self._loads))]

    def take(self, wire: str) -> tuple[bytes, ...] | None:
        """The photos of a wire form, or None where they are not at hand."""
        with self._lock:
            load = self._loads.pop(wire, None)
        return None if load is None else load.photos

    @staticmethod
    def _is_old(load: _Load, now: float) -> bool:
        return now - load.since > KEPT_SECONDS
