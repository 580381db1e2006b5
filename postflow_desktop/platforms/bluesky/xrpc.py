"""XRPC, the HTTP dialect of the AT Protocol (atproto.com/specs/xrpc): calls and their replies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from postflow_desktop.platforms.bluesky.wire import Json
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.values import Request, Response

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
        """Whether the call worked."""
        return self.status == 200

    @property
    def error(self) -> str:
        """The name of the error (`ExpiredToken`), or nothing."""
        return text_of(self.body, "error")

    @property
    def message(self) -> str:
        """The server's own words, or nothing."""
        return text_of(self.body, "message")


def read_reply(status: int, headers: Mapping[str, str], raw: bytes) -> Reply:
    """A reply from its parts; never fails."""
    lowered = {name.lower(): value for name, value in headers.items()}
    return Reply(status=status, headers=lowered, raw=raw, body=read_object(raw))


def read_object(raw: bytes) -> Json | None:
    """The JSON object in some bytes, or None."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def text_of(body: Json | None, name: str) -> str:
    """A text field of an object, or nothing."""
    value = body.get(name) if body else None
    return value if isinstance(value, str) else ""


def endpoint(service: str, method: str, query: Mapping[str, str] | None = None) -> str:
    """The address of a method, with its query."""
    url = f"{service.rstrip('/')}/xrpc/{method}"
    return f"{url}?{urlencode(query)}" if query else url


class Xrpc:
    """Repeatable calls over the shared client; every one may raise NetworkUnreachable."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def query(
        self, service: str, method: str, query: Mapping[str, str], *, token: str | None = None
    ) -> Reply:
        """A read."""
        url = endpoint(service, method, query)
        return self._call(Request(method="GET", url=url, headers=_headers(token)))

    def procedure(
        self, service: str, method: str, body: Json | None, *, token: str | None = None
    ) -> Reply:
        """A change with a JSON body, or with none."""
        raw = b"" if body is None else json.dumps(body).encode()
        headers = _headers(token) | ({} if body is None else {"Content-Type": JSON_TYPE})
        url = endpoint(service, method)
        return self._call(Request(method="POST", url=url, headers=headers, body=raw))

    def upload(self, service: str, data: bytes, mime: str, *, token: str) -> Reply:
        """`uploadBlob`: the bytes as they are."""
        url = endpoint(service, "com.atproto.repo.uploadBlob")
        headers = _headers(token) | {"Content-Type": mime}
        return self._call(Request(method="POST", url=url, headers=headers, body=data))

    def _call(self, request: Request) -> Reply:
        response: Response = self._http.request(request)
        return read_reply(response.status, response.headers, response.body)


def publish_request(service: str, wire: str, token: str) -> Request:
    """The irreversible call: exactly the stored bytes."""
    return Request(
        method="POST",
        url=endpoint(service, "com.atproto.repo.putRecord"),
        headers=_headers(token) | {"Content-Type": JSON_TYPE},
        body=wire.encode(),
    )


def _headers(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
