"""How the keeper of the embedded server behaves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperSettings:
    """Times in seconds and room in bytes; tests shorten the ones and change the other."""

    linger_seconds: float = 60.0
    min_free_bytes: int = 200 * 1024 * 1024
    chores_delay_seconds: float = 20.0
