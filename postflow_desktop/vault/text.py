"""Bytes as stored text, and the context strings that bind a ciphertext to its place."""

from __future__ import annotations

import base64
import re

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def to_text(data: bytes) -> str:
    """base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def to_bytes(text: str) -> bytes:
    """The bytes of base64url text; ValueError unless it is exactly what `to_text` makes.

    Strict, so that a text has one spelling: the decoder of the standard library skips foreign
    characters and ignores the unused bits of the last one.
    """
    if not _ALPHABET.fullmatch(text):
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_text(data) != text:
        raise ValueError("not canonical base64url")
    return data


def bound(*parts: str | int) -> bytes:
    """Parts joined with `|` for associated data; different parts never give the same bytes."""
    escaped = (str(part).replace("%", "%25").replace("|", "%7C") for part in parts)
    return "|".join(escaped).encode("utf-8", "surrogatepass")
