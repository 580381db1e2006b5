"""What LinkedIn's replies mean; damaged ones are never a crash and never a wrong "published"."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms.linkedin.publisher import LinkedInPublisher
from postflow_desktop.platforms.linkedin.wire import comment_wire, post_wire
from postflow_desktop.transport.client import HttpClient

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
WIRE = post_wire("urn:li:organization:1", "Hello", [], None, AT)
COMMENT = comment_wire("urn:li:organization:1", "urn:li:share:7", "Hi", AT)
PUBLISHER = LinkedInPublisher(HttpClient(), SystemClock())

CASES = [
    (201, {"x-restli-id": "urn:li:share:68"}, "", OutcomeKind.PUBLISHED, ""),
    (201, {"x-restli-id": "urn:li:ugcPost:68"}, "", OutcomeKind.PUBLISHED, ""),
    (201, {"X-RestLi-Id": "urn:li:share:68"}, "", OutcomeKind.PUBLISHED, ""),
    (201, {}, '{"id": "urn:li:share:68"}', OutcomeKind.PUBLISHED, ""),
    (201, {}, "", OutcomeKind.AMBIGUOUS, "unreadable_reply"),
    (201, {"x-restli-id": "urn:li:person:68"}, "", OutcomeKind.AMBIGUOUS, "unreadable_reply"),
    (200, {}, "<html>", OutcomeKind.AMBIGUOUS, "unreadable_reply"),
    (202, {}, "", OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (401, {}, '{"code": "EXPIRED_ACCESS_TOKEN"}', OutcomeKind.UNAUTHORIZED, "token_refused"),
    (401, {}, "", OutcomeKind.UNAUTHORIZED, "token_refused"),
    (
        403,
        {},
        '{"code": "ACCESS_DENIED", "message": "Not enough permissions to access: posts.CREATE"}',
        OutcomeKind.REJECTED,
        "scope_missing",
    ),
    (403, {}, '{"message": "Forbidden"}', OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (403, {}, "", OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (
        422,
        {},
        '{"code": "DUPLICATE_POST", "message": "Content is a duplicate of urn:li:share:68"}',
        OutcomeKind.DUPLICATE,
        "duplicate",
    ),
    (422, {}, '{"message": "Content is a duplicate of x"}', OutcomeKind.DUPLICATE, "duplicate"),
    (422, {}, '{"message": "else"}', OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (426, {}, '{"code": "NONEXISTENT_VERSION"}', OutcomeKind.REJECTED, "old_version"),
    (400, {}, '{"code": "VERSION_MISSING"}', OutcomeKind.REJECTED, "old_version"),
    (400, {}, '{"code": "MISSING_FIELD"}', OutcomeKind.REJECTED, "post_refused"),
    (400, {}, '{"code": "INVALID_VALUE_FOR_FIELD"}', OutcomeKind.REJECTED, "post_refused"),
    (400, {}, '{"code": "FIELD_LENGTH_TOO_LONG"}', OutcomeKind.REJECTED, "text_too_long"),
    (400, {}, '{"code": "EXPIRED_UPLOAD_URL"}', OutcomeKind.REJECTED_FOR_NOW, "media_expired"),
    (400, {}, '{"code": "INVALID_IMAGE_ID"}', OutcomeKind.REJECTED_FOR_NOW, "media_expired"),
    (
        400,
        {},
        '{"code": "MEDIA_ASSET_WAITING_UPLOAD"}',
        OutcomeKind.REJECTED_FOR_NOW,
        "media_not_ready",
    ),
    (400, {}, '{"code": "NEW_CODE"}', OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (400, {}, "", OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (409, {}, '{"message": "conflict"}', OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (429, {}, '{"code": "TOO_MANY_REQUESTS"}', OutcomeKind.REJECTED_FOR_NOW, "rate_limited"),
    (500, {}, "", OutcomeKind.AMBIGUOUS, "server_error"),
    (503, {}, '{"code": "SERVICE_UNAVAILABLE"}', OutcomeKind.AMBIGUOUS, "server_error"),
    (408, {}, "", OutcomeKind.AMBIGUOUS, "unexpected_reply"),
    (404, {}, '{"code": "NOT_FOUND"}', OutcomeKind.AMBIGUOUS, "unexpected_reply"),
]


@pytest.mark.parametrize(("status", "headers", "body", "kind", "code"), CASES)
def test_every_known_reply(
    status: int, headers: dict[str, str], body: str, kind: OutcomeKind, code: str
) -> None:
    outcome = PUBLISHER.judge(WIRE, status, headers, body.encode())
    assert (outcome.kind, outcome.code) == (kind, code)
    assert outcome.status == status
    if kind is not OutcomeKind.PUBLISHED:
        assert outcome.message.endswith((".", ")")) or ":" in outcome.message
        assert outcome.fix


def test_a_comment_is_known_by_its_number_or_its_name() -> None:
    name = "urn:li:comment:(urn:li:share:7,42)"
    for given_id in ("42", name):
        outcome = PUBLISHER.judge(COMMENT, 201, {"x-restli-id": given_id}, b"")
        assert outcome.result is not None
        assert outcome.result.external_id == name


def test_no_token_is_kept_of_a_reply() -> None:
    body = b'{"access_token": "AQXsecretsecret", "message": "Bearer AQXsecretsecret"}'
    assert "AQXsecret" not in PUBLISHER.judge(WIRE, 500, {}, body).received


def test_the_wait_is_bounded() -> None:
    outcome = PUBLISHER.judge(WIRE, 429, {}, b"")
    assert outcome.retry_at is not None
    assert outcome.retry_at.tzinfo is not None


@given(
    st.sampled_from([200, 201, 202, 204, 301, 400, 401, 403, 404, 409, 422, 426, 429, 500, 503]),
    st.dictionaries(st.sampled_from(["x-restli-id", "location", "content-type"]), st.text()),
    st.one_of(
        st.binary(max_size=300),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(
                    st.sampled_from(["id", "code", "message", "status", "errorDetails"]), inner
                ),
            ),
        ).map(lambda value: json.dumps(value).encode()),
    ),
)
def test_damaged_replies_never_crash_and_never_lie(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    outcome = PUBLISHER.judge(WIRE, status, headers, body)
    if outcome.kind is OutcomeKind.PUBLISHED:
        assert status in {200, 201}
        assert outcome.result is not None
        assert outcome.result.external_id.startswith(
            ("urn:li:share:", "urn:li:ugcPost:", "urn:li:activity:")
        )


@pytest.mark.parametrize(
    "given_id", ["", "x", "urn:li:share:7", "4 2", "urn:li:comment:(urn:li:share:7,)", "42;", "٤٢"]
)
def test_a_comment_without_a_name_of_one_is_not_published(given_id: str) -> None:
    for headers, body in (({"x-restli-id": given_id}, b""), ({}, json.dumps({"id": given_id}))):
        raw = body if isinstance(body, bytes) else body.encode()
        outcome = PUBLISHER.judge(COMMENT, 201, headers, raw)
        assert (outcome.kind, outcome.code) == (OutcomeKind.AMBIGUOUS, "unreadable_reply")
