"""The parameters of a call, in each of the ways in which they may come.

Query, form, JSON and `multipart/form-data` (RFC 7578).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from postflow_desktop.sandbox.exchange import Call, Json

_MULTIPART = "multipart/form-data"
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_NAME = re.compile(rb'(?<!file)name="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Fields with their values, and files by the name of their part."""

    fields: Json
    files: dict[str, bytes] = field(default_factory=dict, repr=False)

    def text(self, name: str) -> str:
        """A field as text; nothing where it is missing."""
        value = self.fields.get(name)
        return "" if value is None else value if isinstance(value, str) else json.dumps(value)

    def value(self, name: str) -> object:
        """A field that is JSON, whether it came as JSON or as its text."""
        return json_value(self.fields.get(name))


def is_multipart(call: Call) -> bool:
    """Whether the body has parts that can be told apart."""
    kind = call.headers.get("content-type", "")
    return kind.startswith(_MULTIPART) and _BOUNDARY.search(kind) is not None


def read_form(call: Call) -> Form:
    """What was sent; a body that can't be read has no fields."""
    kind = call.headers.get("content-type", "")
    if kind.startswith(_MULTIPART):
        return _multipart(call, kind)
    if kind.startswith("application/json"):
        return Form(fields={**call.query, **(call.json() or {})})
    return Form(fields={**call.query, **dict(parse_qsl(call.body.decode("utf-8", "replace")))})


def json_value(value: object) -> object:
    """A value that may be JSON in text; None for text that is none."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _multipart(call: Call, kind: str) -> Form:
    boundary = _BOUNDARY.search(kind)
    fields: Json = dict(call.query)
    files: dict[str, bytes] = {}
    for part in call.body.split(f"--{boundary[1]}".encode())[1:-1] if boundary else []:
        head, _, data = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if name is None:
            continue
        target, content = name[1].decode("utf-8", "replace"), data.removesuffix(b"\r\n")
        if b'filename="' in head:
            files[target] = content
        else:
            fields[target] = content.decode("utf-8", "replace")
    return Form(fields=fields, files=files)
