"""Bodies of several parts: fields and files as `multipart/form-data` (RFC 7578)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """A file; names come from code, never from people, so nothing in them is escaped."""

    name: str
    filename: str
    data: bytes = field(repr=False)
    mime: str = "application/octet-stream"


def multipart(
    fields: Mapping[str, str], files: Iterable[FilePart], *, boundary: str
) -> tuple[str, bytes]:
    """The `Content-Type` and the body; `boundary` must not stand in any part."""
    parts: list[bytes] = []
    for name, value in fields.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        parts += [head.encode(), value.encode(), b"\r\n"]
    for file in files:
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{file.name}"; '
            f'filename="{file.filename}"\r\nContent-Type: {file.mime}\r\n\r\n'
        )
        parts += [head.encode(), file.data, b"\r\n"]
    body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
    return f"multipart/form-data; boundary={boundary}", body
