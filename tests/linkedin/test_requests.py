"""The requests, letter by letter, as LinkedIn documents them (learn.microsoft.com, 202609)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from postflow_desktop.domain.errors import Bug, InvalidInput, NotAllowed
from postflow_desktop.platforms.linkedin.api import Api
from postflow_desktop.platforms.linkedin.authorizer import LinkedInAuthorizer
from postflow_desktop.platforms.linkedin.endpoints import checked_version, endpoints
from postflow_desktop.platforms.linkedin.wire import (
    Card,
    Picture,
    comment_wire,
    own_urn,
    post_wire,
    read_wire,
)
from postflow_desktop.services.ports.signing_in import Client
from postflow_desktop.transport.client import HttpClient

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
AUTHOR = "urn:li:organization:5515715"
POST = "urn:li:share:6844785523593134080"


def body(wire: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read_wire(wire).body)
    return found


def test_a_post_of_words() -> None:
    wire = post_wire(AUTHOR, "Hello (world) #news", [], None, AT)
    assert read_wire(wire).path == "/rest/posts"
    assert body(wire) == {
        "author": AUTHOR,
        "commentary": "Hello \\(world\\) {hashtag|\\#|news}",
        "visibility": "PUBLIC",
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }


def test_the_contents() -> None:
    one, two = Picture(urn="urn:li:image:A", alt="Ä"), Picture(urn="urn:li:image:B", alt="")
    card = Card(link="https://example.com/a", title="example.com")
    assert body(post_wire(AUTHOR, "x", [one], None, AT))["content"] == {
        "media": {"id": "urn:li:image:A", "altText": "Ä"}
    }
    assert body(post_wire(AUTHOR, "x", [one, two], None, AT))["content"] == {
        "multiImage": {
            "images": [{"id": "urn:li:image:A", "altText": "Ä"}, {"id": "urn:li:image:B"}]
        }
    }
    assert body(post_wire(AUTHOR, "x", [], card, AT))["content"] == {
        "article": {"source": "https://example.com/a", "title": "example.com"}
    }


def test_a_comment_is_plain_words_under_an_encoded_name() -> None:
    wire = comment_wire(AUTHOR, POST, "More (here)", AT)
    path = "/rest/socialActions/urn%3Ali%3Ashare%3A6844785523593134080/comments"
    assert read_wire(wire).path == path
    assert body(wire) == {"actor": AUTHOR, "object": POST, "message": {"text": "More (here)"}}


def test_the_headers_of_every_versioned_call() -> None:
    request = Api(HttpClient(), "202609").irreversible("https://x.example/rest/posts", "{}", "t")
    assert dict(request.headers) == {
        "Authorization": "Bearer t",
        "LinkedIn-Version": "202609",
        "X-Restli-Protocol-Version": "2.0.0",
        "Content-Type": "application/json",
    }


def test_the_page_that_asks() -> None:
    client = Client(client_id="app", secret="s")
    uri = "http://localhost:8766/callback"
    begun = LinkedInAuthorizer().begin("", client, uri, "state-of-the-test")
    parts = urlsplit(begun.url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == (
        "https://www.linkedin.com/oauth/v2/authorization"
    )
    assert parse_qs(parts.query) == {
        "response_type": ["code"],
        "client_id": ["app"],
        "redirect_uri": [uri],
        "state": ["state-of-the-test"],
        "scope": ["openid profile w_member_social"],
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("user_cancelled_login", "access_denied"),
        ("user_cancelled_authorize", "access_denied"),
        ("unauthorized_scope_error", "scope_missing"),
        ("server_error", "authorization_failed"),
    ],
)
def test_every_refusal_of_the_page_has_its_own_words(error: str, code: str) -> None:
    client = Client(client_id="app", secret="s")
    begun = LinkedInAuthorizer().begin("", client, "http://localhost:1/c", "s1")
    with pytest.raises(NotAllowed) as caught:
        begun.finish(f"http://localhost:1/c?state=s1&error={error}")
    assert caught.value.code == code
    with pytest.raises(NotAllowed) as strange:
        begun.finish("http://localhost:1/c?state=s2&code=c")
    assert strange.value.code == "wrong_state"


@pytest.mark.parametrize("version", ["", "2026", "202613", "202600", "20260", "199912", "latest"])
def test_a_version_is_a_year_and_a_month(version: str) -> None:
    with pytest.raises(InvalidInput):
        checked_version(version)


@pytest.mark.parametrize(
    "service", ["http://linkedin.com", "ftp://x", "https://u:p@x.example", "https://x/a?b"]
)
def test_a_service_is_https_or_this_computer(service: str) -> None:
    with pytest.raises(InvalidInput):
        endpoints(service)


def test_names_of_posts_are_read_from_addresses_too() -> None:
    assert own_urn(POST) == POST
    assert own_urn(f"https://www.linkedin.com/feed/update/{POST}/?utm=1") == POST
    assert own_urn("https://www.linkedin.com/in/somebody") is None


@pytest.mark.parametrize("wire", ["", "{}", "[]", '{"body": "{}", "at": "x", "path": "/"}'])
def test_a_stored_request_that_is_none_of_ours_is_a_bug(wire: str) -> None:
    with pytest.raises(Bug):
        read_wire(wire)
