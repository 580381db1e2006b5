"""The one gate to addresses that came from a text or from others: public ones only.

A name is looked up, every address that it has is checked, and the connection goes to a checked
address: no second look-up can bring another one in between. Private, loopback, link-local (where
clouds keep their metadata), shared, multicast and reserved addresses are refused, also inside
IPv6 forms that carry an IPv4 address (IANA special-purpose registries, RFC 6890, 2026-11-21).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import SplitResult

import httpcore

from postflow_desktop.domain.errors import Refused
from postflow_desktop.transport import addresses
from postflow_desktop.transport.watched import Watch, WatchedStream

if TYPE_CHECKING:
    from postflow_desktop.transport.deadline import Deadline

Look = Callable[[str, int], Sequence[str]]
"""The addresses of a host, as text; OSError or UnicodeError where there is none."""
Dial = Callable[[str, int, float], httpcore.NetworkStream]
"""A connection to an address within so many seconds; httpcore's errors."""

CONNECT_SECONDS = 5.0
_WEB_PORTS = frozenset({80, 443})
_FIRST_FREE_PORT = 1024
"""Below lie other services' ports (IANA), which nobody links to."""
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PROXY_REPLY_BYTES = 16 * 1024

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(text: str) -> bool:
    """Whether an address, as a look-up gives it, is one that anybody in the internet may have."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        carried = _carried(address)
        if carried is not None:
            return _is_public_4(carried)
        return (
            address in _GLOBAL_UNICAST
            and address not in _SIX_TO_FOUR
            and address.scope_id is None
            and address.is_global
        )
    return _is_public_4(address)


def is_web_port(port: int) -> bool:
    """Whether a link to this port may be followed."""
    return port in _WEB_PORTS or port >= _FIRST_FREE_PORT


def look_up(host: str, port: int) -> Sequence[str]:
    """What the system's resolver says, each address once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def dial(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
    """A connection by the operating system."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout=seconds)


class GateBackend(httpcore.NetworkBackend):
    """Opens connections to public addresses only; a proxy gets the checked address as its goal."""

    def __init__(
        self,
        deadline: Deadline,
        *,
        scheme: str = "https",
        look: Look = look_up,
        dial: Dial = dial,
    ) -> None:
        self._deadline = deadline
        self._scheme = scheme
        self._look = look
        self._dial = dial

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline rules
        local_address: str | None = None,  # noqa: ARG002 - nobody asks for one
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - the same
    ) -> httpcore.NetworkStream:
        """The first checked address that answers; Refused (`private_address`) or httpcore's."""
        checked = self._checked(host, port)
        failure: Exception = httpcore.ConnectError("no address")
        for address in checked:
            left = min(self._deadline.remaining(), CONNECT_SECONDS)
            if left <= 0:
                raise httpcore.ConnectTimeout("the deadline passed while connecting")
            try:
                return self._connect(host, address, port, left)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _checked(self, host: str, port: int) -> Sequence[str]:
        if not is_web_port(port):
            raise _not_public(f"{host}:{port}")
        try:
            found = self._look(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("name lookup failed") from error
        if not all(is_public(address) for address in found):
            raise _not_public(host)
        return found

    def _connect(
        self, host: str, address: str, port: int, seconds: float
    ) -> httpcore.NetworkStream:
        named = f"[{host}]" if ":" in host else host
        proxy = addresses.proxy_for(addresses.split(f"{self._scheme}://{named}:{port}"))
        if proxy is None:
            return self._watched(address, port, seconds)
        parts = addresses.split(proxy)
        stream = self._watched(parts.hostname or "", parts.port or 80, seconds)
        return _through(stream, parts, address, port)

    def _watched(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        """A connection that ends at the deadline, however slowly the other side drips."""
        return WatchedStream(self._dial(address, port, seconds), Watch(self._deadline, _nothing))


def _nothing() -> None:
    """What is read may always be asked for."""


def _through(
    stream: httpcore.NetworkStream, proxy: SplitResult, address: str, port: int
) -> httpcore.NetworkStream:
    """A tunnel by CONNECT (RFC 9110, 9.3.6) to the checked address; the proxy looks nothing up."""
    goal = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    lines = [f"CONNECT {goal} HTTP/1.1", f"Host: {goal}", *_proxy_authorization(proxy), "", ""]
    try:
        stream.write("\r\n".join(lines).encode("ascii"))
        head = b""
        while b"\r\n\r\n" not in head:
            part = stream.read(1)
            if not part or len(head) > _PROXY_REPLY_BYTES:
                raise httpcore.ConnectError("the proxy did not answer")
            head += part
        status = head.split(b" ", 2)[1:2]
        if status != [b"200"]:
            raise httpcore.ConnectError("the proxy let nothing through")
    except BaseException:
        stream.close()
        raise
    return stream


def _proxy_authorization(parts: SplitResult) -> list[str]:
    if parts.username is None:
        return []
    from base64 import b64encode
    from urllib.parse import unquote

    words = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return [f"Proxy-Authorization: Basic {b64encode(words.encode()).decode()}"]


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside: mapped (RFC 4291) or translated by a network's NAT64 (RFC 6052)."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


def _is_public_4(address: ipaddress.IPv4Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _not_public(host: str) -> Refused:
    return Refused(
        f"{host} is not an address in the public internet, so PostFlow does not look at it.",
        code="private_address",
        fix="The link itself can stay; for a preview use an address that everybody can open.",
    )
