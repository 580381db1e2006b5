"""What the in-memory MongoDB does with documents: order, project, aggregate, update."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cmp_to_key
from typing import Any

from tests.simulation.bson_order import MISSING, NotModelled, compare, rank
from tests.simulation.expressions import Document, Scope, changed, evaluate, read
from tests.simulation.queries import matches

_UPDATE_OPERATORS = frozenset({"$set", "$setOnInsert", "$inc", "$addToSet", "$unset"})


def by_status(query: Document, documents: Iterable[Document]) -> list[Document]:
    """What an index on the status leaves to look at."""
    status = query.get("status")
    if not isinstance(status, str):
        return list(documents)
    return [document for document in documents if document.get("status") == status]


def ordered(documents: list[Document], sort: Sequence[tuple[str, int]]) -> list[Document]:
    def order(one: Document, other: Document) -> int:
        for name, direction in sort:
            found = compare(_sort_value(one, name), _sort_value(other, name))
            if found:
                return found * direction
        return 0

    return sorted(documents, key=cmp_to_key(order))


def _sort_value(document: Document, name: str) -> Any:
    value = read(document, name)
    return None if value is MISSING else value


def project(document: Document, projection: Document, now: datetime) -> Document:
    """Fields that are kept or left out, and fields that are computed."""
    plain = {name: bool(kept) for name, kept in projection.items() if kept in (0, 1)}
    made = {
        name: evaluate(expression, Scope(document, now, {}))
        for name, expression in projection.items()
        if name not in plain
    }
    names = {name.partition(".")[0] for name, kept in plain.items() if kept}
    if names or made:
        if plain.get("_id", True):
            names.add("_id")
        kept = {name: value for name, value in document.items() if name in names}
        return kept | {name: value for name, value in made.items() if value is not MISSING}
    return {name: value for name, value in document.items() if name not in projection}


def from_query(query: Document) -> Document:
    """What an upsert begins with."""
    return {
        name: value
        for name, value in query.items()
        if not name.startswith("$") and not (isinstance(value, dict))
    }


def changed_by_operators(base: Document, update: Document, *, inserting: bool) -> Document:
    unknown = update.keys() - _UPDATE_OPERATORS
    if unknown:
        raise NotModelled(f"update operators {sorted(unknown)}")
    new = dict(base)
    fields = dict(update.get("$set", {}))
    if inserting:
        fields |= update.get("$setOnInsert", {})
    for name, value in fields.items():
        if "." in name:
            raise NotModelled(f"$set of {name}")
        new[name] = value
    for name, number in update.get("$inc", {}).items():
        new[name] = new.get(name, 0) + number
    for name, value in update.get("$addToSet", {}).items():
        each = value["$each"] if isinstance(value, dict) and "$each" in value else [value]
        held = list(new.get(name, ()))
        new[name] = held + [item for item in each if item not in held]
    for name in update.get("$unset", {}):
        new.pop(name, None)
    return new


_Stage = Callable[[Any, list[Document], datetime], list[Document]]


def stage(name: str) -> _Stage:
    found = _STAGES.get(name)
    if found is None:
        raise NotModelled(f"aggregation stage {name}")
    return found


def _projected(options: Document, found: list[Document], now: datetime) -> list[Document]:
    return [project(document, options, now) for document in found]


def _grouped(options: Document, found: list[Document], now: datetime) -> list[Document]:
    if options["_id"] is not None:
        raise NotModelled("$group by something")
    if not found:
        return []
    group: Document = {"_id": None}
    for name, accumulator in options.items():
        if name == "_id":
            continue
        ((operator, expression),) = accumulator.items()
        values = [evaluate(expression, Scope(document, now, {})) for document in found]
        values = [value for value in values if value is not None and value is not MISSING]
        if operator == "$sum":
            group[name] = sum(value for value in values if rank(value) == rank(1))
            continue
        ordered = sorted(values, key=cmp_to_key(compare))
        picked = {"$min": ordered[:1], "$max": ordered[-1:]}[operator]
        group[name] = picked[0] if picked else None
    return [group]


_STAGES: dict[str, _Stage] = {
    "$match": lambda query, found, now: [d for d in found if matches(query, d, now)],
    "$sort": lambda keys, found, _: ordered(found, list(keys.items())),
    "$limit": lambda count, found, _: found[:count],
    "$project": _projected,
    "$group": _grouped,
    "$set": lambda fields, found, now: [changed(d, [{"$set": fields}], now) for d in found],
}
