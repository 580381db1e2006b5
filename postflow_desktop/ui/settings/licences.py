"""What PostFlow is made of, and under which licences: read from what is installed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

_ROOT = "postflow-desktop"
_NAME = re.compile(r"^[A-Za-z0-9._-]+")
_PREFIX = "License :: "
_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One library."""

    name: str
    version: str
    licence: str


def libraries(root: str = _ROOT) -> Sequence[Library]:
    """Everything the program needs to run, also what its libraries need, by name."""
    found: dict[str, Library] = {}
    waiting = [root]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        key = _key(name)
        if key in seen:
            continue
        seen.add(key)
        dist = _find(name)
        if dist is None:
            continue
        waiting.extend(_needs(dist))
        if key != _key(root):
            title = str(dist.metadata["Name"])
            found[key] = Library(name=title, version=dist.version, licence=_licence(dist))
    return sorted(found.values(), key=lambda library: library.name.lower())


def _find(name: str) -> Distribution | None:
    """None for what is for other systems only and so is not installed."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _needs(dist: Distribution) -> Iterator[str]:
    """What it needs; extras are for developers."""
    for line in dist.requires or ():
        match = _NAME.match(line)
        if match and "extra ==" not in line:
            yield match.group()


def _licence(dist: Distribution) -> str:
    expression = _first(dist, "License-Expression")
    if expression:
        return expression
    classified = [
        line.removeprefix(_PREFIX).split(" :: ")[-1]
        for line in dist.metadata.get_all("Classifier") or ()
        if line.startswith(_PREFIX)
    ]
    if classified:
        return ", ".join(classified)
    first = _first(dist, "License").split("\n", maxsplit=1)[0]
    return first if 0 < len(first) <= _LONGEST else "See its own pages"


def _first(dist: Distribution, field: str) -> str:
    """A field of its metadata; empty if it is not there."""
    return next((str(value).strip() for value in dist.metadata.get_all(field) or ()), "")


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
