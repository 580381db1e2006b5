"""The publish journal: SQLite in WAL mode with full sync (sqlite.org/pragma.html).

Every call returns after the disk has it. Calls of several threads that wait at the same moment
share one transaction and so one sync of the disk; a call alone gets a transaction of its own.
"""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from postflow_desktop.domain.errors import Bug, MachineProblem
from postflow_desktop.domain.time import utc_text
from postflow_desktop.machine.disk import held, keep_aside, make_private_folder
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.journal import JournalEntry, JournalStage, Reply

_log = logging.getLogger(__name__)

_BUSY_SECONDS = 10.0
_FREE_BYTES = 1 << 20
"""Room that must be left before an attempt begins, so that its reply can be kept."""

_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE attempts (
            seq             INTEGER PRIMARY KEY AUTOINCREMENT,
            attempt_id      TEXT NOT NULL UNIQUE,
            workspace_id    TEXT NOT NULL,
            organization_id TEXT NOT NULL,
            target_id       TEXT NOT NULL,
            process         TEXT NOT NULL,
            stage           TEXT NOT NULL
                            CHECK (stage IN ('barrier', 'writing', 'response', 'done')),
            began_at        TEXT NOT NULL,
            status          INTEGER,
            headers         TEXT,
            body            BLOB
        ) STRICT
        """,
        "CREATE INDEX attempts_unsettled ON attempts (workspace_id, seq) WHERE stage <> 'done'",
    ),
    ("ALTER TABLE attempts ADD COLUMN wire TEXT",),
)
_IDS = "attempt_id, workspace_id, organization_id, target_id, process"

_Row = tuple[str, str, str, str, str, str, str | None, int | None, str | None, bytes | None]


class _Write:
    """One statement that waits to be on disk; failed until its transaction is acknowledged."""

    __slots__ = ("_refusal", "changed", "error", "finished", "parameters", "statement")

    def __init__(self, statement: str, parameters: tuple[object, ...]) -> None:
        self.statement = statement
        self.parameters = parameters
        self.changed = 0
        self.error: sqlite3.Error | None = sqlite3.OperationalError("the write was interrupted")
        self.finished = False
        self._refusal: sqlite3.IntegrityError | None = None

    def run(self, connection: sqlite3.Connection) -> None:
        """Run it inside a transaction; a row that breaks a rule is undone alone."""
        try:
            self.changed = connection.execute(self.statement, self.parameters).rowcount
        except sqlite3.IntegrityError as error:
            self._refusal = error

    def acknowledge(self) -> None:
        """The transaction is on disk."""
        self.error = self._refusal


class SqliteJournal:
    """Journal port; safe for several threads, and for several processes of one home."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open or make it; MachineProblem (`journal_unwritable`, `journal_newer`).

        A damaged journal is kept aside (`damaged`) and a new one begun: what it knew is lost, so
        that attempts under way are settled as if another machine had to.
        """
        self._path = path
        self._clock = clock
        self.damaged: Path | None = None
        self._waiting: list[_Write] = []
        self._waiting_guard = threading.Lock()
        self._guard = threading.Lock()
        make_private_folder(path.parent)
        with held(path.with_suffix(".lock")):
            self._connection = self._open()

    def begin(self, entry: JournalEntry) -> None:
        """Record an attempt at stage BARRIER; MachineProblem if the disk can't take it."""
        if entry.stage is not JournalStage.BARRIER:
            raise Bug("An attempt begins at the barrier.", code="journal_order")
        self._require_room()
        self._write(
            f"INSERT INTO attempts ({_IDS}, stage, began_at, wire)"  # noqa: S608
            " VALUES (?, ?, ?, ?, ?, 'barrier', ?, ?)",
            (
                entry.attempt_id,
                entry.workspace_id,
                entry.organization_id,
                entry.target_id,
                entry.process,
                utc_text(self._clock.now()),
                entry.wire or None,
            ),
        )

    def writing(self, attempt_id: str) -> None:
        """The first byte follows; Bug unless the attempt stands at BARRIER. MachineProblem."""
        changed = self._write(
            "UPDATE attempts SET stage = 'writing' WHERE attempt_id = ? AND stage = 'barrier'",
            (attempt_id,),
        )
        if not changed:
            raise Bug(
                f"Attempt {attempt_id} does not stand at the barrier; nothing is sent.",
                code="journal_order",
            )

    def response(self, attempt_id: str, reply: Reply) -> None:
        """Keep the reply of an attempt that was written; MachineProblem."""
        headers = json.dumps(reply.headers, ensure_ascii=False)
        changed = self._write(
            "UPDATE attempts SET stage = 'response', status = ?, headers = ?, body = ?"
            " WHERE attempt_id = ? AND stage IN ('writing', 'response')",
            (reply.status, headers, reply.body, attempt_id),
        )
        if not changed:
            raise Bug(f"Attempt {attempt_id} has a reply but no first byte.", code="journal_order")

    def done(self, attempt_id: str) -> None:
        """The cluster knows; the entry may be trimmed. Nothing happens to an unknown one."""
        self._write("UPDATE attempts SET stage = 'done' WHERE attempt_id = ?", (attempt_id,))

    def get(self, attempt_id: str) -> JournalEntry | None:
        """One entry, or None; MachineProblem."""
        found = self._rows("WHERE attempt_id = ?", (attempt_id,))
        return found[0] if found else None

    def unsettled(self, workspace_id: str) -> Sequence[JournalEntry]:
        """Entries that are not DONE, oldest first, of all processes of this home."""
        return self._rows(
            "WHERE workspace_id = ? AND stage <> 'done' ORDER BY seq", (workspace_id,)
        )

    def trim(self, days: int, keep: int) -> int:
        """Forget attempts that are DONE and old, or more than so many; how many went.

        Old is what began more than that many days ago. What is not DONE stays for ever.
        """
        before = utc_text(self._clock.now() - timedelta(days=days))
        return self._write(
            "DELETE FROM attempts WHERE stage = 'done' AND (began_at < ? OR seq <= ("
            "SELECT seq FROM attempts WHERE stage = 'done' ORDER BY seq DESC LIMIT 1 OFFSET ?))",
            (before, keep),
        )

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        with self._guard, suppress(sqlite3.Error):
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise self._problem(error) from error
        self.damaged = self._put_aside()
        _log.warning(
            "The publish journal was damaged; it is kept aside and a new one was begun.",
            extra={"kept_as": str(self.damaged)},
        )
        try:
            return self._connect()
        except sqlite3.Error as error:
            raise self._problem(error) from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found is None or found[0] != "ok":
                raise _damage()
            self._migrate(connection)
            self._path.chmod(0o600)
        except OSError as error:
            connection.close()
            raise self._problem(error) from error
        except (sqlite3.Error, MachineProblem):
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """Run the numbered steps that this file has not seen, each with its number at once."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(_MIGRATIONS):
            raise MachineProblem(
                "The publish journal was written by a newer PostFlow.",
                code="journal_newer",
                fix="Start the newer PostFlow, or name another folder in POSTFLOW_HOME.",
            )
        for number, step in enumerate(_MIGRATIONS[version:], start=version + 1):
            connection.execute("BEGIN IMMEDIATE")
            for statement in step:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number:d}")
            connection.execute("COMMIT")

    def _put_aside(self) -> Path:
        for suffix in ("-wal", "-shm"):
            beside = self._path.with_name(self._path.name + suffix)
            if beside.exists():
                keep_aside(beside)
        return keep_aside(self._path)

    def _require_room(self) -> None:
        try:
            free = shutil.disk_usage(self._path.parent).free
        except OSError as error:
            raise self._problem(error) from error
        if free < _FREE_BYTES:
            raise self._problem(None)

    def _write(self, statement: str, parameters: tuple[object, ...]) -> int:
        """Number of changed rows, once they are on disk."""
        write = _Write(statement, parameters)
        with self._waiting_guard:
            self._waiting.append(write)
        with self._guard:
            if not write.finished:
                self._commit_waiting()
        if isinstance(write.error, sqlite3.IntegrityError):
            raise Bug("An attempt can't begin twice.", code="journal_order") from write.error
        if write.error is not None:
            raise self._problem(write.error) from write.error
        return write.changed

    def _commit_waiting(self) -> None:
        """One transaction for all that wait."""
        with self._waiting_guard:
            writes, self._waiting = self._waiting, []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for write in writes:
                write.run(self._connection)
            self._connection.execute("COMMIT")
            for write in writes:
                write.acknowledge()
        except sqlite3.Error as error:
            for write in writes:
                write.error = error
        finally:
            with suppress(sqlite3.Error):
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
            for write in writes:
                write.finished = True

    def _rows(self, where: str, parameters: tuple[object, ...]) -> list[JournalEntry]:
        with self._guard:
            try:
                statement = (
                    f"SELECT {_IDS}, stage, wire, status, headers, body FROM attempts {where}"  # noqa: S608
                )
                found = self._connection.execute(statement, parameters).fetchall()
            except sqlite3.Error as error:
                raise self._problem(error) from error
        return [_entry(row) for row in found]

    def _problem(self, error: Exception | None) -> MachineProblem:
        why = "the disk is full" if error is None else str(error)
        return MachineProblem(
            f"The publish journal '{self._path}' can't be used: {why}. What it holds is kept.",
            code="journal_unwritable",
            fix="Free some space on this disk, and see that the folder is writable for you.",
        )


def _entry(row: _Row) -> JournalEntry:
    attempt_id, workspace_id, organization_id, target_id, process, stage = row[:6]
    wire, status, headers, body = row[6:]
    reply = None
    if status is not None:
        reply = Reply(status=status, headers=json.loads(headers or "{}"), body=body or b"")
    return JournalEntry(
        attempt_id=attempt_id,
        workspace_id=workspace_id,
        organization_id=organization_id,
        target_id=target_id,
        process=process,
        stage=JournalStage(stage),
        wire=wire or "",
        reply=reply,
    )


def _damage() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("the check found damage")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Result codes 11 and 26 (sqlite.org/rescode.html); extended codes carry them in a byte."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
