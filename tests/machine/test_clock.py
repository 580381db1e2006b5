"""The clocks of this machine."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postflow_desktop.machine.clock import SystemClock


def test_the_wall_clock_is_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_boottime_never_goes_back() -> None:
    clock = SystemClock()
    first = clock.boottime()
    assert first <= clock.boottime() < first + 5


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells its uptime in /proc")
def test_boottime_counts_from_the_boot_on_linux() -> None:
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    assert abs(SystemClock().boottime() - uptime) < 5
