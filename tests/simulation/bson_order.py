"""How MongoDB compares values of all types (mongodb.com/docs, BSON comparison order)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from bson import ObjectId


class NotModelled(Exception):
    """The simulation does not know this; better no answer than a guess."""


class _Missing:
    """A field that is not there; below null."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


def rank(value: Any) -> int:
    """The place of the value's type among all types; Bug of the test for an unknown one."""
    kind = type(value)
    known = _RANKS.get(kind)
    if known is not None:
        return known
    for base, number in tuple(_RANKS.items()):
        if isinstance(value, base):
            _RANKS[kind] = number
            return number
    raise NotModelled(f"the simulated MongoDB does not know {kind}")


_RANKS: dict[type, int] = {
    _Missing: 0,
    type(None): 1,
    bool: 8,
    int: 2,
    float: 2,
    str: 3,
    dict: 4,
    list: 5,
    tuple: 5,
    bytes: 6,
    ObjectId: 7,
    datetime: 9,
}


def compare(left: Any, right: Any) -> int:
    """Negative, zero or positive, as MongoDB orders the two."""
    if type(left) is type(right) and type(left) in _SIMPLE:
        return 0 if left == right else -1 if left < right else 1
    first, second = rank(left), rank(right)
    if first != second:
        return first - second
    if first in {0, 1}:
        return 0
    if first == 4:
        return compare(_flat(left), _flat(right))
    if first == 5:
        return _compare_lists(left, right)
    return 0 if left == right else -1 if left < right else 1


_SIMPLE = frozenset({str, int, datetime, ObjectId})


def _flat(document: dict[str, Any]) -> list[Any]:
    return [part for pair in document.items() for part in pair]


def _compare_lists(left: list[Any], right: list[Any]) -> int:
    for one, other in zip(left, right, strict=False):
        found = compare(one, other)
        if found:
            return found
    return len(left) - len(right)
