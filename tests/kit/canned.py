"""A server that answers with what a test gives it, and keeps what it was asked, byte for byte."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.transport.servers import read_request, scripted


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came."""

    method: str
    target: str
    """Path and query, letter by letter."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def path(self) -> str:
        """Without the query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """An answer."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def raw(self) -> bytes:
        """Its bytes; the length is true unless the headers say another."""
        given = {"Content-Type": "application/json", "Content-Length": str(len(self.body))}
        lines = [f"{name}: {value}" for name, value in {**given, **self.headers}.items() if value]
        head = "\r\n".join([f"HTTP/1.1 {self.status} Said", *lines])
        return head.encode("latin-1") + b"\r\n\r\n" + self.body


Answering = Callable[[Asked], Canned]


class CannedServer:
    """Where the requests go."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.asked: list[Asked] = []
        self.url = ""

    def serve(self, connection: socket.socket) -> None:
        while raw := read_request(connection):
            one = _read(raw)
            self.asked.append(one)
            answer = self.answering(one)
            connection.sendall(answer.raw())
            if answer.headers.get("Connection") == "close":
                return


@contextmanager
def canned(answering: Answering) -> Iterator[CannedServer]:
    """A server on loopback."""
    one = CannedServer(answering)
    with scripted(one.serve) as server:
        one.url = f"http://127.0.0.1:{server.port}"
        yield one


def _read(raw: bytes) -> Asked:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Asked(method=method, target=target, headers=headers, body=body)
