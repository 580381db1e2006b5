"""XRPC, the HTTP dialect of the AT Protocol (atproto.com/specs/xrpc): calls and their replies.

A token goes out as it was signed in: bare (`Bearer`), or with a proof of its key (`DPoP`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from postflow_desktop.platforms.bluesky.bound import BoundAccess
from postflow_desktop.platforms.bluesky.dpop import NONCE_WANTED, Nonces
from postflow_desktop.platforms.bluesky.wire import Json
from postflow_desktop.transport.client import TOTAL_SECONDS, HttpClient
from postflow_desktop.transport.objects import read_object
from postflow_desktop.transport.values import BodyStream, Request, Response

JSON_TYPE = "application/json"
_FRESHEN_SECONDS = 10.0
"""A claim waits behind it."""


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
        self.nonces = Nonces()

    def query(
        self, service: str, method: str, query: Mapping[str, str], *, token: str | None = None
    ) -> Reply:
        """A read."""
        return self._call(Request(method="GET", url=endpoint(service, method, query)), token)

    def procedure(
        self, service: str, method: str, body: Json | None, *, token: str | None = None
    ) -> Reply:
        """A change with a JSON body, or with none."""
        raw = b"" if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": JSON_TYPE}
        url = endpoint(service, method)
        return self._call(Request(method="POST", url=url, headers=headers, body=raw), token)

    def upload(self, service: str, data: bytes, mime: str, *, token: str) -> Reply:
        """`uploadBlob`: the bytes as they are."""
        url = endpoint(service, "com.atproto.repo.uploadBlob")
        if is_bound(token):
            # The bytes are to travel once, so the nonce is asked for before them.
            self._freshen(service, token)
        headers = {"Content-Type": mime}
        return self._call(Request(method="POST", url=url, headers=headers, body=data), token)

    def send_stream(
        self, url: str, body: BodyStream, mime: str, *, token: str, seconds: float
    ) -> Reply:
        """A body that is too large for memory, to an address of `endpoint`."""
        if is_bound(token):
            self._freshen(url.partition("/xrpc/")[0], token)
        request = Request(method="POST", url=url, headers={"Content-Type": mime}, stream=body)
        return self._send(request, token, seconds)

    def publish_request(self, service: str, wire: str, token: str) -> Request:
        """The irreversible call: exactly the stored bytes; NetworkUnreachable.

        It can't be repeated for a nonce, so that is asked for before, with a read.
        """
        if is_bound(token):
            self._freshen(service, token)
        url = endpoint(service, "com.atproto.repo.putRecord")
        headers = self._authorization("POST", url, token) | {"Content-Type": JSON_TYPE}
        return Request(method="POST", url=url, headers=headers, body=wire.encode())

    def learn(self, request: Request, headers: Mapping[str, str]) -> None:
        """Take note of the nonce in a reply to the irreversible call."""
        self.nonces.learn(request.url, headers)

    def _freshen(self, service: str, token: str) -> None:
        """Have a nonce of the last minute from this server."""
        if not self.nonces.is_fresh(service):
            url = endpoint(service, "com.atproto.server.getSession")
            self._send(Request(method="GET", url=url), token, _FRESHEN_SECONDS)

    def _call(self, request: Request, token: str | None) -> Reply:
        reply = self._send(request, token)
        if reply.status in {400, 401} and reply.error == NONCE_WANTED:
            # Refused before anything was done; the reply brought the nonce.
            reply = self._send(request, token)
        return reply

    def _send(self, request: Request, token: str | None, seconds: float = TOTAL_SECONDS) -> Reply:
        allowed = self._authorization(request.method, request.url, token)
        signed = replace(request, headers={**request.headers, **allowed})
        response: Response = self._http.request(signed, total_seconds=seconds)
        self.nonces.learn(request.url, response.headers)
        return read_reply(response.status, response.headers, response.body)

    def _authorization(self, method: str, url: str, token: str | None) -> dict[str, str]:
        bound = BoundAccess.read(token)
        if bound is None:
            return {"Authorization": f"Bearer {token}"} if token else {}
        proof = self.nonces.proof(bound.private_key, method, url, bound.access_token)
        return {"Authorization": f"DPoP {bound.access_token}", "DPoP": proof}


def is_bound(token: str) -> bool:
    """Whether a token works with a proof of its key only."""
    return BoundAccess.read(token) is not None
