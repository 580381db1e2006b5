"""Taking metadata out of a picture file without touching a pixel.

Each container is walked part by part and only the parts that a decoder needs for the pixels, their
colours and their animation are copied, byte for byte. EXIF with its GPS, XMP, IPTC, comments,
content credentials, embedded previews and whatever follows the end of the picture stay behind.
A file that has none of these comes out as it went in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from postflow_desktop.media.kinds import FileKind


class BrokenContainerError(Exception):
    """The parts of the file don't fit together; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripped:
    """A picture without metadata, and the one thing its metadata is needed for."""

    data: bytes
    exif: bytes = b""
    """The EXIF block without its container's prefix (TIFF header first), for the orientation."""


def strip(kind: FileKind, data: bytes) -> Stripped:
    """The file without metadata; BrokenContainerError where it ends too early or makes no sense."""
    try:
        return _STRIPPERS[kind](data)
    except IndexError as error:
        raise BrokenContainerError("it ends too early") from error


# JPEG: ITU-T T.81 annex B; the names of application segments: exiftool.org/TagNames/JPEG.html
_EXIF_PREFIX = b"Exif\0\0"
_KEPT_SEGMENTS = ((0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe"))
_COMMENT = 0xFE
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_AFTER_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
"""The next marker that is neither a stuffed byte nor a restart (T.81 B.1.1.5, E.1.4)."""


def _strip_jpeg(data: bytes) -> Stripped:
    kept = [data[:2]]
    exif = b""
    at = 2
    while True:
        marker_at = at
        if data[at] != 0xFF:
            raise BrokenContainerError("a marker is missing")
        while data[at + 1] == 0xFF:
            at += 1
        marker = data[at + 1]
        if marker == _END_OF_IMAGE:
            kept.append(data[marker_at : at + 2])
            return Stripped(data=b"".join(kept), exif=exif)
        body_at = at + 4
        end = at + 2 + int.from_bytes(_slice(data, at + 2, 2), "big")
        body = _slice(data, body_at, end - body_at)
        if marker == 0xE1 and body.startswith(_EXIF_PREFIX):
            exif = exif or body.removeprefix(_EXIF_PREFIX)
        if marker == _START_OF_SCAN:
            following = _AFTER_SCAN.search(data, end)
            if following is None:
                raise BrokenContainerError("it ends too early")
            end = following.start()
        if _keeps_segment(marker, body):
            kept.append(data[marker_at:end])
        at = end


def _keeps_segment(marker: int, body: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        return any(marker == kept and body.startswith(name) for kept, name in _KEPT_SEGMENTS)
    return marker != _COMMENT


# PNG: W3C PNG third edition, 11
_KEPT_CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT"
    b" acTL fcTL fdAT".split()
)


def _strip_png(data: bytes) -> Stripped:
    kept = [data[:8]]
    exif = b""
    at = 8
    while True:
        size = int.from_bytes(_slice(data, at, 4), "big")
        name = _slice(data, at + 4, 4)
        chunk = _slice(data, at, size + 12)
        if name == b"eXIf":
            exif = chunk[8:-4].removeprefix(_EXIF_PREFIX)
        if name in _KEPT_CHUNKS:
            kept.append(chunk)
        elif not name[0] & 0x20:
            raise BrokenContainerError(f"it has a critical part {name!r} that is not PNG's")
        if name == b"IEND":
            return Stripped(data=b"".join(kept), exif=exif)
        at += size + 12


# GIF: GIF89a specification (W3C), 18-26
_KEPT_APPLICATIONS = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"})
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF


def _strip_gif(data: bytes) -> Stripped:
    at = 13 + _color_table(data[10])
    kept = [_slice(data, 0, at)]
    while True:
        introducer = data[at]
        if introducer == _TRAILER:
            kept.append(data[at : at + 1])
            return Stripped(data=b"".join(kept))
        if introducer == _IMAGE:
            end = _after_blocks(data, at + 11 + _color_table(data[at + 9]))
            keep = True
        elif introducer == _EXTENSION:
            end = _after_blocks(data, at + 2)
            keep = data[at + 1] == _CONTROL or (
                data[at + 1] == _APPLICATION and data[at + 3 : at + 14] in _KEPT_APPLICATIONS
            )
        else:
            raise BrokenContainerError("a block of unknown kind")
        if keep:
            kept.append(data[at:end])
        at = end


def _color_table(packed: int) -> int:
    """Bytes of the colour table that a packed field announces."""
    return 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    """Where a chain of sub-blocks ends, its zero byte included."""
    while data[at]:
        at += data[at] + 1
    return at + 1


# WebP: RFC 9649, 2.3-2.7
_KEPT_RIFF = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_FRAME_HEADER = 16
_METADATA_FLAGS = 0x08 | 0x04
"""EXIF and XMP in the flags of VP8X."""


def _strip_webp(data: bytes) -> Stripped:
    end = 8 + int.from_bytes(_slice(data, 4, 4), "little")
    _slice(data, 8, end - 8)
    kept = []
    exif = b""
    for name, chunk in _riff_chunks(data, 12, end):
        if name == b"EXIF":
            exif = chunk[8:].removeprefix(_EXIF_PREFIX)
        elif name == b"VP8X":
            kept.append(chunk[:8] + bytes([chunk[8] & ~_METADATA_FLAGS]) + chunk[9:])
        elif name == b"ANMF":
            kept.append(_strip_frame(chunk))
        elif name in _KEPT_RIFF:
            kept.append(chunk)
    body = b"WEBP" + b"".join(kept)
    return Stripped(data=b"RIFF" + len(body).to_bytes(4, "little") + body, exif=exif)


def _strip_frame(chunk: bytes) -> bytes:
    """A frame holds chunks of its own."""
    body_at = 8 + _FRAME_HEADER
    size = int.from_bytes(chunk[4:8], "little")
    inner = b"".join(
        part for name, part in _riff_chunks(chunk, body_at, 8 + size) if name in _KEPT_RIFF
    )
    body = chunk[8:body_at] + inner
    return chunk[:4] + len(body).to_bytes(4, "little") + body


def _riff_chunks(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Names and whole chunks, the padding to an even size included."""
    while at < end:
        size = int.from_bytes(_slice(data, at + 4, 4), "little")
        padded = size + size % 2
        yield data[at : at + 4], _slice(data, at, 8 + padded)
        at += 8 + padded


def is_lossless_webp(data: bytes) -> bool:
    """Whether the one picture of a WebP file is kept without loss (RFC 9649, 2.6)."""
    return any(name == b"VP8L" for name, _ in _riff_chunks(data, 12, len(data)))


def _slice(data: bytes, at: int, size: int) -> bytes:
    """Exactly that many bytes; IndexError where the file ends before."""
    if size < 0 or at + size > len(data):
        raise IndexError
    return data[at : at + size]


_STRIPPERS: dict[FileKind, Callable[[bytes], Stripped]] = {
    FileKind.JPEG: _strip_jpeg,
    FileKind.PNG: _strip_png,
    FileKind.GIF: _strip_gif,
    FileKind.WEBP: _strip_webp,
}
