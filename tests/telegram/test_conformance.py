"""The whole adapter against the sandbox's Telegram, over HTTP: sign-in, posts, deletion, faults."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from postflow_desktop.domain.account import Tokens
from postflow_desktop.domain.errors import InvalidInput, NetworkUnreachable, NotAllowed, Refused
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.platforms.telegram.connector import TelegramConnector
from postflow_desktop.platforms.telegram.publisher import TelegramPublisher
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence, SendRefused
from postflow_desktop.transport.client import HttpClient
from tests.telegram.world import TOKEN, Pictures, Seat, SystemClock, payload, send, session_of

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
K = OutcomeKind


@pytest.mark.parametrize(
    "typed",
    ["@cornerbakery", "CornerBakery", " https://t.me/cornerbakery/ ", "t.me/s/cornerbakery"],
)
def test_a_bot_is_connected_to_the_channel_that_a_person_names(
    connector: TelegramConnector, sandbox: SandboxServer, typed: str
) -> None:
    signed_in = connector.sign_in(sandbox.url, typed, f" {TOKEN}\n")
    assert signed_in.user_id.startswith("-100")
    assert signed_in.username.lower() == "cornerbakery"
    assert signed_in.service == sandbox.url
    assert signed_in.tokens == Tokens(access=TOKEN)
    assert connector.check(session_of(signed_in)) == signed_in.username


def test_a_private_channel_is_known_by_its_number(seat: Seat, sandbox: SandboxServer) -> None:
    number = sandbox.telegram.chats.make_private("Staff only")
    signed_in = seat.connector.sign_in(sandbox.url, str(number), TOKEN)
    assert (signed_in.user_id, signed_in.username) == (str(number), str(number))
    assert signed_in.display_name == "Staff only"
    session = session_of(signed_in)
    wire = seat.publisher.prepare(
        session, payload("Hi"), seat.pictures, target_id="t", at=datetime.now(UTC)
    )
    result = send(seat.publisher, session, wire).result
    assert result is not None
    assert result.url == f"https://t.me/c/{str(number).removeprefix('-100')}/1"


@pytest.mark.parametrize("token", ["", "secret", "123456:short", "1:2/../x", f"{TOKEN} more"])
def test_what_is_no_token_is_refused_without_asking_and_without_repeating_it(
    connector: TelegramConnector, sandbox: SandboxServer, token: str
) -> None:
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "@cornerbakery", token)
    assert caught.value.code == "wrong_bot_token"
    assert not token or token not in str(caught.value)
    assert connector.advice(token)
    assert connector.advice(TOKEN) == ()


@pytest.mark.parametrize("typed", ["", "@", "a b", "@x", "12345", "mina@bakery.test", "-"])
def test_what_is_no_channel_is_refused(connector: TelegramConnector, typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        connector.sign_in("http://127.0.0.1:9", typed, TOKEN)
    assert caught.value.code == "bad_channel"


@pytest.mark.parametrize("service", ["http://example.com", "https://a/b", "ftp://a", "https://u@h"])
def test_tokens_go_to_safe_addresses_only(connector: TelegramConnector, service: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        connector.sign_in(service, "@cornerbakery", TOKEN)
    assert caught.value.code == "bad_service"


def test_a_bot_that_may_not_post_is_not_connected(
    connector: TelegramConnector, sandbox: SandboxServer
) -> None:
    sandbox.telegram.chats.change("@closed", can_post=False)
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "@closed", TOKEN)
    assert caught.value.code == "rights_missing"
    sandbox.telegram.chats.change("@closed", member=False)
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "@closed", TOKEN)
    assert caught.value.code == "channel_unavailable"
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "-100777", TOKEN)
    assert caught.value.code == "channel_unavailable"


def test_a_revoked_token_is_found_out_everywhere(seat: Seat, sandbox: SandboxServer) -> None:
    wire = seat.wire("Too late")
    sandbox.telegram.chats.revoke(TOKEN)
    outcome = seat.send(wire)
    assert (outcome.kind, outcome.code, outcome.status) == (K.UNAUTHORIZED, "token_refused", 401)
    for act in (
        lambda: seat.connector.check(seat.session),
        lambda: seat.publisher.delete(seat.session, "1"),
    ):
        with pytest.raises(NotAllowed) as caught:
            act()
        assert caught.value.code == "token_refused"
    with pytest.raises(NotAllowed) as caught:
        seat.connector.sign_in(sandbox.url, "@cornerbakery", TOKEN)
    assert caught.value.code == "wrong_bot_token"
    with pytest.raises(NotAllowed) as caught:
        seat.connector.refresh(sandbox.url, seat.signed_in.tokens)
    assert caught.value.code == "reconnect_needed"


def test_signing_out_says_that_only_the_owner_can_end_a_token(seat: Seat) -> None:
    with pytest.raises(Refused) as caught:
        seat.connector.sign_out(seat.signed_in.service, seat.signed_in.tokens)
    assert caught.value.code == "not_revocable"
    assert seat.connector.check(seat.session) == "cornerbakery"


def test_a_text_arrives_as_written(seat: Seat, sandbox: SandboxServer) -> None:
    text = f"Neu & <b>frisch</b> *heute* _{FAMILY}_ https://bücher.com/a"
    outcome = seat.post(text, link="https://bakery.com/menu")
    assert (outcome.kind, outcome.status) == (K.PUBLISHED, 200)
    assert outcome.result is not None
    assert outcome.result.external_id == "1"
    assert outcome.result.url == "https://t.me/cornerbakery/1"
    (shown,) = sandbox.telegram.posts()
    assert shown.text == f"{text}\n\nhttps://bakery.com/menu"
    assert shown.author == "@cornerbakery"
    assert "@cornerbakery" in httpx.get(sandbox.url).text


@pytest.mark.parametrize("count", [1, 2, 10])
def test_photos_go_out_with_their_words_in_one_call(
    seat: Seat, sandbox: SandboxServer, count: int
) -> None:
    kinds = ["PNG", "JPEG"]
    photos = [seat.pictures.add(f"#0000{n:02x}", kind=kinds[n % 2]) for n in range(count)]
    seat.post("Before")
    outcome = seat.post("Grün & gut", *photos)
    assert outcome.kind is K.PUBLISHED
    assert outcome.result is not None
    assert outcome.result.external_id == ",".join(str(n) for n in range(2, count + 2))
    assert outcome.result.url == "https://t.me/cornerbakery/2"
    shown = sandbox.telegram.posts()[0]
    assert shown.text == "Grün & gut"
    received = [httpx.get(f"{sandbox.url}{place}").content for place, _ in shown.pictures]
    assert received == [seat.pictures.bytes[photo.sha256] for photo in photos]
    assert [entry.action for entry in sandbox.log] == ["create", "create"]


def test_photos_need_no_words(seat: Seat, sandbox: SandboxServer) -> None:
    assert seat.post("", seat.pictures.add("red", alt="x" * 5000)).kind is K.PUBLISHED
    assert sandbox.telegram.posts()[0].text == ""


def test_a_post_is_deleted_with_all_its_photos_and_twice_is_fine(
    seat: Seat, sandbox: SandboxServer
) -> None:
    single = seat.post("One").result
    album = seat.post("Two", seat.pictures.add("red"), seat.pictures.add("blue")).result
    assert single is not None
    assert album is not None
    for result in (album, album, single, single):
        seat.publisher.delete(seat.session, result.external_id)
    assert sandbox.telegram.posts() == []


@pytest.mark.parametrize("external_id", ["", "0", "-1", "a", "1,", "1,2,x", "1" * 20])
def test_what_is_no_post_of_telegram_is_refused(seat: Seat, external_id: str) -> None:
    for act in (seat.publisher.delete, seat.publisher.fetch):
        with pytest.raises(InvalidInput) as caught:
            act(seat.session, external_id)
        assert caught.value.code == "bad_external_id"


def test_nothing_can_be_looked_up_and_nothing_is_made_up(seat: Seat) -> None:
    wire = seat.wire("Somewhere")
    assert seat.publisher.find(seat.session, wire).presence is Presence.UNKNOWN
    assert seat.send(wire).kind is K.PUBLISHED
    assert seat.publisher.find(seat.session, wire).presence is Presence.UNKNOWN
    for act in (
        lambda: seat.publisher.fetch(seat.session, "1"),
        lambda: seat.publisher.list_own(seat.session),
    ):
        with pytest.raises(NetworkUnreachable) as caught:
            act()
        assert caught.value.code == "not_readable"


def test_losing_the_right_to_post_is_rejected_for_good(seat: Seat, sandbox: SandboxServer) -> None:
    sandbox.telegram.chats.change("@cornerbakery", can_post=False)
    outcome = seat.post("No")
    assert (outcome.kind, outcome.code, outcome.status) == (K.REJECTED, "rights_missing", 400)
    sandbox.telegram.chats.change("@cornerbakery", member=False)
    outcome = seat.post("No")
    assert (outcome.kind, outcome.code, outcome.status) == (K.REJECTED, "channel_unavailable", 403)
    with pytest.raises(NotAllowed):
        seat.connector.check(seat.session)
    assert sandbox.log == ()


def test_what_the_sandbox_counts_as_too_long_the_adapter_does_too(
    seat: Seat, sandbox: SandboxServer
) -> None:
    assert seat.publisher.measure(FAMILY) == 11
    red = seat.pictures.add("red")
    for text, photos in (("😀" * 2048, ()), ("😀" * 512, (red,))):
        assert seat.post(text, *photos).kind is K.PUBLISHED
        with pytest.raises(PrepareFailed) as caught:
            seat.wire(f"{text}x", *photos)
        assert caught.value.outcome.code == "text_too_long"
        good = seat.wire(text, *photos)
        outcome = seat.send(good.replace("😀", "😀x", 1)) if not photos else None
        assert outcome is None or (outcome.kind, outcome.code) == (K.REJECTED, "text_too_long")
    assert len(sandbox.log) == 2


def test_the_guard_keeps_a_post_from_the_server(seat: Seat, sandbox: SandboxServer) -> None:
    def guard() -> None:
        raise SendRefused("The lease is too short.")

    for photos in ((), (seat.pictures.add("red"),)):
        outcome = seat.publisher.publish(
            seat.session,
            seat.wire("Not this one", *photos),
            before_first_byte=guard,
            on_reply=lambda reply: None,
        )
        assert outcome.kind is K.NOT_SENT
        assert outcome.new_wire == bool(photos)
    assert sandbox.log == ()


def test_photos_that_another_process_prepared_are_prepared_anew(
    seat: Seat, http: HttpClient, sandbox: SandboxServer
) -> None:
    wire = seat.wire("From another machine", seat.pictures.add("red"))
    other = TelegramPublisher(http, SystemClock())
    outcome = send(other, seat.session, wire)
    assert (outcome.kind, outcome.code) == (K.NOT_SENT, "photos_not_at_hand")
    assert outcome.new_wire
    assert sandbox.log == ()
    assert seat.send(wire).kind is K.PUBLISHED
    assert seat.send(wire).kind is K.NOT_SENT, "photos are carried once"
    assert len(sandbox.log) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "out"),
    [
        (FaultKind.RESET_BEFORE, K.AMBIGUOUS, 0),
        (FaultKind.RESET_AFTER, K.AMBIGUOUS, 1),
        (FaultKind.UNAVAILABLE, K.AMBIGUOUS, 0),
        (FaultKind.ERROR_AFTER, K.AMBIGUOUS, 1),
        (FaultKind.RATE_LIMITED, K.REJECTED_FOR_NOW, 0),
        (FaultKind.EXPIRED_TOKEN, K.UNAUTHORIZED, 0),
        (FaultKind.SLOW, K.PUBLISHED, 1),
    ],
)
@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_fault_is_never_called_published_nor_refused(
    seat: Seat, sandbox: SandboxServer, *, fault: FaultKind, kind: OutcomeKind, out: int, count: int
) -> None:
    photos = [seat.pictures.add(colour) for colour in ("red", "blue")[:count]]
    sandbox.fail(fault, delay=0.05)
    outcome = seat.post("Once", *photos)
    assert outcome.kind is kind
    assert outcome.new_wire == (kind is K.REJECTED_FOR_NOW and count > 0)
    assert len(sandbox.log) == out
    if kind is K.REJECTED_FOR_NOW:
        assert outcome.retry_at is not None
        assert outcome.retry_at - datetime.now(UTC) < timedelta(seconds=3)


def test_faults_meet_publishing_only(seat: Seat, sandbox: SandboxServer) -> None:
    result = seat.post("One").result
    assert result is not None
    sandbox.fail(FaultKind.RESET_BEFORE)
    assert seat.connector.check(seat.session) == "cornerbakery"
    seat.publisher.delete(seat.session, result.external_id)
    assert seat.post("Two").kind is K.AMBIGUOUS


def test_what_was_posted_is_there_after_a_restart(
    connector: TelegramConnector, publisher: TelegramPublisher, tmp_path: Path
) -> None:
    with SandboxServer(tmp_path) as server:
        session = session_of(connector.sign_in(server.url, "@bakery", TOKEN))
        wire = publisher.prepare(
            session, payload("Kept"), Pictures(), target_id="t", at=datetime.now(UTC)
        )
        assert send(publisher, session, wire).kind is K.PUBLISHED
    with SandboxServer(tmp_path) as server:
        assert [post.text for post in server.telegram.posts()] == ["Kept"]
        assert connector.check(session) == "bakery"


def test_the_token_is_in_no_log(
    seat: Seat, sandbox: SandboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="postflow_desktop"):
        seat.post("Quiet", seat.pictures.add("red"))
        sandbox.telegram.chats.revoke(TOKEN)
        outcome = seat.post("Refused")
    secret = TOKEN.partition(":")[2]
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("postflow_desktop")]
    assert all(secret not in line for line in ours)
    assert secret not in repr(outcome)
    assert secret not in repr(seat.session)
