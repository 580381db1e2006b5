"""The adapter on a network that misbehaves: nothing is ever out twice, nothing is called out that
is not.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.publisher import Presence
from tests.bluesky.world import AT, Pictures, payload, send, session_of


@pytest.fixture
def session(connector: BlueskyConnector, sandbox: SandboxServer) -> Session:
    return session_of(connector.sign_in(sandbox.url, "anna.test", "x"))


@pytest.fixture
def wire(publisher: BlueskyPublisher, session: Session) -> str:
    return publisher.prepare(session, payload("Once"), Pictures(), target_id="t", at=AT)


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
def test_after_a_fault_the_same_wire_form_makes_exactly_one_post(
    publisher: BlueskyPublisher,
    sandbox: SandboxServer,
    session: Session,
    wire: str,
    *,
    kind: FaultKind,
    expected: OutcomeKind,
    presence: Presence,
) -> None:
    sandbox.fail(kind, delay=0.1)
    outcome = send(publisher, session, wire)
    assert outcome.kind is expected
    assert publisher.find(session, wire).presence is presence
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED
    assert [entry.action for entry in sandbox.log].count("create") == 1


def test_a_late_acceptance_and_a_resend_are_one_post(
    publisher: BlueskyPublisher, sandbox: SandboxServer, session: Session, wire: str
) -> None:
    sandbox.fail(FaultKind.LATE, delay=0.3)
    assert send(publisher, session, wire).kind is OutcomeKind.AMBIGUOUS
    assert publisher.find(session, wire).presence is Presence.ABSENT
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED
    sandbox.settle()
    assert [entry.action for entry in sandbox.log] == ["create", "repeat"]


def test_a_rate_limit_says_when_it_ends(
    publisher: BlueskyPublisher, sandbox: SandboxServer, session: Session, wire: str
) -> None:
    sandbox.fail(FaultKind.RATE_LIMITED)
    outcome = send(publisher, session, wire)
    assert outcome.retry_at is not None
    assert abs((outcome.retry_at - datetime.now(UTC)).total_seconds()) < 10


def test_faults_meet_publishing_only(
    publisher: BlueskyPublisher, sandbox: SandboxServer, session: Session, wire: str
) -> None:
    sandbox.fail(FaultKind.RESET_BEFORE)
    assert publisher.find(session, wire).presence is Presence.ABSENT
    assert publisher.list_own(session).posts == ()
    assert send(publisher, session, wire).kind is OutcomeKind.AMBIGUOUS
