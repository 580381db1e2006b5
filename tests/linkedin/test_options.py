"""What was chosen for a post on LinkedIn: in the request, at the sandbox, on its page."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from postflow_desktop.domain.options import Options
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.platforms.linkedin.wire import read_wire
from postflow_desktop.sandbox.server import SandboxServer
from tests.linkedin.world import Seat, payload, send

CLOSED = (("isReshareDisabledByAuthor", "true"), ("visibility", "CONNECTIONS"))


def prepared(seat: Seat, text: str, options: Options) -> str:
    return seat.publisher.prepare(
        seat.session,
        replace(payload(text), options=options),
        seat.media,
        target_id="target",
        at=datetime.now(UTC),
    )


def body(wire: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read_wire(wire).body)
    return found


def test_nothing_chosen_is_public_as_before(person: Seat, sandbox: SandboxServer) -> None:
    wire = prepared(person, "As usual", ())
    sent = body(wire)
    assert (sent["visibility"], sent["isReshareDisabledByAuthor"]) == ("PUBLIC", False)
    assert send(person.publisher, person.session, wire).kind is OutcomeKind.PUBLISHED
    assert 'class="notes"' not in httpx.get(sandbox.url).text


def test_a_persons_post_for_connections(person: Seat, sandbox: SandboxServer) -> None:
    wire = prepared(person, "For few", CLOSED)
    sent = body(wire)
    assert (sent["visibility"], sent["isReshareDisabledByAuthor"]) == ("CONNECTIONS", True)
    assert send(person.publisher, person.session, wire).kind is OutcomeKind.PUBLISHED
    page = httpx.get(sandbox.url).text
    assert "<li>Connections can see it</li><li>No reposts</li>" in page


def test_an_organizations_post_for_members_is_read_back(organization: Seat) -> None:
    wire = prepared(organization, "For members", (("visibility", "LOGGED_IN"),))
    outcome = send(organization.publisher, organization.session, wire)
    assert outcome.result is not None
    answer = httpx.get(
        f"{organization.session.service}/rest/posts/{outcome.result.external_id}",
        headers={
            "Authorization": f"Bearer {organization.session.access_token}",
            "LinkedIn-Version": "202609",
            "X-Restli-Protocol-Version": "2.0.0",
        },
    )
    stored = answer.raise_for_status().json()
    assert (stored["visibility"], stored["isReshareDisabledByAuthor"]) == ("LOGGED_IN", False)


@pytest.mark.parametrize("visibility", ["CONNECTIONS", "FRIENDS"])
def test_the_sandbox_refuses_what_linkedin_does_not_take(
    organization: Seat, visibility: str
) -> None:
    wire = prepared(organization, "Hm", (("visibility", visibility),))
    outcome = send(organization.publisher, organization.session, wire)
    assert (outcome.kind, outcome.status) == (OutcomeKind.REJECTED, 400)
