"""House rules as functions that list what breaks them; what breaks nothing gives an empty list."""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath

MODULE_LINES = 400
FUNCTION_LINES = 60
LINE_LENGTH = 100
DOCSTRING_LINES = 4
FILE_BYTES = 1_000_000

ALLOWED_AT_TOP = frozenset(
    {
        ".ci",
        ".gitignore",
        "LICENSE",
        "Makefile",
        "README.md",
        "packaging",
        "postflow_desktop",
        "pyproject.toml",
        "resources",
        "tests",
    }
)
VAGUE_NAMES = frozenset({"utils", "util", "common", "helpers", "helper", "misc", "stuff", "lib"})

_FOLDERS = "home|root|tmp|work|opt|mnt|srv|Users|private"
_ABSOLUTE = re.compile(rf"(?<![\w.~<>$}})/*-])/(?:{_FOLDERS})/\w|[A-Z]:\\{{1,2}}Users")
_UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b|NotImplemented[E]rror")


def long_modules(text: str) -> list[str]:
    """Modules that are longer than they should be."""
    count = len(text.splitlines())
    return [f"{count} lines"] if count > MODULE_LINES else []


def long_functions(tree: ast.Module) -> list[str]:
    """Functions that are longer than they should be."""
    return [
        f"{node.name} ({size} lines)"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    ]


def long_lines(text: str) -> list[str]:
    """Lines that the formatter could not break, addresses aside."""
    return [
        f"line {number}"
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > LINE_LENGTH and "://" not in line and "# noqa" not in line
    ]


def bad_package_docstring(tree: ast.Module) -> list[str]:
    """A package says in four lines what it is, what is here, what is not, and who uses it.

    Only the first two paragraphs count; a glossary may follow.
    """
    paragraphs = (ast.get_docstring(tree) or "").split("\n\n")
    lines = [line for part in paragraphs[:2] for line in part.splitlines() if line.strip()]
    if len(lines) != DOCSTRING_LINES:
        return [f"{len(lines)} lines of text in its docstring"]
    return []


def missing_docstring(tree: ast.Module) -> list[str]:
    """A module that does not say what it is."""
    return [] if ast.get_docstring(tree) else ["no docstring"]


def vague_name(path: str) -> list[str]:
    """Folders and modules whose name says nothing."""
    parts = {PurePosixPath(part).stem.lower() for part in PurePosixPath(path).parts}
    return sorted(parts & VAGUE_NAMES)


def unknown_at_top(path: str) -> list[str]:
    """Entries of the top level that nobody agreed on."""
    top = PurePosixPath(path).parts[0]
    return [] if top in ALLOWED_AT_TOP else [top]


def places_of_one_machine(text: str) -> list[str]:
    """Absolute paths of somebody's computer."""
    return [found.group() for found in _ABSOLUTE.finditer(text)]


def unfinished(text: str) -> list[str]:
    """Marks of work that was put off."""
    return [found.group() for found in _UNFINISHED.finditer(text)]
