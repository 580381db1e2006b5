"""JSON of others, read so that nothing in it can break what is made of it."""

from __future__ import annotations

import json
from typing import Any

from postflow_desktop.domain.text import whole


def read_object(raw: bytes) -> dict[str, Any] | None:
    """The JSON object in some bytes, or None; never fails.

    Half characters, which JSON can hold and no database can, become U+FFFD (RFC 8259, 8.2).
    """
    try:
        value = json.loads(raw)
        if not isinstance(value, dict):
            return None
        # A half character stands there as an escape, or as bytes that are no UTF-8.
        return _mended(value) if b"\\u" in raw or b"\xed" in raw or b"\x00" in raw else value
    except (ValueError, RecursionError):
        return None


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_mended(one) for one in value]
    if isinstance(value, dict):
        return {whole(name): _mended(inner) for name, inner in value.items()}
    return value
