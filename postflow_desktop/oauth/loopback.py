"""One redirect to this computer: listens on loopback, takes one answer, and is gone.

RFC 8252, 7.3 and 8.3: loopback only, open only while a sign-in is under way. The address holds a
random path where the network lets us choose it; the state is random in any case.
"""

from __future__ import annotations

import hmac
import secrets
import socket
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from postflow_desktop.domain.errors import (
    Conflict,
    InvalidInput,
    MachineProblem,
    NetworkUnreachable,
    NotAllowed,
)
from postflow_desktop.oauth import pages
from postflow_desktop.oauth.relay import relayed_state
from postflow_desktop.services.ports.signing_in import WAIT_SECONDS, Redirect, RedirectKind

_LOOPBACK = "127.0.0.1"
_RANDOM_BYTES = 24
_START_AGAIN = "Start connecting the account again."


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the browser brought: the whole address, and whether it may be used."""

    url: str
    refusal: NotAllowed | None = None


class LoopbackCallback:
    """The Callback port: listening from the start, until `close`."""

    def __init__(self, redirect: Redirect, *, wait_seconds: float = WAIT_SECONDS) -> None:
        """MachineProblem (`port_taken`), InvalidInput (`bad_redirect`)."""
        self._seconds = wait_seconds
        self._issuer = ""
        self._lock = threading.Lock()
        self._settled = threading.Event()
        self._answer: _Answer | None = None
        self._canceled = False
        host, port, self._path = _place(redirect)
        self._servers = _listen(host, port, self._take, self._sent)
        self.port: int = self._servers[0].server_address[1]
        random = secrets.token_urlsafe(_RANDOM_BYTES)
        if redirect.kind is RedirectKind.RELAY:
            self.state = relayed_state(self.port, self._path, random)
        else:
            self.state = random
        self.redirect_uri = redirect.uri or f"http://{_LOOPBACK}:{self.port}{self._path}"

    def expect(self, issuer: str) -> None:
        """Only an answer of this issuer counts."""
        self._issuer = issuer

    def wait(self) -> str:
        """The address that the browser came back to; see the port for its errors."""
        self._settled.wait(self._seconds)
        self.close()
        answer = self._answer
        if self._canceled:
            raise Conflict(
                "Signing in was canceled. Nothing was connected.",
                code="sign_in_canceled",
                fix=_START_AGAIN,
            )
        if answer is None:
            raise NetworkUnreachable(
                f"The browser did not come back within {round(self._seconds / 60)} minutes. "
                "Nothing was connected.",
                code="browser_silent",
                fix="Start again, and finish the sign-in in the browser.",
            )
        if answer.refusal is not None:
            raise answer.refusal
        return answer.url

    def cancel(self) -> None:
        """End the waiting."""
        self._canceled = True
        self._settled.set()

    def close(self) -> None:
        """Listen no more; closing twice is fine."""
        servers, self._servers = self._servers, []
        for server in servers:
            server.shutdown()
            server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _take(self, target: str) -> tuple[int, bytes]:
        """Status and page for a GET; the first one to our path is the answer."""
        parts = urlsplit(target)
        if not hmac.compare_digest(parts.path.encode(), self._path.encode()):
            return 404, pages.NOTHING
        with self._lock:
            if self._answer is not None:
                return 410, pages.USED
            query = parse_qs(parts.query)
            refusal = self._refusal(query)
            self._answer = _Answer(f"http://{_LOOPBACK}:{self.port}{target}", refusal)
        if refusal is not None:
            return 400, pages.STRANGE
        return 200, pages.DENIED if "error" in query else pages.RECEIVED

    def _sent(self) -> None:
        """The browser has its page: who waits may go on, and may end the process."""
        if self._answer is not None:
            self._settled.set()

    def _refusal(self, query: dict[str, list[str]]) -> NotAllowed | None:
        state, issuer = query.get("state", [""])[0], query.get("iss", [""])[0]
        if not hmac.compare_digest(state.encode(), self.state.encode()):
            return NotAllowed(
                "The answer from the browser belongs to another sign-in. Nothing was connected.",
                code="wrong_state",
                fix=_START_AGAIN,
            )
        if self._issuer and issuer != self._issuer:
            return NotAllowed(
                "The answer came from another server than the one that was asked. Nothing was "
                "connected.",
                code="wrong_issuer",
                fix=f"{_START_AGAIN} If it happens again, do not go on.",
            )
        return None


class LoopbackCallbacks:
    """The CallbackSource port."""

    def __init__(self, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._seconds = wait_seconds

    def open(self, redirect: Redirect) -> LoopbackCallback:
        """Listen for one answer."""
        return LoopbackCallback(redirect, wait_seconds=self._seconds)


class _Server(ThreadingHTTPServer):
    # Windows would let a second program listen beside us otherwise.
    allow_reuse_address = not hasattr(socket, "SO_EXCLUSIVEADDRUSE")
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that breaks off is no news, and what it sent is in no log."""


def _place(redirect: Redirect) -> tuple[str, int, str]:
    """Host, port and path to listen at."""
    if redirect.kind is not RedirectKind.EXACT:
        return _LOOPBACK, 0, f"/{secrets.token_urlsafe(_RANDOM_BYTES)}"
    try:
        parts = urlsplit(redirect.uri)
        port = parts.port
    except ValueError:
        raise _bad_redirect(redirect.uri) from None
    if port is None or parts.scheme != "http" or parts.hostname not in {_LOOPBACK, "localhost"}:
        raise _bad_redirect(redirect.uri)
    return parts.hostname or _LOOPBACK, port, parts.path or "/"


def _bad_redirect(uri: str) -> InvalidInput:
    return InvalidInput(
        f"'{uri[:200]}' is no address on this computer.",
        code="bad_redirect",
        fix="It looks like http://127.0.0.1:8765/callback.",
    )


def _listen(host: str, port: int, take: Any, sent: Any) -> list[_Server]:
    """Servers on the host's loopback addresses, each on a thread of its own."""
    handler = type("Handler", (_Handler,), {"take": staticmethod(take), "sent": staticmethod(sent)})
    try:
        servers = [_Server((_LOOPBACK, port), handler)]
    except OSError as error:
        raise MachineProblem(
            f"Port {port} of this computer, which the network sends the browser to, is taken.",
            code="port_taken",
            fix="End the program that uses it, or another sign-in of PostFlow, and try again.",
        ) from error
    if host == "localhost":
        servers += _on_six(servers[0].server_address[1], handler)
    for server in servers:
        threading.Thread(
            target=server.serve_forever, args=(0.05,), name="sign-in", daemon=True
        ).start()
    return servers


def _on_six(port: int, handler: Any) -> list[_Server]:
    """`localhost` may mean ::1 to the browser; computers without IPv6 do without."""

    class Six(_Server):
        address_family = socket.AF_INET6

    try:
        return [Six(("::1", port), handler)]
    except OSError:
        return []


class _Handler(BaseHTTPRequestHandler):
    """GET only; one request per connection."""

    server_version = "PostFlow"
    sys_version = ""
    timeout = 10.0
    take: Any
    sent: Any

    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        # A web page that points a name of its own at this computer is not let in.
        if host not in {_LOOPBACK, "localhost", "[::1]"}:
            self._send(421, pages.NOTHING)
            return
        status, body = self.take(self.path)
        try:
            self._send(status, body)
        finally:
            self.sent()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """The code in the address must be in no log."""

    def _send(self, status: int, body: bytes) -> None:
        self.close_connection = True
        self.send_response(status)
        for name, value in pages.HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
