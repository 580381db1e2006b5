"""The irreversible send against servers that misbehave in every way the protocol knows."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.services.ports.publisher import SendRefused
from postflow_desktop.transport.once import MAX_REPLY_BYTES, send_once
from postflow_desktop.transport.values import Lost, NotSent, Replied, Request, SendResult
from tests.transport.certificates import make_contexts
from tests.transport.servers import free_port, read_request, reply, reset, scripted


class Guard:
    """Counts how often it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked = 0
        self.was_asked = threading.Event()
        self._error = error

    def __call__(self) -> None:
        self.asked += 1
        self.was_asked.set()
        if self._error:
            raise self._error


def post(
    url: str,
    guard: Guard | None = None,
    *,
    body: bytes = b'{"a":1}',
    seconds: float = 10,
    context: ssl.SSLContext | None = None,
) -> SendResult:
    request = Request(
        method="POST", url=url, headers={"Authorization": "Bearer secret-token"}, body=body
    )
    return send_once(
        request, before_first_byte=guard or Guard(), deadline_seconds=seconds, context=context
    )


def test_a_complete_reply_comes_back_with_the_bytes_that_left() -> None:
    seen: list[bytes] = []

    def script(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        reply(connection, b'{"ok":true}', "201 Created", "X-Test: Yes\r\n")

    guard = Guard()
    with scripted(script) as server:
        result = post(server.url, guard)
        assert isinstance(result, Replied)
        assert (result.status, result.body, result.headers["x-test"]) == (
            201,
            b'{"ok":true}',
            "Yes",
        )
        assert result.sent == len(seen[0])
        assert guard.asked == 1
        assert server.connections == 1
    assert b"connection: close" in seen[0].lower()
    assert b"user-agent: postflow/" in seen[0].lower()


def test_every_send_uses_a_connection_of_its_own() -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        reply(connection, b"{}")

    with scripted(script) as server:
        for _ in range(3):
            assert isinstance(post(server.url), Replied)
        assert server.connections == 3


def test_the_guard_is_asked_after_connecting_and_before_the_first_byte() -> None:
    arrived = threading.Event()

    def script(connection: socket.socket) -> None:
        first = connection.recv(1)
        if first:
            arrived.set()
            read_request(connection)
            reply(connection, b"{}")

    def guard() -> None:
        order.append((server.connections, arrived.is_set()))

    order: list[tuple[int, bool]] = []
    with scripted(script) as server:
        accepted = send_once(
            Request(method="POST", url=server.url, body=b"x"), before_first_byte=guard
        )
    assert isinstance(accepted, Replied)
    assert [seen for _, seen in order] == [False]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SendRefused("The lease is too short."), "send_refused"),
        (MachineProblem("The disk is full.", code="disk_full"), "disk_full"),
    ],
)
def test_a_refusing_guard_means_that_not_one_byte_is_sent(error: Exception, code: str) -> None:
    received: list[bytes] = []
    closed = threading.Event()

    def script(connection: socket.socket) -> None:
        try:
            received.append(connection.recv(100))
        except OSError:
            received.append(b"")
        closed.set()

    with scripted(script) as server:
        result = post(server.url, Guard(error))
        assert closed.wait(10)
    assert result == NotSent(cause=str(error), code=code)
    assert received == [b""]


def test_a_guard_that_breaks_passes_through_and_nothing_is_sent() -> None:
    received: list[bytes] = []
    closed = threading.Event()

    def script(connection: socket.socket) -> None:
        try:
            received.append(connection.recv(100))
        except OSError:
            received.append(b"")
        closed.set()

    with scripted(script) as server:
        with pytest.raises(ValueError, match="broken guard"):
            post(server.url, Guard(ValueError("broken guard")))
        assert closed.wait(10)
    assert received == [b""]


def test_a_reset_before_anything_was_read_is_lost_not_unsent() -> None:
    guard = Guard()

    def script(connection: socket.socket) -> None:
        # Before the guard was asked nothing can have left, and the result may well say so.
        guard.was_asked.wait(10)
        reset(connection)

    with scripted(script) as server:
        result = post(server.url, guard, seconds=5)
    assert isinstance(result, Lost)
    assert result.code == "connection_lost"


def test_a_reset_after_the_request_was_taken_is_lost() -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        reset(connection)

    with scripted(script) as server:
        result = post(server.url)
    assert isinstance(result, Lost)
    assert result.sent > 0


def test_a_close_in_the_middle_of_the_reply_is_lost() -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")

    with scripted(script) as server:
        result = post(server.url)
    assert isinstance(result, Lost)


def test_garbage_instead_of_http_is_lost() -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"\x00\x01\x02 not http\r\n\r\n")

    with scripted(script) as server:
        result = post(server.url)
    assert isinstance(result, Lost)


def test_a_server_that_drips_bytes_is_cut_off_at_the_deadline() -> None:
    ended = threading.Event()

    def script(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        try:
            while not server.stopping.wait(0.02):
                connection.sendall(b"x")
        except OSError:
            ended.set()

    with scripted(script) as server:
        began = time.monotonic()
        result = post(server.url, seconds=0.6)
        took = time.monotonic() - began
        assert ended.wait(10), "the connection stayed open after the deadline"
    assert isinstance(result, Lost)
    assert result.code == "timed_out"
    assert 0.5 < took < 5


def test_a_server_that_never_answers_is_lost_at_the_deadline() -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        server.stopping.wait(30)

    with scripted(script) as server:
        result = post(server.url, seconds=0.4)
    assert isinstance(result, Lost)
    assert result.code == "timed_out"


def test_a_server_that_never_reads_is_lost_at_the_deadline() -> None:
    def script(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        server.stopping.wait(30)

    with scripted(script) as server:
        result = post(server.url, body=b"x" * 40_000_000, seconds=0.8)
    assert isinstance(result, Lost)
    assert result.code == "timed_out"
    assert 0 < result.sent < 40_000_000


def test_a_passed_deadline_before_the_first_byte_means_not_sent() -> None:
    def slow_guard() -> None:
        threading.Event().wait(0.4)

    def script(connection: socket.socket) -> None:
        connection.recv(1)

    with scripted(script) as server:
        result = send_once(
            Request(method="POST", url=server.url),
            before_first_byte=slow_guard,
            deadline_seconds=0.2,
        )
    assert isinstance(result, NotSent)
    assert result.code == "timed_out"


def test_an_early_answer_is_read_although_the_body_could_not_be_sent() -> None:
    def script(connection: socket.socket) -> None:
        connection.recv(1000)
        reply(connection, b'{"error":"PayloadTooLarge"}', "413 Payload Too Large")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1_000_000):
            pass

    with scripted(script) as server:
        result = post(server.url, body=b"x" * 3_000_000)
    assert isinstance(result, Replied)
    assert result.status == 413


def test_an_endless_reply_is_lost_and_not_kept_in_memory() -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        while not server.stopping.is_set():
            connection.sendall(chunk)

    with scripted(script) as server:
        result = post(server.url)
    assert isinstance(result, Lost)
    assert result.code == "reply_too_large"
    assert str(MAX_REPLY_BYTES) in result.cause


def test_a_redirect_is_a_reply_and_is_not_followed() -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        reply(connection, b"", "307 Temporary Redirect", f"Location: {server.url}/other\r\n")

    with scripted(script) as server:
        result = post(server.url)
        assert server.connections == 1
    assert isinstance(result, Replied)
    assert result.status == 307


def test_connection_refused_is_not_sent_and_the_guard_is_not_asked() -> None:
    guard = Guard()
    result = post(f"http://127.0.0.1:{free_port()}/", guard)
    assert isinstance(result, NotSent)
    assert result.code == "connection_refused"
    assert guard.asked == 0


def test_an_unknown_name_is_not_sent() -> None:
    result = post("https://nobody.invalid/xrpc")
    assert isinstance(result, NotSent)
    assert result.code in {"dns_failed", "proxy_failed"}
    assert "nobody.invalid" in result.cause


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/xrpc", "insecure_address"),
        ("http://192.168.1.20/xrpc", "insecure_address"),
        ("ftp://example.com/", "bad_address"),
        ("https:///path", "bad_address"),
        ("https://example.com:99999/", "bad_address"),
        ("nonsense", "bad_address"),
    ],
)
def test_plain_and_senseless_addresses_are_not_sent(url: str, code: str) -> None:
    result = post(url)
    assert isinstance(result, NotSent)
    assert result.code == code


def test_a_certificate_that_nobody_trusts_is_not_sent(tmp_path: Path) -> None:
    server_context, _ = make_contexts(tmp_path)
    guard = Guard()
    with scripted(lambda connection: None, server_context) as server:
        result = post(server.url, guard)
    assert isinstance(result, NotSent)
    assert result.code == "tls_failed"
    assert guard.asked == 0


def test_bytes_are_counted_before_encryption(tmp_path: Path) -> None:
    server_context, client_context = make_contexts(tmp_path)
    seen: list[bytes] = []

    def script(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        reply(connection, b"{}")

    with scripted(script, server_context) as server:
        result = post(server.url, context=client_context)
    assert isinstance(result, Replied)
    assert result.sent == len(seen[0])


def test_a_header_that_http_forbids_is_not_sent() -> None:
    def script(connection: socket.socket) -> None:
        connection.recv(1)

    with scripted(script) as server:
        result = send_once(
            Request(method="POST", url=server.url, headers={"Authorization": "Bearer a\r\nb"}),
            before_first_byte=Guard(),
        )
    assert isinstance(result, NotSent)
    assert result.code == "bad_request"


def test_a_proxy_that_refuses_the_tunnel_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []

    def script(connection: socket.socket) -> None:
        heard.append(read_request(connection))
        reply(connection, b"no", "403 Forbidden")

    guard = Guard()
    with scripted(script) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        result = post("https://pds.example.com/xrpc", guard)
    assert isinstance(result, NotSent)
    assert result.code == "proxy_failed"
    assert guard.asked == 0
    assert b"secret-token" not in heard[0]


def test_nothing_secret_is_printed() -> None:
    request = Request(method="POST", url="https://a.example/", headers={"Authorization": "s3cret"})
    assert "s3cret" not in repr(request)
