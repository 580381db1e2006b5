"""Reading the parts of the README that speak about the tree."""

from __future__ import annotations

import re

Layers = list[frozenset[str]]

_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_TICKED = re.compile(r"`([^`\s]+/[^`\s]+)`")
_NUMBERED = re.compile(r"^\s*\d+\.\s")


def drawn_layers(text: str) -> Layers:
    """The layers, top first, of the fenced block whose first line is `layers`.

    In a line, `→` leads to the next layer down and `|` parts neighbours that don't know each
    other; what stands behind two blanks is said for people.
    """
    for block in _FENCE.findall(text):
        first, *lines = block.splitlines()
        if first.strip() == "layers":
            return [layer for line in lines for layer in _layers_of(line)]
    return []


def listed_layers(contract: list[str]) -> Layers:
    """The layers of an import-linter contract, top first."""
    return [frozenset(name.strip() for name in line.split("|")) for line in contract]


def life_of_a_post(text: str) -> list[list[str]]:
    """The paths that each step under the heading `## The life of a post` names."""
    _, found, rest = text.partition("\n## The life of a post\n")
    section = rest.split("\n## ")[0] if found else ""
    steps: list[list[str]] = []
    for line in section.splitlines():
        if _NUMBERED.match(line):
            steps.append([])
        if steps:
            steps[-1] += _TICKED.findall(line)
    return steps


def _layers_of(line: str) -> Layers:
    drawing = line.strip().split("  ")[0]
    layers = (re.findall(r"\w+", part) for part in drawing.split("→"))
    return [frozenset(names) for names in layers if names]
