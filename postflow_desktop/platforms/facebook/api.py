"""The Graph API over HTTP: calls and their replies (developers.facebook.com, 2026-09-11)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.multipart import FilePart, multipart
from postflow_desktop.transport.objects import read_object
from postflow_desktop.transport.values import Request

GRAPH_VERSION = "v26.0"
"""Of 2026-07-29; Meta keeps a version alive for about two years."""

Json = dict[str, Any]
"""An object as JSON has it; its fields are whatever the other side sent."""

JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply with its body read as JSON where it is JSON."""

    status: int
    headers: dict[str, str] = field(repr=False)
    raw: bytes = field(repr=False)
    body: Json | None = field(repr=False)
    """None where the body is no JSON object."""

    @property
    def ok(self) -> bool:
        """Whether the call worked: status 200 and no error beside it."""
        return self.status == 200 and self.body is not None and "error" not in self.body

    @property
    def data(self) -> list[Json]:
        """The objects of a list; empty where there is none."""
        found = self.body.get("data") if self.ok and self.body else None
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    @property
    def error(self) -> Json:
        """The error's object; empty where there is none."""
        return part_of(self.body, "error")

    @property
    def code(self) -> int | None:
        """The error's code, by which it is known; its type says nothing."""
        return number_of(self.error, "code")

    @property
    def subcode(self) -> int | None:
        """What kind of that error it is."""
        return number_of(self.error, "error_subcode")

    @property
    def message(self) -> str:
        """Facebook's own words: those for people where there are some."""
        return text_of(self.error, "error_user_msg") or text_of(self.error, "message")

    @property
    def next_page(self) -> str:
        """The cursor of the next page of a list, or nothing.

        The whole address under `next` holds the token, so it is not used.
        """
        paging = part_of(self.body, "paging")
        return text_of(part_of(paging, "cursors"), "after") if text_of(paging, "next") else ""


def read_reply(status: int, headers: Mapping[str, str], raw: bytes) -> Reply:
    """A reply from its parts; never fails."""
    lowered = {name.lower(): value for name, value in headers.items()}
    return Reply(status=status, headers=lowered, raw=raw, body=read_object(raw))


def text_of(body: Json | None, name: str) -> str:
    """A text field of an object, or nothing."""
    value = body.get(name) if body else None
    return value if isinstance(value, str) else ""


def number_of(body: Json, name: str) -> int | None:
    """A whole number of an object, or None."""
    value = body.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def part_of(body: Json | None, name: str) -> Json:
    """An object inside an object; empty where there is none."""
    value = body.get(name) if body else None
    return value if isinstance(value, dict) else {}


def address(service: str, path: str) -> str:
    """The address of a node or edge."""
    return f"{service}/{GRAPH_VERSION}/{path}"


class Api:
    """Repeatable calls over the shared client; every one may raise NetworkUnreachable."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def get(self, service: str, path: str, query: Mapping[str, str], token: str) -> Reply:
        """A read."""
        url = f"{address(service, path)}?{urlencode(query)}"
        return self._call("GET", url, _bearer(token))

    def delete(self, service: str, path: str, token: str) -> Reply:
        """A deletion."""
        return self._call("DELETE", address(service, path), _bearer(token))

    def upload(
        self, service: str, path: str, fields: Mapping[str, str], source: bytes, *, token: str
    ) -> Reply:
        """Bytes under the name `source` with some fields, as multipart/form-data (RFC 7578)."""
        part = FilePart(name="source", filename="source", data=source)
        kind, body = multipart(fields, (part,), boundary=secrets.token_hex(16))
        headers = _bearer(token) | {"Content-Type": kind}
        url = address(service, path)
        return self._call("POST", url, headers, body)

    def _call(self, method: str, url: str, headers: dict[str, str], body: bytes = b"") -> Reply:
        response = self._http.request(Request(method=method, url=url, headers=headers, body=body))
        return read_reply(response.status, response.headers, response.body)


def publish_request(service: str, edge: str, body: str, token: str) -> Request:
    """The irreversible call: exactly the stored bytes.

    It asks for no fields of the new post: where one of them can't be read, Facebook answers with an
    error although the post is out (sns-sdks/python-facebook, issue 224).
    """
    return Request(
        method="POST",
        url=address(service, edge),
        headers=_bearer(token) | {"Content-Type": JSON_TYPE},
        body=body.encode(),
    )


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
