"""Copies of `outbox.db`, and what can still be read of a damaged one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from postflow_desktop.replica.drafts_json import load_draft

KEPT_COPIES = 7
"""One a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescued:
    """What goes into the new file, in the order in which it was put."""

    drafts: list[tuple[str, str, str]] = field(default_factory=list)
    """Id, organization, JSON."""
    media: list[tuple[str, bytes]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Tables that could not be read whole."""


def back_up(connection: sqlite3.Connection, path: Path) -> None:
    """Write today's copy unless it is there, and delete those beyond a week; sqlite3.Error."""
    copy = path.with_name(f"{path.name}.copy-{datetime.now(UTC):%Y%m%d}")
    if copy.exists():
        return
    aside = path.with_name(f".{copy.name}")
    aside.unlink(missing_ok=True)
    # Not VACUUM INTO a file of the final name: one that was interrupted must not look whole.
    connection.execute("VACUUM INTO ?", (str(aside),))
    aside.chmod(0o600)
    aside.replace(copy)
    for old in copies(path)[KEPT_COPIES:]:
        old.unlink(missing_ok=True)


def copies(path: Path) -> list[Path]:
    """The copies of an outbox, newest first."""
    return sorted(path.parent.glob(f"{path.name}.copy-????????"), reverse=True)


def rescue(damaged: Path, path: Path) -> Rescued:
    """What the damaged file still gives; where that is not all, also the last copy's drafts.

    So a draft may come back that was sent since: better than one that is lost.
    """
    saved = _read(damaged)
    older = next((copy for copy in map(_read, copies(path)) if not copy.unread), None)
    if not saved.unread or older is None:
        return saved
    keys = {key for key, _, _ in saved.drafts}
    hashes = {sha256 for sha256, _ in saved.media}
    return Rescued(
        drafts=[*(d for d in older.drafts if d[0] not in keys), *saved.drafts],
        media=[*(m for m in older.media if m[0] not in hashes), *saved.media],
    )


def _read(path: Path) -> Rescued:
    saved = Rescued()
    with closing(sqlite3.connect(path)) as connection:
        for key, organization_id, text in _rows(connection, saved, "draft"):
            if _is_draft(text):
                saved.drafts.append((str(key), str(organization_id), str(text)))
        for sha256, data in _rows(connection, saved, "media"):
            if isinstance(data, bytes):
                saved.media.append((str(sha256), data))
    return saved


_COLUMNS = {"draft": "id, organization_id, json", "media": "sha256, data"}


def _rows(connection: sqlite3.Connection, saved: Rescued, table: str) -> list[list[object]]:
    """Rows in order, read from both ends towards a damaged place between them."""
    early: dict[int, list[object]] = {}
    late: dict[int, list[object]] = {}
    for found, direction in ((early, "ASC"), (late, "DESC")):
        statement = f"SELECT rowid, {_COLUMNS[table]} FROM {table} ORDER BY rowid {direction}"  # noqa: S608
        try:
            for rowid, *row in connection.execute(statement):
                found[rowid] = row
        except sqlite3.Error:
            continue
        return [found[rowid] for rowid in sorted(found)]
    saved.unread.append(table)
    both = early | late
    return [both[rowid] for rowid in sorted(both)]


def _is_draft(text: object) -> bool:
    try:
        load_draft(str(text))
    except (ValueError, KeyError, TypeError):
        return False
    return True
