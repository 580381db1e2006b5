"""Preparing a post: what is refused before anything is asked, and what a server can do to it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import InvalidInput, NetworkUnreachable
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import MediaKind
from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence
from tests.bluesky.world import AT, Pictures, payload, send, session_of
from tests.transport.servers import ScriptedServer, free_port, read_request, reply, scripted


def session_at(service: str) -> Session:
    return Session(
        account_id="a",
        network=Network.BLUESKY,
        user_id="did:plc:abcdefghijklmnopqrstuvwx",
        username="a.test",
        service=service,
        access_token="a.b.c",
    )


def failure(
    publisher: BlueskyPublisher, session: Session, content: Payload, pictures: Pictures
) -> Outcome:
    with pytest.raises(PrepareFailed) as caught:
        publisher.prepare(session, content, pictures, target_id="t", at=AT)
    return caught.value.outcome


@contextmanager
def answering(body: bytes, status: str = "200 OK", extra: str = "") -> Iterator[ScriptedServer]:
    def script(connection: socket.socket) -> None:
        while read_request(connection):
            reply(connection, body, status, extra)

    with scripted(script) as server:
        yield server


def base(server: ScriptedServer) -> str:
    return f"http://127.0.0.1:{server.port}"


def test_what_breaks_the_rules_is_rejected_without_asking_the_server(
    publisher: BlueskyPublisher, pictures: Pictures
) -> None:
    nowhere = session_at(f"http://127.0.0.1:{free_port()}")
    good = pictures.add("red")
    cases = {
        "text_too_long": payload("x" * 301),
        "text_too_many_bytes": payload("\U0001f468\u200d\U0001f469\u200d\U0001f467" * 200),
        "empty_post": payload(" \n"),
        "too_many_images": payload("x", *[good] * 5),
        "image_too_big": payload("x", replace(good, size=2_000_001)),
        "video_type": payload("x", replace(good, kind=MediaKind.VIDEO, mime="video/webm")),
        "alt_too_long": payload("x", replace(good, alt="x" * 2001)),
        "bad_text": payload("half \ud83d a character"),
    }
    for code, content in cases.items():
        outcome = failure(publisher, nowhere, content, pictures)
        assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED, code)
        assert outcome.message
        assert outcome.fix
    assert pictures.reads == 0


def test_an_appended_link_counts(publisher: BlueskyPublisher, pictures: Pictures) -> None:
    nowhere = session_at(f"http://127.0.0.1:{free_port()}")
    content = payload("x" * 290, link="https://a.example/")
    assert failure(publisher, nowhere, content, pictures).code == "text_too_long"
    assert publisher.shown_text(content).endswith("x\n\nhttps://a.example/")


def test_a_missing_picture_is_rejected(publisher: BlueskyPublisher, pictures: Pictures) -> None:
    gone = replace(pictures.add("red"), sha256="0" * 64)
    outcome = failure(publisher, session_at("http://127.0.0.1:1"), payload("x", gone), pictures)
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED, "media_missing")


def test_a_server_that_is_away_means_not_sent(
    publisher: BlueskyPublisher, pictures: Pictures
) -> None:
    nowhere = session_at(f"http://127.0.0.1:{free_port()}")
    for content in (payload("x", pictures.add("red")), payload("hi @alice.test")):
        outcome = failure(publisher, nowhere, content, pictures)
        assert (outcome.kind, outcome.code) == (OutcomeKind.NOT_SENT, "connection_refused")
    wire = publisher.prepare(nowhere, payload("x"), pictures, target_id="t", at=AT)
    sent = send(publisher, nowhere, wire)
    assert (sent.kind, sent.code) == (OutcomeKind.NOT_SENT, "connection_refused")
    assert publisher.find(nowhere, wire).presence is Presence.UNKNOWN


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b'{"error":"PayloadTooLarge"}', "413 Too Large", OutcomeKind.REJECTED),
        (b'{"error":"RateLimitExceeded"}', "429 Slow", OutcomeKind.REJECTED_FOR_NOW),
        (b'{"error":"ExpiredToken"}', "400 Bad", OutcomeKind.UNAUTHORIZED),
        (b"oops", "500 Error", OutcomeKind.REJECTED_FOR_NOW),
        (b"{}", "200 OK", OutcomeKind.REJECTED_FOR_NOW),
        (b'{"blob":{"$type":"blob"}}', "200 OK", OutcomeKind.REJECTED_FOR_NOW),
        (b"<html>", "404 Not Found", OutcomeKind.REJECTED_FOR_NOW),
    ],
)
def test_a_failed_upload_says_what_to_do(
    publisher: BlueskyPublisher, pictures: Pictures, body: bytes, status: str, kind: OutcomeKind
) -> None:
    with answering(body, status) as server:
        content = payload("x", pictures.add("red"))
        outcome = failure(publisher, session_at(base(server)), content, pictures)
    assert outcome.kind is kind
    assert outcome.status == int(status[:3])


def test_a_mention_that_can_not_be_looked_up_now_is_tried_again_later(
    publisher: BlueskyPublisher, pictures: Pictures
) -> None:
    with answering(b"oops", "502 Bad Gateway") as server:
        outcome = failure(publisher, session_at(base(server)), payload("@a.test"), pictures)
    assert outcome.kind is OutcomeKind.REJECTED_FOR_NOW


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"oops", "500 Error"), (b"{}", "200 OK"), (b'{"error":"InvalidRequest"}', "400 Bad")],
)
def test_an_unusable_answer_is_unknown_and_unreachable(
    publisher: BlueskyPublisher, pictures: Pictures, body: bytes, status: str
) -> None:
    uri = "at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3jzfcijpj2z2a"
    with answering(body, status) as server:
        session = session_at(base(server))
        wire = publisher.prepare(session, payload("x"), pictures, target_id="t", at=AT)
        assert publisher.find(session, wire).presence is Presence.UNKNOWN
        with pytest.raises(NetworkUnreachable):
            publisher.fetch(session, uri)


def test_a_listing_leaves_out_what_is_no_post(publisher: BlueskyPublisher) -> None:
    good = {"uri": "at://did:plc:x/app.bsky.feed.post/3", "value": {"text": "a", "createdAt": "?"}}
    records = [None, 7, {}, {"uri": "x", "value": {}}, {"uri": good["uri"]}, good]
    with answering(json.dumps({"records": records, "cursor": 7}).encode()) as server:
        page = publisher.list_own(session_at(base(server)))
    assert [(post.text, post.created_at) for post in page.posts] == [("a", None)]
    assert page.cursor is None


def test_an_address_that_is_none_of_ours_is_invalid(publisher: BlueskyPublisher) -> None:
    session = session_at("http://127.0.0.1:1")
    for act in (publisher.fetch, publisher.delete):
        with pytest.raises(InvalidInput) as caught:
            act(session, "https://bsky.app/profile/x/post/y")
        assert caught.value.code == "bad_external_id"


def test_dropped_pictures_are_uploaded_again_for_the_same_wire_form(
    publisher: BlueskyPublisher,
    connector: BlueskyConnector,
    sandbox: SandboxServer,
    pictures: Pictures,
) -> None:
    session = session_of(connector.sign_in(sandbox.url, "anna.test", "x"))
    content = payload("Pictures", pictures.add("red"), pictures.add("blue"))
    wire = publisher.prepare(session, content, pictures, target_id="t", at=AT)
    sandbox.bluesky.forget_blobs()
    assert send(publisher, session, wire).upload_again
    publisher.upload_again(session, content, pictures)
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED


def test_preparing_twice_for_the_same_claim_gives_the_same_bytes(
    publisher: BlueskyPublisher,
    connector: BlueskyConnector,
    sandbox: SandboxServer,
    pictures: Pictures,
) -> None:
    session = session_of(connector.sign_in(sandbox.url, "anna.test", "x"))
    content = payload("Hi @anna.test #tag", pictures.add("red", alt="Rot"))
    first, second = (
        publisher.prepare(session, content, pictures, target_id="t", at=AT) for _ in range(2)
    )
    assert first == second
