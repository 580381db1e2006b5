"""The reused client for repeatable requests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from postflow_desktop.domain.errors import NetworkUnreachable
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.values import BodyStream, Request
from tests.transport.servers import free_port, read_request, reply, reset, scripted


@pytest.fixture
def client() -> Iterator[HttpClient]:
    with HttpClient(max_reply_bytes=100_000) as client:
        yield client


def get(client: HttpClient, url: str, *, seconds: float = 10) -> tuple[int, bytes]:
    response = client.request(Request(method="GET", url=url), total_seconds=seconds)
    return response.status, response.body


def failing(client: HttpClient, url: str, *, seconds: float = 10) -> NetworkUnreachable:
    with pytest.raises(NetworkUnreachable) as caught:
        get(client, url, seconds=seconds)
    assert caught.value.message
    assert caught.value.fix
    return caught.value


def keep_answering(connection: socket.socket) -> None:
    while read_request(connection):
        reply(connection, b"{}")


def test_connections_are_reused(client: HttpClient) -> None:
    with scripted(keep_answering) as server:
        for _ in range(5):
            assert get(client, server.url) == (200, b"{}")
        assert server.connections == 1


def test_errors_of_the_server_are_replies(client: HttpClient) -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        reply(connection, b"x", "503 Service Unavailable", "Retry-After: 3\r\n")

    with scripted(script) as server:
        response = client.request(Request(method="POST", url=server.url, body=b"y"))
    assert response.status == 503
    assert response.headers["retry-after"] == "3"


def test_redirects_are_not_followed(client: HttpClient) -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        reply(connection, b"", "302 Found", f"Location: {server.url}/other\r\n")

    with scripted(script) as server:
        assert get(client, server.url)[0] == 302
        assert server.connections == 1


def test_a_reply_beyond_the_limit_is_dropped(client: HttpClient) -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        reply(connection, b"x" * 100_001)

    with scripted(script) as server:
        assert failing(client, server.url).code == "reply_too_large"


def test_a_dripping_server_ends_at_the_total_time(client: HttpClient) -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not server.stopping.wait(0.02):
            connection.sendall(b"x")

    with scripted(script) as server:
        assert failing(client, server.url, seconds=0.3).code == "timed_out"


def test_a_reset_is_a_lost_connection_and_is_not_retried(client: HttpClient) -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        reset(connection)

    with scripted(script) as server:
        assert failing(client, server.url).code == "connection_lost"
        assert server.connections == 1


def test_refused_unknown_and_plain_addresses_have_codes_of_their_own(client: HttpClient) -> None:
    assert failing(client, f"http://127.0.0.1:{free_port()}/").code == "connection_refused"
    assert failing(client, "https://nobody.invalid/").code in {"dns_failed", "proxy_failed"}
    assert failing(client, "http://example.com/").code == "insecure_address"
    assert failing(client, "mailto:a@example.com").code == "bad_address"


def test_loopback_never_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    with scripted(keep_answering) as server, HttpClient() as client:
        assert get(client, server.url) == (200, b"{}")


def test_threads_share_one_client(client: HttpClient) -> None:
    results: list[tuple[int, bytes]] = []
    with scripted(keep_answering) as server:
        threads = [
            threading.Thread(target=lambda: results.append(get(client, server.url)))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert results == [(200, b"{}")] * 8


def test_a_closed_client_says_so() -> None:
    client = HttpClient()
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        get(client, "http://127.0.0.1:1/")


def test_a_body_in_pieces_is_sent_with_its_length_and_never_whole(client: HttpClient) -> None:
    seen: list[bytes] = []

    def take(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        reply(connection, b"ok")

    with scripted(take) as server:
        stream = BodyStream(size=9, pieces=lambda: iter((b"one", b"two", b"six")))
        answer = client.request(Request(method="PUT", url=server.url, stream=stream))
    assert answer.status == 200
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert b"content-length: 9" in head.lower()
    assert b"transfer-encoding" not in head.lower()
    assert body == b"onetwosix"


def test_what_the_pieces_raise_ends_the_request_and_goes_on(client: HttpClient) -> None:
    def broken() -> Iterator[bytes]:
        yield b"one"
        raise LookupError("the rest is gone")

    def take(connection: socket.socket) -> None:
        connection.recv(65536)

    with scripted(take) as server:
        stream = BodyStream(size=9, pieces=broken)
        request = Request(method="PUT", url=server.url, stream=stream)
        with pytest.raises(LookupError):
            client.request(request)
