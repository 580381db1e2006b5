"""Takes the steps: one machine at a time, from where another one died.

The lease is in `meta.schema`, on the cluster's clock, and is extended with every batch; who finds
it lost stops. A step is recorded after it was taken, and how far it came with every batch, so that
kill -9 costs at most one batch of work. Version numbers move only under the lease.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, new_id
from postflow_desktop.cluster.migrations.steps import OLDEST, Migration
from postflow_desktop.cluster.versions import LOOK_SECONDS, read_state
from postflow_desktop.domain.errors import ClusterUnreachable, InvalidInput
from postflow_desktop.services.ports.inspection import Progress
from postflow_desktop.services.ports.migrating import Migrated, MigrationStep

LEASE_SECONDS = 30.0
WAIT_SECONDS = 120.0
"""How long another machine's work is waited for: longer than the lease of one that died."""
_PAUSE = 0.1
_BATCH = 500
_SCHEMA: Document = {"_id": "schema"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MigratorParts:
    """What the runner works with."""

    database: Database[Document]
    migrations: Sequence[Migration]
    newest: int
    shape: Callable[[], None]
    """Makes and changes collections, validators and indexes; safe to run twice."""
    pause: Callable[[float], object]
    """Waits so many seconds."""
    grace: float = LOOK_SECONDS + 5
    """After older programs were told not to write, how long until all of them know."""
    lease_seconds: float = LEASE_SECONDS


@dataclass
class Migrator:
    """Brings one workspace to a version."""

    parts: MigratorParts
    progress: Progress = field(default=lambda _: None)

    def __post_init__(self) -> None:
        self._owner = new_id()
        self._meta = self.parts.database["meta"]

    @property
    def database(self) -> Database[Document]:
        """The workspace's database."""
        return self.parts.database

    def migrate(self, to: int | None = None) -> Migrated:
        """To a version, else to ours; a workspace that is newer stays as it is.

        InvalidInput (`bad_version`); ClusterUnreachable (`migrating`, `migration_lost`).
        """
        goal = self.parts.newest if to is None else to
        if not OLDEST <= goal <= self.parts.newest:
            raise InvalidInput(
                f"This PostFlow can't bring a workspace to version {goal}.",
                code="bad_version",
                fix=f"Use {OLDEST} to {self.parts.newest}.",
            )
        with cluster_errors():
            self._take_lease(goal)
            try:
                return self._go(goal, back=to is not None)
            finally:
                self._write({"$unset": {"lease": ""}})

    def each(self, collection: str, query: Document) -> Iterator[list[Any]]:
        """The `_id`s of matching documents in batches, from where an earlier run had come to."""
        last = self._place().get("at", {}).get(collection)
        while True:
            after = {} if last is None else {"_id": {"$gt": last}}
            found = self.database[collection].find({"$and": [query, after]}, {"_id": True})
            batch = [each["_id"] for each in found.sort("_id", 1).limit(_BATCH)]
            if not batch:
                return
            yield batch
            last = batch[-1]
            self._beat({"$set": {f"place.at.{collection}": last}})
            self.progress(f"{collection}: up to {last} …")

    def _go(self, goal: int, *, back: bool) -> Migrated:
        before = read_state(self.database).version
        self.progress("collections and indexes …")
        self.parts.shape()
        self._beat()
        # A step that died on its way is half taken: it is taken again, whichever way we go.
        half = self._place()
        reached = max(before, 0 if half.get("back") else half.get("step", 0))
        if back and goal < reached:
            steps = self._back(reached, goal)
            self._beat({"$set": {"version": goal, "heldAt": goal}})
        else:
            left = min(before, half["step"] - 1 if half.get("back") else before)
            steps = self._forward(left, goal)
            held = {"$set": {"heldAt": goal}} if back and goal < self.parts.newest else None
            self._beat({"$max": {"version": goal}, **(held or {"$unset": {"heldAt": ""}})})
        return Migrated(before=before, after=read_state(self.database).version, steps=steps)

    def _forward(self, before: int, goal: int) -> tuple[MigrationStep, ...]:
        taken = []
        for step in (each for each in self.parts.migrations if before < each.version <= goal):
            self._raise_bars(step, is_new=before == 0)
            self._take(step, back=False)
            self._beat({"$max": {"version": step.version}, "$unset": {"place": ""}})
            taken.append(MigrationStep(version=step.version, title=step.title, back=False))
        return tuple(taken)

    def _back(self, before: int, goal: int) -> tuple[MigrationStep, ...]:
        taken = []
        steps = [each for each in self.parts.migrations if goal < each.version <= before]
        for step in reversed(steps):
            # Newer programs, ours too, leave it alone from here on.
            self._beat({"$set": {"heldAt": goal}})
            self._take(step, back=True)
            left = [each for each in self.parts.migrations if each.version < step.version]
            bars = {
                "version": step.version - 1,
                "minWriter": max((each.min_writer for each in left), default=1),
                "minReader": max((each.min_reader for each in left), default=1),
            }
            self._beat({"$set": bars, "$unset": {"place": ""}})
            taken.append(MigrationStep(version=step.version, title=step.title, back=True))
        return tuple(taken)

    def _take(self, step: Migration, *, back: bool) -> None:
        half = self._place()
        if (half.get("step"), half.get("back")) != (step.version, back):
            self._beat({"$set": {"place": {"step": step.version, "back": back, "at": {}}}})
        self.progress(f"{'back from' if back else 'to'} version {step.version}: {step.title} …")
        (step.backward if back else step.forward)(self)

    def _raise_bars(self, step: Migration, *, is_new: bool) -> None:
        """Tell older programs to stop, before what they would write could be wrong."""
        before = read_state(self.database)
        self._beat({"$max": {"minWriter": step.min_writer, "minReader": step.min_reader}})
        if step.min_writer > max(before.min_writer, 1) and not is_new:
            self.progress("waiting until older programs know …")
            for _ in range(int(self.parts.grace)):
                self.parts.pause(1.0)
                self._beat()

    def _place(self) -> Document:
        found = self._meta.find_one(_SCHEMA, {"place": True}) or {}
        place: Document = found.get("place") or {}
        return place

    def _take_lease(self, goal: int) -> None:
        """ClusterUnreachable (`migrating`) where another machine is at it for too long."""
        for _ in range(int(WAIT_SECONDS / _PAUSE)):
            if self._try_lease():
                return
            self.progress("another machine is updating this workspace …")
            self.parts.pause(_PAUSE)
        raise ClusterUnreachable(
            f"Another machine is bringing this workspace to version {goal} or another one.",
            code="migrating",
            fix="Try again when it has finished.",
        )

    def _try_lease(self) -> bool:
        new: Document = {"version": 0, "minWriter": 1, "minReader": 1, "rev": 1}
        try:
            self._meta.update_one(_SCHEMA, {"$setOnInsert": new}, upsert=True)
        except DuplicateKeyError:
            return False
        # A missing date compares as smaller than every date (BSON comparison order).
        free = {**_SCHEMA, "$expr": {"$lte": ["$lease.until", "$$NOW"]}}
        lease = {"owner": {"$literal": self._owner}, "until": self._until()}
        rev = {"$add": ["$rev", 1]}
        done = self._meta.update_one(free, [{"$set": {"lease": lease, "rev": rev}}])
        return done.matched_count == 1

    def _beat(self, update: Document | None = None) -> None:
        """Extend the lease, and change `meta.schema` with it; ClusterUnreachable where it is lost.

        A lease that ran out while nobody took it is still ours.
        """
        mine = {**_SCHEMA, "lease.owner": self._owner}
        extended = self._meta.update_one(mine, [{"$set": {"lease.until": self._until()}}])
        if extended.matched_count and (update is None or self._write(update)):
            return
        raise ClusterUnreachable(
            "This machine was away for too long while it updated the workspace; another one goes "
            "on with it.",
            code="migration_lost",
            fix="Open the workspace again in a moment.",
        )

    def _write(self, update: Document) -> bool:
        mine = {**_SCHEMA, "lease.owner": self._owner}
        change = {**update, "$inc": {"rev": 1}}
        return self._meta.update_one(mine, change).matched_count == 1

    def _until(self) -> Document:
        return {"$add": ["$$NOW", round(self.parts.lease_seconds * 1000)]}
