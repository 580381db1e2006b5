"""What commands print: one JSON document, or lines for people. The only place that prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from postflow_desktop.domain.errors import PostFlowError

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What a command came to: a document for scripts and lines for people."""

    document: Document
    lines: Sequence[str] = ()
    exit_code: int = 0
    warnings: Sequence[str] = field(default=())
    listing: Sequence[Any] | None = None
    """What scripts get in place of the document, where a bare list is promised."""


def show(result: Result, *, as_json: bool) -> None:
    """Print a result; warnings go to stderr for people, into the document for scripts."""
    if as_json:
        document = dict(result.document)
        if result.warnings:
            document["warnings"] = list(result.warnings)
        _print_json(document if result.listing is None else list(result.listing))
        return
    for line in result.lines:
        _print(line)
    for warning in result.warnings:
        _print(f"Note: {warning}", sys.stderr)


def show_error(error: PostFlowError, *, as_json: bool) -> None:
    """Print an error: JSON on stdout, or two lines on stderr."""
    if as_json:
        _print_json(error_document(error))
        return
    _print(error.message, sys.stderr)
    if error.fix:
        _print(f"→ {error.fix}", sys.stderr)


def error_document(error: PostFlowError) -> dict[str, Any]:
    """The error as scripts get it."""
    return {"error": {"code": error.code, "message": error.message, "fix": error.fix}}


def progress(text: str) -> None:
    """A line about work that takes long; on stderr, and only where somebody sees it."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as aligned columns, the last one ragged."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _print_json(document: Document | list[Any]) -> None:
    # Pipes on Windows speak a code page, and a script reads UTF-8: ASCII is both.
    plain = _encoding(sys.stdout) not in ("utf-8", "utf8")
    _print(json.dumps(document, ensure_ascii=plain, default=str))


def _print(text: str, file: TextIO | None = None) -> None:
    """Print; what the stream or anybody can't spell becomes `?` instead of a crash."""
    stream = file or sys.stdout
    encoding = _encoding(stream)
    print(text.encode(encoding, "replace").decode(encoding), file=stream)


def _encoding(stream: TextIO) -> str:
    return (stream.encoding or "utf-8").lower()
