"""One request and one answer, as the networks of the sandbox see them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Protocol

Json = dict[str, Any]
"""An object as JSON has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that was read completely."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    """Names in lower case."""
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Json | None:
        """The JSON object in the body, or None."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def json_answer(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """An answer with a JSON body."""
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Answer(status=status, body=raw, headers=headers or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCard:
    """A link's card for the sandbox's page."""

    url: str
    title: str
    description: str = ""
    picture: str = ""
    """Its address on this server, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPost:
    """A post for the sandbox's page."""

    network: str
    author: str
    text: str
    created_at: str
    external_id: str
    pictures: tuple[tuple[str, str], ...] = ()
    """(address on this server, description) of each."""
    films: tuple[str, ...] = ()
    """The address of each video on this server."""
    papers: tuple[tuple[str, str], ...] = ()
    """(address on this server, title) of each document."""
    card: ShownCard | None = None
    reply_to: str = ""
    """The external id of the post that it answers, or nothing."""
    notes: tuple[str, ...] = ()
    """What was chosen for it: who sees it, what it is marked as."""


class SandboxNetwork(Protocol):
    """One network's wire format; a second one is a sibling file that fits this."""

    prefixes: tuple[str, ...]
    """The beginnings of all its paths."""

    def handle(self, call: Call) -> Answer:
        """Answer a request."""
        ...

    def publishes(self, call: Call) -> bool:
        """Whether this request would put out a post (those meet the faults on demand)."""
        ...

    def refusal(self, status: int) -> Answer:
        """The network's own words for 429, 503, 500, and for an expired token (401)."""
        ...

    def posts(self) -> list[ShownPost]:
        """What is out, newest first."""
        ...
