"""Replies on the reference server and on the sandbox, which has to answer alike."""

from __future__ import annotations

from datetime import timedelta

import pytest

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.step import StepKind
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.platforms.bluesky.wire import own_address, read_uri, read_wire
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence, ReplyTo
from postflow_desktop.transport.client import HttpClient
from tests.bluesky.conftest import Home
from tests.bluesky.world import AT, Pictures, payload, send, session_of


@pytest.fixture
def session(signed_in: SignedIn) -> Session:
    return session_of(signed_in)


def reply(
    publisher: BlueskyPublisher, session: Session, text: str, root: str, parent: str, n: int
) -> str:
    return publisher.prepare(
        session,
        payload(text),
        Pictures(),
        target_id=f"target/{n}",
        at=AT + timedelta(seconds=n),
        reply_to=ReplyTo(kind=StepKind.REPLY, root=root, parent=parent),
    )


def root_of(publisher: BlueskyPublisher, session: Session) -> str:
    wire = publisher.prepare(session, payload("One"), Pictures(), target_id="target", at=AT)
    sent = send(publisher, session, wire)
    assert sent.result is not None, sent
    return sent.result.external_id


def test_a_thread_hangs_together_and_each_part_is_there_once(
    publisher: BlueskyPublisher, session: Session, http: HttpClient
) -> None:
    root = root_of(publisher, session)
    parent, cids = root, {}
    for n, text in enumerate(("Two", "Three"), start=1):
        wire = reply(publisher, session, text, root, parent, n)
        assert publisher.find(session, wire).presence is Presence.ABSENT
        first, second = (send(publisher, session, wire) for _ in range(2))
        assert first.kind is second.kind is OutcomeKind.PUBLISHED
        assert first.result is not None
        assert publisher.find(session, wire).result == first.result
        _, record = read_wire(wire)
        assert record["reply"]["root"]["uri"] == root
        assert record["reply"]["parent"]["uri"] == parent
        cids[parent] = record["reply"]["parent"]["cid"]
        parent = first.result.external_id
    listed = publisher.list_own(session)
    assert [post.text for post in listed.posts] == ["Three", "Two", "One"]
    for uri, cid in cids.items():
        address = read_uri(uri)
        assert address is not None
        shown = publisher._reader.record(session, address)
        assert shown.body is not None
        assert shown.body["cid"] == cid, "the reference holds what is really there"


def test_a_post_that_is_gone_can_not_be_answered(
    publisher: BlueskyPublisher, session: Session
) -> None:
    root = root_of(publisher, session)
    publisher.delete(session, root)
    with pytest.raises(PrepareFailed) as caught:
        reply(publisher, session, "Two", root, root, 1)
    outcome = caught.value.outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED, "parent_gone")


@pytest.mark.parametrize(
    "broken",
    [
        ('"reply":{"root":', '"reply":{"base":'),
        ('"parent":{"uri":"at://', '"parent":{"uri":"nowhere://'),
        ('"root":{"uri":', '"root":{"url":'),
    ],
)
def test_a_broken_reference_is_refused_by_both(
    publisher: BlueskyPublisher, session: Session, broken: tuple[str, str]
) -> None:
    root = root_of(publisher, session)
    wire = reply(publisher, session, "Two", root, root, 1)
    assert broken[0] in wire
    sent = send(publisher, session, wire.replace(*broken))
    assert sent.kind is OutcomeKind.REJECTED


def test_the_place_of_a_post_is_known_by_its_web_address_too(home: Home) -> None:
    found = own_address(f"https://bsky.app/profile/{home.handle}/post/3mabcdefghijk", "did:plc:me")
    assert found is not None
    assert found.uri == "at://did:plc:me/app.bsky.feed.post/3mabcdefghijk"
    assert own_address("https://example.com/1", "did:plc:me") is None
