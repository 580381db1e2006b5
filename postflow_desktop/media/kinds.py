"""Telling what a file is by its first bytes; its name only has to agree."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FileKind(StrEnum):
    """What a file holds, as far as it matters here."""

    JPEG = "JPEG"
    PNG = "PNG"
    GIF = "GIF"
    WEBP = "WebP"
    HEIC = "HEIC"
    AVIF = "AVIF"
    TIFF = "TIFF"
    BMP = "BMP"
    ICO = "icon"
    PSD = "Photoshop"
    JXL = "JPEG XL"
    JP2 = "JPEG 2000"
    MP4 = "MP4 video"
    MOV = "QuickTime video"
    VIDEO = "video"
    """Of another kind."""
    SVG = "SVG"
    PDF = "PDF"
    OLE = "Office document"
    DOC = "Word document"
    PPT = "PowerPoint document"
    DOCX = "Word document (DOCX)"
    PPTX = "PowerPoint document (PPTX)"
    HTML = "web page"
    PROGRAM = "program"
    ARCHIVE = "archive"
    TEXT = "text"
    UNKNOWN = "unknown"


MIME = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.GIF: "image/gif",
    FileKind.WEBP: "image/webp",
}
"""The kinds of pictures that PostFlow takes; every network takes some of them."""

VIDEO_MIME = {FileKind.MP4: "video/mp4", FileKind.MOV: "video/quicktime"}
"""The kinds of videos that PostFlow takes."""

OTHER_PICTURES = frozenset(
    {
        FileKind.HEIC,
        FileKind.AVIF,
        FileKind.TIFF,
        FileKind.BMP,
        FileKind.ICO,
        FileKind.PSD,
        FileKind.JXL,
        FileKind.JP2,
    }
)
"""Pixels in a shape that PostFlow does not take."""

# fmt: off
PICTURE_ENDINGS = frozenset(
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg", ".png", ".apng",
        ".gif", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff",
        ".bmp", ".dib", ".ico", ".psd", ".jxl", ".jp2", ".j2k",
    }
)
# fmt: on
"""Names that promise pixels. People rename pictures, so which of them it is does not matter."""
VIDEO_ENDINGS = frozenset({".mp4", ".m4v", ".mov", ".qt", ".mp4v", ".3gp", ".3g2"})
DOCUMENT_ENDINGS = frozenset({".pdf", ".doc", ".docx", ".ppt", ".pptx", ".dot", ".pps", ".ppsx"})


@dataclass(frozen=True, slots=True)
class _Magic:
    """Bytes at a fixed place that give a kind away."""

    offset: int
    prefix: bytes
    kind: FileKind


# The registered signatures: PNG (W3C PNG 5.2), GIF89a, JPEG (T.81 B.1), RIFF/WebP, TIFF 6, BMP,
# ELF, PE/COFF, Mach-O, ZIP, PDF, Matroska, [MS-CFB].
_MAGIC = tuple(
    _Magic(offset, prefix, kind)
    for offset, prefix, kind in (
        (0, b"\xff\xd8\xff", FileKind.JPEG),
        (0, b"\x89PNG\r\n\x1a\n", FileKind.PNG),
        (0, b"GIF87a", FileKind.GIF),
        (0, b"GIF89a", FileKind.GIF),
        (8, b"WEBP", FileKind.WEBP),
        (0, b"II*\0", FileKind.TIFF),
        (0, b"MM\0*", FileKind.TIFF),
        (0, b"II+\0", FileKind.TIFF),
        (0, b"MM\0+", FileKind.TIFF),
        (0, b"8BPS", FileKind.PSD),
        (0, b"\0\0\1\0", FileKind.ICO),
        (0, b"\xff\x0a", FileKind.JXL),
        (0, b"\0\0\0\x0cJXL ", FileKind.JXL),
        (0, b"\0\0\0\x0cjP  ", FileKind.JP2),
        (0, b"\x1aE\xdf\xa3", FileKind.VIDEO),
        (8, b"AVI ", FileKind.VIDEO),
        (0, b"%PDF-", FileKind.PDF),
        (0, b"\x7fELF", FileKind.PROGRAM),
        (0, b"MZ", FileKind.PROGRAM),
        (0, b"#!", FileKind.PROGRAM),
        (0, b"\xcf\xfa\xed\xfe", FileKind.PROGRAM),
        (0, b"\xca\xfe\xba\xbe", FileKind.PROGRAM),
        (0, b"PK\3\4", FileKind.ARCHIVE),
        (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.OLE),
        (0, b"\x1f\x8b", FileKind.ARCHIVE),
        (0, b"7z\xbc\xaf\x27\x1c", FileKind.ARCHIVE),
        (0, b"BM", FileKind.BMP),
    )
)
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_QUICKTIME_BRAND = b"qt  "
_OLD_QUICKTIME = frozenset({b"moov", b"mdat", b"wide"})
"""How films of QuickTime began before they named a brand."""


def kind_of(head: bytes) -> FileKind:
    """The kind of a file by its first 4,096 bytes."""
    if head[4:8] == b"ftyp":
        return _kind_of_box(head)
    if head[4:8] in _OLD_QUICKTIME:
        return FileKind.MOV
    for magic in _MAGIC:
        if head.startswith(magic.prefix, magic.offset) and _fits(magic, head):
            return magic.kind
    return _kind_of_text(head)


def _fits(magic: _Magic, head: bytes) -> bool:
    """Short signatures need a second look: words begin with `BM` and `MZ` too."""
    if magic.offset == 8:
        return head.startswith(b"RIFF")
    if magic.prefix in {b"BM", b"MZ"}:
        return b"\0" in head[:64]
    return True


def _kind_of_box(head: bytes) -> FileKind:
    """ISO base media files name their brand (ISO/IEC 14496-12, 4.3)."""
    size = int.from_bytes(head[:4], "big")
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(size, 256), 4))}
    if head[8:12] in _AVIF_BRANDS or (head[8:12] == b"mif1" and brands & _AVIF_BRANDS):
        return FileKind.AVIF
    if head[8:12] in _HEIF_BRANDS:
        return FileKind.HEIC
    return FileKind.MOV if head[8:12] == _QUICKTIME_BRAND else FileKind.MP4


def _kind_of_text(head: bytes) -> FileKind:
    sample = head.removeprefix(b"\xef\xbb\xbf")
    if not sample or b"\0" in sample:
        return FileKind.UNKNOWN
    start = sample.lstrip().lower()
    if b"<svg" in start and start.startswith((b"<?xml", b"<svg", b"<!--", b"<!doctype svg")):
        return FileKind.SVG
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<script", b"<body")):
        return FileKind.HTML
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        # The sample may end in the middle of a character.
        if error.start < len(sample) - 3:
            return FileKind.UNKNOWN
    controls = sum(1 for byte in sample if byte < 9 or 13 < byte < 32)
    return FileKind.TEXT if controls == 0 else FileKind.UNKNOWN
