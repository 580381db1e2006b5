"""`GET /health` on loopback: how the agent is doing, for whatever watches over it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Self

from postflow_desktop.domain.errors import MachineProblem

_HOST = "127.0.0.1"
_PATIENCE_SECONDS = 5.0


class HealthEndpoint:
    """A context manager: one thread that answers one question after the other."""

    def __init__(self, port: int, health: Callable[[], dict[str, Any]]) -> None:
        """Listen at once; MachineProblem (`port_taken`)."""
        try:
            self._server = _Server((_HOST, port), _Handler)
        except OSError as error:
            raise MachineProblem(
                f"The health endpoint can't listen on port {port} of this computer.",
                code="port_taken",
                fix="Choose another port with --health.",
            ) from error
        self._server.health = health
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.2}, name="health"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(HTTPServer):
    health: Callable[[], dict[str, Any]]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE_SECONDS

    def do_GET(self) -> None:
        """The health document; 503 where a workspace can't be reached."""
        # A page of the web that points its own name here must learn nothing.
        host = self.headers.get("Host", "").partition(":")[0]
        if self.path != "/health" or host not in (_HOST, "localhost"):
            self._answer(404, {"error": "not found"})
            return
        health = self.server.health()
        self._answer(200 if health["ok"] else 503, health)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Whoever watches asks often; the log is for what happens."""

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)
