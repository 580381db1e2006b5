"""Replies made of X's own OpenAPI document, with both generations of its names, are read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from postflow_desktop.domain.account import Session, Tokens
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, Refused
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.platforms.x import errors
from postflow_desktop.platforms.x.api import read_reply
from postflow_desktop.platforms.x.authorize import SCOPES
from postflow_desktop.platforms.x.connector import XConnector
from postflow_desktop.platforms.x.grants import RefreshGrant
from postflow_desktop.platforms.x.publisher import XPublisher
from postflow_desktop.platforms.x.wire import wire_form
from postflow_desktop.services.ports.publisher import Presence
from postflow_desktop.transport.client import HttpClient
from tests.kit.canned import Asked, Canned, CannedServer, canned
from tests.x.openapi import NEWER, OLDER, OpenApi, renamed
from tests.x.samples import MOMENT, POST_ID, USER_ID, sample
from tests.x.world import Seat, contract, session_of

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def api() -> OpenApi:
    return contract()


@pytest.fixture(params=["newer", "older"])
def names(request: pytest.FixtureRequest) -> dict[str, str]:
    """Both generations of names, in replies."""
    return {} if request.param == "newer" else OLDER


@pytest.fixture
def world(api: OpenApi, names: dict[str, str]) -> Iterator[CannedServer]:
    """An X that answers with what its document shows."""

    def answer(asked: Asked) -> Canned:
        if asked.path == "/2/oauth2/token":
            # The prose (OAuth 2.0, user access token) has this reply; the document has none.
            body: Any = {
                "token_type": "bearer",
                "expires_in": 7200,
                "access_token": "access",
                "scope": " ".join(SCOPES),
                "refresh_token": "refresh",
            }
            return Canned(body=json.dumps(body).encode())
        known = api.operation(asked.method, asked.path)
        if known is None:
            return Canned(status=599)
        body = sample(api, api.reply_schema(asked.method, asked.path))
        body.pop("errors", None)
        status = int(min(known.content["responses"]))
        return Canned(status=status, body=json.dumps(renamed(_told(body), names)).encode())

    with canned(answer) as server:
        yield server


def _told(body: dict[str, Any]) -> dict[str, Any]:
    """With the words and ids of one story in place of those made up."""
    post = {
        "id": POST_ID,
        "text": "Hi https://t.co/abcdefghij",
        "entities": {
            "urls": [
                {
                    "url": "https://t.co/abcdefghij",
                    "expanded_url": "https://bakery.com/menu",
                    "start": 3,
                    "end": 26,
                }
            ]
        },
        "attachments": {"media_keys": ["3_1", "3_2"]},
        "referenced_posts": [{"type": "replied_to", "id": "7"}],
    }
    data = body["data"]
    if isinstance(data, list):
        return body | {"data": [data[0] | post], "meta": {"result_count": 1}}
    if "created_at" in data and "username" not in data.get("public_metrics", {}):
        user = "followers_count" in data.get("public_metrics", {})
        return body | {"data": data | ({"id": USER_ID, "username": "bakery"} if user else post)}
    return body | {"data": data | {"id": POST_ID}} if "id" in data else body


@pytest.mark.parametrize(
    "place",
    [
        "POST /2/tweets",
        "GET /2/tweets/1",
        "DELETE /2/tweets/1",
        "GET /2/users/me",
        "GET /2/users/1/tweets",
        "POST /2/media/upload",
        "POST /2/media/upload/initialize",
        "POST /2/media/upload/1/append",
        "POST /2/media/upload/1/finalize",
        "POST /2/media/metadata",
        "GET /2/media/upload",
        "GET /2/tweets",
    ],
)
def test_what_is_made_from_a_schema_fits_it(api: OpenApi, place: str) -> None:
    schema = api.reply_schema(*place.split(" "))
    body = sample(api, schema)
    body.pop("errors", None)
    assert api.wrong(schema, body, "made up") == []


def session(server: CannedServer) -> Session:
    return Session(
        account_id="a",
        network=Network.X,
        user_id=USER_ID,
        username="bakery",
        service=server.url,
        access_token="access",
    )


def test_posts_of_the_document_are_read(publisher: XPublisher, world: CannedServer) -> None:
    found = publisher.fetch(session(world), POST_ID)
    assert found is not None
    assert found.external_id == POST_ID
    assert found.text == "Hi https://bakery.com/menu"
    assert found.created_at == datetime.fromisoformat(MOMENT)
    assert publisher.list_own(session(world)).posts == (found,)
    publisher.delete(session(world), POST_ID)


def test_a_part_of_a_thread_is_found_by_either_name_of_what_it_answers(
    publisher: XPublisher, world: CannedServer
) -> None:
    wire = wire_form("Hi https://bakery.com/menu", ["1", "2"], NOW, reply_to="7")
    found = publisher.find(session(world), wire)
    assert (found.presence, found.result and found.result.external_id) == (
        Presence.PRESENT,
        POST_ID,
    )
    for other in ("", "8"):
        wire = wire_form("Hi https://bakery.com/menu", ["1", "2"], NOW, reply_to=other)
        assert publisher.find(session(world), wire).presence is Presence.ABSENT


def test_publishing_with_pictures_reads_the_documents_replies(
    http: HttpClient, publisher: XPublisher, connector: XConnector, world: CannedServer
) -> None:
    # A picture is ready at once; where the document's reply has a wait in it, it is the video's.
    secret = json.dumps(
        {"client_id": "app", "redirect_uri": "http://127.0.0.1:1/c", "code": "c", "verifier": "v"}
    )
    signed = connector.sign_in(world.url, "bakery", secret)
    assert (signed.user_id, signed.username) == (USER_ID, "bakery")
    assert connector.check(session_of(signed)) == "bakery"
    seat = Seat(http, publisher, connector, signed, _pictures())
    outcome = seat.post("Hi", seat.pictures.add("red", alt="Rot"), seat.pictures.add_large())
    assert outcome.kind is OutcomeKind.PUBLISHED
    assert outcome.result is not None
    assert outcome.result.external_id == POST_ID
    renewed = connector.refresh(world.url, signed.tokens)
    assert renewed.tokens.access == "access"


def _pictures() -> Any:
    from tests.x.world import Pictures

    return Pictures()


def test_every_problem_of_the_document_is_told_in_a_sentence(api: OpenApi) -> None:
    mapping = api.components["schemas"]["Problem"]["discriminator"]["mapping"]
    assert len(mapping) >= 9
    for kind, reference in mapping.items():
        # Hosts of both names are seen; the document has the newer.
        for host in ("api.x.com", "api.twitter.com"):
            body = sample(api, {"$ref": reference})
            body["type"] = kind.replace("api.x.com", host)
            for status in (400, 401, 403, 404, 429, 500, 503):
                raw = json.dumps(body | {"status": status}).encode()
                outcome = errors.judge(read_reply(status, {}, raw), NOW)
                assert outcome.kind is not OutcomeKind.PUBLISHED
                assert outcome.message.endswith(".")
                assert outcome.fix.endswith(".")
                error = errors.as_error(read_reply(status, {}, raw))
                assert isinstance(error, NotAllowed | Refused | NetworkUnreachable)


def test_the_plain_error_of_the_document_is_ambiguous() -> None:
    raw = json.dumps({"code": 88, "message": "Rate limit exceeded"}).encode()
    assert errors.judge(read_reply(403, {}, raw), NOW).kind is OutcomeKind.AMBIGUOUS
    assert errors.judge(read_reply(500, {}, raw), NOW).kind is OutcomeKind.AMBIGUOUS


def test_partial_replies_with_errors_beside_data_are_read(
    api: OpenApi, publisher: XPublisher
) -> None:
    problem = sample(api, {"$ref": "#/components/schemas/NotAuthorizedForFieldProblem"})
    data = {"id": POST_ID, "text": "Hi", "created_at": MOMENT}
    body = json.dumps({"data": data, "errors": [problem]}).encode()
    with canned(lambda _: Canned(body=body)) as server:
        found = publisher.fetch(session(server), POST_ID)
    assert found is not None
    assert found.text == "Hi"


def test_an_unknown_post_is_a_200_with_a_problem_alone(api: OpenApi, publisher: XPublisher) -> None:
    problem = sample(api, {"$ref": "#/components/schemas/ResourceNotFoundProblem"})
    body = json.dumps({"errors": [problem]}).encode()
    with canned(lambda _: Canned(body=body)) as server:
        assert publisher.fetch(session(server), POST_ID) is None
        publisher.delete(session(server), POST_ID)


@pytest.mark.parametrize("status", [400, 401])
def test_a_used_refresh_token_asks_for_a_new_sign_in(connector: XConnector, status: int) -> None:
    # docs.x.com has no table of these; the two seen names are RFC 6749's.
    body = (
        b'{"error":"invalid_request","error_description":"Value passed for the token was invalid."}'
    )
    kept = RefreshGrant(client_id="app", user_id="1", username="b", token="used").as_text()
    with canned(lambda _: Canned(status=status, body=body)) as server:
        with pytest.raises(NotAllowed) as caught:
            connector.refresh(server.url, Tokens(access="a", refresh=kept))
        assert caught.value.code == "reconnect_needed"
        assert len(server.asked) == 1, "a token that is used once is sent once"


def test_the_names_are_two_sides_of_one_table() -> None:
    assert {NEWER[older]: older for older in NEWER} == OLDER
    assert renamed({"retweet_count": 1, "x": [{"tweet_count": 2}]}, NEWER) == {
        "repost_count": 1,
        "x": [{"post_count": 2}],
    }
