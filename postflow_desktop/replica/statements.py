"""SQL by name, from the `.sql` files of this package; each statement has a sentence with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_NAMED = re.compile(
    r"^-- name: (\w+)\n-- (.+?)\n(?!-- )(.+?);\s*(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement with what it is for."""

    name: str
    sentence: str
    sql: str


@cache
def named(file: str) -> MappingProxyType[str, Statement]:
    """The statements of `sql/<file>.sql` by name; read once."""
    text = (files(__package__) / "sql" / f"{file}.sql").read_text(encoding="utf-8")
    found = [
        Statement(name=name, sentence=sentence.replace("\n-- ", " "), sql=sql)
        for name, sentence, sql in _NAMED.findall(text)
    ]
    return MappingProxyType({statement.name: statement for statement in found})


def sql(file: str, name: str) -> str:
    """The text of one statement."""
    return named(file)[name].sql


@cache
def migrations(folder: str) -> tuple[str, ...]:
    """The numbered steps of `sql/<folder>`, in order."""
    steps = (files(__package__) / "sql" / folder).iterdir()
    return tuple(step.read_text(encoding="utf-8") for step in sorted(steps, key=lambda s: s.name))
