"""The whole adapter against the sandbox's Threads, over HTTP: containers, posts, reading back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from postflow_desktop.domain.errors import InvalidInput, NotAllowed, Refused
from postflow_desktop.domain.network import ResendClass
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.platforms.threads.containers import PAUSES
from postflow_desktop.platforms.threads.publisher import ThreadsPublisher
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence, SendRefused
from postflow_desktop.services.publishing.timings import Timings
from postflow_desktop.transport.client import HttpClient
from tests.threads.world import Seat, grant, send, session_of

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
PICTURE = Media(
    kind=MediaKind.IMAGE, sha256="0" * 64, mime="image/png", size=100, width=40, height=30
)


def api(seat: Seat, path: str, **query: str) -> dict[str, Any]:
    """What the API gives without the adapter."""
    answer = httpx.get(
        f"{seat.session.service}/v1.0/{path}",
        params=query,
        headers={"Authorization": f"Bearer {seat.session.access_token}"},
    )
    found: dict[str, Any] = answer.json()
    return found


def refused(seat: Seat, text: str, *media: Media, link: str | None = None) -> tuple[str, str]:
    """(kind, code) of a preparation that has to fail."""
    with pytest.raises(PrepareFailed) as caught:
        seat.wire(text, *media, link=link)
    outcome = caught.value.outcome
    assert outcome.message
    assert outcome.fix
    return outcome.kind, outcome.code


def test_the_whole_post_arrives_as_written(seat: Seat, sandbox: SandboxServer) -> None:
    text = f"Neu & frisch <heute> {FAMILY}: https://bücher.com/straße?a=1 #Brot"
    outcome = seat.post(text, link="https://bakery.com/menu?a=1&b=ü")

    assert outcome.kind is OutcomeKind.PUBLISHED
    assert outcome.status == 200
    assert outcome.result is not None
    fields = "id,text,permalink,link_attachment_url,media_type"
    (stored,) = api(seat, "me/threads", fields=fields)["data"]
    assert stored == {
        "id": outcome.result.external_id,
        "text": text,
        "permalink": outcome.result.url,
        "link_attachment_url": "https://bakery.com/menu?a=1&b=ü",
        "media_type": "TEXT_POST",
    }
    post = seat.publisher.fetch(seat.session, outcome.result.external_id)
    assert post is not None
    assert (post.text, post.url) == (text, outcome.result.url)
    assert post.created_at is not None
    assert abs(datetime.now(UTC) - post.created_at) < timedelta(seconds=30)
    assert "bakery.com/menu" in httpx.get(sandbox.url).text


def test_a_link_alone_is_the_text(seat: Seat) -> None:
    seat.post(" ", link="https://bakery.com/menu")
    (stored,) = api(seat, "me/threads", fields="text,link_attachment_url")["data"]
    assert stored["text"] == "https://bakery.com/menu"
    assert "link_attachment_url" not in stored


def test_the_container_stands_in_the_wire_form_and_shows_nothing(
    seat: Seat, sandbox: SandboxServer
) -> None:
    assert seat.publisher.resend_class is ResendClass.CONTAINER
    wire = seat.wire("Bread")
    container = json.loads(wire)["container"]
    assert api(seat, container, fields="status") == {"id": container, "status": "FINISHED"}
    assert sandbox.log == ()
    assert sandbox.threads.posts() == []
    assert seat.signed_in.tokens.access not in wire
    result = seat.send(wire).result
    assert result is not None
    assert result.external_id != container
    assert api(seat, container, fields="status")["status"] == "PUBLISHED"


def test_a_container_makes_one_post_however_often_it_is_published(
    seat: Seat, sandbox: SandboxServer
) -> None:
    wire = seat.wire("Bread")
    result = seat.send(wire).result
    for _ in range(3):
        again = seat.send(wire)
        assert (again.kind, again.code) == (OutcomeKind.AMBIGUOUS, "container_not_found")
        found = seat.publisher.find(seat.session, wire)
        assert (found.presence, found.result) == (Presence.PRESENT, result)
    assert [entry.action for entry in sandbox.log] == ["create"]


def test_preparing_waits_until_the_container_is_ready(seat: Seat, sandbox: SandboxServer) -> None:
    sandbox.threads.containers.processing_seconds = 3.0
    wire = seat.wire("Bread")
    assert seat.clock.paused == list(PAUSES[:3])
    assert seat.send(wire).kind is OutcomeKind.PUBLISHED


def test_a_container_that_is_never_ready_is_tried_again_later(
    seat: Seat, sandbox: SandboxServer
) -> None:
    sandbox.threads.containers.processing_seconds = 3600.0
    assert refused(seat, "Bread") == (OutcomeKind.REJECTED_FOR_NOW, "container_not_ready")
    timings = Timings()
    assert sum(seat.clock.paused) < timings.claim_lease - timings.need_at_barrier
    assert sandbox.log == ()


@pytest.mark.parametrize(
    ("state", "error", "expected"),
    [
        ("ERROR", "INVALID_DURATION", (OutcomeKind.REJECTED, "post_refused")),
        ("ERROR", "UNKNOWN", (OutcomeKind.REJECTED_FOR_NOW, "container_failed")),
        ("EXPIRED", "", (OutcomeKind.REJECTED_FOR_NOW, "container_expired")),
    ],
)
def test_a_container_that_fails_while_it_is_made(
    seat: Seat, sandbox: SandboxServer, state: str, error: str, expected: tuple[str, str]
) -> None:
    def fail(seconds: float) -> None:
        sandbox.threads.containers.end_all(state, error)

    sandbox.threads.containers.processing_seconds = 3600.0
    publisher = ThreadsPublisher(seat.http, seat.clock, pause=fail)
    assert refused(replace(seat, publisher=publisher), "Bread") == expected


def test_the_address_of_a_post_is_asked_until_it_is_there(
    seat: Seat, sandbox: SandboxServer
) -> None:
    sandbox.threads.stored.listing_lag_seconds = 2.0
    outcome = seat.post("Bread")
    assert outcome.result is not None
    assert "/@bakery/post/" in outcome.result.url
    sandbox.threads.stored.listing_lag_seconds = 3600.0
    late = seat.post("Bread rolls")
    assert late.kind is OutcomeKind.PUBLISHED
    assert late.result is not None
    assert late.result.url == "https://www.threads.com/@bakery"


@pytest.mark.parametrize("text", ["With a picture", ""])
def test_pictures_are_refused_with_the_reason(seat: Seat, text: str) -> None:
    assert refused(seat, text, PICTURE) == (OutcomeKind.REJECTED, "needs_public_address")
    assert seat.publisher.rules.max_images == 0


@pytest.mark.parametrize(
    ("text", "link", "code"),
    [
        ("", None, "empty_post"),
        ("x" * 501, None, "text_too_long"),
        ("😀" * 126, None, "text_too_long"),
        ("half \ud83d", None, "bad_text"),
        ("x", "https://b.com/\ud83d", "bad_text"),
        ("x", "no address", "post_refused"),
        (" ".join(f"https://b.com/{n}" for n in range(6)), None, "too_many_links"),
        (" ".join(f"https://b.com/{n}" for n in range(5)), "https://b.com/x", "too_many_links"),
    ],
)
def test_what_threads_does_not_take_is_refused_before_anything_is_out(
    seat: Seat, sandbox: SandboxServer, text: str, link: str | None, code: str
) -> None:
    assert refused(seat, text, link=link) == (OutcomeKind.REJECTED, code)
    assert sandbox.log == ()


def test_the_composer_and_the_sandbox_agree_on_what_is_too_long(seat: Seat) -> None:
    text = "漢" * 475 + FAMILY
    assert seat.publisher.measure(text) == 500
    assert seat.post(text).kind is OutcomeKind.PUBLISHED
    assert refused(seat, text + "!") == (OutcomeKind.REJECTED, "text_too_long")


def test_own_posts_are_listed_newest_first_in_pages(seat: Seat) -> None:
    for number in range(7):
        assert seat.post(f"Post {number}").kind is OutcomeKind.PUBLISHED
    first = seat.publisher.list_own(seat.session, limit=5)
    assert [post.text for post in first.posts] == [f"Post {n}" for n in (6, 5, 4, 3, 2)]
    second = seat.publisher.list_own(seat.session, cursor=first.cursor, limit=5)
    assert [post.text for post in second.posts] == ["Post 1", "Post 0"]
    assert second.cursor is None
    assert len(seat.publisher.list_own(seat.session, limit=5000).posts) == 7
    assert all("/@bakery/post/" in post.url for post in first.posts)


def test_nothing_posted_is_an_empty_list(seat: Seat) -> None:
    page = seat.publisher.list_own(seat.session)
    assert (page.posts, page.cursor) == ((), None)


def test_a_deleted_post_is_gone_and_deleting_it_again_is_fine(seat: Seat) -> None:
    wire = seat.wire("Bread")
    result = seat.send(wire).result
    assert result is not None
    seat.publisher.delete(seat.session, result.external_id)
    seat.publisher.delete(seat.session, result.external_id)
    assert seat.publisher.fetch(seat.session, result.external_id) is None
    assert seat.publisher.list_own(seat.session).posts == ()
    # Its container still says PUBLISHED, so nothing sends it again.
    assert seat.publisher.find(seat.session, wire).presence is Presence.UNKNOWN


def test_the_post_and_the_container_of_somebody_else_are_out_of_reach(
    seat: Seat, http: HttpClient, sandbox: SandboxServer
) -> None:
    other = session_of(
        seat.connector.sign_in(sandbox.url, "", grant(http, sandbox.url, "somebody"))
    )
    result = seat.post("Mine").result
    assert result is not None
    with pytest.raises(Refused):
        seat.publisher.delete(other, result.external_id)
    wire = seat.wire("Mine too")
    assert send(seat.publisher, other, wire).kind is OutcomeKind.AMBIGUOUS
    assert seat.publisher.find(other, wire).presence is Presence.UNKNOWN
    assert len(sandbox.threads.posts()) == 1


@pytest.mark.parametrize("external_id", ["", "abc", "1/2", "me", "1" * 26, "at://x/y/z"])
def test_an_address_that_is_no_id_is_refused(seat: Seat, external_id: str) -> None:
    for act in (seat.publisher.fetch, seat.publisher.delete):
        with pytest.raises(InvalidInput) as caught:
            act(seat.session, external_id)
        assert caught.value.code == "bad_external_id"


def test_the_guard_keeps_a_post_from_the_server(seat: Seat, sandbox: SandboxServer) -> None:
    def guard() -> None:
        raise SendRefused("The lease is too short.")

    wire = seat.wire("Not this one")
    outcome = seat.publisher.publish(
        seat.session, wire, before_first_byte=guard, on_reply=lambda reply: None
    )
    assert outcome.kind is OutcomeKind.NOT_SENT
    assert sandbox.log == ()
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT


def test_a_bad_token_is_unauthorized_everywhere(seat: Seat) -> None:
    session = session_of(seat.signed_in, "forged")
    outcome = send(seat.publisher, session, seat.wire("Refused"))
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNAUTHORIZED, "token_refused")
    tokens = replace(seat.signed_in.tokens, access="forged")
    forged = replace(seat, signed_in=replace(seat.signed_in, tokens=tokens))
    assert refused(forged, "Bread") == (OutcomeKind.UNAUTHORIZED, "token_refused")
    for act in (
        lambda: seat.publisher.delete(session, "1"),
        lambda: seat.publisher.list_own(session),
        lambda: seat.publisher.fetch(session, "1"),
        lambda: seat.connector.check(session),
    ):
        with pytest.raises(NotAllowed) as caught:
            act()
        assert caught.value.code == "token_refused"


def test_a_used_up_day_is_refused_for_now_and_the_container_still_works(
    seat: Seat, sandbox: SandboxServer
) -> None:
    sandbox.threads.stored.daily_posts = 1
    wire = seat.wire("Second")
    seat.post("First")
    usage = api(seat, "me/threads_publishing_limit", fields="quota_usage,config")
    config = {"quota_total": 1, "quota_duration": 86400}
    assert usage == {"data": [{"quota_usage": 1, "config": config}]}
    outcome = seat.send(wire)
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED_FOR_NOW, "rate_limited")
    assert not outcome.new_wire
    sandbox.threads.stored.daily_posts = 2
    assert seat.send(wire).kind is OutcomeKind.PUBLISHED


def test_without_a_connection_preparing_says_so(seat: Seat, sandbox: SandboxServer) -> None:
    sandbox.stop()
    assert refused(seat, "Bread")[0] is OutcomeKind.NOT_SENT
