"""Every request that the adapter can send, held against the official lexicons and test vectors."""

from __future__ import annotations

import json
import re
import socket
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.account import Session, Tokens
from postflow_desktop.domain.errors import Bug, PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.platforms.bluesky.wire import Address, read_uri, read_wire, record_key
from postflow_desktop.sandbox.server import SandboxServer
from tests.bluesky.lexicons import FORMATS, Lexicons
from tests.bluesky.world import AT, Pictures, contracts, payload, session_of
from tests.transport.servers import ScriptedServer, read_request, reply, scripted


@pytest.fixture
def lexicons() -> Lexicons:
    return Lexicons(contracts("lexicons"))


def vectors(name: str) -> list[str]:
    lines = contracts("atproto-interop", "syntax", name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


class Recorder:
    """Answers everything with an error and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        self.headers: list[bytes] = []

    def __call__(self, connection: socket.socket) -> None:
        while raw := read_request(connection):
            head, _, body = raw.partition(b"\r\n\r\n")
            verb, target, _ = head.split(b"\r\n")[0].decode().split(" ")
            parts = urlsplit(target)
            method = parts.path.removeprefix("/xrpc/")
            fields = json.loads(body) if body else dict(parse_qsl(parts.query))
            self.requests.append((verb, method, fields))
            self.headers.append(head)
            reply(connection, b'{"error":"Stop","message":"enough"}', "500 Internal Server Error")


def everything(
    publisher: BlueskyPublisher, connector: BlueskyConnector, server: ScriptedServer, wire: str
) -> None:
    """Make every call that the adapter knows, but for the upload."""
    base = f"http://127.0.0.1:{server.port}"
    signed = connector.sign_in
    tokens = Tokens(access="a.b.c", refresh="d.e.f")
    session = Session(
        account_id="a",
        network=Network.BLUESKY,
        user_id="did:plc:abcdefghijklmnopqrstuvwx",
        username="a.test",
        service=base,
        access_token="a.b.c",
    )
    uri = "at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3jzfcijpj2z2a"
    for call in (
        lambda: signed(base, "a.test", "aaaa-bbbb-cccc-dddd"),
        lambda: connector.refresh(base, tokens),
        lambda: connector.check(session),
        lambda: connector.sign_out(base, tokens),
        lambda: publisher.fetch(session, uri),
        lambda: publisher.list_own(session, cursor="3jzfcijpj2z2a", limit=7),
        lambda: publisher.delete(session, uri),
        lambda: publisher.find(session, wire),
        lambda: publisher.publish(
            session, wire, before_first_byte=lambda: None, on_reply=lambda kept: None
        ),
    ):
        with suppress(PostFlowError):
            call()


def full_wire(
    publisher: BlueskyPublisher, connector: BlueskyConnector, server: SandboxServer
) -> str:
    pictures = Pictures()
    session = session_of(connector.sign_in(server.url, "anna.test", "x"))
    media = [pictures.add(colour, alt="ä" * 2000) for colour in ("red", "green", "blue", "white")]
    text = "Ü #tag \uff03タグ $TSLA @anna.test https://bücher.example/ü example.com"
    return publisher.prepare(
        session, payload(text, *media, link="https://a.example/"), pictures, target_id="t", at=AT
    )


def test_every_request_body_fits_its_lexicon(
    lexicons: Lexicons,
    publisher: BlueskyPublisher,
    connector: BlueskyConnector,
    sandbox: SandboxServer,
) -> None:
    wire = full_wire(publisher, connector, sandbox)
    recorder = Recorder()
    with scripted(recorder) as server:
        everything(publisher, connector, server, wire)
    seen = set()
    for verb, method, fields in recorder.requests:
        seen.add(method.rpartition(".")[2])
        definition, _ = lexicons.definition(method)
        assert definition["type"] == ("procedure" if verb == "POST" else "query")
        if verb == "GET":
            if "limit" in fields:
                fields["limit"] = int(fields["limit"])
            assert lexicons.check_query(method, fields) == [] if fields else True
        elif fields:
            assert lexicons.check_input(method, fields) == []
        else:
            assert "input" not in definition
    assert seen == {
        "createSession",
        "refreshSession",
        "getSession",
        "deleteSession",
        "getRecord",
        "listRecords",
        "deleteRecord",
        "putRecord",
    }


def test_the_record_fits_its_lexicon_with_everything_in_it(
    lexicons: Lexicons,
    publisher: BlueskyPublisher,
    connector: BlueskyConnector,
    sandbox: SandboxServer,
) -> None:
    body = json.loads(full_wire(publisher, connector, sandbox))
    assert lexicons.check_record("app.bsky.feed.post", body["record"]) == []
    kinds = {facet["features"][0]["$type"] for facet in body["record"]["facets"]}
    assert len(kinds) == 3
    assert len(body["record"]["embed"]["images"]) == 4
    assert body["swapRecord"] is None
    assert "langs" not in body["record"]


def test_the_checker_itself_finds_what_is_wrong(lexicons: Lexicons) -> None:
    wrong = {"text": "x" * 301, "createdAt": "now", "embed": {"$type": "nope"}, "extra": 1}
    assert len(lexicons.check_record("app.bsky.feed.post", wrong)) == 4


def test_the_published_request_is_the_stored_text_byte_for_byte(
    publisher: BlueskyPublisher, connector: BlueskyConnector, sandbox: SandboxServer
) -> None:
    wire = full_wire(publisher, connector, sandbox)
    bodies: list[bytes] = []

    def script(connection: socket.socket) -> None:
        bodies.append(read_request(connection).partition(b"\r\n\r\n")[2])
        reply(connection, b"{}", "500 Internal Server Error")

    with scripted(script) as server:
        session = session_of(connector.sign_in(sandbox.url, "anna.test", "x"))
        moved = replace(session, service=f"http://127.0.0.1:{server.port}")
        publisher.publish(moved, wire, before_first_byte=lambda: None, on_reply=lambda kept: None)
    assert bodies == [wire.encode()]


def test_our_keys_are_valid_by_the_official_vectors() -> None:
    pattern = "[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}"
    for good in vectors("tid_syntax_valid.txt"):
        assert re.fullmatch(pattern, good)
    for bad in vectors("tid_syntax_invalid.txt"):
        assert not re.fullmatch(pattern, bad)
    for bad in vectors("recordkey_syntax_invalid.txt"):
        assert not re.fullmatch(FORMATS["record-key"], bad)
    for number in range(500):
        key = record_key(f"target-{number}", AT + timedelta(seconds=number))
        assert re.fullmatch(pattern, key)
        assert re.fullmatch(FORMATS["record-key"], key)


def test_valid_at_uris_of_records_are_read_and_written_alike() -> None:
    read = 0
    for uri in vectors("aturi_syntax_valid.txt"):
        address = read_uri(uri)
        if address is not None:
            read += 1
            assert address.uri == uri
    assert read > 3


@pytest.mark.parametrize(
    "uri", ["", "at://", "at://a/b", "https://a/b/c", "at://a//c", "at://a/b/c/d"]
)
def test_other_addresses_are_none(uri: str) -> None:
    assert read_uri(uri) is None


MOMENTS = st.integers(0, 2_000_000_000_000_000).map(
    lambda microseconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)


@given(st.text(max_size=40), MOMENTS)
def test_a_key_depends_on_target_and_time_alone(target: str, at: datetime) -> None:
    key = record_key(target, at)
    assert key == record_key(target, at)
    assert key == record_key(target, at.replace(microsecond=at.microsecond // 1000 * 1000))
    later = record_key(target, at + timedelta(milliseconds=1))
    assert key < later, "keys of one target sort by time"


def test_targets_of_the_same_millisecond_get_keys_of_their_own() -> None:
    keys = {record_key(f"target-{number}", AT) for number in range(1000)}
    assert len(keys) > 995


def test_the_time_can_be_read_back_from_a_key() -> None:
    alphabet = "234567abcdefghijklmnopqrstuvwxyz"
    number = 0
    for letter in record_key("t", AT):
        number = number * 32 + alphabet.index(letter)
    seconds = (number >> 10) / 1_000_000
    assert abs(seconds - AT.timestamp()) < 0.002


@pytest.mark.parametrize("damaged", ["", "{", "[]", "{}", '{"repo":1}', "null"])
def test_a_damaged_wire_form_is_our_bug(damaged: str) -> None:
    with pytest.raises(Bug):
        read_wire(damaged)


def test_the_result_names_the_post_by_did() -> None:
    result = Address(repo="did:plc:x", rkey="3jzfcijpj2z2a").result
    assert result.external_id == "at://did:plc:x/app.bsky.feed.post/3jzfcijpj2z2a"
    assert result.url == "https://bsky.app/profile/did:plc:x/post/3jzfcijpj2z2a"
