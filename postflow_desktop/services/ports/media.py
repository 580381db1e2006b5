"""Pictures on their way in, and where their bytes lie."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from postflow_desktop.domain.post import Media


class MediaReader(Protocol):
    """Reads a file a person chose: checks it and strips what must not leave the machine."""

    def read(self, path: Path, alt: str) -> tuple[Media, bytes]:
        """The picture without metadata, turned upright, and its description.

        InvalidInput: `media_unreadable`, `media_disguised` (content and ending disagree),
        `media_unsupported`, `media_too_large` (pixels).
        """
        ...


class MediaStore(Protocol):
    """Media bytes by content hash (GridFS in `<db>_media`)."""

    def put(self, organization_id: str, media: Media, data: bytes) -> None:
        """Keep the bytes; nothing happens where they already are."""
        ...

    def read(self, sha256: str) -> bytes:
        """The bytes; NotFound if they are gone; checked against the hash."""
        ...
