"""Faults are planted, and the real tools have to find each of them, for the right reason."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, ROOT

BIN = Path(sys.executable).parent


def run(tool: str, *arguments: str, cwd: Path) -> tuple[int, str]:
    done = subprocess.run(
        [str(BIN / tool), *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    # The import linter wraps its sentences.
    return done.returncode, " ".join((done.stdout + done.stderr).split())


COMPLEX = "def f(x: int) -> int:\n" + "".join(
    f"    if x == {n}:\n        x += {n}\n" for n in range(11)
)

SNIPPETS = {
    "relative import": ("from .errors import Bug\n", "TID252"),
    "broad except": ("try:\n    pass\nexcept Exception:\n    pass\n", "BLE001"),
    "bare except": ("try:\n    pass\nexcept:\n    pass\n", "E722"),
    "naive datetime": ("import datetime\n\nNOW = datetime.datetime.now()\n", "DTZ005"),
    "naive utcnow": ("import datetime\n\nNOW = datetime.datetime.utcnow()\n", "TID251"),
    "print": ("print(1)\n", "T201"),
    "wall clock": ("import time\n\nNOW = time.time()\n", "TID251"),
    "sleep": ("import time\n\ntime.sleep(1)\n", "TID251"),
    "mock": ("from unittest.mock import Mock\n", "TID251"),
    "pickle": ("import pickle\n", "TID251"),
    "own MongoClient": ("from pymongo import MongoClient\n", "TID251"),
    "complex function": (COMPLEX + "    return x\n", "C901"),
    "no docstring": ("def act() -> None:\n    pass\n", "D103"),
    "dead code": ("# x = f(1)\n", "ERA001"),
    "shell": ("import subprocess\n\nsubprocess.run('ls', shell=True)\n", "S602"),
    "unused import": ("import json\n", "F401"),
}


@pytest.mark.parametrize("name", SNIPPETS)
def test_ruff_finds(name: str) -> None:
    snippet, rule = SNIPPETS[name]
    source = f'"""A module."""\n\n{snippet}'
    done = subprocess.run(
        [
            str(BIN / "ruff"), "check", "--no-cache", "--output-format=concise",
            "--stdin-filename=postflow_desktop/services/planted.py", "-",
        ],
        input=source, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert rule in done.stdout


def test_ruff_has_nothing_against_a_sound_module() -> None:
    done = subprocess.run(
        [
            str(BIN / "ruff"), "check", "--no-cache",
            "--stdin-filename=postflow_desktop/services/planted.py", "-",
        ],
        input='"""A module."""\n\nLIMIT = 5\n"""Posts a page."""\n',
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def act(x):\n    return x\n", "no-untyped-def"),
        ("def act(x: list) -> None:\n    return None\n", "type-arg"),
        ("def act() -> int:\n    return 'a'\n", "return-value"),
        ("def act() -> int:\n    return 1  # type: ignore\n", "unused-ignore"),
    ],
)
def test_mypy_finds(source: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(source)
    code, said = run(
        "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path / "c"),
        "planted.py", cwd=tmp_path,
    )  # fmt: skip
    assert code == 1
    assert f"[{reason}]" in said or "Unused" in said


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts in a folder of their own."""
    shutil.copytree(
        PACKAGE, tmp_path / "postflow_desktop", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def add(folder: Path, module: str, source: str) -> None:
    path = folder / "postflow_desktop" / module
    path.parent.mkdir(exist_ok=True)
    path.write_text(source)


PLANTED: dict[str, tuple[Callable[[Path], None], str]] = {
    "domain importing cluster": (
        lambda folder: add(folder, "domain/planted.py", "import postflow_desktop.cluster\n"),
        "postflow_desktop.domain is not allowed to import postflow_desktop.cluster",
    ),
    "an adapter importing another": (
        lambda folder: add(folder, "vault/planted.py", "import postflow_desktop.machine.home\n"),
        "postflow_desktop.vault is not allowed to import postflow_desktop.machine",
    ),
    "a package that has no place": (
        lambda folder: add(folder, "planted/__init__.py", ""),
        "postflow_desktop.planted",
    ),
    "services importing pymongo": (
        lambda folder: add(folder, "services/planted.py", "import pymongo\n"),
        "postflow_desktop.services is not allowed to import pymongo",
    ),
    "the scheduler importing sqlite3": (
        lambda folder: add(folder, "scheduler/planted.py", "def f():\n    import sqlite3\n"),
        "postflow_desktop.scheduler is not allowed to import sqlite3",
    ),
    "an adapter importing Qt": (
        lambda folder: add(folder, "machine/planted.py", "import PySide6.QtCore\n"),
        "postflow_desktop.machine is not allowed to import PySide6",
    ),
}


def test_the_contracts_hold(copy: Path) -> None:
    code, said = run("lint-imports", "--no-cache", cwd=copy)
    assert code == 0, said


@pytest.mark.parametrize("name", PLANTED)
def test_the_import_linter_finds(name: str, copy: Path) -> None:
    plant, reason = PLANTED[name]
    plant(copy)
    code, said = run("lint-imports", "--no-cache", cwd=copy)
    assert code == 1
    assert reason in said
