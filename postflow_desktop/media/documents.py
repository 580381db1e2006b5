"""Documents by their content: PDF, and the office formats, with pages where that is cheap.

Nothing of a document is changed: what its author wrote into it, names included, is in it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BufferedReader

from postflow_desktop.media.kinds import FileKind

DOCUMENT_MIME = {
    FileKind.PDF: "application/pdf",
    FileKind.DOC: "application/msword",
    FileKind.PPT: "application/vnd.ms-powerpoint",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
MAX_ENTRIES = 20_000
"""Files within an office file; more is an attack on memory."""
_END_RECORD, _MAX_COMMENT = 22, 65_535
_PROPERTIES = "docProps/app.xml"
_MAX_PROPERTIES = 1_000_000
_PAGES_OF = {FileKind.DOCX: rb"<Pages>(\d{1,6})</Pages>", FileKind.PPTX: rb"<Slides>(\d{1,6})<"}

_WINDOW, _AROUND = 1024 * 1024, 4096
# ISO 32000-1, 7.5.5 and 7.5.8: the trailer, or the dictionary of the cross-reference stream.
_TRAILER = re.compile(rb"\btrailer\s*<<|/Type\s*/XRef\b")
_ENCRYPT = re.compile(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R)")
_PAGES = re.compile(rb"/Type\s*/Pages\b")
_COUNT = re.compile(rb"/Count\s+(\d{1,7})\b")


class BrokenDocumentError(Exception):
    """Its content is damaged; the message says how."""


class ProtectedDocumentError(Exception):
    """It opens only with a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What a document is."""

    kind: FileKind
    pages: int | None


def examine(kind: FileKind, file: BufferedReader, size: int) -> DocumentFacts | None:
    """The facts; None where an archive is no document; BrokenDocumentError, ProtectedDocumentError.

    `kind` is PDF, ARCHIVE or OLE, by the first bytes.
    """
    if kind is FileKind.PDF:
        return DocumentFacts(kind=kind, pages=_pdf_pages(file, size))
    if kind is FileKind.OLE:
        return _compound(file, size)
    try:
        return _zipped(file, size)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError) as error:
        raise BrokenDocumentError("its content is damaged or cut off") from error


def _pdf_pages(file: BufferedReader, size: int) -> int | None:
    """The largest count of a page tree that can be seen without unpacking anything."""
    file.seek(max(0, size - 2048))
    if b"%%EOF" not in file.read(2048):
        raise BrokenDocumentError("it ends too early")
    most: int | None = None
    for at in range(0, size, _WINDOW):
        begin = max(0, at - _AROUND)
        file.seek(begin)
        window = file.read(at + _WINDOW + _AROUND - begin)
        for found in _TRAILER.finditer(window):
            if _ENCRYPT.search(_around(window, found.start())):
                raise ProtectedDocumentError
        for found in _PAGES.finditer(window):
            counts = [int(number) for number in _COUNT.findall(_object(window, found.start()))]
            most = max(counts + ([] if most is None else [most]), default=None)
    return most


def _around(window: bytes, at: int) -> bytes:
    """The trailer's dictionary; a stream's ends where its bytes begin."""
    begin = max(window.rfind(b"obj", 0, at), window.rfind(b"xref", 0, at), at - _AROUND, 0)
    ends = [end for mark in (b"startxref", b"stream") if (end := window.find(mark, at)) >= 0]
    return window[begin : min([*ends, at + _AROUND])]


def _object(window: bytes, at: int) -> bytes:
    """The object around a place."""
    begin = max(window.rfind(b"obj", 0, at), at - _AROUND, 0)
    end = window.find(b"endobj", at)
    return window[begin : end if 0 <= end < at + _AROUND else at + _AROUND]


def _zipped(file: BufferedReader, size: int) -> DocumentFacts | None:
    """Office Open XML (ECMA-376 part 2): a ZIP whose folder names say what it is."""
    _check_entries(file, size)
    with zipfile.ZipFile(file) as archive:
        names = {entry.filename: entry for entry in archive.infolist()}
        kind = _office_kind(names)
        if kind is None:
            return None
        if any(entry.flag_bits & 1 for entry in names.values()):
            raise ProtectedDocumentError
        properties = names.get(_PROPERTIES)
        text = b""
        if properties is not None and properties.file_size <= _MAX_PROPERTIES:
            with archive.open(properties) as inside:
                text = inside.read(_MAX_PROPERTIES)
    found = re.search(_PAGES_OF[kind], text)
    return DocumentFacts(kind=kind, pages=int(found[1]) if found and int(found[1]) else None)


def _office_kind(names: dict[str, zipfile.ZipInfo]) -> FileKind | None:
    if "[Content_Types].xml" not in names:
        return None
    if "word/document.xml" in names:
        return FileKind.DOCX
    return FileKind.PPTX if "ppt/presentation.xml" in names else None


def _check_entries(file: BufferedReader, size: int) -> None:
    """Before the list is read: how many there are (PKWARE APPNOTE, 4.3.16)."""
    file.seek(max(0, size - _END_RECORD - _MAX_COMMENT))
    end = file.read(_END_RECORD + _MAX_COMMENT)
    at = end.rfind(b"PK\5\6")
    if at < 0 or len(end) < at + _END_RECORD:
        raise BrokenDocumentError("it ends too early")
    entries = int.from_bytes(end[at + 10 : at + 12], "little")
    listed = int.from_bytes(end[at + 12 : at + 16], "little")
    if entries > MAX_ENTRIES or listed > MAX_ENTRIES * 512:
        raise BrokenDocumentError("it holds more parts than a document has")


# [MS-CFB]: sectors, chained by a table; the directory names the streams in UTF-16.
_FREE_FROM = 0xFFFF_FFFA
_HEAD_CHAINS = 109
_MAX_SECTORS = 512
_ENTRY = 128


def _compound(file: BufferedReader, size: int) -> DocumentFacts | None:
    names = _stream_names(file, size)
    if "EncryptedPackage" in names or "EncryptedSummary" in names:
        raise ProtectedDocumentError
    if "WordDocument" in names:
        return DocumentFacts(kind=FileKind.DOC, pages=None)
    if "PowerPoint Document" in names:
        return DocumentFacts(kind=FileKind.PPT, pages=None)
    return None


def _stream_names(file: BufferedReader, size: int) -> set[str]:
    file.seek(0)
    head = file.read(512)
    shift = int.from_bytes(head[30:32], "little")
    if len(head) < 512 or shift not in {9, 12}:
        raise BrokenDocumentError("its content is damaged or cut off")
    width = 1 << shift
    names: set[str] = set()
    sector = int.from_bytes(head[48:52], "little")
    for _ in range(_MAX_SECTORS):
        if sector >= _FREE_FROM or (sector + 1) * width >= size:
            break
        file.seek((sector + 1) * width)
        names |= _names(file.read(width))
        sector = _next_sector(file, head, sector, width)
    return names


def _names(sector: bytes) -> set[str]:
    found = set()
    for at in range(0, len(sector) - _ENTRY + 1, _ENTRY):
        length = int.from_bytes(sector[at + 64 : at + 66], "little")
        if 2 <= length <= 64:
            found.add(sector[at : at + length - 2].decode("utf-16-le", "replace"))
    return found


def _next_sector(file: BufferedReader, head: bytes, sector: int, width: int) -> int:
    """By the chains that the head lists; what lies beyond them ends here."""
    table, place = divmod(sector, width // 4)
    if table >= _HEAD_CHAINS:
        return _FREE_FROM
    at = int.from_bytes(head[76 + table * 4 : 80 + table * 4], "little")
    file.seek((at + 1) * width + place * 4)
    found = file.read(4)
    return int.from_bytes(found, "little") if len(found) == 4 else _FREE_FROM
