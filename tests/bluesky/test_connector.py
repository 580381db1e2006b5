"""Signing in: addresses, what servers answer, and what tokens say about themselves."""

from __future__ import annotations

import base64
import json
import socket
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.account import Tokens
from postflow_desktop.domain.errors import InvalidInput, PostFlowError
from postflow_desktop.platforms.bluesky.connector import (
    BlueskyConnector,
    expiry,
    looks_like_app_password,
)
from postflow_desktop.platforms.bluesky.service import checked_service, home_server
from tests.transport.servers import free_port, read_request, reply, scripted


@pytest.mark.parametrize(
    ("typed", "service"),
    [
        ("", "https://bsky.social"),
        ("  ", "https://bsky.social"),
        ("bsky.social", "https://bsky.social"),
        ("https://PDS.Example.com/", "https://pds.example.com"),
        ("https://pds.example.com:8443", "https://pds.example.com:8443"),
        ("http://localhost:2583/", "http://localhost:2583"),
        ("http://127.0.0.1:2583", "http://127.0.0.1:2583"),
        ("http://[::1]:2583", "http://[::1]:2583"),
        ("https://192.168.1.5", "https://192.168.1.5"),
    ],
)
def test_a_service_address_is_tidied(typed: str, service: str) -> None:
    assert checked_service(typed) == service


@pytest.mark.parametrize(
    "typed",
    [
        "http://bsky.social",
        "http://192.168.1.5",
        "http://10.0.0.1:2583",
        "http://localhost.example.com",
        "ftp://bsky.social",
        "file:///etc/passwd",
        "https://user:pass@bsky.social",
        "https://bsky.social/xrpc",
        "https://bsky.social?x=1",
        "https://bsky.social#x",
        "https://",
        "https://bsky.social:99999",
        "https://[::1",
    ],
)
def test_other_addresses_are_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_service(typed)
    assert caught.value.code == "bad_service"
    assert caught.value.fix


def document(endpoint: object, entry: str = "#atproto_pds") -> dict[str, object]:
    return {"service": [{"id": "#other"}, {"id": entry, "serviceEndpoint": endpoint}]}


@pytest.mark.parametrize(
    ("typed", "found", "expected"),
    [
        (
            "https://bsky.social",
            document("https://a.host.bsky.network"),
            "https://a.host.bsky.network",
        ),
        (
            "https://bsky.social",
            document("https://a.example/", "did:plc:x#atproto_pds"),
            "https://a.example",
        ),
        ("https://bsky.social", document("http://a.example"), "https://bsky.social"),
        ("https://bsky.social", document("https://127.0.0.1"), "https://bsky.social"),
        ("https://bsky.social", document("https://10.1.2.3"), "https://bsky.social"),
        ("https://bsky.social", document("https://169.254.169.254"), "https://bsky.social"),
        ("https://bsky.social", document("https://localhost"), "https://bsky.social"),
        ("https://bsky.social", document("https://a.example/path"), "https://bsky.social"),
        ("https://bsky.social", document(7), "https://bsky.social"),
        ("https://bsky.social", None, "https://bsky.social"),
        ("https://bsky.social", {"service": "x"}, "https://bsky.social"),
        ("http://localhost:2583", document("https://a.example"), "http://localhost:2583"),
        ("https://192.168.1.5", document("https://a.example"), "https://192.168.1.5"),
    ],
)
def test_posts_go_to_the_server_in_the_did_document(
    typed: str, found: object, expected: str
) -> None:
    assert home_server(typed, found) == expected


def failing_sign_in(connector: BlueskyConnector, body: bytes, status: str) -> PostFlowError:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        reply(connection, body, status)

    with scripted(script) as server, pytest.raises(PostFlowError) as caught:
        connector.sign_in(f"http://127.0.0.1:{server.port}", "a.test", "secret-app-password")
    assert "secret-app-password" not in str(caught.value) + repr(caught.value)
    assert caught.value.fix
    return caught.value


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"error": "AuthenticationRequired"}, "401 No", "wrong_app_password"),
        ({"error": "AuthFactorTokenRequired"}, "401 No", "app_password_needed"),
        ({"error": "AccountTakedown"}, "401 No", "account_unavailable"),
        ({"error": "RateLimitExceeded"}, "429 No", "rate_limited"),
        ({"error": "InternalServerError"}, "500 No", "server_error"),
        ({"error": "?"}, "404 No", "server_error"),
        ({}, "200 OK", "server_error"),
        ({"did": "x", "accessJwt": "y"}, "200 OK", "server_error"),
        ({"did": 7, "accessJwt": 8}, "200 OK", "server_error"),
        ([1], "200 OK", "server_error"),
    ],
)
def test_a_failed_sign_in_says_why(
    connector: BlueskyConnector, body: object, status: str, code: str
) -> None:
    assert failing_sign_in(connector, json.dumps(body).encode(), status).code == code


def test_a_server_that_is_away_is_unreachable(connector: BlueskyConnector) -> None:
    service = f"http://127.0.0.1:{free_port()}"
    tokens = Tokens(access="a", refresh="b")
    for act in (
        lambda: connector.sign_in(service, "a.test", "x"),
        lambda: connector.refresh(service, tokens),
        lambda: connector.sign_out(service, tokens),
    ):
        with pytest.raises(PostFlowError) as caught:
            act()
        assert caught.value.code == "connection_refused"


def test_signing_out_without_a_refresh_token_has_nothing_to_do(connector: BlueskyConnector) -> None:
    connector.sign_out("http://127.0.0.1:1", Tokens(access="a"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abcd-efgh-ijkl-mnop", True),
        (" 2xj4-i3n3-utug-4v7h\n", True),
        ("hunter2", False),
        ("ABCD-EFGH-IJKL-MNOP", False),
        ("abcd-efgh-ijkl", False),
        ("abcd-efgh-ijkl-mnop-q", False),
        ("", False),
    ],
)
def test_app_passwords_have_a_shape(text: str, expected: bool) -> None:
    assert looks_like_app_password(text) is expected


def token(claims: object) -> str:
    raw = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{raw}.c2ln"


def test_the_end_of_a_token_is_read_without_its_key() -> None:
    assert expiry(token({"exp": 1_800_000_000})) == datetime.fromtimestamp(1_800_000_000, UTC)


@given(st.one_of(st.text(), st.text().map(lambda text: f"e30.{text}.x")))
def test_a_damaged_token_has_no_end_and_raises_nothing(text: str) -> None:
    assert expiry(text) is None


@pytest.mark.parametrize(
    "claims", [{}, {"exp": "x"}, {"exp": None}, {"exp": 1e400}, {"exp": 10**30}, [1], 7]
)
def test_senseless_claims_have_no_end(claims: object) -> None:
    assert expiry(token(claims)) is None
