"""Videos and documents of drafts: files of their own beside `outbox.db`, named by their content.

A file is written under another name, synced and renamed: under its name it is whole. What no draft
has any more lies for a day, so that a deletion can be undone.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from postflow_desktop.domain.amounts import bytes_words
from postflow_desktop.domain.errors import MachineProblem, NotFound
from postflow_desktop.services.ports.media import (
    PIECE_BYTES,
    MediaContent,
    MediaStream,
    Progress,
    pieces,
)

KEPT_SECONDS = 86_400
_NAME = re.compile(r"[0-9a-f]{64}")
_PART = ".part"
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class DraftFiles:
    """A folder of files; safe for several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, sha256: str, content: MediaContent, progress: Progress | None = None) -> None:
        """Keep a copy; nothing happens where it is there.

        MachineProblem (`disk_full`, `media_unwritable`); Refused (`stopped`). Nothing of it stays
        where it did not come to an end.
        """
        path = self._folder / sha256
        if self.get(sha256) is not None:
            with suppress(OSError):
                os.utime(path)
            return
        part = self._folder / f"{secrets.token_hex(8)}{_PART}"
        if progress is not None:
            progress.begin(content.size)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(part, content, progress)
            part.replace(path)
        except OSError as error:
            raise _unwritable(self._folder, content.size, error) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def get(self, sha256: str) -> MediaContent | None:
        """The file's content, or None; it is checked when it is read."""
        path = self._folder / sha256
        if not _NAME.fullmatch(sha256):
            return None
        try:
            return _KeptFile(path=path, size=path.stat().st_size)
        except OSError:
            return None

    def sweep(self, used: AbstractSet[str]) -> None:
        """Delete what no draft has had for a day, and what was broken off."""
        # The same clock as that of the files' times.
        before = datetime.now(UTC).timestamp() - KEPT_SECONDS
        with suppress(OSError):
            for path in self._folder.iterdir():
                is_ours = _NAME.fullmatch(path.name) or path.name.endswith(_PART)
                if is_ours and path.name not in used and path.stat().st_mtime < before:
                    path.unlink(missing_ok=True)

    def _write(self, part: Path, content: MediaContent, progress: Progress | None) -> None:
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file, content.open() as stream:
            for piece in pieces(stream, PIECE_BYTES):
                file.write(piece)
                if progress is not None:
                    progress.went(len(piece))
            file.flush()
            os.fsync(file.fileno())


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptFile:
    path: Path
    size: int

    def open(self) -> MediaStream:
        try:
            return _KeptStream(self.path.open("rb"), self.path.name, self.size)
        except OSError as error:
            raise _gone() from error


class _KeptStream:
    def __init__(self, file: BufferedReader, sha256: str, size: int) -> None:
        self._file = file
        self._sha256 = sha256
        self._size = size
        self._left = size
        self._hash = hashlib.sha256()

    @property
    def size(self) -> int:
        return self._size

    def read(self, most: int) -> bytes:
        try:
            piece = self._file.read(min(most, self._left))
        except OSError as error:
            raise _gone() from error
        if self._left and not piece:
            raise _gone()
        self._left -= len(piece)
        self._hash.update(piece)
        if not self._left and self._hash.hexdigest() != self._sha256:
            raise _gone()
        return piece

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> _KeptStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _gone() -> NotFound:
    return NotFound(
        "A video or document of this draft is missing or damaged on this computer.",
        code="media_gone",
        fix="Take it off the post and add the file again; the rest of the draft is kept.",
    )


def _unwritable(folder: Path, size: int, error: OSError) -> MachineProblem:
    full = error.errno in _NO_SPACE
    why = "the disk is full" if full else (error.strerror or str(error)).lower()
    return MachineProblem(
        f"The file ({bytes_words(size)}) can't be kept on this computer: {why}."
        " Your draft is as it was.",
        code="disk_full" if full else "media_unwritable",
        fix=f"Free {bytes_words(size)} on the disk of '{folder.parent}', and add the file again.",
    )
