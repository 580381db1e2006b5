"""Logs of this machine: JSON lines in `<home>/logs`, sentences on stderr, secrets in neither.

A message is a sentence; data goes into `extra` and becomes fields of the line.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.domain.time import utc_text
from postflow_desktop.machine.disk import disk_errors, held
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.redaction import HIDDEN, Redactor, is_secret_name

_MAX_BYTES = 2_000_000
_KEPT = 5
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


def configure_logging(
    home: Home, redactor: Redactor, *, verbosity: int, stderr: TextIO
) -> Callable[[], None]:
    """Send logs to the home's file and to stderr; the answer undoes it. MachineProblem.

    `verbosity` counts `--verbose`: 0 shows warnings, 1 what happens, 2 everything. The file gets
    what happens, whatever the count. Libraries are heard from warnings up.
    """
    with disk_errors(home.logs):
        file = SharedLogFile(home.logs / "postflow.jsonl")
    file.setFormatter(JsonLines(redactor))
    shown = _LEVELS[min(verbosity, len(_LEVELS) - 1)]
    file.setLevel(min(shown, logging.INFO))
    screen = logging.StreamHandler(stderr)
    screen.setFormatter(Sentences(redactor))
    screen.setLevel(shown)
    root, ours = logging.getLogger(), logging.getLogger("postflow_desktop")
    before = ours.level
    ours.setLevel(min(shown, logging.INFO))
    for handler in (file, screen):
        root.addHandler(handler)

    def undo() -> None:
        for handler in (file, screen):
            root.removeHandler(handler)
            handler.close()
        ours.setLevel(before)

    return undo


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, process, message, then the fields of `extra`."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The line, without secrets and without line breaks."""
        line: dict[str, object] = {
            "at": utc_text(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": self._redactor.scrub(record.getMessage()),
        }
        for name, value in _extra(record).items():
            hidden = is_secret_name(name)
            line.setdefault(name, HIDDEN if hidden else self._redactor.scrub_value(value))
        if record.exc_info:
            line["traceback"] = self._redactor.scrub(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class Sentences(logging.Formatter):
    """For people: `warning: A sentence. (field=value)`; tracebacks are in the file only."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The line, without secrets."""
        fields = ", ".join(
            f"{name}={HIDDEN if is_secret_name(name) else value}"
            for name, value in _extra(record).items()
        )
        text = f"{record.levelname.lower()}: {record.getMessage()}"
        return self._redactor.scrub(f"{text} ({fields})" if fields else text)


class SharedLogFile(logging.Handler):
    """A log that several processes write to and any of them turns over when it has grown.

    A line is one appending write, so lines never mix. Who finds the file too long renames it under
    a lock; the others notice that the name leads to another file. What can't be written is
    dropped: a full disk costs log lines, never a command.
    """

    def __init__(self, path: Path) -> None:
        """Open or make the file (0600); OSError."""
        super().__init__()
        self._path = path
        self._descriptor = _open_for_lines(path)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, into a new file where the old one is full."""
        line = f"{self.format(record)}\n".encode(errors="backslashreplace")
        with suppress(OSError):
            # Renaming may fail; the line goes to the long file then.
            with suppress(OSError, MachineProblem):
                if self._path.stat().st_size > _MAX_BYTES:
                    self._turn_over()
            self._follow()
            os.write(self._descriptor, line)

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        super().close()
        with self.lock or nullcontext():
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def _follow(self) -> None:
        """Open the file anew where another process has turned it over."""
        try:
            there = self._path.stat()
        except FileNotFoundError:
            there = None
        if there is None or not os.path.samestat(there, os.fstat(self._descriptor)):
            fresh = _open_for_lines(self._path)
            os.close(self._descriptor)
            self._descriptor = fresh

    def _turn_over(self) -> None:
        with held(self._path.with_suffix(".lock")):
            if self._path.stat().st_size <= _MAX_BYTES:
                return
            for number in range(_KEPT - 1, 0, -1):
                older = self._numbered(number)
                if older.exists():
                    older.replace(self._numbered(number + 1))
            self._path.replace(self._numbered(1))

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def _open_for_lines(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
