"""The files that belong to the repository."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "postflow_desktop"


@cache
def files() -> tuple[Path, ...]:
    """Every file that is tracked or about to be; outside a checkout, what is not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return tuple(sorted(_walk(ROOT)))
    return tuple(sorted(p for line in done.stdout.splitlines() if (p := ROOT / line).is_file()))


def python_files(folder: Path) -> list[Path]:
    """The Python files below a folder."""
    return [path for path in files() if path.suffix == ".py" and path.is_relative_to(folder)]


def name_of(path: Path) -> str:
    """The path as people write it, from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def configuration() -> dict[str, Any]:
    """`pyproject.toml`."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        ignored = path.name.endswith((".egg-info", "_cache")) or path.name in {
            ".git", ".hypothesis", ".venv", "__pycache__", "build", "dist",
        }  # fmt: skip
        if ignored:
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path
