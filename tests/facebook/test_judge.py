"""What Facebook's replies mean: the table of the protocol, and replies that nobody should send."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, Refused
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.platforms.facebook.api import read_reply
from postflow_desktop.platforms.facebook.errors import as_error, judge, judge_preparation
from postflow_desktop.platforms.facebook.wire import read_wire, wire_form

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WIRE = wire_form("1234", "Hi", ["901", "902"], link=None, at=NOW)
GOOD = {"id": "1234_777"}
K = OutcomeKind


def error(code: object, subcode: object = None, message: str = "no", **more: object) -> object:
    found = {"message": message, "type": "OAuthException", "code": code, **more}
    return {"error": found if subcode is None else found | {"error_subcode": subcode}}


def judged(status: int, body: object, headers: dict[str, str] | None = None) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return judge(read_wire(WIRE), read_reply(status, headers or {}, raw), NOW)


ALREADY = "You've already posted this. Posting the same content repeatedly isn't allowed."
GONE = "Unsupported post request. Object with ID '902' does not exist"
TABLE: list[tuple[int, object, OutcomeKind, str]] = [
    (200, GOOD, K.PUBLISHED, ""),
    (200, {**GOOD, "post_supports_client_mutation_id": True}, K.PUBLISHED, ""),
    (200, {"id": "777"}, K.AMBIGUOUS, "unreadable_reply"),
    (200, {"id": "99_777"}, K.AMBIGUOUS, "unreadable_reply"),
    (200, {"id": 1234}, K.AMBIGUOUS, "unreadable_reply"),
    (200, {**GOOD, "error": {"code": 100}}, K.AMBIGUOUS, "unreadable_reply"),
    (200, b"false", K.AMBIGUOUS, "unreadable_reply"),
    (200, b"<html>Welcome to the hotel network</html>", K.AMBIGUOUS, "unreadable_reply"),
    (201, GOOD, K.AMBIGUOUS, "unexpected_reply"),
    (302, b"", K.AMBIGUOUS, "unexpected_reply"),
    (400, error(1), K.AMBIGUOUS, "server_error"),
    (400, error(1, 99), K.AMBIGUOUS, "server_error"),
    (400, error(2, is_transient=True), K.AMBIGUOUS, "server_error"),
    (400, error(100, is_transient=True), K.AMBIGUOUS, "server_error"),
    (400, error(4, is_transient=True), K.REJECTED_FOR_NOW, "rate_limited"),
    (403, error(17), K.REJECTED_FOR_NOW, "rate_limited"),
    (400, error(32), K.REJECTED_FOR_NOW, "rate_limited"),
    (400, error(341), K.REJECTED_FOR_NOW, "rate_limited"),
    (400, error(613), K.REJECTED_FOR_NOW, "rate_limited"),
    (400, error(80001), K.REJECTED_FOR_NOW, "rate_limited"),
    (400, error(368, 1390008), K.REJECTED_FOR_NOW, "rate_limited"),
    (429, b"", K.REJECTED_FOR_NOW, "rate_limited"),
    (400, error(190, 463), K.UNAUTHORIZED, "token_refused"),
    (401, error(190), K.UNAUTHORIZED, "token_refused"),
    (400, error(102), K.UNAUTHORIZED, "token_refused"),
    (400, error(2500), K.UNAUTHORIZED, "token_refused"),
    (401, b"", K.AMBIGUOUS, "unexpected_reply"),
    (400, error(190, 459), K.REJECTED, "account_blocked"),
    (400, error(190, 464), K.REJECTED, "account_blocked"),
    (400, error(368), K.REJECTED, "account_blocked"),
    (400, error(100, 1404078), K.REJECTED, "account_blocked"),
    (400, error(100, 4854002), K.REJECTED, "account_blocked"),
    (403, error(10), K.REJECTED, "permission_missing"),
    (400, error(200), K.REJECTED, "permission_missing"),
    (400, error(299), K.REJECTED, "permission_missing"),
    (400, error(300), K.AMBIGUOUS, "unexpected_reply"),
    (400, error(506, 1455006), K.DUPLICATE, "duplicate"),
    (400, error(368, message=ALREADY), K.DUPLICATE, "duplicate"),
    (400, error(100, 1366051), K.DUPLICATE, "duplicate"),
    (400, error(100, 1366046), K.REJECTED, "image_refused"),
    (400, error(100, 1404102), K.REJECTED, "content_refused"),
    (400, error(100, 1346003), K.REJECTED, "content_refused"),
    (400, error(100, 1609005), K.REJECTED, "link_refused"),
    (400, error(100, 1609008), K.REJECTED, "link_refused"),
    (400, error(100), K.REJECTED, "post_refused"),
    (400, error(100, 33, GONE), K.REJECTED_FOR_NOW, "media_expired"),
    (400, error(100, 33, GONE.replace("902", "1234")), K.REJECTED, "page_unavailable"),
    (400, error(12345), K.AMBIGUOUS, "unexpected_reply"),
    (400, error("100"), K.AMBIGUOUS, "unexpected_reply"),
    (400, error(True), K.AMBIGUOUS, "unexpected_reply"),
    (400, b"<html>", K.AMBIGUOUS, "unexpected_reply"),
    (404, b"", K.AMBIGUOUS, "unexpected_reply"),
    (408, b"", K.AMBIGUOUS, "unexpected_reply"),
    (500, error(2), K.AMBIGUOUS, "server_error"),
    (500, error(100), K.AMBIGUOUS, "server_error"),
    (500, error(190), K.AMBIGUOUS, "server_error"),
    (503, b"", K.AMBIGUOUS, "server_error"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code"), TABLE)
def test_a_reply_means_what_the_table_says(
    status: int, body: object, kind: OutcomeKind, code: str
) -> None:
    outcome = judged(status, body)
    assert (outcome.kind, outcome.code, outcome.status) == (kind, code, status)
    assert outcome.new_wire == (code == "media_expired")
    if kind is K.PUBLISHED:
        assert outcome.result is not None
        assert outcome.result.external_id == "1234_777"
        assert outcome.result.url == "https://www.facebook.com/1234_777"
    else:
        assert outcome.result is None
        assert outcome.message
        assert outcome.fix


def usage(*minutes: object) -> dict[str, str]:
    uses = [{"type": "pages", "estimated_time_to_regain_access": one} for one in minutes]
    return {"X-Business-Use-Case-Usage": json.dumps({"1234": uses})}


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({}, None),
        (usage(0), None),
        (usage(15), 15),
        (usage(5, 30, 1), 30),
        (usage(10**12), 1440),
        (usage("15"), None),
        (usage(True), None),
        (usage(-3), None),
        ({"X-Business-Use-Case-Usage": "[1, {}]"}, None),
        ({"X-Business-Use-Case-Usage": '{"1": [3], "2": 4}'}, None),
        ({"X-Business-Use-Case-Usage": "nonsense"}, None),
    ],
)
def test_facebook_says_when_to_come_back(headers: dict[str, str], minutes: int | None) -> None:
    expected = None if minutes is None else NOW + timedelta(minutes=minutes)
    assert judged(400, error(32), headers).retry_at == expected


def test_posting_too_fast_takes_hours() -> None:
    at = judged(400, error(368, 1390008)).retry_at
    assert at is not None
    assert at >= NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, error(190), K.UNAUTHORIZED, "token_refused"),
        (400, error(200), K.REJECTED, "permission_missing"),
        (400, error(100, 1366046), K.REJECTED, "image_refused"),
        (400, error(32), K.REJECTED_FOR_NOW, "rate_limited"),
        (400, error(1), K.REJECTED_FOR_NOW, "server_error"),
        (400, error(506), K.REJECTED_FOR_NOW, "server_error"),
        (500, b"", K.REJECTED_FOR_NOW, "server_error"),
        (200, {"id": "x"}, K.REJECTED_FOR_NOW, "server_error"),
    ],
)
def test_an_upload_that_fails_is_never_ambiguous(
    status: int, body: object, kind: OutcomeKind, code: str
) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    outcome = judge_preparation(read_reply(status, {}, raw), NOW)
    assert (outcome.kind, outcome.code, outcome.new_wire) == (kind, code, False)


TOKEN = "EAABwzLixnjYBO0ZCZAexample1234567890"


@pytest.mark.parametrize(
    "words",
    [
        f"Malformed access token {TOKEN}",
        f"https://graph.facebook.com/me?access_token={TOKEN}&limit=1",
        f"Authorization: Bearer {TOKEN}",
        "x" * 470 + f" {TOKEN}",
    ],
)
def test_no_token_is_kept_from_a_reply(words: str) -> None:
    outcome = judged(400, error(100, message=words))
    assert TOKEN[3:12] not in repr(outcome)
    assert len(outcome.received) <= 500
    raw = json.dumps(error(100, message=words)).encode()
    assert TOKEN not in str(as_error(read_reply(400, {}, raw)))


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, error(190, 460), NotAllowed, "token_refused"),
        (403, error(200), NotAllowed, "permission_missing"),
        (400, error(368), NotAllowed, "account_blocked"),
        (400, error(100), Refused, "network_refused"),
        (400, error(4), NetworkUnreachable, "rate_limited"),
        (400, error(2), NetworkUnreachable, "server_error"),
        (500, error(190), NetworkUnreachable, "server_error"),
        (200, {}, NetworkUnreachable, "server_error"),
    ],
)
def test_a_failed_read_or_delete_becomes_an_error_for_people(
    status: int, body: object, kind: type[Exception], code: str
) -> None:
    found = as_error(read_reply(status, {}, json.dumps(body).encode()))
    assert isinstance(found, kind)
    assert found.code == code


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
CODES = st.one_of(st.sampled_from([1, 2, 4, 10, 32, 100, 190, 200, 368, 506]), JSON_VALUES)
NAMES = ("message", "error_user_msg", "error_subcode", "is_transient")
ERRORS = st.fixed_dictionaries({"code": CODES}, optional=dict.fromkeys(NAMES, JSON_VALUES))
BODIES = st.one_of(
    st.binary(max_size=100),
    JSON_VALUES.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries(
        {}, optional={"error": st.one_of(ERRORS, JSON_VALUES), "id": JSON_VALUES}
    ).map(lambda value: json.dumps(value).encode()),
    st.integers(0, 20).map(lambda cut: json.dumps(GOOD).encode()[:cut]),
)


@given(st.sampled_from([200, 400, 401, 403, 429, 500]), BODIES, st.text(max_size=12))
def test_a_damaged_reply_never_raises_and_never_counts_as_published(
    status: int, body: bytes, header: str
) -> None:
    reply = read_reply(status, {"X-Business-Use-Case-Usage": header}, body)
    outcome = judge(read_wire(WIRE), reply, NOW)
    if outcome.kind is K.PUBLISHED:
        assert status == 200
        assert json.loads(body)["id"].startswith("1234_")
    assert judge_preparation(reply, NOW).kind not in {K.PUBLISHED, K.AMBIGUOUS}
    assert as_error(reply).message
