"""The adapter on a network that misbehaves: the container tells what became of it, and one post
comes out of it at most.
"""

from __future__ import annotations

import pytest

from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.platforms.threads.api import read_reply
from postflow_desktop.sandbox.exchange import Call
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.publisher import Presence
from tests.threads.world import Seat


@pytest.mark.parametrize(
    ("kind", "expected", "presence"),
    [
        (FaultKind.RESET_BEFORE, OutcomeKind.AMBIGUOUS, Presence.ABSENT),
        (FaultKind.RESET_AFTER, OutcomeKind.AMBIGUOUS, Presence.PRESENT),
        (FaultKind.UNAVAILABLE, OutcomeKind.AMBIGUOUS, Presence.ABSENT),
        (FaultKind.ERROR_AFTER, OutcomeKind.AMBIGUOUS, Presence.PRESENT),
        (FaultKind.RATE_LIMITED, OutcomeKind.REJECTED_FOR_NOW, Presence.ABSENT),
        (FaultKind.EXPIRED_TOKEN, OutcomeKind.UNAUTHORIZED, Presence.ABSENT),
        (FaultKind.SLOW, OutcomeKind.PUBLISHED, Presence.PRESENT),
    ],
)
def test_after_a_fault_the_container_tells_and_makes_exactly_one_post(
    seat: Seat,
    sandbox: SandboxServer,
    *,
    kind: FaultKind,
    expected: OutcomeKind,
    presence: Presence,
) -> None:
    wire = seat.wire("Once")
    sandbox.fail(kind, delay=0.1)
    assert seat.send(wire).kind is expected
    assert seat.publisher.find(seat.session, wire).presence is presence
    again = seat.send(wire)
    expected_again = OutcomeKind.PUBLISHED if presence is Presence.ABSENT else OutcomeKind.AMBIGUOUS
    assert again.kind is expected_again
    found = seat.publisher.find(seat.session, wire)
    assert found.presence is Presence.PRESENT
    assert [entry.action for entry in sandbox.log] == ["create"]
    assert found.result is not None
    assert found.result.external_id == sandbox.log[0].external_id


def test_a_late_acceptance_and_a_resend_are_one_post(seat: Seat, sandbox: SandboxServer) -> None:
    wire = seat.wire("Once")
    sandbox.fail(FaultKind.LATE, delay=0.3)
    assert seat.send(wire).kind is OutcomeKind.AMBIGUOUS
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT
    assert seat.send(wire).kind is OutcomeKind.PUBLISHED
    sandbox.settle()
    assert [entry.action for entry in sandbox.log] == ["create"]


def test_a_resend_that_comes_too_late_is_no_failure(seat: Seat, sandbox: SandboxServer) -> None:
    wire = seat.wire("Once")
    sandbox.fail(FaultKind.LATE, delay=0.1)
    seat.send(wire)
    sandbox.settle()
    assert seat.send(wire).kind is OutcomeKind.AMBIGUOUS
    assert seat.publisher.find(seat.session, wire).presence is Presence.PRESENT


def test_a_new_container_would_be_a_second_post(seat: Seat, sandbox: SandboxServer) -> None:
    wire = seat.wire("Once")
    sandbox.fail(FaultKind.RESET_AFTER)
    seat.send(wire)
    assert seat.post("Once").kind is OutcomeKind.PUBLISHED
    assert len(sandbox.log) == 2, "the sandbox refuses no words: only the container protects"


def test_faults_meet_publishing_only(seat: Seat, sandbox: SandboxServer) -> None:
    sandbox.fail(FaultKind.RESET_BEFORE)
    wire = seat.wire("Once")
    assert seat.publisher.find(seat.session, wire).presence is Presence.ABSENT
    assert seat.publisher.list_own(seat.session).posts == ()
    seat.connector.refresh(seat.signed_in.service, seat.signed_in.tokens)
    assert seat.send(wire).kind is OutcomeKind.AMBIGUOUS


@pytest.mark.parametrize(
    ("method", "path", "publishes"),
    [
        ("POST", "/v1.0/me/threads_publish", True),
        ("POST", "/v1.0/1234567/threads_publish", True),
        ("GET", "/v1.0/me/threads_publish", False),
        ("POST", "/v1.0/me/threads", False),
        ("GET", "/v1.0/me/threads_publishing_limit", False),
        ("DELETE", "/v1.0/1806", False),
        ("POST", "/oauth/access_token", False),
    ],
)
def test_only_the_publish_call_meets_faults(
    sandbox: SandboxServer, method: str, path: str, *, publishes: bool
) -> None:
    assert sandbox.threads.publishes(Call(method=method, path=path)) is publishes


@pytest.mark.parametrize(
    ("status", "code", "subcode"), [(401, 190, 463), (429, 4, None), (500, 1, None), (503, 2, None)]
)
def test_refusals_have_the_form_of_meta(
    sandbox: SandboxServer, status: int, code: int, subcode: int | None
) -> None:
    answer = sandbox.threads.refusal(status)
    reply = read_reply(answer.status, answer.headers, answer.body)
    assert (reply.code, reply.subcode) == (code, subcode)
    assert reply.body is not None
    assert reply.body["error"]["fbtrace_id"]
