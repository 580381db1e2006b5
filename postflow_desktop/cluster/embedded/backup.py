"""Daily backups: every database as files, in the layout that `mongodump --gzip` writes.

    backups/2026-11-23/<database>/<collection>.bson.gz            the documents, one after another
    backups/2026-11-23/<database>/<collection>.metadata.json.gz   options, indexes, uuid
    backups/2026-11-23.json                                       when it was taken, and counts

The layout is that of https://www.mongodb.com/docs/database-tools/mongodump/, so `mongorestore
--gzip --dir=…` reads it. All collections show the same moment (a snapshot session). Names appear
when everything is on disk, the .json last. Importing this module loads pymongo (0.15 s).
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from bson import json_util
from filelock import FileLock

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.embedded.layout import (
    READY,
    Layout,
    disk_full,
    storage_problem,
    write_private,
)
from postflow_desktop.cluster.embedded.replica import system_client
from postflow_desktop.domain.errors import ClusterUnreachable, MachineProblem, NotFound

if TYPE_CHECKING:
    from pymongo.client_session import ClientSession
    from pymongo.collection import Collection
    from pymongo.database import Database

KEPT = 30
FREE_BYTES = 200 * 1024 * 1024
"""A backup stops before it leaves the server less room than this."""

_SERVER_OWN = frozenset({"admin", "local", "config"})
_CHECK_SPACE_EVERY = 8 * 1024 * 1024
_LOCK_SECONDS = 600


class BackupCancelled(Exception):
    """The server is wanted to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRules:
    """How a backup is taken: room to leave free in bytes, how many are kept, how to stop it."""

    free_bytes: int = FREE_BYTES
    kept: int = KEPT
    cancel: threading.Event | None = None


def backup_now(
    folder: Path, *, now: datetime | None = None, rules: BackupRules | None = None
) -> Path:
    """Back up the running server of `folder` and return the new folder, named by UTC date.

    A backup of the same date is replaced, the oldest above `rules.kept` are removed.
    Raises ClusterUnreachable when the server does not run, MachineProblem `disk_full` or
    `home_read_only`; then the older backups are as they were.
    """
    layout = Layout(folder)
    record = layout.read_record()
    if record is None or record.state != READY:
        raise ClusterUnreachable("The local database is not running, so nothing was backed up.")
    chosen = rules or BackupRules()
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    try:
        layout.backups.mkdir(mode=0o700, exist_ok=True)
        with FileLock(layout.folder / "backup.lock", timeout=_LOCK_SECONDS):
            with cluster_errors():
                taken = _take(layout, record.port, moment=moment, rules=chosen)
            prune(layout.backups, kept=chosen.kept)
    except OSError as error:
        raise storage_problem(error, layout.backups) from error
    return taken


def newest_backup(backups: Path) -> datetime | None:
    """Return when the newest complete backup was taken (aware, UTC), or None."""
    times = [_taken_at(path) for path in _complete(backups)]
    return max((time for time in times if time), default=None)


def prune(backups: Path, *, kept: int = KEPT) -> None:
    """Remove what an interrupted backup left, and all complete ones but the newest `kept`."""
    for left in backups.glob(".new-*"):
        shutil.rmtree(left, ignore_errors=True)
    for folder in _complete(backups)[: -kept or None]:
        _manifest(folder).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def read_backup(folder: Path) -> dict[str, int]:
    """Read a backup to its last byte and return the documents per `database.collection`.

    Raises NotFound when it is not complete, MachineProblem `backup_damaged` when a file can't
    be read or holds other counts than were written.
    """
    if not folder.is_dir() or not _manifest(folder).is_file():
        raise NotFound(f"There is no complete backup in {folder}.")
    try:
        counts = {
            f"{path.parent.name}.{path.name.removesuffix('.bson.gz')}": _count(path)
            for path in sorted(folder.glob("*/*.bson.gz"))
        }
        written = json.loads(_manifest(folder).read_text(encoding="utf-8"))["documents"]
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise _damaged(folder, str(error) or type(error).__name__) from error
    if counts != written:
        raise _damaged(folder, "documents are missing")
    return counts


def _take(layout: Layout, port: int, *, moment: datetime, rules: BackupRules) -> Path:
    name = moment.date().isoformat()
    temporary = layout.backups / f".new-{name}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(mode=0o700)
    try:
        with system_client(layout, port) as client, client.start_session(snapshot=True) as session:
            counts: dict[str, int] = {}
            for database in client.list_database_names():
                if database not in _SERVER_OWN:
                    dump = _Dump(temporary / quote(database, safe=""), session, rules)
                    counts |= dump.database(client[database])
        _sync_folder(temporary)
        final = layout.backups / name
        _manifest(final).unlink(missing_ok=True)
        shutil.rmtree(final, ignore_errors=True)
        temporary.rename(final)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    write_private(
        _manifest(final), json.dumps({"takenAt": moment.isoformat(), "documents": counts})
    )
    _sync_folder(layout.backups)
    return final


class _Dump:
    """Writes one database at the session's moment into a folder."""

    def __init__(self, folder: Path, session: ClientSession, rules: BackupRules) -> None:
        self._folder = folder
        self._session = session
        self._rules = rules
        self._unchecked = _CHECK_SPACE_EVERY

    def database(self, database: Database[dict[str, Any]]) -> dict[str, int]:
        """Write all collections; return the number of documents of each."""
        self._folder.mkdir(mode=0o700)
        counts = {}
        for found in database.list_collections():
            if found["name"].startswith("system."):
                continue
            name = quote(found["name"], safe="$ ")
            self._metadata(database[found["name"]], name, found)
            if found["type"] == "collection":
                key = f"{self._folder.name}.{name}"
                counts[key] = self._documents(database[found["name"]], name)
        _sync_folder(self._folder)
        return counts

    def _metadata(
        self, collection: Collection[dict[str, Any]], name: str, found: Mapping[str, Any]
    ) -> None:
        plain = found["type"] == "collection"
        about = {
            "options": found["options"],
            "indexes": list(collection.list_indexes()) if plain else [],
            "uuid": found["info"]["uuid"].hex() if plain else "",
            "collectionName": found["name"],
            "type": found["type"],
        }
        with _compressed(self._folder / f"{name}.metadata.json.gz") as stream:
            options = json_util.CANONICAL_JSON_OPTIONS
            stream.write(json_util.dumps(about, json_options=options).encode())

    def _documents(self, collection: Collection[dict[str, Any]], name: str) -> int:
        path = self._folder / f"{name}.bson.gz"
        with _compressed(path) as stream:
            for found in collection.find_raw_batches({}, session=self._session):
                batch = cast("bytes", found)  # pymongo declares documents, and yields raw BSON
                self._check(len(batch))
                stream.write(batch)
        return _count(path)

    def _check(self, size: int) -> None:
        if self._rules.cancel is not None and self._rules.cancel.is_set():
            raise BackupCancelled
        self._unchecked += size
        if self._unchecked >= _CHECK_SPACE_EVERY:
            self._unchecked = 0
            if shutil.disk_usage(self._folder).free < self._rules.free_bytes + _CHECK_SPACE_EVERY:
                raise disk_full(self._folder.parent.parent)


@contextmanager
def _compressed(path: Path) -> Iterator[gzip.GzipFile]:
    """Open a new gzip file that is on disk when the block ends."""
    with path.open("xb") as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1, mtime=0) as stream:
            yield stream
        raw.flush()
        os.fsync(raw.fileno())


def _count(path: Path) -> int:
    """Return the number of documents in a file, having read and unpacked all of it.

    Each document starts with its length, four bytes, and ends with a zero (bsonspec.org).
    """
    count = 0
    with gzip.open(path, "rb") as stream:
        while header := stream.read(4):
            rest = int.from_bytes(header, "little") - len(header)
            document = stream.read(max(rest, 0))
            if rest < 1 or len(document) != rest or document[-1] != 0:
                raise EOFError(f"{path.name} is cut off or altered")
            count += 1
    return count


def _complete(backups: Path) -> list[Path]:
    """Return the folders of complete backups, oldest first."""
    return sorted(path for path in backups.glob("[0-9]*-*-*[0-9]") if _manifest(path).is_file())


def _manifest(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.json")


def _taken_at(folder: Path) -> datetime | None:
    try:
        text = json.loads(_manifest(folder).read_text(encoding="utf-8"))["takenAt"]
        return datetime.fromisoformat(text).astimezone(UTC)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _damaged(folder: Path, reason: str) -> MachineProblem:
    return MachineProblem(
        f"The backup {folder} is damaged: {reason}.",
        code="backup_damaged",
        fix="Use the backup of another day, and check the disk.",
    )


def _sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
