"""What the system knows of this process: memory, and how often its threads waited."""

from __future__ import annotations

import sys
from pathlib import Path


def resident_megabytes() -> float:
    """Resident memory, in MB; its peak where the system tells no more."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmRSS"].split()[0]) * 1024 / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def voluntary_switches() -> int:
    """How often the threads of this process went to wait."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw
