"""Opening SQLite files safely: private, one opener at a time, damaged ones kept aside."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from postflow_desktop.domain.errors import MachineProblem

BUSY_SECONDS = 10.0
_LOCK_SECONDS = 30.0
_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a file (sqlite.org/wal.html)."""


def is_damage(error: sqlite3.Error) -> bool:
    """Result codes 11 and 26 (sqlite.org/rescode.html); extended codes carry them in a byte."""
    code: int = getattr(error, "sqlite_errorcode", 0) or 0
    return code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def damage(why: str) -> sqlite3.DatabaseError:
    """The error of SQLite for damage that a check of ours has found."""
    error = sqlite3.DatabaseError(why)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def identity(path: Path) -> tuple[int, int] | None:
    """Which file lies at that path now; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


@contextmanager
def only_opener(path: Path) -> Iterator[None]:
    """Keep other threads and processes from opening or moving that file meanwhile.

    MachineProblem (`replica_busy`, `replica_unwritable`).
    """
    from filelock import FileLock, Timeout

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=_LOCK_SECONDS, mode=0o600)
        lock.acquire()
    except Timeout as error:
        raise MachineProblem(
            f"Another PostFlow process has held '{path.name}' for {_LOCK_SECONDS:.0f} seconds.",
            code="replica_busy",
            fix="Try again; if it stays so, end the other PostFlow processes.",
        ) from error
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        yield
    finally:
        lock.release()


def connect(path: Path, *, synchronous: str) -> sqlite3.Connection:
    """A connection in WAL mode to a file that only its owner can read; sqlite3.Error.

    It may go from thread to thread; its owner sees to it that one uses it at a time.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def version_of(connection: sqlite3.Connection) -> int:
    """How many migrations the file has seen."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(connection: sqlite3.Connection, steps: tuple[str, ...]) -> None:
    """Run the steps that this file has not seen, each with its number in one transaction."""
    for number, step in enumerate(steps, start=1):
        if number > version_of(connection):
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{step}\nPRAGMA user_version = {number:d};\nCOMMIT;"
            )


def move_aside(path: Path) -> Path:
    """Move a file with what lies beside it out of the way; OSError.

    Its WAL keeps fitting to it, so that what is readable can still be read.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.damaged-{stamp}-{secrets.token_hex(2)}")
    for suffix in (*_BESIDE, ""):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside


def remove(path: Path) -> None:
    """Delete a file with what lies beside it; OSError."""
    for suffix in (*_BESIDE, ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def unwritable(path: Path, error: Exception) -> MachineProblem:
    """What an error of SQLite or of the disk means for a person."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    full = code & 0xFF == sqlite3.SQLITE_FULL
    why = "the disk is full" if full else str(error)
    return MachineProblem(
        f"'{path.name}' on this computer can't be used: {why}. What it holds is kept.",
        code="disk_full" if full else "replica_unwritable",
        fix="Free some space on this disk, and see that the folder is writable for you.",
    )
