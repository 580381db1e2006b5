"""Every row of LinkedIn's errors (learn.microsoft.com, version 202609) and what it means."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from postflow_desktop.domain.outcome import OutcomeKind as K
from postflow_desktop.platforms.linkedin.api import read_reply
from postflow_desktop.platforms.linkedin.errors import as_error, judge, judge_preparation
from postflow_desktop.platforms.linkedin.wire import comment_wire, post_wire, read_wire
from tests.kit.sentences import faults_of_error, faults_of_outcome

NOW = datetime(2026, 11, 20, 23, 50, tzinfo=UTC)
AUTHOR = "urn:li:organization:5515715"
POST = read_wire(post_wire(AUTHOR, "Hello", [], None, NOW))
COMMENT = read_wire(comment_wire(AUTHOR, "urn:li:share:7", "Hello", NOW))


def said(status: int, message: str, number: int | None = None, code: str = "") -> dict[str, Any]:
    """The forms in use: the older has a number, the newer a name, some both."""
    body: dict[str, Any] = {"status": status, "message": message}
    if number is not None:
        body["serviceErrorCode"] = number
    return body | ({"code": code} if code else {})


def fields(code: str, description: str = "is not allowed here") -> dict[str, Any]:
    """400, with what is said about single fields."""
    one = {
        "description": description,
        "input": {"inputPath": {"fieldPath": "author"}},
        "code": code,
    }
    return said(400, "Bad request", code=code) | {"errorDetails": {"inputErrors": [one]}}


EXPIRED = "The token used in the request has expired"
REVOKED = "The token used in the request has been revoked by the user"
THROTTLED = "Resource level throttle limit for calls to this resource is reached."
DENIED = "Not enough permissions to access: posts.CREATE.20260901"
TRANSIENT: list[tuple[int, Any, K, str]] = [
    (429, said(429, THROTTLED, code="TOO_MANY_REQUESTS"), K.REJECTED_FOR_NOW, "rate_limited"),
    (429, said(429, THROTTLED, 101), K.REJECTED_FOR_NOW, "rate_limited"),
    (429, "", K.REJECTED_FOR_NOW, "rate_limited"),
    (
        400,
        said(400, "Waiting", code="MEDIA_ASSET_WAITING_UPLOAD"),
        K.REJECTED_FOR_NOW,
        "media_not_ready",
    ),
    # After a sent post these are no refusals: it may be out, and the next try's 422 tells.
    (500, said(500, "Internal Server Error", 0), K.AMBIGUOUS, "server_error"),
    (500, said(500, "x", code="INTERNAL_SERVER_ERROR"), K.AMBIGUOUS, "server_error"),
    (502, "", K.AMBIGUOUS, "server_error"),
    (503, "Service Unavailable", K.AMBIGUOUS, "server_error"),
    (504, said(504, "Gateway Timeout"), K.AMBIGUOUS, "server_error"),
    (409, said(409, "Conflict", code="CONFLICT"), K.AMBIGUOUS, "unexpected_reply"),
    (400, said(400, "Unable to obtain activity"), K.AMBIGUOUS, "unexpected_reply"),
]
RECONNECT: list[tuple[int, Any, K, str]] = [
    (401, said(401, EXPIRED, 65602, "EXPIRED_ACCESS_TOKEN"), K.UNAUTHORIZED, "token_refused"),
    (401, said(401, REVOKED, 65601, "REVOKED_ACCESS_TOKEN"), K.UNAUTHORIZED, "token_refused"),
    (401, said(401, "Invalid access token", 65600), K.UNAUTHORIZED, "token_refused"),
    (401, "", K.UNAUTHORIZED, "token_refused"),
    (403, said(403, DENIED, 100, "ACCESS_DENIED"), K.REJECTED, "scope_missing"),
    (403, said(403, DENIED, 100), K.REJECTED, "scope_missing"),
]
OPERATOR: list[tuple[int, Any, K, str]] = [
    (
        426,
        said(426, "Requested version 20250101 is not active", code="NONEXISTENT_VERSION"),
        K.REJECTED,
        "old_version",
    ),
    (
        400,
        said(400, "A version must be present", code="VERSION_MISSING"),
        K.REJECTED,
        "old_version",
    ),
]
PERMANENT: list[tuple[int, Any, K, str]] = [
    (400, fields("MISSING_FIELD"), K.REJECTED, "post_refused"),
    (400, fields("INVALID_VALUE_FOR_FIELD"), K.REJECTED, "post_refused"),
    (400, fields("FIELD_LENGTH_TOO_LONG"), K.REJECTED, "text_too_long"),
    (400, fields("INVALID_URN_ID"), K.REJECTED, "post_refused"),
    (400, fields("INVALID_URN_TYPE"), K.REJECTED, "post_refused"),
    (400, fields("INVALID_CONTENT_OWNERSHIP"), K.REJECTED, "post_refused"),
    # The post is fine and its picture is not: it is uploaded again.
    *(
        (400, said(400, "Media", code=code), K.REJECTED_FOR_NOW, "media_expired")
        for code in (
            "MEDIA_ASSET_PROCESSING_FAILED",
            "EXPIRED_UPLOAD_URL",
            "INVALID_IMAGE_ID",
            "INVALID_VIDEO_ID",
        )
    ),
]
DUPLICATE = said(422, "Content is a duplicate of urn:li:share:68", code="DUPLICATE_POST")
EVIDENCE: list[tuple[int, Any, K, str]] = [
    (422, DUPLICATE | {"errorDetails": {}}, K.DUPLICATE, "duplicate"),
    (422, said(422, "Content is a duplicate of urn:li:ugcPost:9"), K.DUPLICATE, "duplicate"),
    (422, said(422, "x", code="DUPLICATE_POST"), K.DUPLICATE, "duplicate"),
]
AMBIGUOUS: list[tuple[int, Any, K, str]] = [
    (400, said(400, "Something new", code="SOMETHING_NEW"), K.AMBIGUOUS, "unexpected_reply"),
    (403, said(403, "Member is restricted"), K.AMBIGUOUS, "unexpected_reply"),
    (404, said(404, "Not found", code="NOT_FOUND"), K.AMBIGUOUS, "unexpected_reply"),
    (422, said(422, "Something new"), K.AMBIGUOUS, "unexpected_reply"),
    (405, "", K.AMBIGUOUS, "unexpected_reply"),
    (202, "", K.AMBIGUOUS, "unexpected_reply"),
    (204, "", K.AMBIGUOUS, "unexpected_reply"),
    (302, "", K.AMBIGUOUS, "unexpected_reply"),
    (201, "", K.AMBIGUOUS, "unreadable_reply"),
    (200, said(200, "fine"), K.AMBIGUOUS, "unreadable_reply"),
]
TABLE = [*TRANSIENT, *RECONNECT, *OPERATOR, *PERMANENT, *EVIDENCE, *AMBIGUOUS]


def raw(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


@pytest.mark.parametrize("sent", [POST, COMMENT], ids=["post", "comment"])
@pytest.mark.parametrize(("status", "body", "expected", "code"), TABLE)
def test_a_row_of_the_table(sent: Any, status: int, body: Any, expected: K, code: str) -> None:
    reply = read_reply(status, {}, raw(body))
    outcome = judge(sent, reply, NOW)
    assert (outcome.kind, outcome.code, outcome.status) == (expected, code, status)
    assert faults_of_outcome(outcome) == []
    assert faults_of_error(as_error(reply)) == []
    if expected is K.REJECTED_FOR_NOW and code == "rate_limited":
        assert outcome.retry_at is not None
        assert NOW < outcome.retry_at <= datetime(2026, 11, 21, tzinfo=UTC), "its day ends in UTC"


@pytest.mark.parametrize(("status", "body", "expected", "code"), TABLE)
def test_an_upload_that_is_refused_so_is_never_ambiguous(
    status: int, body: Any, expected: K, code: str
) -> None:
    outcome = judge_preparation(read_reply(status, {}, raw(body)), NOW)
    assert outcome.kind not in {K.AMBIGUOUS, K.PUBLISHED, K.DUPLICATE}
    assert faults_of_outcome(outcome) == []


@pytest.mark.parametrize("urn", ["urn:li:share:68", "urn:li:ugcPost:68", "urn:li:activity:68"])
def test_a_duplicate_is_evidence_where_it_names_a_post(urn: str) -> None:
    body = said(422, f"Content is a duplicate of {urn}", code="DUPLICATE_POST")
    outcome = judge(POST, read_reply(422, {}, raw(body)), NOW)
    assert outcome.result is not None
    assert outcome.result.external_id == urn


def test_a_duplicate_of_something_else_is_no_evidence() -> None:
    body = said(422, "Content is a duplicate of urn:li:person:abc", code="DUPLICATE_POST")
    outcome = judge(POST, read_reply(422, {}, raw(body)), NOW)
    assert (outcome.kind, outcome.result) == (K.DUPLICATE, None)
