"""Reading from addresses that came from a text or from others, within limits, through the gate.

Every redirect is checked like the first address. Nothing of a person goes along: no cookie, no
token, no page that one came from.
"""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from postflow_desktop.domain.errors import NetworkUnreachable, PostFlowError, Refused
from postflow_desktop.transport import addresses, causes
from postflow_desktop.transport.client import USER_AGENT
from postflow_desktop.transport.deadline import Deadline
from postflow_desktop.transport.tls import shared_context

if TYPE_CHECKING:
    import httpcore
    import httpx

    from postflow_desktop.transport.gate import Dial, Look

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SILENCE_SECONDS = 10.0
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for and how much of it is taken."""

    url: str
    accept: str
    """Media types, as the header has them."""
    max_bytes: int
    """After unpacking."""
    cut: bool = False
    """Whether the beginning will do where there is more; else more is refused."""
    seconds: float = 15.0
    """For everything, redirects included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """A complete answer, or its beginning."""

    url: str
    """Where it came from, after redirects."""
    status: int
    content_type: str
    """In lower case, parameters included; empty where none was named."""
    body: bytes = field(repr=False)


class PublicReader:
    """Reads from public addresses; safe to share between threads, keeps nothing open."""

    def __init__(
        self,
        *,
        look: Look | None = None,
        dial: Dial | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`look` and `dial` stand for the system's name look-up and sockets."""
        from postflow_desktop.transport import gate

        self._look = look or gate.look_up
        self._dial = dial or gate.dial
        self._context = context

    def get(self, wanted: Wanted) -> Got:
        """The answer, whatever its status.

        Refused (`private_address`, `bad_link`, `too_many_redirects`, `reply_too_large`),
        NetworkUnreachable with the codes of `HttpClient`.
        """
        deadline = Deadline(wanted.seconds)
        url = wanted.url
        for _ in range(MAX_REDIRECTS + 1):
            found = self._one(url, wanted, deadline)
            if isinstance(found, Got):
                return found
            url = _joined(url, found)
        raise Refused(
            f"{_host(wanted.url)} sends from one address to the next without an end.",
            code="too_many_redirects",
            fix="Use the address of the page itself.",
        )

    def _one(self, text: str, wanted: Wanted, deadline: Deadline) -> Got | str:
        """The answer of one address, or where it sends us."""
        import httpcore

        url = _checked(text)
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
            return self._exchange(url, wanted, deadline)
        except PostFlowError:
            raise
        except failures as error:
            cause = causes.explain(error, url.host)
            raise NetworkUnreachable(cause.message, code=cause.code, fix=cause.fix) from None

    def _exchange(self, url: httpx.URL, wanted: Wanted, deadline: Deadline) -> Got | str:
        import httpcore

        from postflow_desktop.transport.gate import GateBackend

        backend = GateBackend(deadline, scheme=url.scheme, look=self._look, dial=self._dial)
        target = httpcore.URL(
            scheme=url.raw_scheme,
            host=url.raw_host,
            port=url.port,
            target=url.raw_path,
        )
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), _SILENCE_SECONDS)
        with (
            httpcore.ConnectionPool(
                ssl_context=self._context or shared_context(),
                max_connections=1,
                max_keepalive_connections=0,
                retries=0,
                network_backend=backend,
            ) as pool,
            pool.stream(
                "GET", target, headers=_headers(url, wanted), extensions={"timeout": timeout}
            ) as reply,
        ):
            headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in reply.headers
            }
            if reply.status in _REDIRECTS and headers.get("location"):
                return headers["location"]
            body = _read(reply, headers, wanted, deadline, url.host)
            kind = headers.get("content-type", "").strip().lower()
            return Got(url=str(url), status=reply.status, content_type=kind, body=body)


def _headers(url: httpx.URL, wanted: Wanted) -> list[tuple[bytes, bytes]]:
    return [
        (b"Host", url.netloc),
        (b"User-Agent", f"{USER_AGENT} (link preview)".encode()),
        (b"Accept", wanted.accept.encode()),
        (b"Accept-Encoding", b"gzip, deflate"),
        (b"Connection", b"close"),
    ]


def _read(
    reply: httpcore.Response,
    headers: dict[str, str],
    wanted: Wanted,
    deadline: Deadline,
    host: str,
) -> bytes:
    body = bytearray()
    for part in _unpacked(reply, headers.get("content-encoding", ""), wanted.max_bytes, host):
        if deadline.passed:
            cause = causes.timed_out(host)
            raise NetworkUnreachable(cause.message, code=cause.code, fix=cause.fix)
        body += part
        if len(body) > wanted.max_bytes:
            if wanted.cut:
                break
            raise _too_large(host, wanted.max_bytes)
    return bytes(body[: wanted.max_bytes])


def _unpacked(reply: httpcore.Response, encoding: str, limit: int, host: str) -> Iterator[bytes]:
    """The body's parts; never more than a little above the limit, however well it was packed."""
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        yield from reply.iter_stream()
        return
    if name not in {"gzip", "x-gzip", "deflate"}:
        raise NetworkUnreachable(
            f"{host} packed its answer in a way that nobody asked for ({name[:20]}).",
            code="bad_encoding",
            fix="Try again later.",
        )
    unpack = zlib.decompressobj(_GZIP if "gzip" in name else zlib.MAX_WBITS)
    taken = 0
    try:
        for packed in reply.iter_stream():
            rest = packed
            while rest:
                part = unpack.decompress(rest, limit + 1)
                taken += len(part)
                yield part
                if taken > limit:
                    return
                rest = unpack.unconsumed_tail
    except zlib.error:
        raise NetworkUnreachable(
            f"The answer of {host} is damaged.", code="bad_encoding", fix="Try again later."
        ) from None


def _checked(text: str) -> httpx.URL:
    """The address with its host in ASCII; Refused (`bad_link`) where nothing can be read there."""
    import httpx

    try:
        addresses.split(text)
        url = httpx.URL(text)
        _ = url.raw_host
    except (httpx.InvalidURL, ValueError):
        raise _bad(text) from None
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise _bad(text)
    return url.copy_with(fragment=None)


def _joined(base: str, text: str) -> str:
    try:
        return urljoin(base, text)
    except ValueError:
        raise _bad(text) from None


def _bad(text: str) -> Refused:
    return Refused(
        f"'{text[:100]}' is not an address of a page.",
        code="bad_link",
        fix="Write it as https://example.com/page, without a name and a password in it.",
    )


def _too_large(host: str, limit: int) -> Refused:
    return Refused(
        f"{host} sent more than {limit:,} bytes.",
        code="reply_too_large",
        fix="Use a smaller picture, or add one of your own to the post.",
    )


def _host(url: str) -> str:
    try:
        return addresses.split(url).hostname or url[:100]
    except ValueError:
        return url[:100]
