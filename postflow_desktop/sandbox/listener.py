"""HTTP on loopback with the standard library: a thread per connection, all ended at stop."""

from __future__ import annotations

import logging
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.sandbox.exchange import Answer, Call, json_answer

_LAST_ANSWERS = 1.0
"""Seconds that an answer may still take when the end comes."""
MAX_BODY_BYTES = 112 * 1024 * 1024
"""A little more than the largest document that a network takes in one call."""
_log = logging.getLogger(__name__)


class ConnectionReset(Exception):
    """Ends a request with a reset in place of an answer."""

    def __init__(self, *, hang: bool = False) -> None:
        super().__init__()
        self.hang = hang
        """Whether to wait first until the client has gone."""


class Listener:
    """Listens from the moment it is made until `stop`."""

    def __init__(self, answer: Callable[[Call], Answer], port: int = 0, preferred: int = 0) -> None:
        self._server = _open(port, preferred)
        self._server.answer = answer
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox"
        )
        self._thread.start()

    def stop(self) -> None:
        """Listen no more; what is being answered is answered, then all connections are cut."""
        self._server.shutdown()
        self._thread.join()
        self._server.cut_connections(socket.SHUT_RD)
        self._server.wait_for_answers(_LAST_ANSWERS)
        self._server.cut_connections(socket.SHUT_RDWR)
        self._server.server_close()


def _open(port: int, preferred: int) -> _Server:
    for candidate in [preferred] if preferred else []:
        with suppress(OSError):
            return _Server(("127.0.0.1", candidate), _Handler)
    try:
        return _Server(("127.0.0.1", port), _Handler)
    except OSError as error:
        raise MachineProblem(
            f"The sandbox can't listen on port {port} of this computer.",
            code="port_taken",
            fix="Choose another port.",
        ) from error


class _Server(ThreadingHTTPServer):
    """Knows its open connections."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128
    answer: Callable[[Call], Answer]

    def __init__(self, *arguments: Any) -> None:
        self._open_sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closed = threading.Condition(self._lock)
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open_sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open_sockets.discard(request)
            self._closed.notify_all()
        super().shutdown_request(request)

    def cut_connections(self, how: int) -> None:
        """End every connection, or its reading half, whatever its thread is waiting for."""
        with self._lock:
            connections = list(self._open_sockets)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(how)

    def wait_for_answers(self, seconds: float) -> None:
        """Wait until no connection is left, or so long."""
        with self._lock:
            self._closed.wait_for(lambda: not self._open_sockets, seconds)

    def handle_error(self, request: Any, client_address: Any) -> None:
        _log.debug("sandbox: %s of %s broke off", request, client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    """Reads one request after another from a connection."""

    protocol_version = "HTTP/1.1"
    server: _Server
    # One packet per answer, at once: small writes would wait for acknowledgements.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        _log.debug("sandbox: " + format, *args)

    def version_string(self) -> str:
        return "PostFlow-sandbox"

    def _serve(self) -> None:
        call = self._read()
        if call is None:
            return
        try:
            answer = self.server.answer(call)
        except ConnectionReset as reset:
            self._reset(hang=reset.hang)
            return
        self._send(answer)

    def _read(self) -> Call | None:
        host = (self.headers.get("Host") or "").rpartition(":")[0] or self.headers.get("Host", "")
        # A web page that points a name of its own at 127.0.0.1 is not let in.
        if host not in {"127.0.0.1", "localhost"}:
            self._refuse(421, "This server answers for this computer only")
            return None
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            self._refuse(413, "request entity too large")
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        parts = urlsplit(self.path)
        return Call(
            method=self.command,
            path=parts.path,
            query=_query(parts.query),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )

    def _send(self, answer: Answer) -> None:
        with suppress(OSError):
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)
            self.wfile.flush()
            return
        self.close_connection = True

    def _refuse(self, status: int, message: str) -> None:
        self.close_connection = True
        self._send(json_answer({"error": "InvalidRequest", "message": message}, status))

    def _reset(self, *, hang: bool) -> None:
        self.close_connection = True
        with suppress(OSError):
            if hang:
                self.connection.recv(1)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # The reading half of http.server keeps the socket open; its number is closed beneath it.
        with suppress(OSError):
            socket.close(self.connection.detach())


def _query(text: str) -> dict[str, str]:
    """The query; a name that comes several times has its values on lines of their own."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found[name] = f"{found[name]}\n{value}" if name in found else value
    return found
