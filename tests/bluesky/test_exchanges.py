"""A whole life of an account: what goes out and what comes back, held against the lexicons."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.domain.step import StepKind
from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
from postflow_desktop.platforms.bluesky.metrics import BlueskyMetrics
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.sandbox.exchange import Answer, Call
from postflow_desktop.services.ports.publisher import ReplyTo
from postflow_desktop.transport.client import HttpClient
from tests.bluesky.lexicons import XRPC, Lexicons
from tests.bluesky.world import (
    AT,
    Pictures,
    SystemClock,
    contracts,
    payload,
    send,
    session_of,
)
from tests.kit.witness import Exchange, WitnessedSandbox
from tests.media.films import film


@pytest.fixture
def lexicons() -> Lexicons:
    return Lexicons(contracts("lexicons"))


def film_of(pictures: Pictures) -> Media:
    content = film(size=100_000)
    return pictures.keep(
        Media(
            kind=MediaKind.VIDEO,
            sha256=hashlib.sha256(content).hexdigest(),
            mime="video/mp4",
            size=len(content),
            width=640,
            height=360,
            alt="A loaf",
            duration=12.5,
            codec="avc1",
        ),
        content,
    )


def whole_story(
    http: HttpClient,
    publisher: BlueskyPublisher,
    connector: BlueskyConnector,
    sandbox: WitnessedSandbox,
) -> None:
    pictures = Pictures()
    signed = connector.sign_in(sandbox.url, "anna.test", "aaaa-bbbb-cccc-dddd")
    session = session_of(signed)
    connector.check(session)
    media = [pictures.add(colour, alt="ä" * 1000) for colour in ("red", "green")]
    text = "Ü #tag @anna.test $TSLA https://bücher.example/ü"
    wire = publisher.prepare(session, payload(text, *media), pictures, target_id="t", at=AT)
    root = send(publisher, session, wire).result
    assert root is not None
    assert publisher.find(session, wire).result == root
    reply_to = ReplyTo(kind=StepKind.REPLY, root=root.external_id, parent=root.external_id)
    part = publisher.prepare(
        session, payload("Second"), pictures, target_id="t/1", at=AT, reply_to=reply_to
    )
    second = send(publisher, session, part).result
    assert second is not None
    page = publisher.list_own(session, limit=1)
    publisher.list_own(session, cursor=page.cursor, limit=1000)
    publisher.fetch(session, root.external_id)
    publisher.delete(session, second.external_id)
    metrics = BlueskyMetrics(http, SystemClock())
    assert set(metrics.of_posts(session, [root.external_id])) == {root.external_id}
    assert metrics.of_account(session).posts is not None
    film = film_of(pictures)
    shown = publisher.prepare(session, payload("Look", film), pictures, target_id="f", at=AT)
    assert send(publisher, session, shown).result is not None
    renewed = connector.refresh(signed.service, signed.tokens)
    connector.sign_out(renewed.service, renewed.tokens)


def test_requests_and_replies_fit_the_lexicons(
    lexicons: Lexicons,
    http: HttpClient,
    publisher: BlueskyPublisher,
    connector: BlueskyConnector,
    sandbox: WitnessedSandbox,
) -> None:
    whole_story(http, publisher, connector, sandbox)
    calls = [one for one in sandbox.exchanges if one.call.path.startswith(XRPC)]
    assert all(one.status == 200 for one in calls)
    assert [what for one in calls for what in lexicons.check_call(one)] == []
    assert [what for one in calls for what in lexicons.check_answer(one)] == []
    assert {one.call.path.rpartition(".")[2] for one in calls} >= {
        "createSession",
        "refreshSession",
        "getSession",
        "deleteSession",
        "resolveHandle",
        "uploadBlob",
        "putRecord",
        "getRecord",
        "listRecords",
        "deleteRecord",
        "getPosts",
        "getProfile",
    }


def test_tokens_go_only_where_they_are_needed(
    http: HttpClient,
    publisher: BlueskyPublisher,
    connector: BlueskyConnector,
    sandbox: WitnessedSandbox,
) -> None:
    whole_story(http, publisher, connector, sandbox)
    bare = {
        one.call.path.rpartition(".")[2]
        for one in sandbox.exchanges
        if "authorization" not in one.call.headers and one.call.path.startswith(XRPC)
    }
    assert bare == {"createSession", "resolveHandle", "getRecord", "listRecords"}


POST = Call(
    method="POST",
    path=f"{XRPC}com.atproto.repo.deleteRecord",
    headers={"content-type": "application/json"},
    body=json.dumps(
        {"repo": "did:plc:a", "collection": "app.bsky.feed.post", "rkey": "3jzfcijpj2z2a"}
    ).encode(),
)
RECORD = {"$type": "app.bsky.feed.post", "text": "x", "createdAt": "2026-11-23T08:00:00.000Z"}
WRONG = [
    replace(POST, method="GET"),
    replace(POST, path=f"{XRPC}com.atproto.repo.dropRecord"),
    replace(POST, query={"repo": "did:plc:a"}),
    replace(POST, headers={"content-type": "text/plain"}),
    replace(POST, body=b'{"repo": "did:plc:a"}'),
    replace(POST, body=b'{"repo": 7, "collection": "a.b.c", "rkey": "x"}'),
    replace(POST, path=f"{XRPC}com.atproto.server.refreshSession"),
    replace(POST, method="GET", path=f"{XRPC}com.atproto.repo.listRecords", query={"limit": "0"}),
    replace(
        POST,
        path=f"{XRPC}com.atproto.repo.putRecord",
        body=json.dumps(
            {
                "repo": "did:plc:a",
                "collection": "app.bsky.feed.post",
                "rkey": "3jzfcijpj2z2a",
                "record": RECORD | {"text": "x" * 301},
            }
        ).encode(),
    ),
]


@pytest.mark.parametrize("call", WRONG)
def test_the_checker_itself_finds_what_is_wrong(lexicons: Lexicons, call: Call) -> None:
    answer = Answer(body=b"{}")
    assert lexicons.check_call(Exchange(call=POST, answer=answer)) == []
    assert lexicons.check_call(Exchange(call=call, answer=answer)) != []


def test_a_reply_that_lacks_something_is_found(lexicons: Lexicons) -> None:
    call = replace(POST, path=f"{XRPC}com.atproto.repo.putRecord")
    answer = Answer(body=b'{"uri": "at://a.test/b.c.d/x"}')
    assert lexicons.check_answer(Exchange(call=call, answer=answer)) == ["$: no cid"]
