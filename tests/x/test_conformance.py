"""The whole adapter against the sandbox's X, over HTTP: sign-in, posts, reading back, tokens."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from postflow_desktop.domain.account import Tokens
from postflow_desktop.domain.errors import InvalidInput, NotAllowed, Refused
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.platforms.x.connector import XConnector
from postflow_desktop.platforms.x.publisher import XPublisher
from postflow_desktop.platforms.x.uploading import PIECE_BYTES
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence
from postflow_desktop.transport.client import HttpClient
from tests.x.world import Pictures, Seat, grant, payload, send, session_of

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


def listed(seat: Seat) -> list[dict[str, Any]]:
    """The account's posts as the API gives them."""
    answer = httpx.get(
        f"{seat.session.service}/2/users/{seat.session.user_id}/tweets",
        params={"tweet.fields": "created_at,entities,attachments", "max_results": "100"},
        headers={"Authorization": f"Bearer {seat.session.access_token}"},
    )
    found: list[dict[str, Any]] = answer.raise_for_status().json().get("data", [])
    return found


def test_a_code_from_the_page_opens_a_session(seat: Seat, sandbox: SandboxServer) -> None:
    signed_in = seat.signed_in
    assert signed_in.username == "bakery"
    assert signed_in.user_id.isdecimal()
    assert signed_in.service == sandbox.url
    assert signed_in.tokens.expires_at is not None
    left = signed_in.tokens.expires_at - datetime.now(UTC)
    assert timedelta(minutes=119) < left <= timedelta(hours=2)
    assert seat.connector.check(seat.session) == "bakery"


def test_a_code_works_once(connector: XConnector, http: HttpClient, sandbox: SandboxServer) -> None:
    secret = grant(http, sandbox.url)
    connector.sign_in(sandbox.url, "", secret)
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "", secret)
    assert caught.value.code == "authorization_failed"
    assert json.loads(secret)["code"] not in str(caught.value)


def test_the_wrong_verifier_gets_nothing(
    connector: XConnector, http: HttpClient, sandbox: SandboxServer
) -> None:
    secret = json.loads(grant(http, sandbox.url))
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "", json.dumps(secret | {"verifier": "x" * 43}))
    assert caught.value.code == "authorization_failed"


def test_another_account_than_the_wanted_one_is_not_connected(
    connector: XConnector, http: HttpClient, sandbox: SandboxServer
) -> None:
    assert connector.sign_in(sandbox.url, "@Bakery", grant(http, sandbox.url)).username == "bakery"
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "someone_else", grant(http, sandbox.url))
    assert caught.value.code == "other_account"
    assert "@bakery" in caught.value.message


def test_the_whole_post_arrives_as_written(seat: Seat) -> None:
    text = f"Neu & frisch <heute> {FAMILY}: https://bücher.com/straße?a=1 #Brot"
    media = (seat.pictures.add("red", alt="Ein rotes Regal"), seat.pictures.add("blue"))
    outcome = seat.post(text, *media, link="https://bakery.com/menu")

    assert outcome.kind is OutcomeKind.PUBLISHED
    assert outcome.status == 201
    assert outcome.result is not None
    assert outcome.result.url == f"https://x.com/i/status/{outcome.result.external_id}"
    (stored,) = listed(seat)
    assert stored["id"] == outcome.result.external_id
    assert "&amp; frisch &lt;heute&gt;" in stored["text"]
    assert "bakery.com" not in stored["text"]
    assert len(stored["attachments"]["media_keys"]) == 2
    post = seat.publisher.fetch(seat.session, outcome.result.external_id)
    assert post is not None
    assert post.text == f"{text}\n\nhttps://bakery.com/menu"
    assert post.created_at is not None
    assert abs(datetime.now(UTC) - post.created_at) < timedelta(seconds=30)


def test_pictures_arrive_byte_for_byte_with_their_descriptions(
    seat: Seat, sandbox: SandboxServer
) -> None:
    small = seat.pictures.add("green", alt="Grün & gut")
    large = seat.pictures.add_large(alt="Rauschen")
    assert large.size > PIECE_BYTES > small.size
    assert seat.post("", small, large).kind is OutcomeKind.PUBLISHED
    (shown,) = sandbox.x.posts()
    assert [alt for _, alt in shown.pictures] == ["Grün & gut", "Rauschen"]
    for (address, _), item in zip(shown.pictures, (small, large), strict=True):
        answer = httpx.get(f"{sandbox.url}{address}")
        assert answer.headers["content-type"] == "image/png"
        assert answer.content == seat.pictures.bytes[item.sha256]
    assert 'alt="Rauschen"' in httpx.get(sandbox.url).text


def test_the_same_words_again_are_a_duplicate(seat: Seat, sandbox: SandboxServer) -> None:
    assert seat.post("Fresh bread").kind is OutcomeKind.PUBLISHED
    again = seat.post("Fresh bread")
    assert (again.kind, again.code, again.status) == (OutcomeKind.DUPLICATE, "duplicate", 403)
    assert again.fix
    assert len(sandbox.log) == 1


def test_a_post_is_absent_then_present_then_absent_again(seat: Seat) -> None:
    wire = seat.wire(f"Look {FAMILY} at bakery.com/a and https://books.com/?a=1&b=2 & more")
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT
    result = seat.send(wire).result
    assert result is not None
    found = seat.publisher.find(seat.session, wire)
    assert (found.presence, found.result) == (Presence.PRESENT, result)
    seat.publisher.delete(seat.session, result.external_id)
    seat.publisher.delete(seat.session, result.external_id)
    assert seat.publisher.fetch(seat.session, result.external_id) is None
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT


def test_only_a_post_with_the_same_words_and_pictures_counts_as_found(seat: Seat) -> None:
    red = seat.pictures.add("red")
    wire = seat.wire("Bread", red)
    seat.post("Bread")
    seat.post("Bread rolls", red)
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT
    result = seat.post("Bread ", red, seat.pictures.add("blue")).result
    assert result is None, "the sandbox refuses the same words"
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT


def test_posts_from_before_the_attempt_do_not_count(seat: Seat) -> None:
    seat.post("Bread")
    body = json.loads(seat.wire("Bread"))
    later = datetime.now(UTC) + timedelta(minutes=2)
    wire = json.dumps(body | {"at": later.isoformat()})
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT


def test_two_posts_that_look_alike_are_for_a_person(seat: Seat) -> None:
    red = seat.pictures.add("red")
    wire = seat.wire("", red)
    seat.post("", red)
    seat.post("", seat.pictures.add("blue"))
    found = seat.publisher.find(seat.session, wire)
    assert found.presence is Presence.OTHER
    assert "2 posts" in found.message


def test_own_posts_are_listed_newest_first_in_pages(seat: Seat) -> None:
    for number in range(7):
        assert seat.post(f"Post {number}").kind is OutcomeKind.PUBLISHED
    first = seat.publisher.list_own(seat.session, limit=5)
    assert [post.text for post in first.posts] == [f"Post {n}" for n in (6, 5, 4, 3, 2)]
    second = seat.publisher.list_own(seat.session, cursor=first.cursor, limit=5)
    assert [post.text for post in second.posts] == ["Post 1", "Post 0"]
    assert second.cursor is None
    assert len(seat.publisher.list_own(seat.session, limit=5000).posts) == 7


def test_nothing_posted_is_an_empty_list(seat: Seat) -> None:
    assert seat.publisher.list_own(seat.session).posts == ()


@pytest.mark.parametrize("token", ["nonsense", "a.b.c"])
def test_a_token_that_is_none_is_unauthorized(seat: Seat, token: str) -> None:
    session = session_of(seat.signed_in, token)
    outcome = send(seat.publisher, session, seat.wire("Refused"))
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNAUTHORIZED, "token_refused")
    assert seat.publisher.find(session, seat.wire("Refused")).presence is Presence.UNKNOWN
    for act in (
        lambda: seat.publisher.delete(session, "1"),
        lambda: seat.connector.check(session),
    ):
        with pytest.raises(NotAllowed) as caught:
            act()
        assert caught.value.code == "token_refused"


def test_a_bad_token_stops_the_upload_before_anything_is_sent(seat: Seat) -> None:
    content = payload("With picture", seat.pictures.add("green"))
    with pytest.raises(PrepareFailed) as caught:
        seat.publisher.prepare(
            session_of(seat.signed_in, "forged"),
            content,
            seat.pictures,
            target_id="t",
            at=datetime.now(UTC),
        )
    assert caught.value.outcome.kind is OutcomeKind.UNAUTHORIZED


def change(wire: str, **fields: object) -> str:
    stored = json.loads(wire)
    stored["body"] = json.dumps(json.loads(stored["body"]) | fields)
    return json.dumps(stored)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": "x" * 281}, "text_too_long"),
        ({"text": "漢" * 141}, "text_too_long"),
        ({"text": " "}, "post_refused"),
        ({"unheard_of": True}, "post_refused"),
        ({"media": {"media_ids": []}}, "post_refused"),
    ],
)
def test_what_x_refuses_is_rejected_for_good(
    seat: Seat, sandbox: SandboxServer, fields: dict[str, object], code: str
) -> None:
    outcome = seat.send(change(seat.wire("x"), **fields))
    assert (outcome.kind, outcome.code, outcome.status) == (OutcomeKind.REJECTED, code, 400)
    assert outcome.message
    assert outcome.fix
    assert sandbox.log == ()


def test_a_picture_that_x_forgot_is_uploaded_for_a_new_wire_form(
    seat: Seat, sandbox: SandboxServer
) -> None:
    red = seat.pictures.add("red")
    wire = seat.wire("With picture", red)
    sandbox.x.forget_media()
    outcome = seat.send(wire)
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED_FOR_NOW, "media_expired")
    assert outcome.new_wire
    assert seat.post("With picture", red).kind is OutcomeKind.PUBLISHED


def test_refreshing_gives_tokens_that_work(seat: Seat) -> None:
    renewed = seat.connector.refresh(seat.signed_in.service, seat.signed_in.tokens)
    assert renewed.user_id == seat.signed_in.user_id
    assert renewed.username == "bakery"
    assert renewed.tokens.access != seat.signed_in.tokens.access
    assert renewed.tokens.expires_at is not None
    assert seat.connector.check(session_of(renewed)) == "bakery"
    again = seat.connector.refresh(renewed.service, renewed.tokens)
    assert seat.connector.check(session_of(again)) == "bakery"


def test_a_refresh_token_works_once(seat: Seat) -> None:
    seat.connector.refresh(seat.signed_in.service, seat.signed_in.tokens)
    with pytest.raises(NotAllowed) as caught:
        seat.connector.refresh(seat.signed_in.service, seat.signed_in.tokens)
    assert caught.value.code == "reconnect_needed"


def test_after_signing_out_only_a_new_sign_in_helps(seat: Seat) -> None:
    service, tokens = seat.signed_in.service, seat.signed_in.tokens
    seat.connector.sign_out(service, tokens)
    seat.connector.sign_out(service, tokens)
    with pytest.raises(NotAllowed):
        seat.connector.check(seat.session)
    with pytest.raises(NotAllowed) as caught:
        seat.connector.refresh(service, tokens)
    assert caught.value.code == "reconnect_needed"


@pytest.mark.parametrize("refresh", [None, "a.b.c", "{}", '{"token": 7}'])
def test_a_refresh_token_that_is_none_needs_a_new_sign_in(
    connector: XConnector, sandbox: SandboxServer, refresh: str | None
) -> None:
    with pytest.raises(NotAllowed) as caught:
        connector.refresh(sandbox.url, Tokens(access="a", refresh=refresh))
    assert caught.value.code == "reconnect_needed"
    with pytest.raises(Refused) as unended:
        connector.sign_out(sandbox.url, Tokens(access="a", refresh=refresh))
    assert unended.value.code == "not_revocable"


def test_the_post_of_somebody_else_is_not_deleted(
    seat: Seat, http: HttpClient, sandbox: SandboxServer
) -> None:
    other = seat.connector.sign_in(sandbox.url, "", grant(http, sandbox.url, "other"))
    result = seat.post("Mine").result
    assert result is not None
    with pytest.raises(Refused):
        seat.publisher.delete(session_of(other), result.external_id)
    assert len(listed(seat)) == 1


@pytest.mark.parametrize("external_id", ["", "abc", "1/2", "12345678901234567890", "at://x/y/z"])
def test_an_address_that_is_no_id_is_refused(seat: Seat, external_id: str) -> None:
    for act in (seat.publisher.fetch, seat.publisher.delete):
        with pytest.raises(InvalidInput) as caught:
            act(seat.session, external_id)
        assert caught.value.code == "bad_external_id"


def test_the_guard_keeps_a_post_from_the_server(seat: Seat, sandbox: SandboxServer) -> None:
    from postflow_desktop.services.ports.publisher import SendRefused

    def guard() -> None:
        raise SendRefused("The lease is too short.")

    outcome = seat.publisher.publish(
        seat.session,
        seat.wire("Not this one"),
        before_first_byte=guard,
        on_reply=lambda reply: None,
    )
    assert outcome.kind is OutcomeKind.NOT_SENT
    assert sandbox.log == ()


def test_the_composer_and_the_publisher_agree_on_what_is_too_long(
    publisher: XPublisher, seat: Seat
) -> None:
    text = "漢" * 128 + " " + "https://example.com/" + "a" * 300
    assert publisher.measure(text) == 280
    assert seat.post(text).kind is OutcomeKind.PUBLISHED
    with pytest.raises(PrepareFailed) as caught:
        publisher.prepare(
            seat.session, payload(text + "!"), Pictures(), target_id="t", at=datetime.now(UTC)
        )
    assert caught.value.outcome.code == "text_too_long"
