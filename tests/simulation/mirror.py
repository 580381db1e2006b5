"""A real MongoDB that is told every call of a simulated schedule, and must answer the same.

The server's clock is the only difference, and it is named in the calls: there the simulated time
takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from postflow_desktop.cluster.schema.spec import apply
from tests.conftest import ClusterDb
from tests.simulation.content import COLLECTIONS

_GRAIN = timedelta(milliseconds=1)
"""Dates of MongoDB have no finer one."""


class Mirror:
    """Hears calls at the moment they take effect; AssertionError where the real answer differs."""

    def __init__(self, cluster: ClusterDb) -> None:
        apply(cluster.db, COLLECTIONS)
        self._database = cluster.db
        self.calls = 0

    def __call__(
        self, collection: str, method: str, asked: Mapping[str, Any], gave: Any, now: datetime
    ) -> None:
        """Make the same call there."""
        self.calls += 1
        options = {k: _at(now, value) for k, value in asked.items() if value is not None}
        try:
            found = getattr(self._database[collection], method)(**options)
            if method in {"find", "aggregate"}:
                found = list(found)
            elif method in {"insert_one", "insert_many", "update_many"}:
                # The stores use no more of it than that it is there.
                found = gave
        except (DuplicateKeyError, BulkWriteError) as error:
            found = error
        told = f"{collection}.{method} {options}: {gave} and {found}"
        assert _alike(gave, found, ordered=bool(asked.get("sort"))), told


def _at(now: datetime, value: Any) -> Any:
    """The same with the time in the place of the server's clock."""
    if value == "$$NOW":
        return now
    if isinstance(value, dict):
        return {name: _at(now, one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_pair(now, one) for one in value]
    return value


def _pair(now: datetime, value: Any) -> Any:
    return value if isinstance(value, tuple) else _at(now, value)


def _alike(one: Any, other: Any, *, ordered: bool) -> bool:
    if isinstance(one, PyMongoError) or isinstance(other, PyMongoError):
        return type(one) is type(other)
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs(one - other) < _GRAIN
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            _alike(value, other[name], ordered=True) for name, value in one.items()
        )
    if isinstance(one, list) and isinstance(other, list):
        if not ordered:
            one, other = (sorted(some, key=lambda d: str(d.get("_id"))) for some in (one, other))
        return len(one) == len(other) and all(
            _alike(*pair, ordered=True) for pair in zip(one, other, strict=True)
        )
    if hasattr(one, "modified_count"):
        return bool(one.modified_count == other.modified_count)
    if hasattr(one, "deleted_count"):
        return bool(one.deleted_count == other.deleted_count)
    return bool(one == other)
