"""What X's replies mean: the table of the protocol, and replies that nobody should ever send."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, Refused
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.platforms.x.api import read_reply
from postflow_desktop.platforms.x.errors import as_error, judge, judge_preparation

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ID = "1346889436626259968"
GOOD = {"data": {"id": ID, "text": "Hi https://t.co/abcdefghij"}}
PROBLEMS = ("https://api.x.com/2/problems/", "https://api.twitter.com/2/problems/")


def problem(status: int, detail: str, **more: object) -> dict[str, object]:
    return {"title": "T", "type": "about:blank", "status": status, "detail": detail, **more}


def invalid(message: str, host: int = 0) -> dict[str, object]:
    return {
        "errors": [{"parameters": {"text": ["x"]}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": f"{PROBLEMS[host]}invalid-request",
    }


def judged(
    status: int, body: object, headers: dict[str, str] | None = None, now: datetime = NOW
) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return judge(read_reply(status, headers or {}, raw), now)


DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
FORBIDDEN = "You are not permitted to perform this action."
K = OutcomeKind
TABLE = [
    (201, GOOD, K.PUBLISHED, ""),
    (200, GOOD, K.PUBLISHED, ""),
    (201, {"data": {"id": ID}}, K.PUBLISHED, ""),
    (201, {"data": {"id": 7}}, K.AMBIGUOUS, "unreadable_reply"),
    (201, {"data": {"id": "abc"}}, K.AMBIGUOUS, "unreadable_reply"),
    (201, {"errors": [problem(400, "no")]}, K.AMBIGUOUS, "unreadable_reply"),
    (201, b"", K.AMBIGUOUS, "unreadable_reply"),
    (201, json.dumps(GOOD).encode()[:-1], K.AMBIGUOUS, "unreadable_reply"),
    (200, b"<html>Welcome to the hotel network</html>", K.AMBIGUOUS, "unreadable_reply"),
    (202, GOOD, K.AMBIGUOUS, "unexpected_reply"),
    (204, b"", K.AMBIGUOUS, "unexpected_reply"),
    (302, b"", K.AMBIGUOUS, "unexpected_reply"),
    (400, invalid("The text is invalid."), K.REJECTED, "post_refused"),
    (400, invalid("The text is invalid.", 1), K.REJECTED, "post_refused"),
    (400, invalid("Your media IDs are invalid."), K.REJECTED_FOR_NOW, "media_expired"),
    (400, problem(400, "Your Tweet text is too long."), K.REJECTED, "text_too_long"),
    (403, problem(403, "Your Tweet text is too long."), K.REJECTED, "text_too_long"),
    (400, problem(400, "Something new"), K.AMBIGUOUS, "unexpected_reply"),
    (400, b"<html>", K.AMBIGUOUS, "unexpected_reply"),
    (401, problem(401, "Unauthorized"), K.UNAUTHORIZED, "token_refused"),
    (401, b"nonsense", K.UNAUTHORIZED, "token_refused"),
    (402, {"title": "CreditsDepleted"}, K.REJECTED, "no_credits"),
    (402, b"", K.REJECTED, "no_credits"),
    (403, problem(403, DUPLICATE), K.DUPLICATE, "duplicate"),
    (403, problem(403, FORBIDDEN), K.AMBIGUOUS, "unexpected_reply"),
    (403, problem(403, "You have been blocked by the author."), K.AMBIGUOUS, "unexpected_reply"),
    (403, problem(403, "Your account is suspended."), K.REJECTED, "account_unavailable"),
    (
        403,
        problem(403, "To protect you, your account is locked."),
        K.REJECTED,
        "account_unavailable",
    ),
    (
        403,
        {"type": f"{PROBLEMS[1]}unsupported-authentication", "title": "Unsupported"},
        K.REJECTED,
        "scope_missing",
    ),
    (403, {"reason": "client-not-enrolled"}, K.REJECTED, "app_not_enrolled"),
    (403, {"type": f"{PROBLEMS[1]}client-forbidden"}, K.REJECTED, "app_not_enrolled"),
    (403, {"type": f"{PROBLEMS[0]}usage-capped"}, K.REJECTED, "usage_capped"),
    (429, {"type": f"{PROBLEMS[0]}usage-capped"}, K.REJECTED, "usage_capped"),
    (403, b"<html>Access denied</html>", K.AMBIGUOUS, "unexpected_reply"),
    (404, problem(404, "Not Found"), K.AMBIGUOUS, "unexpected_reply"),
    (408, b"", K.AMBIGUOUS, "unexpected_reply"),
    (409, b"", K.AMBIGUOUS, "unexpected_reply"),
    (413, b"", K.AMBIGUOUS, "unexpected_reply"),
    (429, problem(429, "Too Many Requests"), K.REJECTED_FOR_NOW, "rate_limited"),
    (429, {"errors": [{"code": 88, "message": "Rate limit"}]}, K.REJECTED_FOR_NOW, "rate_limited"),
    (429, b"", K.REJECTED_FOR_NOW, "rate_limited"),
    (500, problem(500, "Internal"), K.AMBIGUOUS, "server_error"),
    (500, problem(500, DUPLICATE), K.AMBIGUOUS, "server_error"),
    (502, b"", K.AMBIGUOUS, "server_error"),
    (503, problem(503, "Service Unavailable"), K.AMBIGUOUS, "server_error"),
    (504, b"", K.AMBIGUOUS, "server_error"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code"), TABLE)
def test_a_reply_means_what_the_table_says(
    status: int, body: object, kind: OutcomeKind, code: str
) -> None:
    outcome = judged(status, body)
    assert (outcome.kind, outcome.code, outcome.status) == (kind, code, status)
    assert (outcome.result is not None) == (kind is OutcomeKind.PUBLISHED)
    assert outcome.new_wire == (code == "media_expired")
    if outcome.result is not None:
        assert outcome.result.external_id == ID
        assert outcome.result.url == f"https://x.com/i/status/{ID}"
    else:
        assert outcome.message
        assert outcome.fix


def reset(name: str, seconds: int, remaining: str = "0") -> dict[str, str]:
    at = str(int(NOW.timestamp()) + seconds)
    return {f"{name}-reset": at, f"{name}-remaining": remaining}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"X-Rate-Limit-Reset": str(int(NOW.timestamp()) + 90)}, 90),
        (reset("x-rate-limit", 90), 90),
        (reset("x-rate-limit", 90, "5") | reset("x-user-limit-24hour", 7200), 7200),
        (reset("x-rate-limit", 90) | reset("x-app-limit-24hour", 7200, "9"), 90),
        (reset("x-rate-limit", 90) | reset("x-user-limit-24hour", 7200), 7200),
        (reset("x-user-limit-24hour", 10**7), 86400),
        ({"x-rate-limit-reset": "soon"}, None),
        ({"x-rate-limit-reset": "-5"}, None),
        ({"x-rate-limit-reset": "99999999999999999999"}, None),
        ({"x-rate-limit-reset": "99999999999999"}, None),
    ],
)
def test_x_says_when_to_come_back(headers: dict[str, str], seconds: int | None) -> None:
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert judged(429, {}, headers).retry_at == expected


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (401, problem(401, "Unauthorized"), K.UNAUTHORIZED, "token_refused"),
        (403, problem(403, FORBIDDEN), K.REJECTED, "scope_missing"),
        (400, invalid("The media type is unrecognized."), K.REJECTED, "post_refused"),
        (400, invalid("Your media IDs are invalid."), K.REJECTED_FOR_NOW, "server_error"),
        (402, b"", K.REJECTED, "no_credits"),
        (429, b"", K.REJECTED_FOR_NOW, "rate_limited"),
        (503, b"", K.REJECTED_FOR_NOW, "server_error"),
        (200, {}, K.REJECTED_FOR_NOW, "server_error"),
        (404, b"", K.REJECTED_FOR_NOW, "server_error"),
    ],
)
def test_an_upload_that_fails_is_never_ambiguous(
    status: int, body: object, kind: OutcomeKind, code: str
) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    outcome = judge_preparation(read_reply(status, {}, raw), NOW)
    assert (outcome.kind, outcome.code, outcome.new_wire) == (kind, code, False)


@pytest.mark.parametrize(
    "body",
    [
        {"access_token": "opaque-secret-token", "refresh_token": "opaque-secret-token"},
        {"detail": "Authorization: Bearer opaque-secret-token"},
        {"error": "x", "error_description": "Basic opaque-secret-token"},
        {"detail": "x" * 470 + " Bearer opaque-secret-token"},
    ],
)
def test_no_token_is_kept_from_a_reply(body: dict[str, str]) -> None:
    outcome = judged(400, body)
    assert "opaque-secret-token" not in repr(outcome)
    assert len(outcome.received) <= 500


STATUSES = st.one_of(st.sampled_from([200, 201, 400, 401, 403, 429, 500]), st.integers(100, 999))
JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = ("data", "errors", "detail", "type", "title", "error", "reason", "meta")
BODIES = st.one_of(
    st.binary(max_size=200),
    JSON_VALUES.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON_VALUES)).map(
        lambda value: json.dumps(value).encode()
    ),
    st.integers(0, 200).map(lambda cut: json.dumps(GOOD).encode()[:cut]),
)
HEADERS = st.dictionaries(
    st.sampled_from(["x-rate-limit-reset", "x-rate-limit-remaining"]), st.text(max_size=12)
)


@given(STATUSES, BODIES, HEADERS)
def test_a_damaged_reply_never_raises_and_never_counts_as_published(
    status: int, body: bytes, headers: dict[str, str]
) -> None:
    reply = read_reply(status, headers, body)
    outcome = judge(reply, NOW)
    if outcome.kind is OutcomeKind.PUBLISHED:
        assert status in {200, 201}
        assert json.loads(body)["data"]["id"].isdecimal()
    prepared = judge_preparation(reply, NOW)
    assert prepared.kind not in {OutcomeKind.PUBLISHED, OutcomeKind.AMBIGUOUS}
    assert as_error(reply).message


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"data":' + b"9" * 10_000 + b"}", b"\xff\xfe"])
def test_bodies_that_break_parsers_are_ambiguous(body: bytes) -> None:
    assert judged(201, body).kind is OutcomeKind.AMBIGUOUS


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (401, {}, NotAllowed, "token_refused"),
        (402, {}, Refused, "no_credits"),
        (429, {}, NetworkUnreachable, "rate_limited"),
        (403, problem(403, FORBIDDEN), Refused, "network_refused"),
        (503, {}, NetworkUnreachable, "server_error"),
        (200, {}, NetworkUnreachable, "server_error"),
    ],
)
def test_a_failed_read_or_delete_becomes_an_error_for_people(
    status: int, body: object, kind: type[Exception], code: str
) -> None:
    found = as_error(read_reply(status, {}, json.dumps(body).encode()))
    assert isinstance(found, kind)
    assert found.code == code
