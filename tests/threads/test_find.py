"""Asking a container what became of it, and recognising its post among others."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import Bug
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.platforms.threads.fingerprint import is_it, read_post, same_words
from postflow_desktop.platforms.threads.wire import read_wire, wire_form
from postflow_desktop.sandbox.exchange import Answer, Call, json_answer
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.sandbox.threads_text import shown
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence
from tests.threads.world import Seat, session_of

AT = datetime(2026, 11, 23, 8, 0, 0, 123000, tzinfo=UTC)
ITEM = {
    "id": "18060000000000001",
    "media_type": "TEXT_POST",
    "permalink": "https://www.threads.net/@bakery/post/DExAmPle",
    "username": "bakery",
    "text": "Bread",
    "timestamp": "2026-11-23T08:00:05+0000",
}


def presence(seat: Seat, wire: str) -> Presence:
    return seat.publisher.find(seat.session, wire).presence


def test_a_container_that_is_ready_is_absent_and_may_be_published(seat: Seat) -> None:
    wire = seat.wire("Bread")
    assert presence(seat, wire) is Presence.ABSENT
    assert seat.send(wire).kind is OutcomeKind.PUBLISHED


def test_a_published_container_is_found_with_its_address(seat: Seat) -> None:
    wire = seat.wire("Bread #fresh & more \n")
    seat.post("Bread rolls")
    result = seat.send(wire).result
    seat.post("Something later")
    found = seat.publisher.find(seat.session, wire)
    assert (found.presence, found.result) == (Presence.PRESENT, result)
    assert result is not None
    assert "/post/" in result.url


def test_a_published_post_that_is_not_shown_yet_is_neither_absent_nor_without_address(
    seat: Seat, sandbox: SandboxServer
) -> None:
    wire = seat.wire("Bread")
    sandbox.threads.stored.listing_lag_seconds = 30.0
    seat.send(wire)
    found = seat.publisher.find(seat.session, wire)
    assert (found.presence, found.result) == (Presence.UNKNOWN, None)
    assert "published" in found.message
    seat.clock.move(seconds=31)
    assert presence(seat, wire) is Presence.PRESENT


def test_of_two_posts_that_look_alike_none_is_picked(seat: Seat) -> None:
    wire = seat.wire("Bread")
    seat.send(wire)
    seat.post("Bread")
    found = seat.publisher.find(seat.session, wire)
    assert (found.presence, found.result) == (Presence.UNKNOWN, None)
    assert "2 posts" in found.message


def test_a_container_in_progress_is_looked_at_again(seat: Seat, sandbox: SandboxServer) -> None:
    wire = seat.wire("Bread")
    sandbox.threads.containers.processing_seconds = 60.0
    assert presence(seat, wire) is Presence.UNKNOWN
    seat.clock.move(seconds=61)
    assert presence(seat, wire) is Presence.ABSENT


def test_a_container_that_ended_by_time_can_never_become_the_post(seat: Seat) -> None:
    wire = seat.wire("Bread")
    seat.clock.move(hours=23, minutes=59)
    assert presence(seat, wire) is Presence.ABSENT
    seat.clock.move(minutes=2)
    assert presence(seat, wire) is Presence.OTHER
    assert seat.send(wire).kind is OutcomeKind.AMBIGUOUS


def test_a_container_that_failed_can_never_become_the_post(
    seat: Seat, sandbox: SandboxServer
) -> None:
    wire = seat.wire("Bread")
    sandbox.threads.containers.end_all("ERROR", "UNKNOWN")
    assert presence(seat, wire) is Presence.OTHER


def test_a_published_container_stays_so_after_a_day(seat: Seat) -> None:
    wire = seat.wire("Bread")
    seat.send(wire)
    seat.clock.move(hours=30)
    assert presence(seat, wire) is Presence.PRESENT


@pytest.mark.parametrize("state", ["", "EXPIRED", "ERROR"])
def test_a_post_with_the_same_words_stops_every_resend(
    seat: Seat, sandbox: SandboxServer, state: str
) -> None:
    wire = seat.wire("Bread")
    seat.post("Bread")
    sandbox.threads.containers.end_all(state)
    assert presence(seat, wire) is Presence.UNKNOWN


def test_posts_from_before_the_attempt_do_not_count(seat: Seat) -> None:
    seat.post("Bread")
    seat.clock.move(minutes=5)
    assert presence(seat, seat.wire("Bread")) is Presence.ABSENT


def test_a_container_that_nobody_knows_is_no_proof_of_anything(seat: Seat) -> None:
    wire = json.dumps(json.loads(seat.wire("Bread")) | {"container": "1"})
    assert presence(seat, wire) is Presence.UNKNOWN


def test_without_a_good_token_nothing_is_known(seat: Seat) -> None:
    wire = seat.wire("Bread")
    found = seat.publisher.find(session_of(seat.signed_in, "forged"), wire)
    assert found.presence is Presence.UNKNOWN


def test_without_a_connection_nothing_is_known(seat: Seat, sandbox: SandboxServer) -> None:
    wire, session = seat.wire("Bread"), seat.session
    sandbox.stop()
    assert seat.publisher.find(session, wire).presence is Presence.UNKNOWN


def test_a_hundred_newer_posts_do_not_hide_one(seat: Seat, sandbox: SandboxServer) -> None:
    wire = seat.wire("Bread")
    result = seat.send(wire).result
    user = {"id": seat.session.user_id, "username": seat.session.username}
    for number in range(101):
        sandbox.threads.stored.add(user, f"Later {number}", "")
    assert seat.publisher.find(seat.session, wire).result == result


def answering(sandbox: SandboxServer, path: str, body: dict[str, Any], status: int = 200) -> None:
    """Let this path answer so from now on."""
    handle = sandbox.threads.handle

    def answer(call: Call) -> Answer:
        return json_answer(body, status) if call.path.startswith(path) else handle(call)

    sandbox.threads.handle = answer  # type: ignore[method-assign]


def test_something_unreadable_in_the_list_may_be_the_post(
    seat: Seat, sandbox: SandboxServer
) -> None:
    wire = seat.wire("Bread")
    answering(sandbox, "/v1.0/me/threads", {"data": [{"id": "new-form-of-id"}]})
    assert presence(seat, wire) is Presence.UNKNOWN


def test_reposts_are_not_listed_as_own_posts(seat: Seat, sandbox: SandboxServer) -> None:
    repost = ITEM | {"id": "1", "media_type": "REPOST_FACADE"}
    answering(sandbox, "/v1.0/me/threads", {"data": [repost, ITEM]})
    (post,) = seat.publisher.list_own(seat.session).posts
    assert post.external_id == ITEM["id"]


@pytest.mark.parametrize(
    ("paging", "cursor"),
    [
        ({"cursors": {"after": "a"}}, None),
        ({"cursors": {"after": "a"}, "next": "https://graph.threads.net/v1.0/x"}, "a"),
        ({"next": "https://graph.threads.net/v1.0/x"}, None),
        ([], None),
        ({"cursors": 7}, None),
    ],
)
def test_the_last_page_has_cursors_too(
    seat: Seat, sandbox: SandboxServer, paging: object, cursor: str | None
) -> None:
    answering(sandbox, "/v1.0/me/threads", {"data": [ITEM], "paging": paging})
    assert seat.publisher.list_own(seat.session, limit=2).cursor == cursor


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, {"error": {"code": 190}}, OutcomeKind.UNAUTHORIZED, "token_refused"),
        (400, {"error": {"code": 100, "error_subcode": 33}}, None, "container_not_ready"),
        (200, {"status": "SOMETHING_NEW"}, None, "container_not_ready"),
        (200, {}, None, "container_not_ready"),
    ],
)
def test_a_container_that_tells_nothing_is_not_published(
    seat: Seat,
    sandbox: SandboxServer,
    status: int,
    body: dict[str, Any],
    kind: OutcomeKind | None,
    code: str,
) -> None:
    answering(sandbox, "/v1.0/1", body, status)
    with pytest.raises(PrepareFailed) as caught:
        seat.wire("Bread")
    outcome = caught.value.outcome
    assert (outcome.kind, outcome.code) == (kind or OutcomeKind.REJECTED_FOR_NOW, code)


@pytest.mark.parametrize(
    ("change", "matches"),
    [
        ({}, True),
        ({"text": "Bread "}, True),
        ({"text": "#Bread"}, True),
        ({"text": "bread"}, False),
        ({"text": "Bread rolls"}, False),
        ({"media_type": "IMAGE"}, False),
        ({"media_type": "REPOST_FACADE"}, False),
        ({"timestamp": "2026-11-23T07:59:59+0000"}, False),
        ({"timestamp": ""}, False),
        ({"timestamp": "2026-11-23T08:00:05"}, False),
        ({"replied_to": {"id": "9"}}, False),
    ],
)
def test_only_a_newer_text_post_with_the_same_words_may_be_it(
    change: dict[str, Any], *, matches: bool
) -> None:
    post = read_post(ITEM | change)
    assert post is not None
    sent = read_wire(wire_form("1", "Bread", "bakery", AT))
    assert is_it(sent, AT, post) is matches


@pytest.mark.parametrize(
    ("permalink", "kept"),
    [
        ("https://www.threads.net/@bakery/post/DExAmPle", True),
        ("https://www.threads.com/@bakery/post/DExAmPle", True),
        ("http://www.threads.net/@bakery/post/DExAmPle", False),
        ("https://threads.net.example/@bakery/post/D", False),
        ("javascript:alert(1)", False),
        ("https://[", False),
    ],
)
def test_only_an_address_at_threads_is_kept(permalink: str, *, kept: bool) -> None:
    post = read_post(ITEM | {"permalink": permalink})
    assert post is not None
    assert post.permalink == (permalink if kept else "")


@pytest.mark.parametrize("item", [None, [], {}, {"id": 7}, {"id": ""}, {"id": "a"}])
def test_what_is_no_post_is_none(item: object) -> None:
    assert read_post(item) is None


@given(
    st.dictionaries(
        st.sampled_from(sorted(set(ITEM) - {"id"})), st.one_of(st.none(), st.integers())
    )
)
def test_a_damaged_post_raises_nothing(change: dict[str, object]) -> None:
    assert read_post(ITEM | change | {"id": "1"}) is not None


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_recognised_after_threads_changed_it(text: str) -> None:
    assert same_words(text, shown(text))
    assert not same_words(text, shown(text) + "x")


def test_the_wire_form_keeps_the_container() -> None:
    wire = read_wire(wire_form("17900000000000001", 'Ü "quoted"\n漢', "bakery", AT))
    assert wire.container == "17900000000000001"
    assert (wire.at, wire.text, wire.username) == (AT, 'Ü "quoted"\n漢', "bakery")


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"at":"2026-11-23T08:00:00","container":"1","text":"x","username":"b"}',
        '{"at":"2026-11-23T08:00:00Z","container":"me","text":"x","username":"b"}',
        '{"at":"2026-11-23T08:00:00Z","container":1,"text":"x","username":"b"}',
    ],
)
def test_a_damaged_wire_form_is_our_bug(damaged: str) -> None:
    with pytest.raises(Bug):
        read_wire(damaged)


def test_the_time_of_the_claim_counts_not_that_of_the_container(seat: Seat) -> None:
    early = seat.clock.now() - timedelta(minutes=10)
    seat.post("Bread")
    seat.clock.move(minutes=3)
    wire = seat.wire("Bread")
    stored = read_wire(wire)
    older = wire_form(stored.container, stored.text, stored.username, early)
    assert presence(seat, wire) is Presence.ABSENT
    assert presence(seat, older) is Presence.UNKNOWN


@pytest.mark.parametrize(
    ("answered", "matches"), [({"id": "9"}, True), ({"id": "8"}, False), (None, False)]
)
def test_a_reply_is_one_to_the_same_post(answered: dict[str, str] | None, *, matches: bool) -> None:
    post = read_post(ITEM | {"replied_to": answered})
    assert post is not None
    sent = read_wire(wire_form("1", "Bread", "bakery", AT, reply_to="9"))
    assert is_it(sent, AT, post) is matches
