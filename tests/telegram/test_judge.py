"""What Telegram's replies mean: the table of the protocol, and replies that nobody should send."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, Refused
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.platforms.telegram.api import read_reply
from postflow_desktop.platforms.telegram.errors import as_error, judge
from postflow_desktop.platforms.telegram.wire import read_wire, wire_form
from tests.telegram.world import TOKEN, Pictures

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CHAT = -1001234567890
TEXT = wire_form(CHAT, "Hi", (), link=None, at=NOW)
_PICTURES = Pictures()
PHOTO = wire_form(CHAT, "Hi", [_PICTURES.add("red")], link=None, at=NOW)
ALBUM = wire_form(CHAT, "Hi", [_PICTURES.add("red"), _PICTURES.add("blue")], link=None, at=NOW)
K = OutcomeKind


def message(number: object, chat: object = CHAT, **names: str) -> dict[str, object]:
    return {"message_id": number, "date": 1, "chat": {"id": chat, "type": "channel", **names}}


def good(result: object) -> dict[str, object]:
    return {"ok": True, "result": result}


def bad(status: int, description: str, **parameters: object) -> dict[str, object]:
    extra = {"parameters": parameters} if parameters else {}
    return {"ok": False, "error_code": status, "description": description, **extra}


def judged(status: int, body: object, wire: str = TEXT) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return judge(read_wire(wire), read_reply(status, {}, raw), NOW)


def request(words: str) -> dict[str, object]:
    return bad(400, f"Bad Request: {words}")


TABLE: list[tuple[int, object, OutcomeKind, str]] = [
    (200, good(message(45)), K.PUBLISHED, ""),
    (200, good(message("45")), K.AMBIGUOUS, "unreadable_reply"),
    (200, good(message(0)), K.AMBIGUOUS, "unreadable_reply"),
    (200, good(message(-45)), K.AMBIGUOUS, "unreadable_reply"),
    (200, good(message(True)), K.AMBIGUOUS, "unreadable_reply"),
    (200, good(message(45, chat=-100999)), K.AMBIGUOUS, "unreadable_reply"),
    (200, good([message(45), message(46)]), K.AMBIGUOUS, "unreadable_reply"),
    (200, good(True), K.AMBIGUOUS, "unreadable_reply"),
    (200, {"ok": False, "result": message(45)}, K.AMBIGUOUS, "unreadable_reply"),
    (200, {"result": message(45)}, K.AMBIGUOUS, "unreadable_reply"),
    (200, b"<html>Welcome to the hotel network</html>", K.AMBIGUOUS, "unreadable_reply"),
    (200, json.dumps(good(message(45))).encode()[:-1], K.AMBIGUOUS, "unreadable_reply"),
    (201, good(message(45)), K.AMBIGUOUS, "unreadable_reply"),
    (302, b"", K.AMBIGUOUS, "unexpected_reply"),
    (400, request("message is too long"), K.REJECTED, "text_too_long"),
    (400, request("message caption is too long"), K.REJECTED, "text_too_long"),
    (400, request("MEDIA_CAPTION_TOO_LONG"), K.REJECTED, "text_too_long"),
    (400, request("message text is empty"), K.REJECTED, "empty_post"),
    (400, request("text must be non-empty"), K.REJECTED, "empty_post"),
    (400, request("chat not found"), K.REJECTED, "channel_unavailable"),
    (
        400,
        bad(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=-1001,
        ),
        K.REJECTED,
        "channel_unavailable",
    ),
    (
        400,
        request("need administrator rights in the channel chat"),
        K.REJECTED,
        "rights_missing",
    ),
    (
        400,
        request("not enough rights to send text messages to the chat"),
        K.REJECTED,
        "rights_missing",
    ),
    (400, request("PHOTO_INVALID_DIMENSIONS"), K.REJECTED, "image_refused"),
    (
        400,
        request('failed to send message #2 with the error message "IMAGE_PROCESS_FAILED"'),
        K.REJECTED,
        "image_refused",
    ),
    (400, request("Something new"), K.AMBIGUOUS, "unexpected_reply"),
    (400, request("Group send failed"), K.AMBIGUOUS, "unexpected_reply"),
    (400, b"<html>", K.AMBIGUOUS, "unexpected_reply"),
    (401, bad(401, "Unauthorized"), K.UNAUTHORIZED, "token_refused"),
    (401, b"", K.UNAUTHORIZED, "token_refused"),
    (404, bad(404, "Not Found"), K.UNAUTHORIZED, "token_refused"),
    (404, bad(404, "Not Found: method not found"), K.AMBIGUOUS, "unexpected_reply"),
    (404, b"<html>", K.AMBIGUOUS, "unexpected_reply"),
    (
        403,
        bad(403, "Forbidden: bot was kicked from the channel chat"),
        K.REJECTED,
        "channel_unavailable",
    ),
    (
        403,
        bad(403, "Forbidden: bot is not a member of the channel chat"),
        K.REJECTED,
        "channel_unavailable",
    ),
    (403, bad(403, "Forbidden: bot was blocked by the user"), K.REJECTED, "channel_unavailable"),
    (403, bad(403, "Forbidden: because"), K.AMBIGUOUS, "unexpected_reply"),
    (403, b"<html>Access denied</html>", K.AMBIGUOUS, "unexpected_reply"),
    (408, b"", K.AMBIGUOUS, "unexpected_reply"),
    (409, bad(409, "Conflict: terminated"), K.AMBIGUOUS, "unexpected_reply"),
    (413, bad(413, "Request Entity Too Large"), K.REJECTED, "image_refused"),
    (429, bad(429, "Too Many Requests: retry after 35"), K.REJECTED_FOR_NOW, "rate_limited"),
    (429, b"", K.REJECTED_FOR_NOW, "rate_limited"),
    (500, bad(500, "Internal Server Error: restart"), K.AMBIGUOUS, "server_error"),
    (500, bad(500, "Internal Server Error: chat not found"), K.AMBIGUOUS, "server_error"),
    (502, b"<html>Bad Gateway</html>", K.AMBIGUOUS, "server_error"),
    (503, b"", K.AMBIGUOUS, "server_error"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code"), TABLE)
def test_a_reply_means_what_the_table_says(
    status: int, body: object, kind: OutcomeKind, code: str
) -> None:
    outcome = judged(status, body)
    assert (outcome.kind, outcome.code, outcome.status) == (kind, code, status)
    assert (outcome.result is not None) == (kind is K.PUBLISHED)
    assert not outcome.new_wire
    assert kind is K.PUBLISHED or (outcome.message and outcome.fix)


@pytest.mark.parametrize(
    ("result", "external_id"),
    [
        ([message(46), message(45)], "45,46"),
        ([message(45), message(45)], None),
        ([message(45)], None),
        ([message(45), message(46), message(47)], None),
        ([message(45), message(46, chat=1)], None),
        ([message(45), None], None),
        (message(45), None),
        ([], None),
    ],
)
def test_an_album_is_out_when_every_photo_is(result: object, external_id: str | None) -> None:
    outcome = judged(200, good(result), ALBUM)
    assert (outcome.result.external_id if outcome.result else None) == external_id
    assert outcome.kind is (K.AMBIGUOUS if external_id is None else K.PUBLISHED)


def test_the_link_is_public_where_the_channel_is() -> None:
    public = judged(200, good(message(45, username="bakery"))).result
    private = judged(200, good(message(45))).result
    assert public is not None
    assert private is not None
    assert public.url == "https://t.me/bakery/45"
    assert private.url == "https://t.me/c/1234567890/45"


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [(35, 35), (10**9, 86400), (0, None), (-5, None), ("35", None), (None, None)],
)
def test_telegram_says_when_to_come_back(wait: object, seconds: int | None) -> None:
    outcome = judged(429, bad(429, "Too Many Requests", retry_after=wait))
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert outcome.retry_at == expected


@pytest.mark.parametrize("wire", [PHOTO, ALBUM])
def test_photos_are_prepared_again_for_another_try(wire: str) -> None:
    outcome = judged(429, bad(429, "Too Many Requests: retry after 5"), wire)
    assert (outcome.kind, outcome.new_wire) == (K.REJECTED_FOR_NOW, True)
    assert not judged(400, request("chat not found"), wire).new_wire


@pytest.mark.parametrize("start", ["", "x" * 480])
def test_no_token_is_kept_from_a_reply(start: str) -> None:
    outcome = judged(400, request(f"{start} bot{TOKEN}/sendMessage"))
    assert TOKEN.partition(":")[2][:20] not in repr(outcome)
    assert len(outcome.received) <= 500
    failure = as_error(read_reply(400, {}, json.dumps(request(f"/bot{TOKEN}/x")).encode()))
    assert TOKEN not in str(failure)


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (401, bad(401, "Unauthorized"), NotAllowed, "token_refused"),
        (404, bad(404, "Not Found"), NotAllowed, "token_refused"),
        (400, request("chat not found"), NotAllowed, "channel_unavailable"),
        (400, request("message can't be deleted"), Refused, "network_refused"),
        (429, b"", NetworkUnreachable, "rate_limited"),
        (502, b"", NetworkUnreachable, "server_error"),
        (200, b"[]", NetworkUnreachable, "server_error"),
    ],
)
def test_a_failed_call_becomes_an_error_for_people(
    status: int, body: object, kind: type[Exception], code: str
) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = as_error(read_reply(status, {}, raw))
    assert isinstance(found, kind)
    assert found.code == code


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
MESSAGES = st.fixed_dictionaries(
    {}, optional={"message_id": JSON_VALUES, "chat": st.one_of(JSON_VALUES, st.just({"id": CHAT}))}
)
BODIES = st.one_of(
    st.binary(max_size=100),
    st.fixed_dictionaries(
        {},
        optional={
            "ok": st.one_of(st.booleans(), JSON_VALUES),
            "result": st.one_of(JSON_VALUES, MESSAGES, st.lists(MESSAGES, max_size=3)),
            "description": JSON_VALUES,
            "parameters": st.one_of(JSON_VALUES, st.just({"retry_after": 10**30})),
        },
    ).map(lambda value: json.dumps(value).encode()),
)


@given(st.sampled_from([200, 400, 401, 403, 404, 429, 500]), BODIES, st.sampled_from([TEXT, ALBUM]))
def test_a_damaged_reply_never_raises_and_never_counts_as_published(
    status: int, body: bytes, wire: str
) -> None:
    reply = read_reply(status, {}, body)
    outcome = judge(read_wire(wire), reply, NOW)
    if outcome.kind is K.PUBLISHED:
        assert status == 200
        assert json.loads(body)["ok"] is True
    assert as_error(reply).message
