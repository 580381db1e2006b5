"""The Threads API over HTTP: calls and their replies, with errors in the form of Meta's Graph API.

Parameters go as query or form, the token of an account as a header, which no log of addresses holds
(developers.facebook.com/docs/threads, read 2026-09-11; Meta's Postman collection of January 2026).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from postflow_desktop.platforms.threads.endpoints import place
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.objects import read_object
from postflow_desktop.transport.values import Request

Json = dict[str, Any]
"""An object as JSON has it; its fields are whatever the other side sent."""

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
        return self.status in {200, 201} and self.body is not None and "error" not in self.body

    @property
    def code(self) -> int | None:
        """Meta's number of the error; it says more than the status, which is 400 for most."""
        return _number(self._error, "code")

    @property
    def subcode(self) -> int | None:
        """The finer number, where there is one."""
        return _number(self._error, "error_subcode")

    @property
    def detail(self) -> str:
        """The server's own words: for people, for developers, or of the sign-in."""
        words = (
            text_of(self._error, "error_user_msg"),
            text_of(self._error, "message"),
            text_of(self.body, "error_message"),
        )
        return " ".join(dict.fromkeys(word for word in words if word))

    @property
    def _error(self) -> Json:
        value = self.body.get("error") if self.body else None
        return value if isinstance(value, dict) else {}


def read_reply(status: int, headers: Mapping[str, str], raw: bytes) -> Reply:
    """A reply from its parts; never fails."""
    lowered = {name.lower(): value for name, value in headers.items()}
    return Reply(status=status, headers=lowered, raw=raw, body=read_object(raw))


def text_of(body: Json | None, name: str) -> str:
    """A text field of an object, or nothing."""
    value = body.get(name) if body else None
    return value if isinstance(value, str) else ""


class Api:
    """Repeatable calls over the shared client; every one may raise NetworkUnreachable."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def get(self, url: str, query: Mapping[str, str], token: str = "") -> Reply:
        """A read; without a token for the calls that take theirs in the query."""
        return self._call("GET", f"{url}?{urlencode(query)}", _bearer(token))

    def form(self, url: str, fields: Mapping[str, str], token: str = "") -> Reply:
        """A change."""
        headers = _bearer(token) | {"Content-Type": FORM_TYPE}
        return self._call("POST", url, headers, urlencode(fields).encode())

    def delete(self, url: str, token: str) -> Reply:
        """A deletion."""
        return self._call("DELETE", url, _bearer(token))

    def _call(self, method: str, url: str, headers: dict[str, str], body: bytes = b"") -> Reply:
        response = self._http.request(Request(method=method, url=url, headers=headers, body=body))
        return read_reply(response.status, response.headers, response.body)


def publish_request(service: str, container: str, token: str) -> Request:
    """The irreversible call: publish this container.

    To `me`: a number in its place has been answered with 24/4279009 (mimi-seed-sdk #15).
    """
    return Request(
        method="POST",
        url=place(service, "me/threads_publish"),
        headers=_bearer(token) | {"Content-Type": FORM_TYPE},
        body=urlencode({"creation_id": container}).encode(),
    )


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _number(body: Json, name: str) -> int | None:
    value = body.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
