"""Locks between processes; the operating system frees them however their holder ends.

filelock is imported inside the functions: it costs 40 ms that few commands need.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


def is_held(path: Path) -> bool:
    """Tell whether somebody holds the lock file `path`; leaves it as it was."""
    from filelock import FileLock, Timeout

    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def anyone_alive(processes: Path) -> bool:
    """Tell whether a process of the home lives; removes the lock files of dead ones.

    Each process holds `<processes>/<process id>.lock` for as long as it lives.
    """
    from filelock import FileLock, Timeout

    alive = False
    for path in processes.glob("*.lock"):
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            alive = True
            continue
        except OSError:  # gone, or not ours to judge
            continue
        # Unlinked while held: a process that is just taking it notices and makes a new file.
        with suppress(OSError):
            path.unlink()
        lock.release()
        with suppress(OSError):  # Windows can't unlink what is open
            path.unlink()
    return alive


def data_holder(data: Path) -> int | None:
    """Return the process id of the mongod that has `data` open, 0 if unknown, None if free.

    mongod holds `mongod.lock` by flock (on Windows: opened without sharing) and writes its
    process id into it; the file alone means nothing, it outlives a killed server.
    """
    path = data / "mongod.lock"
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    except PermissionError:
        return 0 if sys.platform == "win32" else None
    try:
        return _flock_holder(descriptor)
    finally:
        os.close(descriptor)


def _flock_holder(descriptor: int) -> int | None:
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.read(descriptor, 32).strip()
        return int(text) if text.isdigit() else 0
    return None
