"""The boxes of MP4 and MOV files, read by their heads only (ISO/IEC 14496-12, 4.2).

Nothing is believed: a box ends where the one around it ends, at most; boxes are counted, nesting
is by our own code, and of a box only the few bytes that are needed are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

MAX_BOXES = 20_000
"""Far above what editors write; a file of small boxes could hold millions."""
_LARGE, _TO_THE_END = 1, 0


class BrokenBoxesError(Exception):
    """The boxes don't fit together; the message says where."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box lies: `start` is its head, its content is from `body` to `end`."""

    kind: bytes
    start: int
    body: int
    end: int


class BoxFile:
    """A file of boxes; reads little, and counts."""

    def __init__(self, file: BufferedReader, size: int) -> None:
        self._file = file
        self._left = MAX_BOXES
        self.size = size

    def read(self, at: int, size: int) -> bytes:
        """Exactly that many bytes; BrokenBoxesError where the file ends before."""
        self._file.seek(at)
        found = self._file.read(size)
        if len(found) < size:
            raise BrokenBoxesError("it ends too early")
        return found

    def top(self) -> Iterator[Box]:
        """The boxes of the file itself."""
        yield from self._within(0, self.size)

    def inside(self, box: Box, skip: int = 0) -> Iterator[Box]:
        """The boxes within a box, after `skip` bytes of its own."""
        yield from self._within(box.body + skip, box.end)

    def first(self, box: Box, *path: bytes) -> Box | None:
        """The first box down that path, or None."""
        found: Box | None = box
        for kind in path:
            if found is None:
                return None
            found = next((one for one in self.inside(found) if one.kind == kind), None)
        return found

    def content(self, box: Box, most: int) -> bytes:
        """The beginning of a box's content, so many bytes at most."""
        return self.read(box.body, min(most, box.end - box.body))

    def _within(self, at: int, end: int) -> Iterator[Box]:
        # QuickTime ends some lists with four zero bytes (user data), which are no box.
        while end - at >= 8:
            box = self._box(at, end)
            yield box
            at = box.end

    def _box(self, at: int, end: int) -> Box:
        self._left -= 1
        if self._left < 0:
            raise BrokenBoxesError("it has more parts than a video has")
        head = self.read(at, 8)
        size, kind = int.from_bytes(head[:4], "big"), head[4:]
        body = at + 8
        if size == _LARGE:
            size = int.from_bytes(self.read(body, 8), "big")
            body += 8
        elif size == _TO_THE_END:
            size = end - at
        if size < body - at or size > end - at:
            raise BrokenBoxesError("it is cut off, or a part of it is damaged")
        return Box(kind=kind, start=at, body=body, end=at + size)
