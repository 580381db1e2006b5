"""The synchronisation's own connection to `cache.db`: transactions, facts, sums."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postflow_desktop.replica.database import CacheFile
from postflow_desktop.replica.statements import sql
from postflow_desktop.replica.sync.apply import Applier

_TOKEN = "token"  # noqa: S105 - the place in the stream, no secret
_FINGERPRINT = "fingerprint"
_TABLES = (
    "meta",
    "doc",
    "gone",
    "post",
    "calendar",
    "target",
    "attempt",
    "account",
    "notice",
    "metric",
    "words",
)


class CacheWriter:
    """One thread's writing side of the replica; MachineProblem on opening, else sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self.file = CacheFile(path, check=True)
        self._connection = self.file.connection
        self.apply = Applier(self._connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; waits for another writer of the same file."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def token(self) -> str | None:
        """Where the stream goes on; None before everything was read once, or after it was lost."""
        return self._get(_TOKEN)

    def keep_token(self, token: str) -> None:
        """Part of the caller's transaction, so that it stands for exactly what was applied."""
        self._put(_TOKEN, token)

    def forget_token(self) -> None:
        """The stream was lost: digests come next."""
        self._connection.execute(sql("writes", "meta_drop"), {"key": _TOKEN})

    def belongs_to(self, fingerprint: str) -> None:
        """Empty the replica where it holds another workspace's documents."""
        held = self._get(_FINGERPRINT)
        if held == fingerprint:
            return
        with self.transaction():
            version = self._get("version")
            if held is not None:
                for table in _TABLES:
                    self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our names
            self._put(_FINGERPRINT, fingerprint)
            if version is not None:
                self._put("version", version)  # rows of before must not look like rows of now

    def is_empty(self, collection: str) -> bool:
        """Whether nothing of a collection is held."""
        row = self._connection.execute(sql("writes", "any_doc"), {"coll": collection}).fetchone()
        return row is None

    def digest(self, collection: str) -> dict[str, int]:
        """The rev of every id that is held."""
        rows = self._connection.execute(sql("writes", "digest"), {"coll": collection})
        return dict(rows.fetchall())

    def sums(self, collection: str) -> tuple[int, int]:
        """How many documents are held, and the sum of their revs."""
        rows = self._connection.execute(sql("writes", "sums"), {"coll": collection})
        count, total = rows.fetchone()
        return int(count), int(total)

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _get(self, key: str) -> str | None:
        row = self._connection.execute(sql("writes", "meta_get"), {"key": key}).fetchone()
        return None if row is None else str(row[0])

    def _put(self, key: str, value: str) -> None:
        self._connection.execute(sql("writes", "meta_put"), {"key": key, "value": value})
