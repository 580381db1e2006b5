"""The part of MongoDB's expression language that PostFlow's publishing uses.

What is not known here raises NotModelled: a model that guesses proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from tests.simulation.bson_order import MISSING, NotModelled, compare, rank

Document = dict[str, Any]
_DATE = 9


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression can see: the document, the server's clock, and variables by `$$name`."""

    document: Document
    now: datetime
    variables: Mapping[str, Any]


def read(document: Any, path: str) -> Any:
    """The value at a dotted path, or MISSING."""
    if "." not in path:
        return document.get(path, MISSING) if isinstance(document, dict) else MISSING
    value = document
    for name in path.split("."):
        if isinstance(value, list):
            found = [read(item, name) for item in value]
            value = [item for item in found if item is not MISSING]
            continue
        if not isinstance(value, dict):
            return MISSING
        value = value.get(name, MISSING)
    return value


def evaluate(expression: Any, scope: Scope) -> Any:
    """The value of an aggregation expression."""
    if isinstance(expression, str):
        return _named(expression, scope) if expression.startswith("$") else expression
    if isinstance(expression, dict):
        if len(expression) == 1:
            ((name, operand),) = expression.items()
            if name.startswith("$"):
                return _operator(name)(operand, scope)
        made = {name: evaluate(value, scope) for name, value in expression.items()}
        return {name: value for name, value in made.items() if value is not MISSING}
    if isinstance(expression, list | tuple):
        values = (evaluate(value, scope) for value in expression)
        return [None if value is MISSING else value for value in values]
    return expression


def is_operator(expression: Any) -> bool:
    """Whether this is an operator with its operand and not a document of expressions."""
    if not isinstance(expression, dict) or not expression:
        return False
    return bool(next(iter(expression)).startswith("$"))


def truth(value: Any) -> bool:
    """As `$expr` and `$cond` take it."""
    return value is not MISSING and value is not None and value is not False and value != 0


def _named(name: str, scope: Scope) -> Any:
    if any(part.isdigit() for part in name.split(".")):
        raise NotModelled(f"a number in {name}")
    if not name.startswith("$$"):
        return read(scope.document, name[1:])
    head, _, rest = name[2:].partition(".")
    if head == "NOW":
        return scope.now
    value = scope.document if head in {"ROOT", "CURRENT"} else scope.variables.get(head, MISSING)
    if value is MISSING and head not in scope.variables and head != "REMOVE":
        raise NotModelled(f"${name}")
    return read(value, rest) if rest else value


def _operator(name: str) -> Callable[[Any, Scope], Any]:
    found = _OPERATORS.get(name)
    if found is None:
        raise NotModelled(f"expression operator {name}")
    return found


def _several(operand: Any, scope: Scope) -> list[Any]:
    operands = operand if isinstance(operand, list | tuple) else [operand]
    return [evaluate(one, scope) for one in operands]


def _comparison(holds: Callable[[int], bool]) -> Callable[[Any, Scope], bool]:
    def operator(operand: Any, scope: Scope) -> bool:
        left, right = operand
        return holds(compare(evaluate(left, scope), evaluate(right, scope)))

    return operator


def _add(operand: Any, scope: Scope) -> Any:
    values = _several(operand, scope)
    if any(value is None or value is MISSING for value in values):
        return None
    dates = [value for value in values if isinstance(value, datetime)]
    number = sum(value for value in values if not isinstance(value, datetime))
    if not dates:
        return number
    (date,) = dates
    return date + timedelta(milliseconds=round(number))


def _subtract(operand: Any, scope: Scope) -> Any:
    left, right = _several(operand, scope)
    if left in (None, MISSING) or right in (None, MISSING):
        return None
    if not isinstance(left, datetime):
        return left - right
    if isinstance(right, datetime):
        return round((left - right).total_seconds() * 1000)
    return left - timedelta(milliseconds=round(right))


def _extreme(sign: int) -> Callable[[Any, Scope], Any]:
    def operator(operand: Any, scope: Scope) -> Any:
        values = _several(operand, scope)
        if len(values) == 1 and isinstance(values[0], list):
            values = values[0]
        best: Any = None
        for value in values:
            if value is None or value is MISSING:
                continue
            if best is None or sign * compare(value, best) > 0:
                best = value
        return best

    return operator


def _if_null(operand: Any, scope: Scope) -> Any:
    value: Any = None
    for one in operand:
        value = evaluate(one, scope)
        if value is not None and value is not MISSING:
            return value
    return value


def _cond(operand: Any, scope: Scope) -> Any:
    if isinstance(operand, dict):
        operand = [operand["if"], operand["then"], operand["else"]]
    condition, then, otherwise = operand
    return evaluate(then if truth(evaluate(condition, scope)) else otherwise, scope)


def _switch(operand: Any, scope: Scope) -> Any:
    for branch in operand["branches"]:
        if truth(evaluate(branch["case"], scope)):
            return evaluate(branch["then"], scope)
    return evaluate(operand["default"], scope)


def _element(operand: Any, scope: Scope) -> Any:
    values, place = _several(operand, scope)
    if values in (None, MISSING) or place in (None, MISSING):
        return None
    return values[place] if -len(values) <= place < len(values) else MISSING


def _merge(operand: Any, scope: Scope) -> Any:
    merged: Document = {}
    for value in _several(operand, scope):
        if value is not None and value is not MISSING:
            merged |= value
    return merged


def _in(operand: Any, scope: Scope) -> bool:
    value, values = _several(operand, scope)
    return any(compare(value, one) == 0 for one in values)


def _let(operand: Any, scope: Scope) -> Any:
    named = {name: evaluate(value, scope) for name, value in operand["vars"].items()}
    inner = Scope(scope.document, scope.now, {**scope.variables, **named})
    return evaluate(operand["in"], inner)


def _each(operand: Any, scope: Scope, within: str) -> list[tuple[Any, Any]]:
    """(item, value of the inner expression) of `$map` and `$filter`."""
    items = evaluate(operand["input"], scope)
    name = operand.get("as", "this")
    if items in (None, MISSING):
        return []
    return [
        (
            i,
            evaluate(
                operand[within], Scope(scope.document, scope.now, {**scope.variables, name: i})
            ),
        )
        for i in items
    ]


def type_of(value: Any) -> str:
    names = ("missing", "null", "double", "string", "object", "array", "binData", "objectId")
    found = rank(value)
    if found == 2:
        return "int" if isinstance(value, int) else "double"
    return names[found] if found < len(names) else {8: "bool", _DATE: "date"}[found]


def _arithmetic(apply: Callable[[Any, Any], Any]) -> Callable[[Any, Scope], Any]:
    def operator(operand: Any, scope: Scope) -> Any:
        values = _several(operand, scope)
        if any(value is None or value is MISSING for value in values):
            return None
        result = values[0]
        for value in values[1:]:
            result = apply(result, value)
        return result

    return operator


def _concat_lists(operand: Any, scope: Scope) -> Any:
    lists = _several(operand, scope)
    if any(one is None or one is MISSING for one in lists):
        return None
    return [item for one in lists for item in one]


_OPERATORS: dict[str, Callable[[Any, Scope], Any]] = {
    "$literal": lambda operand, _: operand,
    "$lt": _comparison(lambda found: found < 0),
    "$lte": _comparison(lambda found: found <= 0),
    "$gt": _comparison(lambda found: found > 0),
    "$gte": _comparison(lambda found: found >= 0),
    "$eq": _comparison(lambda found: found == 0),
    "$ne": _comparison(lambda found: found != 0),
    "$and": lambda operand, scope: all(truth(evaluate(one, scope)) for one in operand),
    "$or": lambda operand, scope: any(truth(evaluate(one, scope)) for one in operand),
    "$not": lambda operand, scope: not truth(_several(operand, scope)[0]),
    "$add": _add,
    "$subtract": _subtract,
    "$multiply": _arithmetic(lambda one, other: one * other),
    "$divide": _arithmetic(lambda one, other: one / other),
    "$max": _extreme(1),
    "$min": _extreme(-1),
    "$ifNull": _if_null,
    "$cond": _cond,
    "$switch": _switch,
    "$arrayElemAt": _element,
    "$mergeObjects": _merge,
    "$in": _in,
    "$let": _let,
    "$size": lambda operand, scope: len(_several(operand, scope)[0]),
    "$type": lambda operand, scope: type_of(evaluate(operand, scope)),
    "$ceil": lambda operand, scope: ceil(evaluate(operand, scope)),
    "$concatArrays": _concat_lists,
    "$setUnion": lambda operand, scope: sorted(
        {v for some in _several(operand, scope) for v in some}
    ),
    "$map": lambda operand, scope: [value for _, value in _each(operand, scope, "in")],
    "$filter": lambda operand, scope: [
        item for item, kept in _each(operand, scope, "cond") if truth(kept)
    ],
}


def changed(document: Document, stages: Sequence[Document], now: datetime) -> Document:
    """The document after an update pipeline; the given one stays as it is."""
    for stage in stages:
        ((name, fields),) = stage.items()
        if name in {"$set", "$addFields"}:
            scope = Scope(document, now, {})
            document = _set(document, fields, scope)
        elif name == "$unset":
            gone = {fields} if isinstance(fields, str) else set(fields)
            document = {key: value for key, value in document.items() if key not in gone}
        else:
            raise NotModelled(f"update stage {name}")
    return document


def _set(document: Any, fields: Document, scope: Scope) -> Document:
    """Documents of expressions are merged into what is there, as `$set` does it."""
    new = dict(document) if isinstance(document, dict) else {}
    for path, expression in fields.items():
        name, _, rest = path.partition(".")
        if rest:
            new[name] = _set(new.get(name), {rest: expression}, scope)
        elif isinstance(expression, dict) and expression and not is_operator(expression):
            new[name] = _set(new.get(name), expression, scope)
        else:
            value = evaluate(expression, scope)
            if value is MISSING:
                new.pop(name, None)
            else:
                new[name] = value
    return new
