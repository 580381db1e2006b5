"""Why a connection failed, in words for a person, found in the chain of a library's exceptions."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A stable code, what happened, and what to do."""

    code: str
    message: str
    fix: str


def insecure_address(host: str) -> Cause:
    """The address is plain http and not on this computer."""
    return Cause(
        code="insecure_address",
        message=f"'{host}' would be spoken to without encryption, so nothing was sent.",
        fix="Use an https address; plain http is for this computer only.",
    )


def bad_address(url: str) -> Cause:
    """The address can't be read; it is cut, since it may be long."""
    return Cause(
        code="bad_address",
        message=f"'{url[:100]}' is not a web address.",
        fix="Check the address of the account's server.",
    )


def too_large(host: str, limit: int) -> Cause:
    """The reply is larger than anything this network sends."""
    return Cause(
        code="reply_too_large",
        message=f"{host} sent more than {limit} bytes, so its reply was dropped.",
        fix="Try again later; check the address of the account's server.",
    )


def timed_out(host: str) -> Cause:
    """The time was used up."""
    return Cause(
        code="timed_out",
        message=f"{host} did not answer in time.",
        fix="Check the internet connection; the network may be slow right now.",
    )


def explain(error: BaseException, host: str) -> Cause:
    """What an exception of the HTTP library means; looks through its causes."""
    chain = list(_chain(error))
    for kind, cause in _table(host):
        if any(isinstance(one, kind) for one in chain):
            return cause
    for one in chain:
        name = type(one).__name__
        if "Timeout" in name:
            return timed_out(host)
        if name == "ProxyError":
            return _proxy(host)
        if name in {"ConnectError", "OSError"}:
            return _no_route(host)
        if name in {"LocalProtocolError", "UnsupportedProtocol"}:
            return _unusable(host)
    return _broken(host)


def _table(host: str) -> tuple[tuple[type[BaseException], Cause], ...]:
    return (
        (socket.gaierror, _unknown_host(host)),
        (ssl.SSLCertVerificationError, _bad_certificate(host)),
        (ConnectionRefusedError, _refused(host)),
        (TimeoutError, timed_out(host)),
        (ConnectionResetError, _broken(host)),
        (BrokenPipeError, _broken(host)),
        (ssl.SSLError, _no_tls(host)),
    )


def _unknown_host(host: str) -> Cause:
    return Cause(
        code="dns_failed",
        message=f"The address of {host} could not be found.",
        fix="Check the internet connection and the spelling of the address.",
    )


def _refused(host: str) -> Cause:
    return Cause(
        code="connection_refused",
        message=f"{host} refuses connections.",
        fix="The server may be down; try again later.",
    )


def _bad_certificate(host: str) -> Cause:
    return Cause(
        code="tls_failed",
        message=f"The certificate of {host} can't be trusted, so nothing was sent.",
        fix="Check this computer's date and time, and whether a proxy reads the traffic.",
    )


def _no_tls(host: str) -> Cause:
    return Cause(
        code="tls_failed",
        message=f"No encrypted connection to {host} came about.",
        fix="Check whether a proxy or firewall stands in between.",
    )


def _no_route(host: str) -> Cause:
    return Cause(
        code="unreachable",
        message=f"{host} can't be reached.",
        fix="Check the internet connection.",
    )


def _proxy(host: str) -> Cause:
    return Cause(
        code="proxy_failed",
        message=f"The proxy did not let the connection to {host} through.",
        fix="Check the proxy settings of this computer (HTTPS_PROXY).",
    )


def _unusable(host: str) -> Cause:
    return Cause(
        code="bad_request",
        message=f"The request to {host} could not be put into words of HTTP.",
        fix="Connect the account again; its stored sign-in may be damaged.",
    )


def _broken(host: str) -> Cause:
    return Cause(
        code="connection_lost",
        message=f"The connection to {host} broke off.",
        fix="Check the internet connection; the network may have problems right now.",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
