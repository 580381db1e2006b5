"""What crosses the transport: a request, a reply, and what came of an irreversible send."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyStream:
    """A body that is too large for memory; what its pieces raise ends the request and goes on."""

    size: int
    """Bytes in all, for `Content-Length`."""
    pieces: Callable[[], Iterator[bytes]] = field(repr=False)
    """Asked for once, when the connection stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request; all but the method may hold secrets, so it is not printed."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    stream: BodyStream | None = field(default=None, repr=False)
    """In place of `body`, for requests that may be repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A complete reply to a repeatable request, whatever its status."""

    status: int
    headers: dict[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """No byte of the request was handed to a socket."""

    cause: str
    """A sentence for the person."""
    code: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """A complete reply came back within the deadline."""

    status: int
    headers: dict[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)
    sent: int = 0
    """Bytes of the request that were handed to the socket (before TLS)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Something may have been sent and no complete reply came: it may have been taken or not."""

    cause: str
    """A sentence for the person."""
    code: str
    sent: int = 0
    """Bytes of the request that were handed to the socket (before TLS)."""


SendResult = NotSent | Replied | Lost
"""What `send_once` returns."""
