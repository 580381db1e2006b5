"""Which version a workspace's schema has, and whether this PostFlow may write to it.

`meta.schema` has `version` (what the documents look like), `minWriter` and `minReader` (the oldest
versions that may write and read), and `heldAt` where it was rolled back for older ones. A program
that runs on while another machine updates the workspace finds out within half a minute: before a
write, whatever it read is not older than that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pymongo.collection import Collection
from pymongo.database import Database

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document
from postflow_desktop.domain.errors import ClusterUnreachable

LOOK_SECONDS = 30.0
_WRITES = (
    "bulk_write",
    "delete_many",
    "delete_one",
    "find_one_and_delete",
    "find_one_and_replace",
    "find_one_and_update",
    "insert_many",
    "insert_one",
    "replace_one",
    "update_many",
    "update_one",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaState:
    """`meta.schema` as it is."""

    version: int = 0
    min_writer: int = 0
    min_reader: int = 0
    held_at: int | None = None

    @property
    def is_new(self) -> bool:
        """Nothing was ever made here."""
        return self.version == 0


def read_state(database: Database[Document]) -> SchemaState:
    """The version of a workspace."""
    with cluster_errors():
        found = database["meta"].find_one({"_id": "schema"}) or {}
    return SchemaState(
        version=found.get("version", 0),
        min_writer=found.get("minWriter", 0),
        min_reader=found.get("minReader", 0),
        held_at=found.get("heldAt"),
    )


def refuse_readers(state: SchemaState, ours: int) -> None:
    """ClusterUnreachable (`newer_workspace`) where a program of our version may not even read."""
    if state.min_reader > ours:
        raise ClusterUnreachable(
            "A newer PostFlow updated this workspace; this one is too old to read it.",
            code="newer_workspace",
            fix="Update PostFlow on this machine. Nothing was changed.",
        )


def refuse_newer(state: SchemaState, ours: int) -> None:
    """ClusterUnreachable (`newer_workspace`) where a program of our version may not write."""
    refuse_readers(state, ours)
    if state.min_writer > ours:
        raise _too_old()


def _too_old() -> ClusterUnreachable:
    return ClusterUnreachable(
        "A newer PostFlow updated this workspace; this one is too old to write to it.",
        code="newer_workspace",
        fix="Update PostFlow on this machine. Nothing was changed.",
    )


def refusal_of_writers(state: SchemaState, ours: int) -> ClusterUnreachable | None:
    """Why a program of our version may only read; None where it may write."""
    if state.min_writer > ours:
        return _too_old()
    if state.held_at is not None and ours > state.held_at:
        return ClusterUnreachable(
            f"This workspace was rolled back to version {state.held_at} for an older PostFlow; "
            "this one only reads it.",
            code="older_workspace",
            fix="Use the older PostFlow, or bring the workspace up: postflow cluster migrate",
        )
    return None


class WriteGuard:
    """Lets writes pass while our version may write; looks again now and then."""

    def __init__(
        self,
        database: Database[Document],
        ours: int,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._ours = ours
        self._seconds = seconds
        self._looked: float | None = None
        self.refusal: ClusterUnreachable | None = None

    def saw(self, state: SchemaState) -> None:
        """What was just read."""
        self.refusal = refusal_of_writers(state, self._ours)
        self._looked = self._seconds()

    def check(self) -> None:
        """ClusterUnreachable (`newer_workspace`, `older_workspace`) where we may not write."""
        if self._looked is not None and self._seconds() - self._looked >= LOOK_SECONDS:
            self.saw(read_state(self._database))
        if self.refusal is not None:
            raise ClusterUnreachable(
                self.refusal.message, code=self.refusal.code, fix=self.refusal.fix
            )


class GuardedDatabase(Database[Document]):
    """A database whose collections ask the guard before every write."""

    def __init__(self, plain: Database[Document], guard: WriteGuard) -> None:
        super().__init__(plain.client, plain.name)
        self._guard = guard

    def __getitem__(self, name: str) -> Collection[Document]:
        """The guarded collection."""
        return GuardedCollection(self, name, self._guard)


class GuardedCollection(Collection[Document]):
    """A collection that asks the guard before every write."""

    def __init__(self, database: Database[Document], name: str, guard: WriteGuard) -> None:
        super().__init__(database, name)
        for write in _WRITES:
            setattr(self, write, _asking(getattr(self, write), guard))


def _asking(write: Callable[..., Any], guard: WriteGuard) -> Callable[..., Any]:
    def ask(*arguments: Any, **options: Any) -> Any:
        guard.check()
        return write(*arguments, **options)

    return ask
