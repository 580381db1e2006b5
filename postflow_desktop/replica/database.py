"""`cache.db`: opened, checked, brought up to date; a damaged or newer one is begun anew.

The file is disposable (everything in it lies in the cluster too), so it is never repaired. WAL
lets one connection write while others read (sqlite.org/wal.html).
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.replica.files import (
    connect,
    damage,
    identity,
    is_damage,
    migrate,
    move_aside,
    only_opener,
    remove,
    unwritable,
    version_of,
)
from postflow_desktop.replica.statements import migrations

log = logging.getLogger(__name__)

_KEPT_ASIDE = 1
"""Damaged caches that are kept for a look; older ones are deleted."""


class CacheFile:
    """One connection to a `cache.db`; used by one thread at a time."""

    def __init__(self, path: Path, *, check: bool = False) -> None:
        """Open or make it; with `check` every page is looked at. MachineProblem."""
        self.path = path
        with only_opener(path):
            self.connection = _open(path, check=check)
            self._identity = identity(path)

    def moved(self) -> bool:
        """Whether another connection found damage and put a new file in this one's place."""
        return identity(self.path) != self._identity

    def discard(self, reason: Exception) -> None:
        """Close, and move the damaged file away unless somebody did; MachineProblem."""
        self.close()
        with only_opener(self.path):
            if not self.moved():
                _put_away(self.path, reason)

    def close(self) -> None:
        """Close; twice is fine."""
        self.connection.close()


def empty_cache() -> sqlite3.Connection:
    """A cache in memory that holds nothing, for who reads after the end."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, migrations("cache"))
    return connection


def _open(path: Path, *, check: bool) -> sqlite3.Connection:
    try:
        return _connect(path, check=check)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise unwritable(path, error) from error
        _put_away(path, error)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        return _connect(path, check=False)
    except (sqlite3.Error, OSError) as error:
        raise unwritable(path, error) from error


def _connect(path: Path, *, check: bool) -> sqlite3.Connection:
    connection = connect(path, synchronous="NORMAL")
    try:
        steps = migrations("cache")
        if version_of(connection) > len(steps):
            raise damage("it was written by a newer PostFlow")
        migrate(connection, steps)
        if check:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise damage("the check found damage")
        connection.execute("PRAGMA cache_size = -16000")
        connection.execute("PRAGMA journal_size_limit = 67108864")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _put_away(path: Path, reason: Exception) -> None:
    """Make room for a new file; the last damaged one is kept for a look."""
    try:
        aside = move_aside(path)
        old = sorted(path.parent.glob(f"{path.name}.damaged-*Z-????"))
        for more in old[:-_KEPT_ASIDE]:
            remove(more)
    except OSError as error:
        # Windows does not let go of a file that another connection has open.
        raise MachineProblem(
            "The local copy of this workspace is damaged and still in use. The cluster has all.",
            code="replica_damaged",
            fix="Close PostFlow and start it again; the copy is then made anew.",
        ) from error
    log.warning(
        "The local copy could not be used and is made anew.",
        extra={"reason": str(reason), "kept_as": aside.name},
    )
