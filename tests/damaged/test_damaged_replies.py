"""Replies that nobody should ever send: never a crash, never a "published" that is not true.

The real adapters talk to the sandbox over HTTP, and one of its answers is damaged on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postflow_desktop.domain.account import SignedIn
from postflow_desktop.domain.errors import Bug, NetworkUnreachable, PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.services.ports.publisher import Finding, Page, PrepareFailed, Presence
from postflow_desktop.transport.client import HttpClient
from tests.damaged.damages import DAMAGES, Damage
from tests.damaged.world import NETWORKS, Chair, Chairs, DamagingSandbox, storable
from tests.kit.canned import Canned, canned

QUICKLY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FEW = settings(QUICKLY, max_examples=12)
LONG = settings(QUICKLY, max_examples=400)
NUMBERS = count()
KINDS = st.sampled_from(["post", "step"])
"""The first post of a target, and what comes after it."""


@pytest.fixture
def chairs() -> Iterator[Chairs]:
    with DamagingSandbox() as sandbox, HttpClient() as http:
        yield Chairs(sandbox, http)


@pytest.fixture(params=NETWORKS, ids=[network.value for network in NETWORKS])
def network(request: pytest.FixtureRequest) -> Network:
    found: Network = request.param
    return found


def new_text() -> str:
    return f"Post number {next(NUMBERS)}"


def told(error: PostFlowError) -> None:
    """A typed error with its sentence; a bug of ours is none."""
    assert not isinstance(error, Bug)
    assert error.message
    assert error.code
    error.message.encode()


def told_before_sending(failed: PrepareFailed) -> None:
    """Nothing is out, so nothing is in doubt."""
    assert failed.outcome.kind not in {OutcomeKind.PUBLISHED, OutcomeKind.AMBIGUOUS}
    assert failed.outcome.code
    assert storable(failed.outcome)


def prepared(chair: Chair, sandbox: DamagingSandbox, text: str, kind: str) -> str:
    """The request for a post of that kind, with no damage on the way."""
    if kind != "step":
        return chair.wire(text)
    first = chair.send(chair.wire(f"{text}, the first")).result
    assert first is not None
    return chair.wire(text, under=first.external_id)


def judged(chairs: Chairs, network: Network, damage: Damage, kind: str) -> None:
    """Publish with a damaged reply; what is said is true."""
    chair, sandbox = chairs.take(network), chairs.sandbox
    text = new_text()
    wire = prepared(chair, sandbox, text, kind)
    sandbox.damage(damage)
    outcome = chair.send(wire)
    sandbox.damage(None)
    truthful(sandbox, outcome, text)


def uploaded(chairs: Chairs, network: Network, damage: Damage, nth: int) -> None:
    """Publish with pictures and one damaged reply somewhere on the way."""
    chair, sandbox = chairs.take(network), chairs.sandbox
    text = new_text()
    media = [chair.pictures.add("red", alt=text) for _ in range(2)]
    sandbox.damage(damage, nth)
    try:
        outcome = chair.send(chair.wire(text, *media))
    except PrepareFailed as failed:
        told_before_sending(failed)
    else:
        truthful(sandbox, outcome, text)
    finally:
        sandbox.damage(None)


def truthful(sandbox: DamagingSandbox, outcome: Outcome, text: str) -> None:
    """What an outcome says, held against what the network took."""
    assert storable(outcome)
    out = [entry for entry in sandbox.log if entry.action == "create" and entry.text == text]
    assert len(out) <= 1
    if outcome.kind is OutcomeKind.PUBLISHED:
        assert outcome.result is not None
        assert [outcome.result.external_id] == [entry.external_id for entry in out]
        assert outcome.result.url.startswith("https://")
    else:
        assert outcome.code
        assert outcome.message
        assert outcome.fix
    if out and outcome.kind in {OutcomeKind.REJECTED, OutcomeKind.REJECTED_FOR_NOW}:
        # It is out and a refusal was read: only one that the network documents as such counts.
        assert outcome.status in {400, 401, 402, 403, 404, 413, 422, 426, 429}


@given(damage=DAMAGES, kind=KINDS)
@QUICKLY
def test_what_is_said_about_a_post_is_true(
    chairs: Chairs, network: Network, damage: Damage, kind: str
) -> None:
    judged(chairs, network, damage, kind)


@given(damage=DAMAGES, nth=st.integers(0, 4))
@QUICKLY
def test_what_is_said_about_a_post_with_pictures_is_true(
    chairs: Chairs, network: Network, damage: Damage, nth: int
) -> None:
    uploaded(chairs, network, damage, nth)


def read(chair: Chair, place: str, wire: str) -> Iterator[Callable[[], Any]]:
    """Everything that reads."""
    publisher, session = chair.publisher, chair.session
    yield lambda: publisher.find(session, wire)
    yield lambda: publisher.fetch(session, place)
    yield lambda: publisher.list_own(session, limit=5)
    yield lambda: publisher.list_own(session, cursor="1", limit=5)
    yield lambda: chair.connector.check(session)
    numbers = chair.metrics
    if numbers is not None:
        yield lambda: numbers.of_posts(session, [place])
        yield lambda: numbers.of_account(session)
    yield lambda: publisher.delete(session, place)


def reading(chairs: Chairs, network: Network, damage: Damage, nth: int) -> None:
    """Read with a damaged reply; only typed errors come, and what is found is there."""
    chair, sandbox = chairs.take(network), chairs.sandbox
    wire = chair.wire(new_text())
    result = chair.send(wire).result
    assert result is not None
    for act in read(chair, result.external_id, wire):
        sandbox.damage(damage, nth)
        try:
            found = act()
        except PostFlowError as error:
            told(error)
            continue
        finally:
            sandbox.damage(None)
        assert storable(found)
        if isinstance(found, Finding):
            if found.presence is Presence.PRESENT:
                assert found.result is not None
                assert found.result.external_id == result.external_id
            else:
                assert found.message
        if isinstance(found, Page):
            for post in found.posts:
                assert storable(post)
                assert post.external_id


@given(damage=DAMAGES, nth=st.integers(0, 1))
@QUICKLY
def test_reading_raises_nothing_but_typed_errors(
    chairs: Chairs, network: Network, damage: Damage, nth: int
) -> None:
    reading(chairs, network, damage, nth)


@given(damage=DAMAGES, nth=st.integers(0, 2))
@FEW
def test_signing_in_and_refreshing_raise_nothing_but_typed_errors(
    chairs: Chairs, network: Network, damage: Damage, nth: int
) -> None:
    chair, sandbox = chairs.take(network), chairs.sandbox
    connector, signed = chair.connector, chair.signed_in
    acts: list[Callable[[], SignedIn]] = [
        lambda: connector.sign_in(sandbox.url, *chair.words),
        lambda: connector.refresh(signed.service, signed.tokens),
    ]
    for act in acts:
        sandbox.damage(damage, nth)
        try:
            found = act()
        except PostFlowError as error:
            told(error)
        else:
            assert storable(found)
            assert found.user_id
            assert found.username
            assert found.tokens.access
        finally:
            sandbox.damage(None)
    sandbox.damage(damage, nth)
    with suppress(PostFlowError):
        connector.sign_out(signed.service, signed.tokens)
    sandbox.damage(None)


@pytest.mark.long
@pytest.mark.timeout(3600)
@given(damage=DAMAGES, kind=KINDS, nth=st.integers(0, 4))
@LONG
def test_long_what_is_said_about_a_post_is_true(
    chairs: Chairs, network: Network, damage: Damage, kind: str, nth: int
) -> None:
    judged(chairs, network, damage, kind)
    uploaded(chairs, network, damage, nth)


@pytest.mark.long
@pytest.mark.timeout(3600)
@given(damage=DAMAGES, nth=st.integers(0, 1))
@LONG
def test_long_reading_raises_nothing_but_typed_errors(
    chairs: Chairs, network: Network, damage: Damage, nth: int
) -> None:
    reading(chairs, network, damage, nth)


BROKEN = {
    "more promised than sent": Canned(
        headers={"Content-Length": "999", "Connection": "close"}, body=b'{"data":{"id":"7"}}'
    ),
    "less promised than sent": Canned(
        status=201, headers={"Content-Length": "5", "Connection": "close"}, body=b'{"data":{}}'
    ),
    "not packed": Canned(status=201, headers={"Content-Encoding": "gzip"}, body=b'{"data":{}}'),
    "unknown packing": Canned(headers={"Content-Encoding": "magic"}, body=b"{}"),
    "no length": Canned(headers={"Content-Length": "", "Connection": "close"}, body=b'{"id":'),
    "chunks that are none": Canned(
        headers={
            "Transfer-Encoding": "chunked",
            "Content-Length": "",
            "Connection": "close",
        },
        body=b"zz\r\nx",
    ),
    "a length that is none": Canned(
        headers={"Content-Length": "-7", "Connection": "close"}, body=b"{}"
    ),
    "far too much": Canned(headers={"Connection": "close"}, body=b" " * (2 << 20)),
    "a strange status": Canned(status=999, headers={"Connection": "close"}),
    "no type": Canned(headers={"Content-Type": ""}, body=b"{}"),
    "a redirect": Canned(status=302, headers={"Location": "http://127.0.0.1:9/"}),
    "a redirect that keeps the verb": Canned(
        status=307, headers={"Location": "http://127.0.0.1:9/"}
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_http_that_is_broken_is_never_a_published_post(
    chairs: Chairs, network: Network, name: str
) -> None:
    from dataclasses import replace

    chair = chairs.take(network)
    wire = chair.wire(new_text())
    with canned(lambda _: BROKEN[name]) as server:
        moved = replace(chair.session, service=server.url)
        outcome = chair.publisher.publish(
            moved, wire, before_first_byte=lambda: None, on_reply=lambda _: None
        )
        assert outcome.kind in {OutcomeKind.AMBIGUOUS, OutcomeKind.PROCESSING}
        assert len(server.asked) == 1, "sent once, and to nobody else"
        assert storable(outcome)
        found = chair.publisher.find(moved, wire)
        assert found.presence is not Presence.PRESENT
        with suppress(PostFlowError):
            chair.publisher.fetch(moved, "1")
        with pytest.raises(NetworkUnreachable if name == "not packed" else PostFlowError):
            chair.connector.check(moved)
