"""Pictures, videos and documents on their way in, and where their bytes lie.

A picture may be held in memory; a video or a document never is: its bytes go by in pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol

from postflow_desktop.domain.errors import Refused
from postflow_desktop.domain.post import Media

PIECE_BYTES = 1024 * 1024
"""How much of a large file is in memory at a time, where nothing else is asked for."""


class MediaStream(Protocol):
    """The bytes of one media item from its beginning to its end, once."""

    @property
    def size(self) -> int:
        """Bytes in all."""
        ...

    def read(self, most: int) -> bytes:
        """The next bytes: `most` of them, fewer only at the end, nothing after it.

        With the last byte they are checked against their hash: NotFound (`media_gone`) from a
        store, InvalidInput (`media_changed`) from a person's file.
        """
        ...

    def close(self) -> None:
        """Nothing is read any more; twice is fine."""
        ...

    def __enter__(self) -> MediaStream: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class MediaContent(Protocol):
    """The bytes of one media item wherever they lie, as often as they are asked for."""

    @property
    def size(self) -> int:
        """Bytes in all."""
        ...

    def open(self) -> MediaStream:
        """Read them; InvalidInput (`media_unreadable`) or NotFound where they are gone."""
        ...


class Progress:
    """How far a long way of bytes is: one thread goes it, another looks on and may stop it."""

    def __init__(self) -> None:
        self.done = 0
        """Bytes."""
        self.total = 0
        """Bytes; 0 while nobody knows."""
        self._stopped = False

    def stop(self) -> None:
        """Ask for the end; whoever is under way ends with the next piece."""
        self._stopped = True

    def begin(self, total: int) -> None:
        """A way of so many bytes begins; Refused (`stopped`)."""
        self.done, self.total = 0, total
        self.went(0)

    def went(self, size: int) -> None:
        """So many bytes further; Refused (`stopped`)."""
        if self._stopped:
            raise Refused(
                "It was stopped; nothing of it was stored.",
                code="stopped",
                fix="Add the file again when you want it.",
            )
        self.done += size


class MediaReader(Protocol):
    """Reads a file a person chose: checks it and strips what must not leave the machine."""

    def read(
        self, path: Path, alt: str, progress: Progress | None = None
    ) -> tuple[Media, MediaContent]:
        """What the file is, and its bytes without metadata.

        A picture is turned upright. A video or a document stays where it is and is read again
        from there. InvalidInput: `media_unreadable`, `media_disguised` (content and ending
        disagree), `media_unsupported`, `media_too_large` (pixels, bytes), `media_protected` (a
        password or a copy protection). Refused: `stopped`.
        """
        ...


class MediaStore(Protocol):
    """Media bytes by content hash (GridFS in `<db>_media`)."""

    def put(
        self,
        organization_id: str,
        media: Media,
        content: MediaContent,
        progress: Progress | None = None,
    ) -> None:
        """Keep the bytes; nothing happens where they already are.

        Where it breaks off, by an error or because somebody stopped it, nothing of it stays.
        """
        ...

    def read(self, sha256: str) -> bytes:
        """All the bytes, of a picture; NotFound if they are gone; checked against the hash."""
        ...

    def open(self, sha256: str) -> MediaStream:
        """The bytes in pieces; NotFound if they are gone."""
        ...


@dataclass(frozen=True, slots=True)
class HeldContent:
    """Bytes in memory, as a picture's are."""

    data: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes in all."""
        return len(self.data)

    def open(self) -> MediaStream:
        """Read them."""
        return HeldStream(self.data)


class HeldStream:
    """A stream over bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def size(self) -> int:
        """Bytes in all."""
        return len(self._data)

    def read(self, most: int) -> bytes:
        """The next bytes."""
        piece = self._data[self._at : self._at + most]
        self._at += len(piece)
        return piece

    def close(self) -> None:
        """Nothing to let go."""

    def __enter__(self) -> HeldStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class StoredContent:
    """Bytes that lie in a store already."""

    store: MediaStore
    media: Media

    @property
    def size(self) -> int:
        """Bytes in all."""
        return self.media.size

    def open(self) -> MediaStream:
        """Read them; NotFound if they are gone."""
        return self.store.open(self.media.sha256)


def pieces(stream: MediaStream, most: int = PIECE_BYTES) -> Iterator[bytes]:
    """What is left of a stream, piece by piece."""
    while piece := stream.read(most):
        yield piece


def read_all(content: MediaContent) -> bytes:
    """All the bytes at once; for pictures only."""
    with content.open() as stream:
        return b"".join(pieces(stream))
