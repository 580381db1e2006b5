"""The Bot API over HTTP: calls and their replies (core.telegram.org/bots/api, Bot API 10.1).

The token is a part of every address, so addresses are never logged nor shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.objects import read_object
from postflow_desktop.transport.values import Request

Json = dict[str, Any]
"""An object as JSON has it; its fields are whatever the other side sent."""

JSON_TYPE = "application/json"
_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{30,100}")


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
        """Whether the call worked, by the status and by Telegram's own word."""
        return self.status == 200 and self.body is not None and self.body.get("ok") is True

    @property
    def result(self) -> object:
        """What a call that worked gives back; None otherwise."""
        return self.body.get("result") if self.ok and self.body else None

    @property
    def object(self) -> Json:
        """The result where it is an object; empty otherwise."""
        found = self.result
        return found if isinstance(found, dict) else {}

    @property
    def description(self) -> str:
        """Telegram's own words about a call that did not work."""
        return text_of(self.body, "description")

    @property
    def retry_after(self) -> int | None:
        """Seconds to wait, as Telegram asks for with 429; None where it does not."""
        parameters = self.body.get("parameters") if self.body else None
        return number_of(parameters, "retry_after") if isinstance(parameters, dict) else None


def read_reply(status: int, headers: Mapping[str, str], raw: bytes) -> Reply:
    """A reply from its parts; never fails."""
    lowered = {name.lower(): value for name, value in headers.items()}
    return Reply(status=status, headers=lowered, raw=raw, body=read_object(raw))


def text_of(body: Json | None, name: str) -> str:
    """A text field of an object, or nothing."""
    value = body.get(name) if body else None
    return value if isinstance(value, str) else ""


def number_of(body: Json, name: str) -> int | None:
    """A whole number of an object, or None; ids of chats need more than 32 bits."""
    value = body.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def is_token(text: str) -> bool:
    """Whether this has the form in which @BotFather gives tokens (`123456:ABC-DEF…`)."""
    return _TOKEN.fullmatch(text) is not None


def address(service: str, token: str, method: str) -> str:
    """The address of a method; it holds the token."""
    return f"{service}/bot{quote(token, safe=':')}/{method}"


class Api:
    """Repeatable calls over the shared client; every one may raise NetworkUnreachable."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def call(self, service: str, token: str, method: str, **fields: object) -> Reply:
        """A method with its fields as JSON."""
        response = self._http.request(
            Request(
                method="POST",
                url=address(service, token, method),
                headers={"Content-Type": JSON_TYPE},
                body=json.dumps(fields).encode(),
            )
        )
        return read_reply(response.status, response.headers, response.body)
