"""Content ids as the AT Protocol uses them: CIDv1, SHA-256, of raw bytes or of DAG-CBOR.

Sources: atproto.com/specs/data-model, RFC 8949 (CBOR), ipld.io (DAG-CBOR).
"""

from __future__ import annotations

import base64
import hashlib

_RAW = 0x55
_DAG_CBOR = 0x71
_LINK_TAG = b"\xd8\x2a"


def cid_of_bytes(data: bytes) -> str:
    """The id of a blob (`bafkrei…`)."""
    return _text(_RAW, data)


def cid_of_record(record: object) -> str:
    """The id of a record (`bafyrei…`); ValueError for what the data model does not know."""
    return _text(_DAG_CBOR, encode(record))


def encode(value: object) -> bytes:
    """DAG-CBOR: shortest lengths, keys by length and then by bytes, `{"$link": …}` as a link."""
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, str):
        raw = value.encode()
        return _head(3, len(raw)) + raw
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(encode(item) for item in value)
    if isinstance(value, dict):
        return _encode_map(value)
    raise ValueError(f"{type(value).__name__} has no place in a record")


def _encode_map(value: dict[str, object]) -> bytes:
    if set(value) == {"$link"}:
        raw = b"\x00" + _bytes(str(value["$link"]))
        return _LINK_TAG + _head(2, len(raw)) + raw
    pairs = sorted((key.encode(), item) for key, item in value.items())
    pairs.sort(key=lambda pair: len(pair[0]))
    parts = [_head(3, len(key)) + key + encode(item) for key, item in pairs]
    return _head(5, len(value)) + b"".join(parts)


def _head(major: int, number: int) -> bytes:
    first = major << 5
    if number < 24:
        return bytes([first | number])
    for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes([first | extra]) + number.to_bytes(size, "big")
    raise ValueError("number too large for a record")


def _text(codec: int, data: bytes) -> str:
    raw = bytes([1, codec, 0x12, 0x20]) + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(raw).decode().lower().rstrip("=")


def _bytes(cid: str) -> bytes:
    if not cid.startswith("b"):
        raise ValueError("not a content id")
    text = cid[1:].upper()
    return base64.b32decode(text + "=" * (-len(text) % 8))
