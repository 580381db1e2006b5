"""The reused client for requests that may be repeated: signing in, uploading, reading, deleting.

It never retries and follows no redirect (a redirect could carry a token to another host). What
can't be undone goes through `send_once` instead.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from postflow_desktop import __version__
from postflow_desktop.domain.errors import NetworkUnreachable
from postflow_desktop.transport import addresses, causes
from postflow_desktop.transport.causes import Cause
from postflow_desktop.transport.deadline import Deadline
from postflow_desktop.transport.tls import shared_context
from postflow_desktop.transport.values import Request, Response

if TYPE_CHECKING:
    import httpx

USER_AGENT = f"PostFlow/{__version__}"
CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 30.0
"""How long a server may say nothing while it is read from or written to."""
TOTAL_SECONDS = 120.0
"""Time for a whole reply, so that a dripping server ends too."""
MAX_REPLY_BYTES = 16 * 1024 * 1024
# Node's servers close an idle connection after 5 s; leaving first avoids a race that looks like a
# lost connection.
_IDLE_SECONDS = 4.0


class HttpClient:
    """One pool of HTTP/1.1 connections; safe to share between threads; made on first use."""

    def __init__(self, *, max_reply_bytes: int = MAX_REPLY_BYTES) -> None:
        self._max_reply_bytes = max_reply_bytes
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()
        self._closed = False

    def request(self, request: Request, *, total_seconds: float = TOTAL_SECONDS) -> Response:
        """The complete reply, whatever its status; NetworkUnreachable when there is none.

        Codes: `dns_failed`, `connection_refused`, `tls_failed`, `timed_out`, `proxy_failed`,
        `unreachable`, `connection_lost`, `reply_too_large`, `insecure_address`, `bad_address`.
        """
        import httpx

        host = _checked_host(request.url)
        deadline = Deadline(total_seconds)
        try:
            headers, content = _content(request)
            with self._pool().stream(
                request.method, request.url, headers=headers, content=content
            ) as reply:
                body = self._read(reply, host, deadline)
                got = {name.lower(): value for name, value in reply.headers.items()}
                return Response(status=reply.status_code, headers=got, body=body)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise _unreachable(causes.explain(error, host)) from None

    def close(self) -> None:
        """Close all connections; the client can't be used any more."""
        with self._lock:
            self._closed = True
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, reply: httpx.Response, host: str, deadline: Deadline) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in reply.iter_bytes():
            size += len(part)
            if size > self._max_reply_bytes:
                raise _unreachable(causes.too_large(host, self._max_reply_bytes))
            if deadline.passed:
                raise _unreachable(causes.timed_out(host))
            parts.append(part)
        return b"".join(parts)

    def _pool(self) -> httpx.Client:
        with self._lock:
            if self._closed:
                raise RuntimeError("the HTTP client is closed")
            if self._client is None:
                self._client = _make()
            return self._client


def _content(request: Request) -> tuple[dict[str, str], bytes | Iterator[bytes]]:
    """Headers and body; one that comes in pieces has its length told before."""
    headers = dict(request.headers)
    if request.stream is None:
        return headers, request.body
    return headers | {"Content-Length": str(request.stream.size)}, request.stream.pieces()


def _make() -> httpx.Client:
    import httpx

    direct: dict[str, httpx.BaseTransport | None] = {
        f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")
    }
    return httpx.Client(
        verify=shared_context(),
        http2=False,
        follow_redirects=False,
        trust_env=True,
        mounts=direct,
        headers={"User-Agent": USER_AGENT},
        timeout=httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
        limits=httpx.Limits(
            max_connections=32, max_keepalive_connections=16, keepalive_expiry=_IDLE_SECONDS
        ),
    )


def _checked_host(url: str) -> str:
    try:
        parts = addresses.split(url)
    except ValueError:
        raise _unreachable(causes.bad_address(url)) from None
    host = parts.hostname or ""
    if not addresses.may_be_plain(parts):
        raise _unreachable(causes.insecure_address(host))
    return host


def _unreachable(cause: Cause) -> NetworkUnreachable:
    return NetworkUnreachable(cause.message, code=cause.code, fix=cause.fix)
