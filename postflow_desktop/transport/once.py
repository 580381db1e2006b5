"""Sending a request that can't be undone: once, watched byte by byte, and dead at its deadline.

A fresh connection, HTTP/1.1, nothing kept alive, nothing retried, no redirect. The result says
which of three things is known: nothing left this machine, a complete reply came, or neither.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import SplitResult

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.services.ports.publisher import SendRefused
from postflow_desktop.services.publishing.timings import SEND_DEADLINE
from postflow_desktop.transport import addresses, causes
from postflow_desktop.transport.client import USER_AGENT
from postflow_desktop.transport.deadline import Deadline
from postflow_desktop.transport.tls import shared_context
from postflow_desktop.transport.values import Lost, NotSent, Replied, Request, SendResult

if TYPE_CHECKING:
    import httpcore

    from postflow_desktop.transport.watched import Watch

MAX_REPLY_BYTES = 1024 * 1024


class _ReplySizeError(Exception):
    """The reply is beyond what any network answers to a publish call."""


def send_once(
    request: Request,
    *,
    before_first_byte: Callable[[], None],
    deadline_seconds: float = SEND_DEADLINE,
    context: ssl.SSLContext | None = None,
) -> SendResult:
    """Send over a fresh connection; never raises for what the network does.

    `before_first_byte` runs when connection and TLS stand, directly before the first byte of the
    request. If it raises SendRefused or an error of PostFlow, nothing is sent and the result is
    NotSent; anything else it raises passes through, with nothing sent. The deadline is for
    connecting, sending and receiving together.
    """
    try:
        parts = addresses.split(request.url)
    except ValueError:
        return _not_sent(causes.bad_address(request.url))
    host = parts.hostname or ""
    if not addresses.may_be_plain(parts):
        return _not_sent(causes.insecure_address(host))
    from postflow_desktop.transport.watched import Watch

    watch = Watch(Deadline(deadline_seconds), before_first_byte)
    return _send(request, parts, watch, context or shared_context())


def _send(
    request: Request, parts: SplitResult, watch: Watch, context: ssl.SSLContext
) -> SendResult:
    import httpcore

    host = parts.hostname or ""
    failures = (
        httpcore.NetworkError,
        httpcore.TimeoutException,
        httpcore.ProtocolError,
        httpcore.ProxyError,
        httpcore.UnsupportedProtocol,
        OSError,
        ValueError,
    )
    try:
        return _exchange(request, parts, watch, context)
    except _ReplySizeError:
        cause = causes.too_large(host, MAX_REPLY_BYTES)
        return Lost(cause=cause.message, code=cause.code, sent=watch.sent)
    except SendRefused as refusal:
        return NotSent(cause=str(refusal), code="send_refused")
    except PostFlowError as error:
        return NotSent(cause=error.message, code=error.code, fix=error.fix)
    except failures as error:
        if watch.asking:
            raise
        cause = causes.explain(error, host)
        if not watch.started:
            return _not_sent(cause)
        return Lost(cause=cause.message, code=cause.code, sent=watch.sent)


def _exchange(
    request: Request, parts: SplitResult, watch: Watch, context: ssl.SSLContext
) -> SendResult:
    import httpcore

    from postflow_desktop.transport.watched import WatchedBackend

    with (
        httpcore.ConnectionPool(
            ssl_context=context,
            proxy=_proxy(parts),
            max_connections=1,
            max_keepalive_connections=0,
            http1=True,
            http2=False,
            retries=0,
            network_backend=WatchedBackend(watch),
        ) as pool,
        pool.stream(
            request.method, _target(parts), headers=_headers(request, parts), content=request.body
        ) as reply,
    ):
        body = _read(reply)
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in reply.headers
        }
        return Replied(status=reply.status, headers=headers, body=body, sent=watch.sent)


def _read(reply: httpcore.Response) -> bytes:
    body = b""
    for part in reply.iter_stream():
        body += part
        if len(body) > MAX_REPLY_BYTES:
            raise _ReplySizeError
    return body


def _headers(request: Request, parts: SplitResult) -> list[tuple[str | bytes, str | bytes]]:
    headers = {
        "Host": _ascii(parts.netloc.rpartition("@")[2]),
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "Connection": "close",
        "Content-Length": str(len(request.body)),
        **request.headers,
    }
    return list(headers.items())


def _ascii(host: str) -> str:
    return host if host.isascii() else host.encode("idna").decode()


def _target(parts: SplitResult) -> httpcore.URL:
    import httpcore

    host = parts.hostname or ""
    path = parts.path or "/"
    return httpcore.URL(
        scheme=parts.scheme,
        host=_ascii(host),
        port=parts.port,
        target=f"{path}?{parts.query}" if parts.query else path,
    )


def _proxy(parts: SplitResult) -> httpcore.Proxy | None:
    import httpcore

    address = addresses.proxy_for(parts)
    if address is None:
        return None
    proxy = addresses.split(address)
    auth = (proxy.username or "", proxy.password or "") if proxy.username else None
    return httpcore.Proxy(
        httpcore.URL(scheme=proxy.scheme, host=proxy.hostname or "", port=proxy.port, target="/"),
        auth=auth,
    )


def _not_sent(cause: causes.Cause) -> NotSent:
    return NotSent(cause=cause.message, code=cause.code, fix=cause.fix)
