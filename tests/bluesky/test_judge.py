"""What replies mean: the table of the protocol, and replies that nobody should ever send."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, Refused
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.platforms.bluesky.errors import as_error, judge, judge_preparation
from postflow_desktop.platforms.bluesky.wire import Address, post_record, wire_form
from postflow_desktop.platforms.bluesky.xrpc import read_reply
from tests.bluesky.world import AT

ADDRESS = Address(repo="did:plc:abcdefghijklmnopqrstuvwx", rkey="3jzfcijpj2z2a")
WIRE = wire_form(ADDRESS, post_record("Hi", [], None, AT))
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
GOOD = {"uri": ADDRESS.uri, "cid": "bafyreiabc", "validationStatus": "valid"}


def judged(
    status: int, body: object, headers: dict[str, str] | None = None, now: datetime = NOW
) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return judge(WIRE, read_reply(status, headers or {}, raw), now)


def error(name: str, message: str = "") -> dict[str, str]:
    return {"error": name, "message": message}


TABLE = [
    (200, GOOD, OutcomeKind.PUBLISHED, ""),
    (200, {**GOOD, "commit": {"cid": "b", "rev": "3"}}, OutcomeKind.PUBLISHED, ""),
    (200, {**GOOD, "uri": ADDRESS.uri + "x"}, OutcomeKind.AMBIGUOUS, "unreadable_reply"),
    (200, {"uri": ADDRESS.uri}, OutcomeKind.AMBIGUOUS, "unreadable_reply"),
    (200, {}, OutcomeKind.AMBIGUOUS, "unreadable_reply"),
    (200, b"", OutcomeKind.AMBIGUOUS, "unreadable_reply"),
    (200, b"<html>Welcome to the hotel network</html>", OutcomeKind.AMBIGUOUS, "unreadable_reply"),
    (200, json.dumps(GOOD).encode()[:-1], OutcomeKind.AMBIGUOUS, "unreadable_reply"),
    (201, GOOD, OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (204, b"", OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (302, b"", OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (400, error("InvalidSwap", "Record was at bafy"), OutcomeKind.AMBIGUOUS, "key_exists"),
    (400, error("ExpiredToken", "Token has expired"), OutcomeKind.UNAUTHORIZED, "token_refused"),
    (400, error("InvalidToken"), OutcomeKind.UNAUTHORIZED, "token_refused"),
    (401, error("AuthMissing"), OutcomeKind.UNAUTHORIZED, "token_refused"),
    (401, error("AuthenticationRequired"), OutcomeKind.UNAUTHORIZED, "token_refused"),
    (401, b"nonsense", OutcomeKind.UNAUTHORIZED, "token_refused"),
    (401, error("AccountTakedown"), OutcomeKind.REJECTED, "account_unavailable"),
    (400, error("AccountDeactivated"), OutcomeKind.REJECTED, "account_unavailable"),
    (403, error("AccountDeactivated"), OutcomeKind.REJECTED, "account_unavailable"),
    # The proof lacked the server's nonce: turned away before anything was written (RFC 9449, 9).
    (401, error("use_dpop_nonce"), OutcomeKind.REJECTED_FOR_NOW, "nonce_wanted"),
    (400, error("use_dpop_nonce"), OutcomeKind.REJECTED_FOR_NOW, "nonce_wanted"),
    (500, error("use_dpop_nonce"), OutcomeKind.AMBIGUOUS, "server_error"),
    (401, error("invalid_token", "Token expired"), OutcomeKind.UNAUTHORIZED, "token_refused"),
    (429, error("RateLimitExceeded"), OutcomeKind.REJECTED_FOR_NOW, "rate_limited"),
    (429, b"", OutcomeKind.REJECTED_FOR_NOW, "rate_limited"),
    (400, error("BlobNotFound"), OutcomeKind.REJECTED_FOR_NOW, "blob_missing"),
    (
        400,
        error("InvalidRequest", "Could not find blob: bafk"),
        OutcomeKind.REJECTED_FOR_NOW,
        "blob_missing",
    ),
    (
        400,
        error("InvalidRequest", "grapheme too big (maximum 300, got 301) at $.record.text"),
        OutcomeKind.REJECTED,
        "text_too_long",
    ),
    (
        400,
        error("InvalidRequest", "Record/text must not be longer than 300 graphemes"),
        OutcomeKind.REJECTED,
        "text_too_long",
    ),
    (
        400,
        error("InvalidRequest", "blob too big (maximum 1000000, got 2000074) at $.record.embed"),
        OutcomeKind.REJECTED,
        "image_too_large",
    ),
    (400, error("InvalidMimeType", "no"), OutcomeKind.REJECTED, "media_unsupported"),
    (413, error("PayloadTooLarge"), OutcomeKind.REJECTED, "image_too_large"),
    (413, b"", OutcomeKind.REJECTED, "image_too_large"),
    (400, error("InvalidRequest", "Missing key"), OutcomeKind.REJECTED, "post_refused"),
    (400, error("SomethingNew"), OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (400, b"<html>", OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (403, error("AccountNotFound"), OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (404, error("InvalidRequest"), OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (408, b"", OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (409, error("InvalidRequest"), OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (500, error("InternalServerError"), OutcomeKind.AMBIGUOUS, "server_error"),
    (500, error("InvalidToken"), OutcomeKind.AMBIGUOUS, "server_error"),
    (502, error("UpstreamFailure"), OutcomeKind.AMBIGUOUS, "server_error"),
    (503, error("NotEnoughResources"), OutcomeKind.AMBIGUOUS, "server_error"),
    (504, b"", OutcomeKind.AMBIGUOUS, "server_error"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code"), TABLE)
def test_a_reply_means_what_the_table_says(
    status: int, body: object, kind: OutcomeKind, code: str
) -> None:
    outcome = judged(status, body)
    assert (outcome.kind, outcome.code, outcome.status) == (kind, code, status)
    assert (outcome.result is not None) == (kind is OutcomeKind.PUBLISHED)
    if kind is not OutcomeKind.PUBLISHED:
        assert outcome.message.endswith((".", ")")) or status == 400
        assert outcome.fix
    assert outcome.upload_again == (code == "blob_missing")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"RateLimit-Reset": str(int(NOW.timestamp()) + 90)}, NOW + timedelta(seconds=90)),
        ({"ratelimit-reset": "nonsense", "retry-after": "30"}, NOW + timedelta(seconds=30)),
        ({"Retry-After": "Mon, 23 Nov 2026 08:05:00 GMT"}, NOW + timedelta(minutes=5)),
        ({"Retry-After": "0"}, NOW),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "1e400"}, None),
        ({"Retry-After": "nan"}, None),
        ({"RateLimit-Reset": "99999999999999999999"}, None),
        ({"RateLimit-Reset": str(int(NOW.timestamp()) + 10**7)}, NOW + timedelta(hours=24)),
    ],
)
def test_the_server_says_when_to_come_back(
    headers: dict[str, str], expected: datetime | None
) -> None:
    assert judged(429, {}, headers).retry_at == expected


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkaWQ6cGxjOngifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "body",
    [
        {"error": "InvalidRequest", "message": f"bad token {JWT} here"},
        {"accessJwt": JWT, "refreshJwt": "opaque-refresh-secret"},
        {"error": "X", "message": "Authorization: Bearer c2lnbmF0dXJl-opaque-refresh-secret"},
        {"message": "x" * 480 + JWT},
    ],
)
def test_no_token_is_kept_from_a_reply(body: dict[str, str]) -> None:
    outcome = judged(400, body)
    kept = repr(outcome)
    assert "c2lnbmF0dXJl" not in kept
    assert "eyJhbGci" not in kept
    assert "opaque-refresh-secret" not in kept
    assert len(outcome.received) <= 500


STATUSES = st.one_of(st.sampled_from([200, 400, 401, 413, 429, 500]), st.integers(100, 999))
JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
BODIES = st.one_of(
    st.binary(max_size=200),
    JSON_VALUES.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("uri", "cid", "error", "message"), JSON_VALUES)
    ).map(lambda value: json.dumps(value).encode()),
    st.integers(0, 200).map(lambda cut: json.dumps(GOOD).encode()[:cut]),
)
HEADERS = st.dictionaries(
    st.sampled_from(["RateLimit-Reset", "Retry-After", "Content-Type"]), st.text(max_size=12)
)


@given(STATUSES, BODIES, HEADERS)
def test_a_damaged_reply_never_raises_and_never_counts_as_published(
    status: int, body: bytes, headers: dict[str, str]
) -> None:
    outcome = judged(status, body, headers)
    if outcome.kind is OutcomeKind.PUBLISHED:
        assert status == 200
        assert json.loads(body)["uri"] == ADDRESS.uri
    assert judge_preparation(read_reply(status, headers, body), NOW).kind not in {
        OutcomeKind.PUBLISHED,
        OutcomeKind.AMBIGUOUS,
    }


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"uri":' + b"9" * 10_000 + b"}", b"\xff\xfe"])
def test_bodies_that_break_parsers_are_ambiguous(body: bytes) -> None:
    assert judged(200, body).kind is OutcomeKind.AMBIGUOUS


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (401, error("AuthMissing"), NotAllowed, "token_refused"),
        (400, error("ExpiredToken"), NotAllowed, "token_refused"),
        (401, error("AccountTakedown"), NotAllowed, "account_unavailable"),
        (401, error("use_dpop_nonce"), NetworkUnreachable, "server_error"),
        (429, error("RateLimitExceeded"), NetworkUnreachable, "rate_limited"),
        (400, error("InvalidRequest", "no"), Refused, "network_refused"),
        (503, error("NotEnoughResources"), NetworkUnreachable, "server_error"),
        (200, {}, NetworkUnreachable, "server_error"),
    ],
)
def test_a_failed_read_or_delete_becomes_an_error_for_people(
    status: int, body: object, kind: type[Exception], code: str
) -> None:
    found = as_error(read_reply(status, {}, json.dumps(body).encode()))
    assert isinstance(found, kind)
    assert found.code == code
