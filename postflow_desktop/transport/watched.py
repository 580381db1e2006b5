"""Sockets that count what they are handed, ask before the first byte and end at a deadline.

A network backend for httpcore (the lower half of httpx): httpcore speaks HTTP and TLS, this file
sees every byte before the operating system does.
"""

from __future__ import annotations

import socket
import ssl
import struct
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import httpcore

from postflow_desktop.transport.deadline import Deadline

_CHUNK = 16 * 1024
_CONNECT_SECONDS = 10.0
# Names that Python has on no platform; numbers from winsock's ws2ipdef.h and Darwin's tcp.h.
_WINDOWS_TCP_MAXRT = 5
_DARWIN_TCP_RXT_CONNDROPTIME = 0x80


class Watch:
    """What is known of one request while it is under way."""

    def __init__(self, deadline: Deadline, before_first_byte: Callable[[], None]) -> None:
        self.deadline = deadline
        self.started = False
        """Whether a byte of the request may have been handed to the socket."""
        self.sent = 0
        self.asking = False
        """Whether the guard is running, or ended with an exception."""
        self._before_first_byte = before_first_byte

    def time_for(self, timeout: float | None) -> float:
        """Seconds that one call may take."""
        left = self.deadline.remaining()
        return left if timeout is None else min(left, timeout)

    def pass_guard(self) -> None:
        """Ask, once, whether the first byte may go; raises what the guard raises."""
        if self.started:
            return
        if self.deadline.passed:
            raise httpcore.ConnectTimeout("the deadline passed while connecting")
        self.asking = True
        self._before_first_byte()
        self.asking = False
        if self.deadline.passed:
            raise httpcore.ConnectTimeout("the deadline passed before the first byte")
        self.started = True


class WatchedStream(httpcore.NetworkStream):
    """A connection whose every call is bounded by the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes, or nothing at the end; httpcore's errors."""
        left = self._watch.time_for(timeout)
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline passed while reading")
        return self._inner.read(max_bytes, timeout=left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Hand bytes over, asking the guard before the first of the request."""
        if not buffer:
            return
        # What is said to a proxy before the tunnel stands is no part of the request.
        preamble = not self._watch.started and buffer.startswith(b"CONNECT ")
        if not preamble:
            self._watch.pass_guard()
        for start in range(0, len(buffer), _CHUNK):
            left = self._watch.time_for(timeout)
            if left <= 0:
                raise httpcore.WriteTimeout("the deadline passed while sending")
            chunk = buffer[start : start + _CHUNK]
            self._inner.write(chunk, timeout=left)
            if not preamble:
                self._watch.sent += len(chunk)

    def close(self) -> None:
        """Close at once; what is still in the buffer is dropped (see `_abandon_on_close`)."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted."""
        left = self._watch.time_for(timeout)
        if left <= 0:
            raise httpcore.ConnectTimeout("the deadline passed while connecting")
        return WatchedStream(
            self._inner.start_tls(ssl_context, server_hostname, timeout=left), self._watch
        )

    def get_extra_info(self, info: str) -> Any:
        """What httpcore wants to know about the socket."""
        return self._inner.get_extra_info(info)


class WatchedBackend(httpcore.NetworkBackend):
    """Opens one watched connection; addresses are tried in turn within the deadline."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address that answers; ConnectError with its cause."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("name lookup failed") from error
        failure: Exception = httpcore.ConnectError("no address")
        for *_, address in found:
            left = self._watch.time_for(timeout)
            if left <= 0:
                raise httpcore.ConnectTimeout("the deadline passed while connecting")
            try:
                stream = self._sockets.connect_tcp(
                    str(address[0]),
                    port,
                    min(left, _CONNECT_SECONDS),
                    local_address,
                    socket_options or (),
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            _abandon_on_close(stream.get_extra_info("socket"), left)
            return WatchedStream(stream, self._watch)
        raise failure


def _abandon_on_close(sock: socket.socket, seconds: float) -> None:
    """A request that is given up must be dead: reset on close, no retransmission past the deadline.

    Where the platform lacks an option the deadline still closes the socket.
    """
    linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    whole = max(1, int(seconds))
    with suppress(OSError):
        if sys.platform == "linux":
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, whole * 1000)
        elif sys.platform == "win32":
            sock.setsockopt(socket.IPPROTO_TCP, _WINDOWS_TCP_MAXRT, whole)
        elif sys.platform == "darwin":
            sock.setsockopt(socket.IPPROTO_TCP, _DARWIN_TCP_RXT_CONNDROPTIME, whole)
