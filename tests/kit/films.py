"""Videos and documents as media items with their bytes, for tests that send them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from postflow_desktop.domain.post import Media
from postflow_desktop.media.reader import FileMediaReader
from postflow_desktop.services.ports.media import read_all


def read_item(folder: Path, name: str, data: bytes) -> tuple[Media, bytes]:
    """The file as the reader takes it."""
    path = folder / name
    path.write_bytes(data)
    media, content = FileMediaReader().read(path, "")
    return media, read_all(content)


def pretending(media: Media, **changes: object) -> Media:
    """The same item, described otherwise than it is."""
    return replace(media, **changes)  # type: ignore[arg-type]


def digest(data: bytes) -> str:
    """Lower-case hex."""
    return hashlib.sha256(data).hexdigest()
