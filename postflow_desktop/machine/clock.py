"""The clocks of this machine."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime


class SystemClock:
    """Clock port over the operating system."""

    def now(self) -> datetime:
        """Wall clock, aware, UTC. May be wrong; never decides what is due."""
        return datetime.now(UTC)

    def boottime(self) -> float:
        """Seconds from an arbitrary start that go on counting while the machine sleeps.

        `time.monotonic` stops during sleep on Linux and macOS (PEP 418). Linux has CLOCK_BOOTTIME
        (clock_gettime(2)); CLOCK_MONOTONIC goes on during sleep on macOS (its clock_gettime(3));
        on Windows `time.monotonic` counts sleep already.
        """
        if sys.platform == "linux":
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        if sys.platform == "darwin":
            return time.clock_gettime(time.CLOCK_MONOTONIC)
        return time.monotonic()


def local_zone() -> str:
    """This machine's IANA zone, or UTC where it can't be told."""
    from tzlocal import get_localzone_name

    try:
        return str(get_localzone_name() or "UTC")
    except (LookupError, ValueError):
        return "UTC"
