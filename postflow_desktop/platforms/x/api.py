"""X's API v2 over HTTP: calls and their replies (docs.x.com; OpenAPI 2.167)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.multipart import FilePart, multipart
from postflow_desktop.transport.objects import read_object
from postflow_desktop.transport.values import Request

Json = dict[str, Any]
"""An object as JSON has it; its fields are whatever the other side sent."""

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
        """Whether the call worked; X answers 200, 201 or 204."""
        return self.status in {200, 201, 204}

    @property
    def data(self) -> Json:
        """The object under `data`; empty where there is none."""
        value = self.body.get("data") if self.body else None
        return value if isinstance(value, dict) else {}

    @property
    def problem(self) -> str:
        """The last part of the problem's type (`invalid-request`), or nothing.

        The host in front of it is api.x.com or api.twitter.com. In a reply with status 200 the
        problem stands in the list of errors.
        """
        return self._kind(self.body) or next(
            (kind for kind in map(self._kind, self.errors) if kind), ""
        )

    @property
    def errors(self) -> list[Json]:
        """The objects in the list of errors."""
        found = self.body.get("errors") if self.body else None
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    @property
    def detail(self) -> str:
        """The server's own words: of the problem, of its errors, or of OAuth."""
        parts = [text_of(self.body, "detail"), text_of(self.body, "error_description")]
        parts += [text_of(one, "message") or text_of(one, "detail") for one in self.errors]
        return " ".join(dict.fromkeys(part for part in parts if part))

    @property
    def oauth_error(self) -> str:
        """The name of an error of the token endpoint (RFC 6749, 5.2), or nothing."""
        return text_of(self.body, "error")

    @staticmethod
    def _kind(body: Json | None) -> str:
        _, slash, kind = text_of(body, "type").rpartition("/problems/")
        return kind if slash else ""


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

    def get(self, url: str, query: Mapping[str, str], token: str) -> Reply:
        """A read."""
        address = f"{url}?{urlencode(query)}" if query else url
        return self._call("GET", address, _bearer(token))

    def post(self, url: str, body: Json | None, token: str) -> Reply:
        """A change with a JSON body, or with none."""
        if body is None:
            return self._call("POST", url, _bearer(token))
        headers = _bearer(token) | {"Content-Type": JSON_TYPE}
        return self._call("POST", url, headers, json.dumps(body).encode())

    def delete(self, url: str, token: str) -> Reply:
        """A deletion."""
        return self._call("DELETE", url, _bearer(token))

    def form(self, url: str, fields: Mapping[str, str]) -> Reply:
        """A call of the token endpoints; a public client names itself in the form."""
        return self._call("POST", url, {"Content-Type": FORM_TYPE}, urlencode(fields).encode())

    def upload(self, url: str, fields: Mapping[str, str], media: bytes, *, token: str) -> Reply:
        """Bytes under the name `media` with some fields, as multipart/form-data (RFC 7578)."""
        part = FilePart(name="media", filename="media", data=media)
        kind, body = multipart(fields, (part,), boundary=secrets.token_hex(16))
        headers = _bearer(token) | {"Content-Type": kind}
        return self._call("POST", url, headers, body)

    def _call(self, method: str, url: str, headers: dict[str, str], body: bytes = b"") -> Reply:
        response = self._http.request(Request(method=method, url=url, headers=headers, body=body))
        return read_reply(response.status, response.headers, response.body)


def publish_request(service: str, body: str, token: str) -> Request:
    """The irreversible call: exactly the stored bytes."""
    return Request(
        method="POST",
        url=f"{service}/2/tweets",
        headers=_bearer(token) | {"Content-Type": JSON_TYPE},
        body=body.encode(),
    )


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
