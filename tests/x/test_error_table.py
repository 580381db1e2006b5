"""Every row of X's errors (docs.x.com, response codes; bodies as sent) and what it means."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from postflow_desktop.domain.account import Tokens
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError
from postflow_desktop.domain.outcome import OutcomeKind as K
from postflow_desktop.platforms.x.api import read_reply
from postflow_desktop.platforms.x.connector import XConnector
from postflow_desktop.platforms.x.errors import as_error, judge, judge_preparation
from postflow_desktop.platforms.x.grants import RefreshGrant
from tests.kit.canned import Canned, canned
from tests.kit.sentences import faults_of_error, faults_of_outcome

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOSTS = ("https://api.x.com", "https://api.twitter.com")


def plain(status: int, detail: str, title: str = "Forbidden") -> dict[str, Any]:
    """Of the kind `about:blank` (RFC 7807)."""
    return {"title": title, "type": "about:blank", "status": status, "detail": detail}


def kind(host: str, name: str, **more: Any) -> dict[str, Any]:
    words = {"title": "A Title", "detail": "Some words of the server."}
    return {**words, "type": f"{host}/2/problems/{name}", **more}


def invalid(message: str, host: str) -> dict[str, Any]:
    """400, with the reason in a list."""
    return {
        "errors": [{"parameters": {"media.media_ids": ["1"]}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": f"{host}/2/problems/invalid-request",
    }


NOT_MENTIONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise "
    "engaged by the author of the post you are replying to."
)
ENROLL = (
    "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens "
    "from a Twitter developer App that is attached to a Project."
)
TRANSIENT: list[tuple[int, Any, K, str]] = [
    (429, plain(429, "Too Many Requests", "Too Many Requests"), K.REJECTED_FOR_NOW, "rate_limited"),
    (
        429,
        {"errors": [{"code": 88, "message": "Rate limit exceeded"}]},
        K.REJECTED_FOR_NOW,
        "rate_limited",
    ),
    # After a sent post these are no refusals: it may be out.
    (500, plain(500, "Internal Server Error"), K.AMBIGUOUS, "server_error"),
    (502, "Bad Gateway", K.AMBIGUOUS, "server_error"),
    (503, plain(503, "Service Unavailable"), K.AMBIGUOUS, "server_error"),
    (504, "", K.AMBIGUOUS, "server_error"),
]
RECONNECT: list[tuple[int, Any, K, str]] = [
    (401, plain(401, "Unauthorized", "Unauthorized"), K.UNAUTHORIZED, "token_refused"),
    *(
        (403, kind(host, "unsupported-authentication", status=403), K.REJECTED, "scope_missing")
        for host in HOSTS
    ),
    (403, kind(HOSTS[0], "not-authorized-for-resource"), K.REJECTED, "scope_missing"),
]
BILLING: list[tuple[int, Any, K, str]] = [
    (402, kind(HOSTS[1], "credits", title="CreditsDepleted"), K.REJECTED, "no_credits"),
    (402, "", K.REJECTED, "no_credits"),
    *(
        (
            403,
            kind(host, "client-forbidden", reason="client-not-enrolled", detail=ENROLL),
            K.REJECTED,
            "app_not_enrolled",
        )
        for host in HOSTS
    ),
    (403, kind(HOSTS[0], "usage-capped", period="Monthly"), K.REJECTED, "usage_capped"),
    (429, kind(HOSTS[0], "usage-capped", period="Daily"), K.REJECTED, "usage_capped"),
]
PERMANENT: list[tuple[int, Any, K, str]] = [
    *((400, invalid("The text is invalid.", host), K.REJECTED, "post_refused") for host in HOSTS),
    (400, plain(400, "Your Tweet text is too long.", "Bad Request"), K.REJECTED, "text_too_long"),
    *(
        (400, invalid("Your media IDs are invalid.", host), K.REJECTED_FOR_NOW, "media_expired")
        for host in HOSTS
    ),
    (403, plain(403, NOT_MENTIONED), K.REJECTED, "reply_refused"),
    (403, plain(403, "Your account is suspended."), K.REJECTED, "account_unavailable"),
]
EVIDENCE: list[tuple[int, Any, K, str]] = [
    (
        403,
        plain(403, "You are not allowed to create a Tweet with duplicate content."),
        K.DUPLICATE,
        "duplicate",
    )
]
AMBIGUOUS: list[tuple[int, Any, K, str]] = [
    (
        403,
        plain(403, "You are not permitted to perform this action."),
        K.AMBIGUOUS,
        "unexpected_reply",
    ),
    (403, plain(403, "Something that nobody has seen."), K.AMBIGUOUS, "unexpected_reply"),
    (400, plain(400, "Something that nobody has seen."), K.AMBIGUOUS, "unexpected_reply"),
    (404, plain(404, "Not Found"), K.AMBIGUOUS, "unexpected_reply"),
    (408, "", K.AMBIGUOUS, "unexpected_reply"),
    (409, "", K.AMBIGUOUS, "unexpected_reply"),
    (418, "", K.AMBIGUOUS, "unexpected_reply"),
    (301, "", K.AMBIGUOUS, "unexpected_reply"),
    (202, {"data": {"id": "1"}}, K.AMBIGUOUS, "unexpected_reply"),
    (201, {"errors": [kind(HOSTS[0], "internal-error")]}, K.AMBIGUOUS, "unreadable_reply"),
]
TABLE = [*TRANSIENT, *RECONNECT, *BILLING, *PERMANENT, *EVIDENCE, *AMBIGUOUS]


def raw(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


@pytest.mark.parametrize(("status", "body", "expected", "code"), TABLE)
def test_a_row_of_the_table(status: int, body: Any, expected: K, code: str) -> None:
    reply = read_reply(status, {}, raw(body))
    outcome = judge(reply, NOW)
    assert (outcome.kind, outcome.code, outcome.status) == (expected, code, status)
    assert faults_of_outcome(outcome) == []
    assert faults_of_error(as_error(reply)) == []


@pytest.mark.parametrize(("status", "body", "expected", "code"), TABLE)
def test_an_upload_that_is_refused_so_is_never_ambiguous(
    status: int, body: Any, expected: K, code: str
) -> None:
    outcome = judge_preparation(read_reply(status, {}, raw(body)), NOW)
    assert outcome.kind not in {K.AMBIGUOUS, K.PUBLISHED}
    assert faults_of_outcome(outcome) == []


@pytest.mark.parametrize(
    ("status", "body", "error", "code"),
    [
        (
            400,
            {"error": "invalid_request", "error_description": "Value passed for the token …"},
            NotAllowed,
            "reconnect_needed",
        ),
        (
            401,
            {"error": "unauthorized_client", "error_description": "Missing valid authorization"},
            NotAllowed,
            "reconnect_needed",
        ),
        (400, {"error": "invalid_grant"}, NotAllowed, "reconnect_needed"),
        # Only a refusal that names itself ends the session; the rest may be tried again.
        (400, "<html>", NetworkUnreachable, "server_error"),
        (403, "", NetworkUnreachable, "server_error"),
        (429, "", NetworkUnreachable, "rate_limited"),
        (500, {"error": "server_error"}, NetworkUnreachable, "server_error"),
        (503, "", NetworkUnreachable, "server_error"),
        (200, "<html>", NetworkUnreachable, "server_error"),
        (200, {"token_type": "bearer"}, NetworkUnreachable, "server_error"),
    ],
)
def test_a_refresh_that_fails(
    connector: XConnector, status: int, body: Any, error: type[PostFlowError], code: str
) -> None:
    kept = RefreshGrant(client_id="app", user_id="1", username="b", token="t").as_text()
    with canned(lambda _: Canned(status=status, body=raw(body))) as server:
        with pytest.raises(error) as caught:
            connector.refresh(server.url, Tokens(access="a", refresh=kept))
        assert len(server.asked) == 1, "a token that works once is never sent twice"
    assert caught.value.code == code
    assert faults_of_error(caught.value) == []
