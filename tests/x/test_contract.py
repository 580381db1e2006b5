"""Everything that the adapter sends, held against X's own OpenAPI document."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.options import ON
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.step import StepKind
from postflow_desktop.platforms.x.authorize import SCOPES, begin
from postflow_desktop.platforms.x.connector import XConnector
from postflow_desktop.platforms.x.endpoints import endpoints
from postflow_desktop.platforms.x.metrics import XMetrics
from postflow_desktop.platforms.x.uploading import VIDEO_PIECE_BYTES
from postflow_desktop.services.ports.publisher import ReplyTo
from postflow_desktop.transport.client import HttpClient
from tests.kit.films import read_item
from tests.kit.witness import WitnessedSandbox
from tests.media import films
from tests.x.openapi import TOKEN_PATHS, OpenApi
from tests.x.world import Seat, SystemClock, contract, grant, payload


@pytest.fixture(scope="session")
def api() -> OpenApi:
    return contract()


def whole_story(seat: Seat, sandbox: WitnessedSandbox) -> None:
    """Every call that there is, as an account's life brings it."""
    seat.connector.check(seat.session)
    pictures = seat.pictures
    media = (pictures.add("red", alt="Ü" * 1000), pictures.add_large(alt="Rauschen"))
    text = "Neu & frisch <heute> 漢字 👩🏽\u200d🚀 https://bücher.com/ü?a=1 #Brot @ana $TSLA"
    result = seat.post(text, *media, link="https://bakery.com/menu").result
    assert result is not None
    reply_to = ReplyTo(kind=StepKind.REPLY, root=result.external_id, parent=result.external_id)
    part = seat.publisher.prepare(
        seat.session,
        payload("Second part"),
        seat.media,
        target_id="target/1",
        at=seat.now(),
        reply_to=reply_to,
    )
    second = seat.send(part).result
    assert second is not None
    assert seat.publisher.find(seat.session, part).result == second
    for number in range(4):
        seat.post(f"More {number}")
    page = seat.publisher.list_own(seat.session, limit=5)
    seat.publisher.list_own(seat.session, cursor=page.cursor, limit=5000)
    seat.publisher.fetch(seat.session, result.external_id)
    seat.publisher.delete(seat.session, second.external_id)
    metrics = XMetrics(seat.http, SystemClock())
    assert metrics.of_posts(seat.session, [result.external_id])
    assert metrics.of_account(seat.session).posts
    renewed = seat.connector.refresh(sandbox.url, seat.signed_in.tokens)
    seat.connector.sign_out(sandbox.url, renewed.tokens)


def test_every_request_fits_the_document(
    api: OpenApi, seat: Seat, sandbox: WitnessedSandbox, tmp_path: Path
) -> None:
    media, data = read_item(tmp_path, "film.mp4", films.film(size=VIDEO_PIECE_BYTES + 5000))
    film = replace(seat.pictures.keep(media, data), alt="Ein Film")
    chosen = {"reply_settings": "following", "made_with_ai": ON, "paid_partnership": ON}
    content = replace(payload("A film", film), options=tuple(sorted(chosen.items())))
    wire = seat.publisher.prepare(
        seat.session, content, seat.media, target_id="film", at=seat.now()
    )
    assert seat.send(wire).kind is OutcomeKind.PUBLISHED
    whole_story(seat, sandbox)
    wrong, seen = [], set()
    for one in sandbox.exchanges:
        call = one.call
        if not call.path.startswith("/2/"):
            continue
        assert one.status in {200, 201}, one
        wrong += api.check_request(call.method, call.path, call.query, call.headers, call.body)
        known = api.operation(call.method, call.path)
        seen.add(call.path if known is None else f"{call.method} {known.path}")
    assert wrong == []
    assert seen >= {
        *TOKEN_PATHS,
        "POST /2/tweets",
        "GET /2/tweets/{id}",
        "DELETE /2/tweets/{id}",
        "GET /2/users/me",
        "GET /2/users/{id}/tweets",
        "POST /2/media/upload",
        "POST /2/media/upload/initialize",
        "POST /2/media/upload/{id}/append",
        "POST /2/media/upload/{id}/finalize",
        "POST /2/media/metadata",
        "GET /2/media/upload",
        "GET /2/tweets",
    }


def test_a_person_is_asked_for_exactly_what_the_calls_need(
    api: OpenApi, seat: Seat, sandbox: WitnessedSandbox
) -> None:
    whole_story(seat, sandbox)
    needed = {"offline.access"}
    for one in sandbox.exchanges:
        known = api.operation(one.call.method, one.call.path)
        if known is not None:
            needed |= api.scopes(known)
    assert needed == set(SCOPES)
    flow = api.components["securitySchemes"]["OAuth2UserToken"]["flows"]["authorizationCode"]
    assert needed <= set(flow["scopes"])
    assert flow["tokenUrl"] == endpoints("").token


def test_the_page_that_asks_is_that_of_the_prose() -> None:
    # docs.x.com (OAuth 2.0, user access token) has x.com/i/oauth2/authorize; the document names
    # api.x.com/2/oauth2/authorize, which leads there.
    begun = begin("", "app", "http://127.0.0.1:8765/callback", state="s" * 40)
    parts = urlsplit(begun.url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://x.com/i/oauth2/authorize"
    query = parse_qs(parts.query, strict_parsing=True)
    assert set(query) == {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    }
    assert (query["response_type"], query["code_challenge_method"]) == (["code"], ["S256"])
    assert query["scope"] == [" ".join(SCOPES)]
    assert "+" not in parts.query, "blanks are %20"


GOOD = b'{"text":"Hi","media":{"media_ids":["1"]}}'
JSON = {"authorization": "Bearer t", "content-type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "body"),
    [
        ("POST", "/2/tweets", {}, {"content-type": "application/json"}, GOOD),
        ("PUT", "/2/tweets", {}, JSON, GOOD),
        ("POST", "/2/posts", {}, JSON, GOOD),
        ("POST", "/2/tweets", {"text": "x"}, JSON, GOOD),
        ("POST", "/2/tweets", {}, JSON | {"content-type": "text/plain"}, GOOD),
        ("POST", "/2/tweets", {}, JSON, b'{"text":7}'),
        ("POST", "/2/tweets", {}, JSON, b'{"words":"x"}'),
        ("POST", "/2/tweets", {}, JSON, b'{"media":{"media_ids":[]}}'),
        ("POST", "/2/tweets", {}, JSON, b'{"media":{"media_ids":["1","2","3","4","5"]}}'),
        ("POST", "/2/tweets", {}, JSON, b'{"media":{"media_ids":["abc"]}}'),
        ("POST", "/2/tweets", {}, JSON, b'{"reply":{"in_reply_to_tweet_id":"x"}}'),
        ("POST", "/2/tweets", {}, JSON, b'{"reply_settings":"everyone"}'),
        ("GET", "/2/users/1/tweets", {"max_results": "4"}, JSON, b""),
        ("GET", "/2/users/1/tweets", {"max_results": "many"}, JSON, b""),
        ("GET", "/2/users/1/tweets", {"start_time": "yesterday"}, JSON, b""),
        ("GET", "/2/users/1/tweets", {"exclude": "everything"}, JSON, b""),
        ("GET", "/2/tweets/1", {"tweet.fields": "likes"}, JSON, b""),
        ("GET", "/2/tweets/abc", {}, JSON, b""),
        ("DELETE", "/2/tweets/1", {}, JSON, b"{}"),
        ("POST", "/2/media/upload/initialize", {}, JSON, b'{"media_type":"image/heic"}'),
        ("POST", "/2/media/upload/initialize", {}, JSON, b'{"total_bytes":"7"}'),
        ("POST", "/2/media/metadata", {}, JSON, b'{"metadata":{}}'),
        ("POST", "/2/media/metadata", {}, JSON, b'{"id":"1","metadata":{"alt_text":"x"}}'),
        ("POST", "/2/oauth2/token", {}, {}, b"grant_type=refresh_token"),
    ],
)
def test_the_checker_itself_finds_what_is_wrong(
    api: OpenApi, method: str, path: str, query: dict[str, str], headers: Any, body: bytes
) -> None:
    assert api.check_request("POST", "/2/tweets", {}, JSON, GOOD) == []
    assert api.check_request(method, path, query, headers, body) != []


def test_the_sandbox_answers_as_the_document_says(
    api: OpenApi, seat: Seat, sandbox: WitnessedSandbox
) -> None:
    whole_story(seat, sandbox)
    wrong = [
        f"{one.place}: {what}"
        for one in sandbox.exchanges
        if one.call.path.startswith("/2/") and one.answer is not None and one.status < 300
        for what in api.check_reply(one.call.method, one.call.path, one.status, one.answer.body)
    ]
    assert wrong == []


def test_who_is_signed_in_elsewhere_gives_the_tokens_back(
    connector: XConnector, http: HttpClient, sandbox: WitnessedSandbox
) -> None:
    with pytest.raises(PostFlowError):
        connector.sign_in(sandbox.url, "nobody", grant(http, sandbox.url))
    places = [one.place for one in sandbox.exchanges]
    assert places.count("POST /2/oauth2/revoke") == 2
