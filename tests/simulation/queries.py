"""The part of MongoDB's query language that PostFlow's publishing uses.

What is not known here raises NotModelled: a model that guesses proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from tests.simulation.bson_order import MISSING, NotModelled, compare, rank
from tests.simulation.expressions import (
    Document,
    Scope,
    evaluate,
    is_operator,
    read,
    truth,
    type_of,
)


def matches(query: Document, document: Document, now: datetime) -> bool:
    """Whether a document is what the query asks for."""
    for name, wanted in query.items():
        logic = _LOGIC.get(name)
        if logic is not None:
            if not logic(wanted, document, now):
                return False
        elif name.startswith("$"):
            raise NotModelled(f"query operator {name}")
        elif not fits(wanted, _field(document, name)):
            return False
    return True


def _field(document: Document, path: str) -> Any:
    """As `read`, and a number in a path is the place in a list."""
    if "." not in path:
        return document.get(path, MISSING)
    head, _, rest = path.partition(".")
    value = document.get(head, MISSING)
    if not isinstance(value, list):
        return read(value, rest)
    if rest.isdigit():
        return value[int(rest)] if int(rest) < len(value) else MISSING
    if any(name.isdigit() for name in rest.split(".")):
        raise NotModelled(f"a place in a list in {path}")
    found = [read(one, rest) for one in value]
    return [one for one in found if one is not MISSING] or MISSING


_Test = Callable[[Any, Document, datetime], bool]

_LOGIC: dict[str, _Test] = {
    "$or": lambda wanted, document, now: any(matches(one, document, now) for one in wanted),
    "$and": lambda wanted, document, now: all(matches(one, document, now) for one in wanted),
    "$nor": lambda wanted, document, now: not any(matches(one, document, now) for one in wanted),
    "$expr": lambda wanted, document, now: truth(evaluate(wanted, Scope(document, now, {}))),
}


def fits(wanted: Any, value: Any) -> bool:
    """Whether a field's value satisfies a condition of a query."""
    if not is_operator(wanted):
        return _equals(wanted, value)
    return all(_condition(name)(operand, value) for name, operand in wanted.items())


def _all_fit(query: Document, document: Document) -> bool:
    return all(fits(wanted, read(document, name)) for name, wanted in query.items())


def _equals(wanted: Any, value: Any) -> bool:
    if wanted is None:
        return value is None or value is MISSING
    if type(wanted) is type(value) and type(value) is not list:
        return bool(wanted == value)
    if isinstance(value, list) and not isinstance(wanted, list):
        return any(compare(wanted, item) == 0 for item in value)
    return compare(wanted, value) == 0


def _is_one_of(value: Any, wanted: Sequence[Any]) -> bool:
    return any(_equals(one, value) for one in wanted)


def _within_type(holds: Callable[[int], bool]) -> Callable[[Any, Any], bool]:
    def test(wanted: Any, value: Any) -> bool:
        return rank(wanted) == rank(value) and holds(compare(value, wanted))

    return test


def _condition(name: str) -> Callable[[Any, Any], bool]:
    found = _CONDITIONS.get(name)
    if found is None:
        raise NotModelled(f"query condition {name}")
    return found


_CONDITIONS: dict[str, Callable[[Any, Any], bool]] = {
    "$in": lambda wanted, value: _is_one_of(value, wanted),
    "$nin": lambda wanted, value: not any(_equals(one, value) for one in wanted),
    "$ne": lambda wanted, value: not _equals(wanted, value),
    "$eq": _equals,
    "$not": lambda wanted, value: not fits(wanted, value),
    "$elemMatch": lambda wanted, value: (
        isinstance(value, list)
        and any(isinstance(one, dict) and _all_fit(wanted, one) for one in value)
    ),
    "$exists": lambda wanted, value: (value is not MISSING) is bool(wanted),
    "$type": lambda wanted, value: type_of(value) == wanted,
    "$lt": _within_type(lambda found: found < 0),
    "$lte": _within_type(lambda found: found <= 0),
    "$gt": _within_type(lambda found: found > 0),
    "$gte": _within_type(lambda found: found >= 0),
}
