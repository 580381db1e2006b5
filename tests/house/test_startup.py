"""Commands start quickly because heavy libraries wait until they are needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = frozenset(
    {"pymongo", "bson", "gridfs", "httpx", "PIL", "keyring", "apscheduler", "PySide6"}
)


def imported_by(*arguments: str) -> set[str]:
    """The top-level modules that a start of Python imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


@pytest.mark.parametrize("module", ["postflow_desktop.cli.main", "postflow_desktop.__main__"])
def test_importing_the_command_line_imports_nothing_heavy(module: str) -> None:
    found = imported_by("-c", f"import {module}")
    assert "postflow_desktop" in found
    assert found & HEAVY == set()


def test_asking_for_help_imports_nothing_heavy() -> None:
    assert imported_by("-m", "postflow_desktop", "--help") & HEAVY == set()


def test_the_check_sees_a_heavy_import() -> None:
    assert imported_by("-c", "import httpx") & HEAVY == {"httpx"}
