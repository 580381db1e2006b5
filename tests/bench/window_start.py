"""Start, memory and rest of the window on 100,000 posts, beside a bare window; fresh processes.

The goals are those of the design: painted with local data in twice the time that a bare window
takes, 250 MB, no wake-ups of its own at rest.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.report import figure, percentile
from tests.bench.window_home import POSTS, make_home

_ROUNDS = 11


@dataclass(frozen=True)
class _Told:
    """What a process said of itself."""

    painted: float
    """Seconds from its start."""
    megabytes: float = 0.0
    turns: float = 0.0
    waits: float = 0.0


def window_start(folder: Path) -> None:
    """From the start of the process until the calendar has painted real rows."""
    home = make_home(folder / "home", datetime.now(UTC))
    bare, app = ("bare",), ("app", str(home))
    for command in (bare, app):
        _run(folder, command)  # writes the bytecode, as an installation does
    pairs = [(_run(folder, bare).painted, _run(folder, app).painted) for _ in range(_ROUNDS)]
    floor = percentile([pair[0] for pair in pairs], 0.5)
    median = percentile([pair[1] for pair in pairs], 0.5)
    figure(
        "start to painted window with local data",
        goal="ratio <= 2",
        posts=POSTS,
        median_ms=median * 1000,
        least_ms=min(pair[1] for pair in pairs) * 1000,
        floor_ms=floor * 1000,
        ratio=percentile([app / bare for bare, app in pairs], 0.5),
    )


def window_rest(folder: Path) -> None:
    """Memory after months and screens were looked at; then the window is left alone."""
    home = make_home(folder / "home", datetime.now(UTC))
    bare = _run(folder, ("bare", "stay"))
    app = _run(folder, ("app", str(home), "stay"))
    figure(
        "memory with 100,000 posts",
        goal="<= 250 MB",
        posts=POSTS,
        megabytes=app.megabytes,
        floor_megabytes=bare.megabytes,
        ratio=app.megabytes / bare.megabytes,
    )
    figure(
        "wake-ups of an idle window, offline",
        goal="none but the timers",
        turns_per_second=app.turns,
        waits_per_second=app.waits,
        floor_turns_per_second=bare.turns,
        floor_waits_per_second=bare.waits,
        ratio=(app.waits + 0.1) / (bare.waits + 0.1),
    )


def _run(folder: Path, arguments: Sequence[str]) -> _Told:
    environ = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
    }
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.window_child", *arguments],
        env=environ,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    words = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    turns, waits = words.get("IDLE", ["0", "0"])
    return _Told(
        painted=float(words["MARK"][1]) - started,
        megabytes=float(words.get("MEMORY", ["0"])[0]),
        turns=float(turns),
        waits=float(waits),
    )
