"""What was chosen for a post on X: in the request, at the sandbox, on its page."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from postflow_desktop.domain.options import Options
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.step import StepKind
from postflow_desktop.platforms.x.wire import read_wire
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.publisher import ReplyTo
from tests.x.world import Seat, payload, send

ALL = (("made_with_ai", "true"), ("paid_partnership", "true"), ("reply_settings", "following"))


def prepared(
    seat: Seat, text: str, options: Options, *, picture: bool = False, under: str = ""
) -> str:
    media = (seat.pictures.add("red"),) if picture else ()
    return seat.publisher.prepare(
        seat.session,
        replace(payload(text, *media), options=options),
        seat.media,
        target_id="target",
        at=datetime.now(UTC),
        reply_to=ReplyTo(kind=StepKind.REPLY, root=under, parent=under) if under else None,
    )


def body(wire: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read_wire(wire).body)
    return found


def kept(seat: Seat, post_id: str) -> dict[str, Any]:
    answer = httpx.get(
        f"{seat.session.service}/2/tweets/{post_id}",
        params={"tweet.fields": "reply_settings"},
        headers={"Authorization": f"Bearer {seat.session.access_token}"},
    )
    found: dict[str, Any] = answer.raise_for_status().json()["data"]
    return found


def test_nothing_chosen_sends_nothing(seat: Seat, sandbox: SandboxServer) -> None:
    wire = prepared(seat, "As usual", ())
    assert set(body(wire)) == {"text"}
    result = send(seat.publisher, seat.session, wire).result
    assert result is not None
    assert kept(seat, result.external_id)["reply_settings"] == "everyone"
    assert 'class="notes"' not in httpx.get(sandbox.url).text


def test_what_was_chosen_arrives(seat: Seat, sandbox: SandboxServer) -> None:
    wire = prepared(seat, "Chosen", ALL, picture=True)
    sent = body(wire)
    assert sent["reply_settings"] == "following"
    assert (sent["made_with_ai"], sent["paid_partnership"]) == (True, True)
    outcome = send(seat.publisher, seat.session, wire)
    assert outcome.kind is OutcomeKind.PUBLISHED
    assert outcome.result is not None
    assert kept(seat, outcome.result.external_id)["reply_settings"] == "following"
    page = httpx.get(sandbox.url).text
    for words in ("Accounts the author follows can reply", "Made with AI", "Paid partnership"):
        assert f"<li>{words}</li>" in page


def test_a_part_of_a_thread_says_who_paid_and_nothing_else(seat: Seat) -> None:
    first = send(seat.publisher, seat.session, prepared(seat, "One", ALL, picture=True)).result
    assert first is not None
    wire = prepared(seat, "Two", ALL, under=first.external_id)
    assert set(body(wire)) == {"text", "reply", "paid_partnership"}
    assert send(seat.publisher, seat.session, wire).kind is OutcomeKind.PUBLISHED


@pytest.mark.parametrize(
    ("name", "value"),
    [("reply_settings", "everyone"), ("made_with_ai", "yes"), ("paid_partnership", 1)],
)
def test_the_sandbox_refuses_what_x_does_not_know(seat: Seat, name: str, value: object) -> None:
    stored = json.loads(prepared(seat, "Hm", ()))
    stored["body"] = json.dumps({**json.loads(stored["body"]), name: value})
    outcome = send(seat.publisher, seat.session, json.dumps(stored))
    assert outcome.kind is OutcomeKind.REJECTED
    assert outcome.status == 400
