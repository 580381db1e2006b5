"""Which characters the bytes of a page are (WHATWG Encoding Standard and HTML, 2026-11-21)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SNIFFED_BYTES = 4096
"""A page names its character set within the first 1,024 bytes; many are late."""
_META = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))

# Only these: Python knows codecs that are no character sets, and some that take forever.
_CODECS: Mapping[str, str] = {
    label: codec
    for codec, labels in {
        "utf-8": "utf-8 utf8 unicode-1-1-utf-8",
        "utf-16-le": "utf-16 utf-16le",
        "utf-16-be": "utf-16be",
        "cp1252": "windows-1252 cp1252 iso-8859-1 iso8859-1 latin1 l1 us-ascii ascii",
        "iso8859-2": "iso-8859-2 latin2",
        "iso8859-5": "iso-8859-5",
        "iso8859-7": "iso-8859-7",
        "iso8859-15": "iso-8859-15 latin9",
        "cp1250": "windows-1250 cp1250",
        "cp1251": "windows-1251 cp1251",
        "cp1253": "windows-1253",
        "cp1254": "windows-1254 iso-8859-9",
        "cp1255": "windows-1255 iso-8859-8",
        "cp1256": "windows-1256 iso-8859-6",
        "cp1257": "windows-1257 iso-8859-13",
        "cp1258": "windows-1258",
        "cp874": "windows-874 tis-620 iso-8859-11",
        "koi8-r": "koi8-r",
        "koi8-u": "koi8-u",
        "gb18030": "gb18030 gbk gb2312 x-gbk",
        "big5hkscs": "big5 big5-hkscs",
        "euc_jp": "euc-jp x-euc-jp",
        "cp932": "shift_jis shift-jis sjis x-sjis windows-31j",
        "iso2022_jp": "iso-2022-jp",
        "cp949": "euc-kr ks_c_5601-1987 windows-949",
    }.items()
    for label in labels.split()
}


def decoded(data: bytes, content_type: str) -> str:
    """The characters of a page; what can't be read becomes U+FFFD. Never fails.

    A byte order mark counts most, then the header, then the page's own words; without any it is
    UTF-8, or windows-1252 where it can't be that.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    named = _codec(_HEADER.search(content_type)) or _named_within(data[:_SNIFFED_BYTES])
    if named is not None:
        return data.decode(named, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # The beginning of a page may end in the middle of a character.
        whole = error.start >= len(data) - 3
        return data.decode("utf-8" if whole else "cp1252", "replace")


def _named_within(head: bytes) -> str | None:
    found = _META.search(head)
    codec = None if found is None else _CODECS.get(found[1].decode("ascii").lower())
    # A page whose marks can be read byte by byte is not in UTF-16, whatever it says.
    return "utf-8" if codec is not None and codec.startswith("utf-16") else codec


def _codec(found: re.Match[str] | None) -> str | None:
    return None if found is None else _CODECS.get(found[1].lower())
