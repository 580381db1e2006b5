"""The public internet of a test: a real server on loopback behind public addresses that it plays.

Names and addresses are looked up and dialled through the places that the gate leaves for it, or
through a proxy as companies have them; everything in between is real.
"""

from __future__ import annotations

import io
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore
from PIL import Image

from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.media.card_pictures import CardPictureReader
from postflow_desktop.services.link_cards import LinkCards
from postflow_desktop.transport.public import PublicReader
from postflow_desktop.webpages.reader import PublicPages

PUBLIC = "93.184.216.34"


@dataclass
class Thing:
    """What stands under an address."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})


@dataclass
class Site:
    """A web server whose pages a test writes; it remembers what it was asked."""

    port: int = 0
    things: dict[str, Thing] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and headers (names in lower case) of every request."""

    def page(self, path: str, html: str, **headers: str) -> None:
        """A page in UTF-8."""
        kind = {"Content-Type": "text/html; charset=utf-8"}
        self.things[path] = Thing(html.encode(), headers=kind | headers)

    def send_on(self, path: str, to: str, status: int = 302) -> None:
        """A redirect."""
        self.things[path] = Thing(status=status, headers={"Location": to})

    def picture(self, path: str, size: tuple[int, int] = (600, 315), kind: str = "PNG") -> bytes:
        """A real picture; its bytes."""
        data = picture_bytes(size, kind)
        self.things[path] = Thing(data, headers={"Content-Type": f"image/{kind.lower()}"})
        return data


def picture_bytes(size: tuple[int, int], kind: str = "PNG", mode: str = "RGB") -> bytes:
    """A picture of one colour."""
    buffer = io.BytesIO()
    Image.new(mode, size, "teal").save(buffer, kind)
    return buffer.getvalue()


@contextmanager
def site(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site that is open as long as it is used."""
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.asked.append((self.path, headers))
            thing = made.things.get(self.path, Thing(b"nothing here", status=404))
            self.send_response(thing.status)
            for name, value in thing.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(thing.body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(thing.body)

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = False
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Town:
    """Names with public addresses, all of which are the same site."""

    site: Site
    names: dict[str, list[str]] = field(default_factory=dict)
    looked_up: list[str] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)

    def look(self, host: str, port: int) -> Sequence[str]:
        self.looked_up.append(host)
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.names[host]

    def dial(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        self.dialled.append((address, port))
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self.site.port, timeout=seconds)

    def reader(self, context: ssl.SSLContext | None = None) -> PublicReader:
        return PublicReader(look=self.look, dial=self.dial, context=context)

    def cards(self) -> LinkCards:
        """The use case over this town."""
        return LinkCards(PublicPages(self.reader()), CardPictureReader(), SystemClock())


def no_pages() -> LinkCards:
    """An internet in which nothing can be found."""
    return Town(Site()).cards()


@contextmanager
def proxy(goal: Callable[[str], int]) -> Iterator[tuple[str, list[str]]]:
    """A proxy for CONNECT: `goal` names the loopback port for what was asked; (address, asked)."""
    asked: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def serve(client: socket.socket) -> None:
        with client, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                part = client.recv(65536)
                if not part:
                    return
                head += part
            wanted = head.split(b" ")[1].decode()
            asked.append(wanted)
            with socket.create_connection(("127.0.0.1", goal(wanted))) as there:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=carry, args=(there, client))
                back.start()
                carry(client, there)
                back.join()

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                thread = threading.Thread(target=serve, args=(client,))
                threads.append(thread)
                thread.start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for thread in threads:
            thread.join()
