"""The whole adapter against the sandbox's Facebook, over HTTP: sign-in, posts, finding, faults."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from postflow_desktop.domain.errors import InvalidInput, NotAllowed, Refused
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.platforms.facebook.connector import FacebookConnector
from postflow_desktop.platforms.facebook.publisher import FacebookPublisher
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence, SendRefused
from tests.facebook.world import PERSON, Pictures, Seat, payload, send, session_of

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
K = OutcomeKind


def test_a_persons_token_leads_to_the_page_and_its_own_token(
    seat: Seat, sandbox: SandboxServer
) -> None:
    signed_in = seat.signed_in
    assert signed_in.user_id.isdecimal()
    assert (signed_in.username, signed_in.display_name) == ("cornerbakery", "Cornerbakery")
    assert signed_in.service == sandbox.url
    assert signed_in.tokens.access not in {"", PERSON}
    assert signed_in.tokens.refresh is None
    assert seat.connector.check(seat.session) == "cornerbakery"


def test_a_pages_own_token_works_too(seat: Seat, sandbox: SandboxServer) -> None:
    token = seat.signed_in.tokens.access
    again = seat.connector.sign_in(sandbox.url, "", f" {token}\n")
    assert again == seat.signed_in
    with pytest.raises(NotAllowed) as caught:
        seat.connector.sign_in(sandbox.url, "someone.else", token)
    assert caught.value.code == "other_account"


def test_among_several_pages_a_person_chooses(
    connector: FacebookConnector, sandbox: SandboxServer
) -> None:
    person = "user:bakery,cafe.berlin,mina"
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "", person)
    assert caught.value.code == "choose_page"
    assert "Cafe Berlin" in caught.value.message
    chosen = connector.sign_in(sandbox.url, "Cafe Berlin", person)
    assert chosen.username == "cafe.berlin"
    for wanted in ("@cafe.berlin", chosen.user_id):
        assert connector.sign_in(sandbox.url, wanted, person).user_id == chosen.user_id
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "cafe", person)
    assert caught.value.code == "other_account"


def test_pages_beyond_the_first_hundred_are_found(
    connector: FacebookConnector, sandbox: SandboxServer
) -> None:
    person = "user:" + ",".join(f"page{number}" for number in range(230))
    assert connector.sign_in(sandbox.url, "page229", person).username == "page229"


def test_without_the_right_to_create_content_nothing_is_connected(
    connector: FacebookConnector, sandbox: SandboxServer
) -> None:
    sandbox.facebook.pages.forbid("cornerbakery")
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "", PERSON)
    assert caught.value.code == "permission_missing"


@pytest.mark.parametrize("token", ["", "nonsense-token", "a b", "EAAB\nX: y", "tökén"])
def test_a_token_that_is_none_is_refused(
    connector: FacebookConnector, sandbox: SandboxServer, token: str
) -> None:
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "", token)
    assert caught.value.code == "wrong_token"
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize("service", ["http://example.com", "https://a/b", "ftp://a", "https://u@h"])
def test_tokens_go_to_safe_addresses_only(connector: FacebookConnector, service: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        connector.sign_in(service, "", PERSON)
    assert caught.value.code == "bad_service"


def test_a_token_that_ended_is_found_out_everywhere(seat: Seat, sandbox: SandboxServer) -> None:
    wire, content = seat.wire("Too late"), payload("x", seat.pictures.add("red"))
    sandbox.facebook.pages.end_tokens("cornerbakery")
    outcome = seat.send(wire)
    assert (outcome.kind, outcome.code) == (K.UNAUTHORIZED, "token_refused")
    assert seat.publisher.find(seat.session, wire).presence is Presence.UNKNOWN
    with pytest.raises(PrepareFailed) as failed:
        seat.publisher.prepare(
            seat.session, content, seat.pictures, target_id="t", at=datetime.now(UTC)
        )
    assert failed.value.outcome.kind is K.UNAUTHORIZED
    for act in (
        lambda: seat.connector.check(seat.session),
        lambda: seat.publisher.delete(seat.session, "1_1"),
    ):
        with pytest.raises(NotAllowed) as caught:
            act()
        assert caught.value.code == "token_refused"
    with pytest.raises(NotAllowed) as caught:
        seat.connector.refresh(sandbox.url, seat.signed_in.tokens)
    assert caught.value.code == "reconnect_needed"
    with pytest.raises(Refused) as refused:
        seat.connector.sign_out(sandbox.url, seat.signed_in.tokens)
    assert refused.value.code == "not_revocable"


def test_a_persons_token_does_not_post_as_the_page(seat: Seat, sandbox: SandboxServer) -> None:
    outcome = send(seat.publisher, session_of(seat.signed_in, PERSON), seat.wire("No"))
    assert (outcome.kind, outcome.code) == (K.REJECTED, "permission_missing")
    assert sandbox.log == ()


def test_the_whole_post_arrives_as_written(seat: Seat, sandbox: SandboxServer) -> None:
    text = f"Neu & frisch <heute> {FAMILY}: #Brot"
    red, blue = seat.pictures.add("red", alt="Rot & süß"), seat.pictures.add("blue", kind="JPEG")
    outcome = seat.post(text, red, blue, link="https://bakery.com/menu")
    assert (outcome.kind, outcome.status) == (K.PUBLISHED, 200)
    assert outcome.result is not None
    post_id = outcome.result.external_id
    assert post_id.startswith(f"{seat.session.user_id}_")
    assert outcome.result.url == f"https://www.facebook.com/{post_id}"
    (shown,) = sandbox.facebook.posts()
    assert [alt for _, alt in shown.pictures] == ["Rot & süß", ""]
    for (place, _), item in zip(shown.pictures, (red, blue), strict=True):
        answer = httpx.get(f"{sandbox.url}{place}")
        assert answer.content == seat.pictures.bytes[item.sha256]
    post = seat.publisher.fetch(seat.session, post_id)
    assert post is not None
    assert post.text == f"{text}\n\nhttps://bakery.com/menu"
    assert post.url.startswith(f"https://www.facebook.com/{seat.session.user_id}/posts/")
    assert post.created_at is not None
    assert abs(datetime.now(UTC) - post.created_at) < timedelta(seconds=30)
    assert "Cornerbakery" in httpx.get(sandbox.url).text


@pytest.mark.parametrize("text", ["Read this", ""])
def test_a_link_becomes_a_card(seat: Seat, text: str) -> None:
    link = "https://Bücher.example/Straße?a=1&b=#x"
    wire = seat.wire(text, link=link)
    body = json.loads(json.loads(wire)["body"])
    assert body == {"message": text or link, "link": link}
    result = seat.send(wire).result
    assert result is not None
    found = seat.publisher.find(seat.session, wire)
    assert (found.presence, found.result) == (Presence.PRESENT, result)
    assert seat.post(text, link="https://b.example/other").kind is K.PUBLISHED
    assert seat.publisher.find(seat.session, wire).result == result


def test_a_post_is_absent_then_present_then_absent_again(seat: Seat) -> None:
    wire = seat.wire(f"Look {FAMILY}\n\n  at this  ", seat.pictures.add("red"))
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT
    result = seat.send(wire).result
    assert result is not None
    found = seat.publisher.find(seat.session, wire)
    assert (found.presence, found.result) == (Presence.PRESENT, result)
    seat.publisher.delete(seat.session, result.external_id)
    seat.publisher.delete(seat.session, result.external_id)
    assert seat.publisher.fetch(seat.session, result.external_id) is None
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT


def test_photos_tell_posts_apart_that_look_the_same(seat: Seat) -> None:
    red = seat.pictures.add("red")
    wires = [seat.wire("", red) for _ in range(3)]
    results = [seat.send(wire).result for wire in wires[:2]]
    found = [seat.publisher.find(seat.session, wire) for wire in wires]
    assert [one.result for one in found] == [*results, None]
    assert found[2].presence is Presence.ABSENT


def test_two_posts_that_look_alike_are_for_a_person(seat: Seat) -> None:
    wire = seat.wire("Bread")
    for text in ("Bread", "Something else", " Bread\n"):
        assert seat.post(text).kind is K.PUBLISHED
    found = seat.publisher.find(seat.session, wire)
    assert found.presence is Presence.OTHER
    assert "2 posts" in found.message


def test_posts_from_before_the_attempt_do_not_count(seat: Seat) -> None:
    seat.post("Bread")
    stored = json.loads(seat.wire("Bread"))
    later = datetime.now(UTC) + timedelta(minutes=2)
    wire = json.dumps(stored | {"at": later.isoformat()})
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT


def test_a_post_is_found_behind_a_page_of_newer_ones(seat: Seat) -> None:
    wire = seat.wire("The first")
    result = seat.send(wire).result
    for number in range(101):
        assert seat.post(f"Newer {number}").kind is K.PUBLISHED
    assert seat.publisher.find(seat.session, wire).result == result
    first = seat.publisher.list_own(seat.session, limit=5000)
    assert len(first.posts) == 100
    second = seat.publisher.list_own(seat.session, cursor=first.cursor)
    assert [post.text for post in second.posts] == ["Newer 0", "The first"]
    assert second.cursor is None


def test_nothing_posted_is_an_empty_list(seat: Seat) -> None:
    assert seat.publisher.list_own(seat.session).posts == ()


def test_the_same_words_again_are_a_duplicate(seat: Seat, sandbox: SandboxServer) -> None:
    assert seat.post("Fresh bread").kind is K.PUBLISHED
    again = seat.post("Fresh bread")
    assert (again.kind, again.code) == (K.DUPLICATE, "duplicate")
    assert again.fix
    assert len(sandbox.log) == 1


def test_the_same_photos_again_are_a_duplicate(seat: Seat, sandbox: SandboxServer) -> None:
    wire = seat.wire("Once", seat.pictures.add("red"))
    assert [seat.send(wire).kind for _ in range(2)] == [K.PUBLISHED, K.DUPLICATE]
    assert len(sandbox.log) == 1


def test_a_photo_that_facebook_forgot_is_uploaded_for_a_new_wire_form(
    seat: Seat, sandbox: SandboxServer
) -> None:
    red = seat.pictures.add("red")
    wire = seat.wire("With picture", red)
    sandbox.facebook.forget_media()
    outcome = seat.send(wire)
    assert (outcome.kind, outcome.code) == (K.REJECTED_FOR_NOW, "media_expired")
    assert outcome.new_wire
    assert seat.post("With picture", red).kind is K.PUBLISHED


def test_a_photo_that_facebook_refuses_stops_the_post_before_anything_is_out(
    seat: Seat, sandbox: SandboxServer
) -> None:
    broken = seat.pictures.add("red")
    seat.pictures.bytes[broken.sha256] = b"no picture"
    with pytest.raises(PrepareFailed) as caught:
        seat.wire("x", broken)
    assert (caught.value.outcome.kind, caught.value.outcome.code) == (K.REJECTED, "image_refused")
    del seat.pictures.bytes[broken.sha256]
    with pytest.raises(PrepareFailed) as caught:
        seat.wire("x", broken)
    assert caught.value.outcome.code == "media_missing"
    assert sandbox.log == ()


def test_the_post_of_another_page_is_not_deleted(seat: Seat, sandbox: SandboxServer) -> None:
    other = seat.connector.sign_in(sandbox.url, "", "user:other")
    result = seat.post("Mine").result
    assert result is not None
    with pytest.raises(Refused):
        seat.publisher.delete(session_of(other), result.external_id)
    assert len(sandbox.facebook.posts()) == 1


@pytest.mark.parametrize("external_id", ["", "abc", "1", "1_", "1_2_3", "1/2", "me/feed"])
def test_an_address_that_is_no_id_is_refused(seat: Seat, external_id: str) -> None:
    for act in (seat.publisher.fetch, seat.publisher.delete):
        with pytest.raises(InvalidInput) as caught:
            act(seat.session, external_id)
        assert caught.value.code == "bad_external_id"


def test_the_guard_keeps_a_post_from_the_server(seat: Seat, sandbox: SandboxServer) -> None:
    def guard() -> None:
        raise SendRefused("The lease is too short.")

    outcome = seat.publisher.publish(
        seat.session, seat.wire("No"), before_first_byte=guard, on_reply=lambda reply: None
    )
    assert outcome.kind is K.NOT_SENT
    assert sandbox.log == ()


@pytest.mark.parametrize("with_photo", [False, True])
@pytest.mark.parametrize(
    ("fault", "kind", "presence"),
    [
        (FaultKind.RESET_BEFORE, K.AMBIGUOUS, Presence.ABSENT),
        (FaultKind.RESET_AFTER, K.AMBIGUOUS, Presence.PRESENT),
        (FaultKind.UNAVAILABLE, K.AMBIGUOUS, Presence.ABSENT),
        (FaultKind.ERROR_AFTER, K.AMBIGUOUS, Presence.PRESENT),
        (FaultKind.RATE_LIMITED, K.REJECTED_FOR_NOW, Presence.ABSENT),
        (FaultKind.EXPIRED_TOKEN, K.UNAUTHORIZED, Presence.ABSENT),
        (FaultKind.SLOW, K.PUBLISHED, Presence.PRESENT),
    ],
)
def test_after_a_fault_the_listing_tells_what_is_out(
    seat: Seat,
    sandbox: SandboxServer,
    *,
    fault: FaultKind,
    kind: OutcomeKind,
    presence: Presence,
    with_photo: bool,
) -> None:
    wire = seat.wire("Once", *[seat.pictures.add("red")] * with_photo)
    sandbox.fail(fault, delay=0.05)
    assert seat.send(wire).kind is kind
    assert seat.publisher.find(seat.session, wire).presence is presence
    assert len(sandbox.log) == (presence is Presence.PRESENT)


def test_a_late_acceptance_is_absent_first_and_present_later(
    seat: Seat, sandbox: SandboxServer
) -> None:
    wire = seat.wire("Later")
    sandbox.fail(FaultKind.LATE, delay=0.2)
    assert seat.send(wire).kind is K.AMBIGUOUS
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT
    sandbox.settle()
    assert seat.publisher.find(seat.session, wire).presence is Presence.PRESENT


def test_faults_meet_publishing_only(seat: Seat, sandbox: SandboxServer) -> None:
    sandbox.fail(FaultKind.RESET_BEFORE)
    wire = seat.wire("Two", seat.pictures.add("red"))
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT
    assert seat.publisher.list_own(seat.session).posts == ()
    assert seat.send(wire).kind is K.AMBIGUOUS


def test_what_was_posted_is_there_after_a_restart(
    connector: FacebookConnector, publisher: FacebookPublisher, tmp_path: Path
) -> None:
    with SandboxServer(tmp_path) as server:
        session = session_of(connector.sign_in(server.url, "", PERSON))
        wire = publisher.prepare(
            session, payload("Kept"), Pictures(), target_id="t", at=datetime.now(UTC)
        )
        assert send(publisher, session, wire).kind is K.PUBLISHED
    with SandboxServer(tmp_path):
        assert publisher.find(session, wire).presence is Presence.PRESENT


def test_parameters_may_come_as_a_form_too(seat: Seat, sandbox: SandboxServer) -> None:
    wire = seat.wire("Form", seat.pictures.add("red"))
    (photo,) = json.loads(json.loads(wire)["body"])["attached_media"]
    answer = httpx.post(
        f"{sandbox.url}/v26.0/{seat.session.user_id}/feed",
        data={
            "message": "Form",
            "attached_media[0]": json.dumps(photo),
            "access_token": seat.session.access_token,
        },
    )
    assert answer.status_code == 200
    found = seat.publisher.find(seat.session, wire)
    assert found.result is not None
    assert found.result.external_id == answer.json()["id"]
