"""The same calls on the in-memory MongoDB and on a real one, and what differs afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, cast

from postflow_desktop.cluster.attempts import MongoAttemptStore
from postflow_desktop.cluster.budgets import MongoBudgetStore
from postflow_desktop.cluster.gates import MongoGateStore
from postflow_desktop.cluster.pauses import MongoPauseStore
from postflow_desktop.cluster.payloads import MongoPayloadStore
from postflow_desktop.cluster.posts import MongoPostStore
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.cluster.targets import MongoTargetStore
from postflow_desktop.domain.errors import PostFlowError
from tests.conftest import ClusterDb
from tests.simulation.content import COLLECTIONS
from tests.simulation.memory_mongo import MemoryClient
from tests.simulation.server import Server

SLACK = 60.0
"""Seconds by which times may differ, because the calls are not made at the same moment; every time
that a test plans with is minutes away from every other."""


class Side:
    """The real stores on one of the two databases."""

    def __init__(self, database: Any, now: Callable[[], datetime]) -> None:
        self.database = database
        self.now = now
        self.targets = MongoTargetStore(database)
        self.posts = MongoPostStore(database)
        self.attempts = MongoAttemptStore(database)
        self.payloads = MongoPayloadStore(database)
        self.gates = MongoGateStore(database)
        self.budgets = MongoBudgetStore(database)
        self.pauses = MongoPauseStore(database)

    def documents(self, collection: str) -> list[dict[str, Any]]:
        """All of them, by id."""
        return sorted(self.database[collection].find({}), key=lambda d: str(d["_id"]))


class Pair:
    """Both sides; `do` makes a call on both and compares what it gave and what it left."""

    def __init__(self, cluster: ClusterDb) -> None:
        apply(cluster.db, COLLECTIONS)
        server = Server(clock=_now)
        for spec in COLLECTIONS:
            server.add_indexes(spec.name, spec.indexes)
        self.memory = Side(cast(Any, MemoryClient(server)["main"]), _now)
        self.real = Side(cluster.db, lambda: MongoTargetStore(cluster.db).now())

    def do(self, what: str, call: Callable[[Side], Any]) -> tuple[Any, Any]:
        """What the memory and the real one gave; AssertionError where they differ."""
        gave = [(side, _outcome(call, side)) for side in (self.memory, self.real)]
        first, second = (_plain(outcome, side.now()) for side, outcome in gave)
        _require_alike(first, second, what)
        return gave[0][1], gave[1][1]

    def compare(self, what: str, collections: Sequence[str]) -> None:
        """What is stored."""
        for name in collections:
            first, second = (
                _plain(side.documents(name), side.now()) for side in (self.memory, self.real)
            )
            _require_alike(first, second, f"{what}, then {name}")


def _now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _outcome(call: Callable[[Side], Any], side: Side) -> Any:
    try:
        return call(side)
    except PostFlowError as error:
        return f"{type(error).__name__} {error.code}"


def _plain(value: Any, now: datetime) -> Any:
    """As lists, mappings and numbers; times count from now."""
    if isinstance(value, datetime):
        return (value - now).total_seconds()
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name), now) for f in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(one, now) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one, now) for one in value]
    if isinstance(value, Enum):
        return value.value
    return value if isinstance(value, int | float | str | type(None)) else str(value)


def _require_alike(first: Any, second: Any, what: str) -> None:
    if isinstance(first, dict) and isinstance(second, dict):
        assert first.keys() == second.keys(), f"{what}: {first} and {second}"
        for name, value in first.items():
            _require_alike(value, second[name], f"{what} .{name}")
    elif isinstance(first, list) and isinstance(second, list):
        assert len(first) == len(second), f"{what}: {first} and {second}"
        for one, other in zip(first, second, strict=True):
            _require_alike(one, other, what)
    elif isinstance(first, float) and isinstance(second, float | int):
        assert abs(first - second) < SLACK, f"{what}: {first} and {second}"
    else:
        assert first == second, f"{what}: {first!r} and {second!r}"
