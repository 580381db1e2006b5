"""Small documents, written by hand: PDF, Office Open XML, and the older compound files."""

from __future__ import annotations

import io
import struct
import zipfile


def pdf(pages: int = 3, *, encrypted: bool = False, words: str = "Prices") -> bytes:
    """A PDF whose page tree can be read without unpacking anything."""
    kids = " ".join(f"{4 + n} 0 R" for n in range(pages))
    parts = [
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        b"1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n",
        f"2 0 obj << /Type /Pages /Kids [{kids}] /Count {pages} >> endobj\n".encode(),
        f"3 0 obj << /Length {len(words)} >> stream\n{words}\nendstream endobj\n".encode(),
    ]
    parts += [
        f"{4 + n} 0 obj << /Type /Page /Parent 2 0 R >> endobj\n".encode() for n in range(pages)
    ]
    body = b"".join(parts)
    lock = b" /Encrypt 99 0 R" if encrypted else b""
    trailer = b"trailer << /Root 1 0 R /Size 4" + lock + b" >>\n"
    return body + b"xref\n0 1\n" + trailer + f"startxref\n{len(body)}\n%%EOF\n".encode()


def office(kind: str = "docx", *, pages: int | None = 7) -> bytes:
    """A DOCX or PPTX with its properties."""
    main = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml"}.get(kind, "content.xml")
    name = "Pages" if kind == "docx" else "Slides"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(main, "<document/>")
        if pages is not None:
            archive.writestr(
                "docProps/app.xml", f"<Properties><{name}>{pages}</{name}></Properties>"
            )
    return out.getvalue()


def compound(*streams: str) -> bytes:
    """A compound file ([MS-CFB]) with streams of these names and nothing in them."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HH", head, 24, 0x3E, 3)
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<II", head, 44, 1, 1)
    struct.pack_into("<I", head, 76, 0)
    entries = [_entry(name) for name in ("Root Entry", *streams)]
    sectors = -(-len(entries) // 4)
    chain = [0xFFFF_FFFD, *(n + 2 for n in range(sectors - 1)), 0xFFFF_FFFE]
    table = b"".join(struct.pack("<I", n) for n in chain).ljust(512, b"\xff")
    directory = b"".join(entries).ljust(sectors * 512, b"\0")
    return bytes(head) + table + directory + bytes(512)


def _entry(name: str) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return text.ljust(64, b"\0") + struct.pack("<H", len(text)) + bytes(62)
