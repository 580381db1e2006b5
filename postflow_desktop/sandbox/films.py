"""What the sandbox's networks look at in a video: whether it is one, and how long it lasts.

Only the marks are looked for; a real network decodes.
"""

from __future__ import annotations

from collections.abc import Iterable

_OVERLAP = 64


def has_mark(pieces: Iterable[bytes], *marks: bytes) -> bool:
    """Whether one of the marks stands in the file, also across the end of a piece."""
    return any(mark in window for window in _windows(pieces) for mark in marks)


def seconds_of(pieces: Iterable[bytes]) -> float | None:
    """How long the movie says it is (`mvhd`, ISO/IEC 14496-12, 8.2.2); None where it does not."""
    for window in _windows(pieces):
        at = window.find(b"mvhd")
        head = window[at + 4 : at + 40]
        if at >= 0 and len(head) >= 36:
            wide = head[0] == 1
            scale = int.from_bytes(head[20:24] if wide else head[12:16], "big")
            units = int.from_bytes(head[24:32] if wide else head[16:20], "big")
            return units / scale if scale else None
    return None


def _windows(pieces: Iterable[bytes]) -> Iterable[bytes]:
    before = b""
    for piece in pieces:
        yield before + piece
        before = piece[-_OVERLAP:]
