"""`outbox.db`: what is typed here, until the cluster has it. The one precious file of a window.

WAL with full sync: a call returns when the disk has it (sqlite.org/pragma.html#pragma_synchronous).
A copy is kept once a day for a week; a damaged file is kept aside and its readable drafts go on.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.domain.post import Media
from postflow_desktop.replica.drafts_json import dump_draft, load_draft, media_of
from postflow_desktop.replica.files import (
    connect,
    damage,
    is_damage,
    migrate,
    move_aside,
    only_opener,
    unwritable,
    version_of,
)
from postflow_desktop.replica.media_files import DraftFiles
from postflow_desktop.replica.outbox_rescue import Rescued, back_up, rescue
from postflow_desktop.replica.statements import migrations, sql
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.media import HeldContent, MediaContent, Progress

log = logging.getLogger(__name__)

T = TypeVar("T")


class OutboxDrafts:
    """DraftStore port; safe for several threads, and for several processes of one home."""

    def __init__(self, path: Path) -> None:
        """Open or make it; MachineProblem where the disk can't hold it (`outbox_newer`: or a newer
        PostFlow wrote it).
        """
        self._path = path
        self._lock = Lock()
        self._closed = False
        self._files = DraftFiles(path.with_name(f"{path.stem}-files"))
        self.damaged: Path | None = None
        """Where a damaged file was kept, if this opening met one."""
        with only_opener(path):
            try:
                self._connection = self._open()
                self._statement("media_sweep", {})
                back_up(self._connection, path)
            except (sqlite3.Error, OSError) as error:
                raise unwritable(path, error) from error
        self._sweep_files()

    def put(self, draft: LocalDraft) -> None:
        """Keep the draft; replaces. MachineProblem if the disk can't take it."""
        self._change(lambda: self._put(draft.id, draft.organization_id, dump_draft(draft)))

    def get(self, draft_id: str) -> LocalDraft | None:
        """One draft, or None."""
        found = self._drafts("draft_get", {"id": draft_id})
        return found[0] if found else None

    def list(self, organization_id: str) -> Sequence[LocalDraft]:
        """All drafts of an organization, last changed first."""
        return self._drafts("drafts", {"org": organization_id})

    def delete(self, draft_id: str) -> None:
        """Forget a draft and media that no other draft has."""

        def forget() -> None:
            media = self._statement("media_of", {"id": draft_id}).fetchall()
            self._statement("draft_drop", {"id": draft_id})
            self._connection.executemany(sql("outbox", "media_drop_unused"), media)

        self._change(forget)

    def put_media(self, media: Media, data: bytes) -> None:
        """Keep a picture's bytes."""
        self._change(lambda: self._statement("media_put", (media.sha256, data)))

    def media(self, sha256: str) -> bytes | None:
        """A picture's bytes, or None; bytes that do not fit their name any more count as gone."""
        row = next(iter(self._rows("media_get", {"sha256": sha256})), None)
        if row is None or hashlib.sha256(row[0]).hexdigest() != sha256:
            return None
        data: bytes = row[0]
        return data

    def put_file(
        self, media: Media, content: MediaContent, progress: Progress | None = None
    ) -> None:
        """Keep a copy of a video or document; old ones that no draft has are cleared away."""
        self._sweep_files()
        self._files.put(media.sha256, content, progress)

    def content(self, sha256: str) -> MediaContent | None:
        """The bytes of a picture, video or document, or None."""
        data = self.media(sha256)
        return self._files.get(sha256) if data is None else HeldContent(data)

    def _sweep_files(self) -> None:
        used = {str(sha256) for (sha256,) in self._rows("media_used", {})}
        if not self._closed:
            self._files.sweep(used)

    def close(self) -> None:
        """Close the file for good; reads find nothing then, writes raise `outbox_closed`."""
        with self._lock:
            self._closed = True
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        try:
            return _connect(self._path)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
        saved, self.damaged = self._put_aside()
        connection = _connect(self._path)
        self._connection = connection
        with _transaction(connection):
            for key, organization_id, text in saved.drafts:
                self._put(key, organization_id, text)
            for sha256, data in saved.media:
                self._statement("media_put", (sha256, data))
        return connection

    def _put_aside(self) -> tuple[Rescued, Path]:
        aside = move_aside(self._path)
        saved = rescue(aside, self._path)
        log.warning(
            "What is typed here was stored in a damaged file; what could be read was kept.",
            extra={"kept_as": aside.name, "drafts": len(saved.drafts)},
        )
        return saved, aside

    def _put(self, key: str, organization_id: str, text: str) -> None:
        self._statement("draft_drop", {"id": key})
        self._statement("draft_put", {"id": key, "org": organization_id, "json": text})
        links = ((sha256, key) for sha256 in media_of(text))
        self._connection.executemany(sql("outbox", "link_put"), links)

    def _drafts(self, name: str, parameters: dict[str, object]) -> Sequence[LocalDraft]:
        return [load_draft(text) for (text,) in self._rows(name, parameters)]

    def _rows(self, name: str, parameters: dict[str, object]) -> Sequence[tuple[Any, ...]]:
        with self._guarded():
            return () if self._closed else self._statement(name, parameters).fetchall()

    def _change(self, work: Callable[[], object]) -> None:
        with self._guarded():
            if self._closed:
                raise MachineProblem(
                    "The workspace of this draft is not open any more.",
                    code="outbox_closed",
                    fix="Open that workspace; what was kept before is under Drafts there.",
                )
            with _transaction(self._connection):
                work()

    def _statement(
        self, name: str, parameters: dict[str, object] | tuple[object, ...]
    ) -> sqlite3.Cursor:
        return self._connection.execute(sql("outbox", name), parameters)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise unwritable(self._path, error) from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = connect(path, synchronous="FULL")
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        steps = migrations("outbox")
        if version_of(connection) > len(steps):
            raise MachineProblem(
                "What is typed on this computer is kept in a file of a newer PostFlow.",
                code="outbox_newer",
                fix="Start the newer PostFlow. Nothing was changed.",
            )
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise damage("the check found damage")
        migrate(connection, steps)
    except (sqlite3.Error, MachineProblem):
        connection.close()
        raise
    return connection


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
