"""LinkedIn's versioned REST API over HTTP: calls and their replies (learn.microsoft.com)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from postflow_desktop.domain.errors import NetworkUnreachable
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.objects import read_object
from postflow_desktop.transport.values import BodyStream, Request

Json = dict[str, Any]
"""An object as JSON has it; its fields are whatever the other side sent."""

_PART_PAUSES = (2.0, 8.0)
"""Seconds before a part of a video is put again."""
JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


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
        """Whether the call worked."""
        return self.status in {200, 201, 204}

    @property
    def code(self) -> str:
        """The name of the error, such as `DUPLICATE_POST`; older replies have none."""
        return text_of(self.body, "code")

    @property
    def message(self) -> str:
        """The server's own words."""
        return text_of(self.body, "message") or text_of(self.body, "error_description")

    @property
    def oauth_error(self) -> str:
        """The name of an error of the token endpoint (RFC 6749, 5.2), or nothing."""
        return text_of(self.body, "error")

    @property
    def input_errors(self) -> str:
        """What LinkedIn says about single fields, in one line."""
        found = part_of(self.body, "errorDetails").get("inputErrors")
        items = found if isinstance(found, list) else []
        return " ".join(text_of(one, "description") for one in items if isinstance(one, dict))


def read_reply(status: int, headers: Mapping[str, str], raw: bytes) -> Reply:
    """A reply from its parts; never fails."""
    lowered = {name.lower(): value for name, value in headers.items()}
    return Reply(status=status, headers=lowered, raw=raw, body=read_object(raw))


def text_of(body: Json | None, name: str) -> str:
    """A text field of an object, or nothing."""
    value = body.get(name) if body else None
    return value if isinstance(value, str) else ""


def part_of(body: Json | None, name: str) -> Json:
    """An object within an object; empty where there is none."""
    value = body.get(name) if body else None
    return value if isinstance(value, dict) else {}


def encoded(urn: str) -> str:
    """A URN as it stands in a path or a query: percent-encoded once."""
    return quote(urn, safe="")


class Api:
    """Repeatable calls over the shared client; every one may raise NetworkUnreachable."""

    def __init__(self, http: HttpClient, version: str) -> None:
        self._http = http
        self._version = version

    def get(self, url: str, token: str, *, finder: bool = False) -> Reply:
        """A read; a finder lists."""
        headers = self._headers(token)
        if finder:
            headers["X-RestLi-Method"] = "FINDER"
        return self._call("GET", url, headers)

    def post(self, url: str, body: Json, token: str) -> Reply:
        """A change that may be repeated, with a JSON body."""
        headers = self._headers(token) | {"Content-Type": JSON_TYPE}
        return self._call("POST", url, headers, json.dumps(body).encode())

    def put(self, url: str, data: bytes, token: str) -> Reply:
        """Bytes to an upload address, which is used letter by letter."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
        return self._call("PUT", url, headers, data)

    def put_stream(self, url: str, body: BodyStream, token: str) -> Reply:
        """The same for bytes that are not in memory."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
        request = Request(method="PUT", url=url, headers=headers, stream=body)
        response = self._http.request(request)
        return read_reply(response.status, response.headers, response.body)

    def put_part(self, url: str, data: bytes, wait: Callable[[float], None]) -> Reply:
        """A part of a video to its address, which holds the right to it: no token goes there.

        Where the line broke or the server stumbled, it is put again after a while.
        """
        headers = {"Content-Type": "application/octet-stream"}
        for pause in _PART_PAUSES:
            try:
                reply = self._call("PUT", url, headers, data)
            except NetworkUnreachable:
                wait(pause)
                continue
            if reply.status < 500:
                return reply
            wait(pause)
        return self._call("PUT", url, headers, data)

    def delete(self, url: str, token: str) -> Reply:
        """A deletion."""
        return self._call("DELETE", url, self._headers(token) | {"X-RestLi-Method": "DELETE"})

    def form(self, url: str, fields: Mapping[str, str]) -> Reply:
        """A call of the token endpoints."""
        return self._call("POST", url, {"Content-Type": FORM_TYPE}, urlencode(fields).encode())

    def irreversible(self, url: str, body: str, token: str) -> Request:
        """The request that puts something out: exactly the stored bytes."""
        headers = self._headers(token) | {"Content-Type": JSON_TYPE}
        return Request(method="POST", url=url, headers=headers, body=body.encode())

    def _headers(self, token: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {token}",
            "LinkedIn-Version": self._version,
            "X-Restli-Protocol-Version": "2.0.0",
        }

    def _call(self, method: str, url: str, headers: dict[str, str], body: bytes = b"") -> Reply:
        response = self._http.request(Request(method=method, url=url, headers=headers, body=body))
        return read_reply(response.status, response.headers, response.body)
