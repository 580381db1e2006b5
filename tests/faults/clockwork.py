"""Wall clocks that a test sets, for whole processes: Debian's faketime, read again at every look.

Only the wall clock is faked. The clock that nobody can set has to go on, or waiting would hang.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

_STEADY = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}


class Clockwork:
    """A wall clock for processes that are started with `environ`; it starts as the true one."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("faketime") is None:
            pytest.skip("faketime is not installed: apt-get install faketime")
        self._file = folder / "wall-clock"
        self.set(0)

    @property
    def environ(self) -> dict[str, str]:
        """What such a process has in its environment."""
        return {
            "LD_PRELOAD": _library(),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            **_STEADY,
        }

    def set(self, seconds: float) -> None:
        """From now on the clock is so far ahead of the true one."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+.3f}\n")
        new.replace(self._file)


def ahead(seconds: int) -> dict[str, str]:
    """The environment of a process whose clock is wrong by so much for as long as it lives."""
    if shutil.which("faketime") is None:
        pytest.skip("faketime is not installed: apt-get install faketime")
    return {"LD_PRELOAD": _library(), "FAKETIME": f"{seconds:+d}", **_STEADY}


def _library() -> str:
    """What the `faketime` command would load, for a process with threads."""
    line = ("faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD")
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()
