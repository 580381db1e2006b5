"""What Threads' replies mean: the table of the protocol, and replies that nobody should send."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, Refused
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.platforms.threads.api import read_reply
from postflow_desktop.platforms.threads.errors import as_error, is_gone, judge, judge_preparation
from postflow_desktop.platforms.threads.wire import read_wire, wire_form

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SENT = read_wire(wire_form("17900000000000001", "Bread", "bakery", AT))
ID = "18060000000000001"
GOOD = {"id": ID}
K = OutcomeKind


def graph(code: int, subcode: int | None = None, message: str = "words") -> dict[str, object]:
    error: dict[str, object] = {"message": message, "type": "OAuthException", "code": code}
    if subcode is not None:
        error["error_subcode"] = subcode
    return {"error": error | {"fbtrace_id": "A1"}}


def raw(body: object) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def judged(status: int, body: object) -> Outcome:
    return judge(read_reply(status, {}, raw(body)), SENT)


TABLE = [
    (200, GOOD, K.PUBLISHED, ""),
    (201, GOOD, K.PUBLISHED, ""),
    (200, {"id": 7}, K.AMBIGUOUS, "unreadable_reply"),
    (200, {"id": "abc"}, K.AMBIGUOUS, "unreadable_reply"),
    (200, {"id": ID, "error": {}}, K.AMBIGUOUS, "unreadable_reply"),
    (200, graph(190), K.AMBIGUOUS, "unreadable_reply"),
    (200, b"", K.AMBIGUOUS, "unreadable_reply"),
    (200, b"<html>Welcome to the hotel network</html>", K.AMBIGUOUS, "unreadable_reply"),
    (202, GOOD, K.AMBIGUOUS, "unexpected_reply"),
    (302, b"", K.AMBIGUOUS, "unexpected_reply"),
    # A refused token is one whatever the status says.
    (400, graph(190, 463), K.UNAUTHORIZED, "token_refused"),
    (401, graph(190), K.UNAUTHORIZED, "token_refused"),
    (400, graph(102), K.UNAUTHORIZED, "token_refused"),
    (401, b"nonsense", K.UNAUTHORIZED, "token_refused"),
    (500, graph(190), K.AMBIGUOUS, "server_error"),
    # Limits.
    (400, graph(4), K.REJECTED_FOR_NOW, "rate_limited"),
    (400, graph(17), K.REJECTED_FOR_NOW, "rate_limited"),
    (400, graph(32), K.REJECTED_FOR_NOW, "rate_limited"),
    (403, graph(613), K.REJECTED_FOR_NOW, "rate_limited"),
    (400, graph(9, 2207042), K.REJECTED_FOR_NOW, "rate_limited"),
    (429, b"", K.REJECTED_FOR_NOW, "rate_limited"),
    (500, graph(4), K.AMBIGUOUS, "server_error"),
    # A block looks like a limit; posts have been seen out with it.
    (400, graph(4, 2207051), K.AMBIGUOUS, "action_blocked"),
    (400, graph(10, 4279013), K.AMBIGUOUS, "action_blocked"),
    (400, graph(368), K.AMBIGUOUS, "action_blocked"),
    # Not ready, gone, or published before: only the container knows.
    (400, graph(24, 4279009), K.AMBIGUOUS, "container_not_found"),
    (400, graph(100, 33), K.AMBIGUOUS, "container_not_found"),
    (404, b"", K.AMBIGUOUS, "container_not_found"),
    # Code 10 has been seen with posts that were out.
    (500, graph(10), K.AMBIGUOUS, "server_error"),
    (400, graph(10), K.AMBIGUOUS, "unexpected_reply"),
    (403, graph(200), K.AMBIGUOUS, "unexpected_reply"),
    (400, graph(100), K.AMBIGUOUS, "unexpected_reply"),
    (400, graph(1), K.AMBIGUOUS, "unexpected_reply"),
    (400, b"<html>", K.AMBIGUOUS, "unexpected_reply"),
    (408, b"", K.AMBIGUOUS, "unexpected_reply"),
    (409, b"", K.AMBIGUOUS, "unexpected_reply"),
    (500, graph(1, 2207052), K.AMBIGUOUS, "server_error"),
    (502, b"", K.AMBIGUOUS, "server_error"),
    (503, graph(2), K.AMBIGUOUS, "server_error"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code"), TABLE)
def test_a_reply_means_what_the_table_says(
    status: int, body: object, kind: OutcomeKind, code: str
) -> None:
    outcome = judged(status, body)
    assert (outcome.kind, outcome.code, outcome.status) == (kind, code, status)
    assert not outcome.new_wire
    assert (outcome.result is not None) == (kind is OutcomeKind.PUBLISHED)
    if outcome.result is not None:
        assert outcome.result.external_id == ID
        assert outcome.result.url == "https://www.threads.com/@bakery"
    else:
        assert outcome.message
        assert outcome.fix


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, graph(190, 463), K.UNAUTHORIZED, "token_refused"),
        (400, graph(4), K.REJECTED_FOR_NOW, "rate_limited"),
        (400, graph(4, 2207051), K.REJECTED, "action_blocked"),
        (400, graph(10), K.REJECTED, "scope_missing"),
        (403, graph(200), K.REJECTED, "scope_missing"),
        (
            400,
            graph(100, message="Param text must be at most 500 characters long."),
            K.REJECTED,
            "text_too_long",
        ),
        (
            400,
            graph(100, message="THREADS_API__LINK_LIMIT_EXCEEDED"),
            K.REJECTED,
            "too_many_links",
        ),
        (400, graph(100), K.REJECTED, "post_refused"),
        (400, graph(100, 33), K.REJECTED_FOR_NOW, "server_error"),
        (400, graph(24, 4279009), K.REJECTED_FOR_NOW, "server_error"),
        (500, graph(10), K.REJECTED_FOR_NOW, "server_error"),
        (500, graph(1), K.REJECTED_FOR_NOW, "server_error"),
        (200, {}, K.REJECTED_FOR_NOW, "server_error"),
        (400, b"<html>", K.REJECTED_FOR_NOW, "server_error"),
    ],
)
def test_a_container_that_is_not_made_is_never_ambiguous(
    status: int, body: object, kind: OutcomeKind, code: str
) -> None:
    outcome = judge_preparation(read_reply(status, {}, raw(body)))
    assert (outcome.kind, outcome.code, outcome.new_wire) == (kind, code, False)
    assert outcome.fix


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, graph(190), NotAllowed, "token_refused"),
        (400, graph(4), NetworkUnreachable, "rate_limited"),
        (400, graph(10), Refused, "scope_missing"),
        (400, graph(100), Refused, "network_refused"),
        (500, graph(10), NetworkUnreachable, "server_error"),
        (503, {}, NetworkUnreachable, "server_error"),
        (200, {}, NetworkUnreachable, "server_error"),
    ],
)
def test_a_failed_read_or_delete_becomes_an_error_for_people(
    status: int, body: object, kind: type[Exception], code: str
) -> None:
    found = as_error(read_reply(status, {}, raw(body)))
    assert isinstance(found, kind)
    assert found.code == code


@pytest.mark.parametrize(
    ("status", "body", "gone"),
    [
        (400, graph(24, 4279009), True),
        (400, graph(100, 33), True),
        (404, b"", True),
        (400, graph(100), False),
        (400, graph(24), False),
        (500, graph(24, 4279009), False),
        (200, GOOD, False),
    ],
)
def test_gone_is_what_threads_says_is_gone(status: int, body: object, *, gone: bool) -> None:
    assert is_gone(read_reply(status, {}, raw(body))) is gone


@pytest.mark.parametrize(
    "body",
    [
        {"access_token": "opaque-secret-token"},
        graph(100, message="https://x/?access_token=opaque-secret-token&x=1"),
        graph(100, message="Authorization: Bearer opaque-secret-token"),
        graph(100, message="x" * 470 + " Bearer opaque-secret-token"),
        graph(100, message="client_secret=opaque-secret-token"),
    ],
)
def test_no_token_is_kept_from_a_reply(body: dict[str, object]) -> None:
    for outcome in (judged(400, body), judge_preparation(read_reply(400, {}, raw(body)))):
        assert "opaque-secret-token" not in repr(outcome)
        assert len(outcome.received) <= 500


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
ERRORS = st.fixed_dictionaries(
    {},
    optional={
        "code": st.one_of(JSON_VALUES, st.sampled_from([1, 4, 10, 24, 100, 190])),
        "error_subcode": st.one_of(JSON_VALUES, st.sampled_from([33, 4279009])),
        "message": JSON_VALUES,
        "error_user_msg": JSON_VALUES,
    },
)
BODIES = st.one_of(
    st.binary(max_size=200),
    JSON_VALUES.map(raw),
    st.fixed_dictionaries(
        {}, optional={"id": JSON_VALUES, "error": st.one_of(JSON_VALUES, ERRORS)}
    ).map(raw),
    st.integers(0, 40).map(lambda cut: raw(GOOD)[:cut]),
)
STATUSES = st.one_of(st.sampled_from([200, 201, 400, 401, 403, 429, 500]), st.integers(100, 999))


@given(STATUSES, BODIES)
def test_a_damaged_reply_never_raises_and_never_counts_as_published(
    status: int, body: bytes
) -> None:
    reply = read_reply(status, {}, body)
    outcome = judge(reply, SENT)
    if outcome.kind is OutcomeKind.PUBLISHED:
        assert status in {200, 201}
        assert json.loads(body)["id"].isdecimal()
    assert judge_preparation(reply).kind not in {OutcomeKind.PUBLISHED, OutcomeKind.AMBIGUOUS}
    assert as_error(reply).message


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"id":' + b"9" * 10_000 + b"}", b"\xff\xfe"])
def test_bodies_that_break_parsers_are_ambiguous(body: bytes) -> None:
    assert judged(200, body).kind is OutcomeKind.AMBIGUOUS
