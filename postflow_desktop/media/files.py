"""Opening a file that a person chose, with the reason where that can't be done."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import NoReturn

from postflow_desktop.domain.amounts import bytes_words
from postflow_desktop.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """A regular file that is not empty, open for reading."""

    path: Path
    file: BufferedReader
    size: int
    """Bytes."""


@contextmanager
def open_file(path: Path) -> Iterator[OpenedFile]:
    """The file; InvalidInput (`media_unreadable`), also where reading breaks off later."""
    try:
        # Opening a pipe would wait for somebody to write into it.
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            what = "a folder" if stat.S_ISDIR(found.st_mode) else "not a file"
            refuse_unreadable(path, f"it is {what}")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                refuse_unreadable(path, "it is empty")
            yield OpenedFile(path=path, file=file, size=size)
    except (OSError, ValueError) as error:
        # A null byte in a path is a ValueError.
        reason = error.strerror if isinstance(error, OSError) else None
        refuse_unreadable(path, (reason or str(error)).lower())


def check_size(opened: OpenedFile, most: int, what: str) -> None:
    """InvalidInput (`media_too_large`)."""
    if opened.size > most:
        raise InvalidInput(
            f"'{opened.path}' has {bytes_words(opened.size)}; "
            f"{what} may have up to {bytes_words(most)}.",
            code="media_too_large",
            fix="Make it smaller and add it again.",
        )


def unreadable(path: Path, reason: str, viewer: str = "a picture viewer") -> InvalidInput:
    """Why a file can't be taken."""
    return InvalidInput(
        f"'{path}' can't be read: {reason}.",
        code="media_unreadable",
        fix=f"Check that the file opens in {viewer}, or choose another.",
    )


def refuse_unreadable(path: Path, reason: str) -> NoReturn:
    """Raise it."""
    raise unreadable(path, reason)
