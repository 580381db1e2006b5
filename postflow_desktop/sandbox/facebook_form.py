"""The parameters of a Graph API call, in each of the ways in which they may come.

Query, form, JSON and multipart/form-data; a list may come as `name[0]`, `name[1]` (Graph API).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from postflow_desktop.sandbox.exchange import Call, Json

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_NAME = re.compile(rb'name="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Parameters with their values, and the file."""

    fields: Json
    source: bytes | None = field(default=None, repr=False)

    def text(self, name: str) -> str:
        """A parameter as text; nothing where it is missing."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def is_false(self, name: str) -> bool:
        """Whether a parameter is there and means no."""
        return str(self.fields.get(name, "")).lower() in {"false", "0"}

    def items(self, name: str) -> list[Json]:
        """The objects of a list."""
        value = _value(self.fields.get(name))
        if value is None:
            names = (one for one in self.fields if re.fullmatch(rf"{name}\[\d+\]", one))
            value = [_value(self.fields[one]) for one in names]
        return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def read_form(call: Call) -> Form:
    """What was sent; a body that can't be read has no parameters."""
    kind = call.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return _multipart(call, kind)
    if kind.startswith("application/json"):
        return Form(fields={**call.query, **(call.json() or {})})
    return Form(fields={**call.query, **dict(parse_qsl(call.body.decode("utf-8", "replace")))})


def _multipart(call: Call, kind: str) -> Form:
    boundary = _BOUNDARY.search(kind)
    fields: Json = dict(call.query)
    source: bytes | None = None
    for part in call.body.split(f"--{boundary[1]}".encode())[1:-1] if boundary else []:
        head, _, data = part.partition(b"\r\n\r\n")
        name, content = _NAME.search(head), data.removesuffix(b"\r\n")
        if b'filename="' in head:
            source = content
        elif name is not None:
            fields[name[1].decode("utf-8", "replace")] = content.decode("utf-8", "replace")
    return Form(fields=fields, source=source)


def _value(value: object) -> object:
    """A value that may be JSON in text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
