"""A person's file as it will be sent: read in pieces, with what must not leave blanked out."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.services.ports.media import PIECE_BYTES, MediaStream, Progress, pieces


@dataclass(frozen=True, slots=True)
class Blank:
    """A stretch of a file that is replaced: by these bytes first, by zeros for the rest."""

    start: int
    end: int
    head: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """MediaContent port over a file that stays where it is."""

    path: Path
    size: int
    sha256: str = ""
    """Of the bytes as they are sent; empty: not checked."""
    blanks: tuple[Blank, ...] = ()
    """By where they begin."""

    def open(self) -> MediaStream:
        """Read them; InvalidInput (`media_unreadable`) where the file is gone."""
        try:
            return _FileStream(self, self.path.open("rb"))
        except (OSError, ValueError) as error:
            raise _unreadable(self.path, error) from error

    def hashed(self, progress: Progress | None = None) -> FileContent:
        """The same with its hash, for which it is read once."""
        digest = hashlib.sha256()
        if progress is not None:
            progress.begin(self.size)
        with self.open() as stream:
            for piece in pieces(stream, PIECE_BYTES):
                digest.update(piece)
                if progress is not None:
                    progress.went(len(piece))
        return FileContent(
            path=self.path, size=self.size, sha256=digest.hexdigest(), blanks=self.blanks
        )


class _FileStream:
    def __init__(self, content: FileContent, file: BufferedReader) -> None:
        self._content = content
        self._file = file
        self._at = 0
        self._passed = 0
        self._hash = hashlib.sha256()

    @property
    def size(self) -> int:
        """Bytes in all."""
        return self._content.size

    def read(self, most: int) -> bytes:
        """The next bytes; InvalidInput where the file is not as it was."""
        wanted = min(most, self.size - self._at)
        if wanted <= 0:
            return b""
        try:
            found = self._file.read(wanted)
        except OSError as error:
            raise _unreadable(self._content.path, error) from error
        if len(found) < wanted:
            raise _changed(self._content.path)
        blanks = self._content.blanks
        # What ends before here is passed for good: a file may have very many.
        while self._passed < len(blanks) and blanks[self._passed].end <= self._at:
            self._passed += 1
        piece = blanked(found, self._at, blanks, self._passed)
        self._at += len(piece)
        self._hash.update(piece)
        known = self._content.sha256
        if known and self._at == self.size and self._hash.hexdigest() != known:
            raise _changed(self._content.path)
        return piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> _FileStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def blanked(piece: bytes, at: int, blanks: Sequence[Blank], passed: int = 0) -> bytes:
    """A piece that begins at that place of its file, with what of it is replaced.

    The first `passed` blanks are known to end before it.
    """
    end = at + len(piece)
    changed: bytearray | None = None
    last_one = bisect_left(blanks, end, key=lambda blank: blank.start)
    for number in range(passed, last_one):
        blank = blanks[number]
        first, last = max(blank.start, at), min(blank.end, end)
        if first < last:
            changed = bytearray(piece) if changed is None else changed
            head = blank.head[first - blank.start : last - blank.start]
            changed[first - at : last - at] = head + bytes(last - first - len(head))
    return piece if changed is None else bytes(changed)


def _unreadable(path: Path, error: Exception) -> InvalidInput:
    reason = error.strerror if isinstance(error, OSError) else None
    return InvalidInput(
        f"'{path}' can't be read: {(reason or str(error)).lower()}.",
        code="media_unreadable",
        fix="See that the file is where it was and can be opened, and add it again.",
    )


def _changed(path: Path) -> InvalidInput:
    return InvalidInput(
        f"'{path}' was changed while it was read; nothing of it was stored.",
        code="media_changed",
        fix="Wait until the program that writes it has ended, and add it again.",
    )
