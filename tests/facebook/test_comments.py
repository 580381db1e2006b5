"""A Page's own comment is found by who wrote it, its words and its time, and nobody else's is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.step import StepKind
from postflow_desktop.platforms.facebook.api import read_reply
from postflow_desktop.platforms.facebook.comments import own_comments
from postflow_desktop.platforms.facebook.errors import judge
from postflow_desktop.platforms.facebook.wire import comment_form, read_wire
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence, ReplyTo
from tests.facebook.world import Seat, payload


def comment(seat: Seat, root: str, text: str) -> str:
    return seat.publisher.prepare(
        seat.session,
        payload(text),
        seat.pictures,
        target_id="target/1",
        at=seat.now(),
        reply_to=ReplyTo(kind=StepKind.FIRST_COMMENT, root=root, parent=root),
    )


def root_of(seat: Seat) -> str:
    sent = seat.post("The post")
    assert sent.result is not None
    return sent.result.external_id


def test_a_comment_is_absent_then_there_and_a_second_one_is_a_question(seat: Seat) -> None:
    root = root_of(seat)
    wire = comment(seat, root, "Read more")
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT
    sent = seat.send(wire)
    assert sent.kind is OutcomeKind.PUBLISHED
    assert sent.result is not None
    assert sent.result.url.startswith(f"https://www.facebook.com/{root}?comment_id=")
    found = seat.publisher.find(seat.session, wire)
    assert (found.presence, found.result) == (Presence.PRESENT, sent.result)
    seat.send(wire)
    assert seat.publisher.find(seat.session, wire).presence is Presence.OTHER


def test_the_post_is_not_taken_for_its_comment(seat: Seat) -> None:
    root = root_of(seat)
    wire = comment(seat, root, "The post")
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT


class _Listing:
    """An Api whose list of comments is given."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self.items = items

    def get(self, service: str, path: str, query: dict[str, str], token: str) -> Any:
        return read_reply(200, {}, json.dumps({"data": self.items}).encode())


@pytest.mark.parametrize(
    ("change", "matches"),
    [
        ({}, True),
        ({"message": " Read  more "}, True),
        ({"message": "Read more!"}, False),
        ({"from": {"id": "2"}}, False),
        ({"from": None}, False),
        ({"created_time": "2026-11-23T07:00:00+0000"}, False),
        ({"created_time": ""}, False),
        ({"id": "x"}, False),
    ],
)
def test_only_the_pages_own_newer_comment_may_be_it(
    seat: Seat, change: dict[str, Any], *, matches: bool
) -> None:
    at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    item = {
        "id": "7_8",
        "message": "Read more",
        "from": {"id": "1"},
        "created_time": "2026-11-23T08:00:01+0000",
    }
    sent = read_wire(comment_form("1", "1_7", "Read more", at=at))
    found = own_comments(_Listing(item | change), seat.session, sent)  # type: ignore[arg-type]
    assert found == (["7_8"] if matches else [])


def test_a_post_that_is_gone_gets_no_comment(seat: Seat) -> None:
    root = root_of(seat)
    wire = comment(seat, root, "Read more")
    seat.publisher.delete(seat.session, root)
    sent = seat.send(wire)
    assert (sent.kind, sent.code) == (OutcomeKind.REJECTED, "parent_gone")


def test_an_answer_without_a_place_is_no_success(seat: Seat) -> None:
    sent = read_wire(comment_form("1", "1_7", "Read more", at=seat.now()))
    for body in (b"{}", b'{"id":"x"}', b""):
        assert judge(sent, read_reply(200, {}, body), seat.now()).kind is OutcomeKind.AMBIGUOUS


def test_a_place_that_tells_no_id_can_not_be_commented_on(seat: Seat) -> None:
    with pytest.raises(PrepareFailed) as caught:
        comment(seat, "https://www.facebook.com/bakery/posts/pfbid02", "Read more")
    assert caught.value.outcome.code == "parent_unknown"
