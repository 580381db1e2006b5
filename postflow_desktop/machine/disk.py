"""Writing to the home so that a crash, a full disk or a second process can't spoil a file."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from postflow_desktop.domain.errors import MachineProblem

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_LOCK_SECONDS = 10.0


def machine_problem(error: OSError, path: Path) -> MachineProblem:
    """What an error of the operating system means for a person."""
    if error.errno in _FULL:
        return MachineProblem(
            f"The disk is full: '{path}' could not be written. What was there before is kept.",
            code="disk_full",
            fix="Free some space on this disk and try again.",
        )
    if error.errno in _READ_ONLY:
        return MachineProblem(
            f"PostFlow may not write to '{path}'. Nothing was changed.",
            code="home_read_only",
            fix="Make the folder writable for you, or name another one in POSTFLOW_HOME.",
        )
    return MachineProblem(
        f"'{path}' can't be used: {error.strerror or type(error).__name__}.",
        code="home_unusable",
        fix="Check that folder, or name another one in POSTFLOW_HOME.",
    )


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn errors of the operating system into MachineProblem."""
    try:
        yield
    except OSError as error:
        raise machine_problem(error, path) from error


def make_private_folder(path: Path) -> Path:
    """The folder, made for its owner alone (0700) where it was missing; MachineProblem.

    A folder that is already there keeps its mode: it may be one that a person shares on purpose.
    """
    with disk_errors(path):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write_private(path: Path, data: bytes) -> None:
    """Replace a file at once and for good: written aside (0600), synced, renamed; MachineProblem.

    After a crash there is the old content or the new one, never a mixture.
    """
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with disk_errors(path):
        try:
            _write_synced(aside, data)
            aside.replace(path)
        except OSError:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def read_if_there(path: Path) -> bytes | None:
    """The content, or None where there is no such file; MachineProblem."""
    with disk_errors(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def keep_aside(path: Path) -> Path:
    """Move a damaged file out of the way, under a name that tells when; MachineProblem."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.damaged-{stamp}-{secrets.token_hex(2)}")
    with disk_errors(path):
        path.rename(aside)
    return aside


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold a lock file against other threads and processes of this home; MachineProblem."""
    from filelock import FileLock, Timeout

    with disk_errors(lock):
        try:
            guard = FileLock(lock, timeout=_LOCK_SECONDS, mode=0o600)
            guard.acquire()
        except Timeout as error:
            raise MachineProblem(
                f"Another PostFlow process has held '{lock}' for {_LOCK_SECONDS:.0f} seconds.",
                code="home_busy",
                fix="Try again; if it stays so, end the other PostFlow processes.",
            ) from error
    try:
        yield
    finally:
        guard.release()


def _write_synced(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """Make a rename durable; folders can't be opened on Windows, which needs no such step."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
