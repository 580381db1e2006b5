"""Every row of Bluesky's errors (lexicons and reference server, August 2026) and what it means."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from postflow_desktop.domain.outcome import OutcomeKind as K
from postflow_desktop.platforms.bluesky.errors import as_error, judge, judge_preparation
from postflow_desktop.platforms.bluesky.wire import Address, wire_form
from postflow_desktop.platforms.bluesky.xrpc import read_reply
from tests.kit.sentences import faults_of_error, faults_of_outcome

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WIRE = wire_form(Address(repo="did:plc:a", rkey="3jzfcijpj2z2a"), {"text": "Hi"})


def named(error: str, message: str = "Some words of the server") -> dict[str, str]:
    return {"error": error, "message": message}


TOO_LONG = "Invalid app.bsky.feed.post record: Record/text must not be longer than 300 graphemes"
RECONNECT: list[tuple[int, Any, K, str]] = [
    # Ended tokens are 400 at Bluesky, not 401.
    (400, named("ExpiredToken", "Token has expired"), K.UNAUTHORIZED, "token_refused"),
    (400, named("InvalidToken"), K.UNAUTHORIZED, "token_refused"),
    (401, named("AuthMissing"), K.UNAUTHORIZED, "token_refused"),
    (401, named("AuthenticationRequired"), K.UNAUTHORIZED, "token_refused"),
    (401, "", K.UNAUTHORIZED, "token_refused"),
    (401, named("AccountTakedown"), K.REJECTED, "account_unavailable"),
    (403, named("AccountSuspended"), K.REJECTED, "account_unavailable"),
    (400, named("AccountDeactivated"), K.REJECTED, "account_unavailable"),
]
PERMANENT: list[tuple[int, Any, K, str]] = [
    (400, named("InvalidRequest", TOO_LONG), K.REJECTED, "text_too_long"),
    (400, named("InvalidRequest", "Input must have the property"), K.REJECTED, "post_refused"),
    (400, named("InvalidMimeType", "Wrong mimetype"), K.REJECTED, "media_unsupported"),
    (413, named("PayloadTooLarge", "request entity too large"), K.REJECTED, "image_too_large"),
    (400, named("BlobTooLarge", "This file is too large."), K.REJECTED, "image_too_large"),
    (
        400,
        named("BlobNotFound", "Could not find blob: bafkrei"),
        K.REJECTED_FOR_NOW,
        "blob_missing",
    ),
    (
        400,
        named("InvalidRequest", "Could not find blob: bafkrei"),
        K.REJECTED_FOR_NOW,
        "blob_missing",
    ),
]
EVIDENCE: list[tuple[int, Any, K, str]] = [
    # With our key taken, what stands there is read back; it is never a failure.
    (400, named("InvalidSwap", "Record was at bafyrei"), K.AMBIGUOUS, "key_exists"),
]
TRANSIENT: list[tuple[int, Any, K, str]] = [
    (429, named("RateLimitExceeded", "Rate Limit Exceeded"), K.REJECTED_FOR_NOW, "rate_limited"),
    (429, "", K.REJECTED_FOR_NOW, "rate_limited"),
    # After a sent post these are no refusals: it may be out.
    (500, named("InternalServerError"), K.AMBIGUOUS, "server_error"),
    (502, named("UpstreamFailure"), K.AMBIGUOUS, "server_error"),
    (503, named("NotEnoughResources"), K.AMBIGUOUS, "server_error"),
    (504, named("UpstreamTimeout"), K.AMBIGUOUS, "server_error"),
]
AMBIGUOUS: list[tuple[int, Any, K, str]] = [
    (400, named("SomethingNew"), K.AMBIGUOUS, "unexpected_reply"),
    (400, "<html>", K.AMBIGUOUS, "unexpected_reply"),
    (403, "", K.AMBIGUOUS, "unexpected_reply"),
    (404, "", K.AMBIGUOUS, "unexpected_reply"),
    (409, named("InvalidSwap"), K.AMBIGUOUS, "unexpected_reply"),
    (301, "", K.AMBIGUOUS, "unexpected_reply"),
    (201, {"uri": "at://did:plc:a/app.bsky.feed.post/3jzfcijpj2z2a"}, K.AMBIGUOUS, ""),
    (200, "", K.AMBIGUOUS, "unreadable_reply"),
    (200, {"uri": "at://did:plc:b/app.bsky.feed.post/x", "cid": "b"}, K.AMBIGUOUS, ""),
]
TABLE = [*RECONNECT, *PERMANENT, *EVIDENCE, *TRANSIENT, *AMBIGUOUS]


def raw(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


@pytest.mark.parametrize(("status", "body", "expected", "code"), TABLE)
def test_a_row_of_the_table(status: int, body: Any, expected: K, code: str) -> None:
    reply = read_reply(status, {}, raw(body))
    outcome = judge(WIRE, reply, NOW)
    assert (outcome.kind, outcome.status) == (expected, status)
    assert outcome.code == code or not code
    assert faults_of_outcome(outcome) == []
    assert faults_of_error(as_error(reply)) == []


@pytest.mark.parametrize(("status", "body", "expected", "code"), TABLE)
def test_an_upload_that_is_refused_so_is_never_ambiguous(
    status: int, body: Any, expected: K, code: str
) -> None:
    outcome = judge_preparation(read_reply(status, {}, raw(body)), NOW)
    assert outcome.kind not in {K.AMBIGUOUS, K.PUBLISHED}
    assert faults_of_outcome(outcome) == []
