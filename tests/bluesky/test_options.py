"""Labels and languages of a post on Bluesky: in the record, on the real server and the sandbox."""

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
from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.platforms.bluesky.wire import read_wire
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.publisher import Presence, ReplyTo
from tests.bluesky.conftest import Home
from tests.bluesky.world import Pictures, payload, send, session_of

CHOSEN = (("labels", "sexual,graphic-media"), ("langs", "en,pt-BR"))
LABELS = {
    "$type": "com.atproto.label.defs#selfLabels",
    "values": [{"val": "sexual"}, {"val": "graphic-media"}],
}


def test_nothing_chosen_leaves_the_record_alone(
    publisher: BlueskyPublisher, connector: BlueskyConnector, home: Home
) -> None:
    session = session_of(connector.sign_in(home.service, home.handle, home.secret))
    wire = publisher.prepare(
        session, payload("As usual"), Pictures(), target_id="t", at=datetime.now(UTC)
    )
    assert set(read_wire(wire)[1]) == {"$type", "text", "createdAt"}


def test_labels_and_languages_are_taken_and_found_again(
    publisher: BlueskyPublisher, connector: BlueskyConnector, home: Home
) -> None:
    session = session_of(connector.sign_in(home.service, home.handle, home.secret))

    def prepared(text: str, reply_to: ReplyTo | None = None) -> str:
        content = replace(payload(text), options=CHOSEN)
        at = datetime.now(UTC)
        return publisher.prepare(
            session, content, Pictures(), target_id=text, at=at, reply_to=reply_to
        )

    wire = prepared("Marked")
    outcome = send(publisher, session, wire)
    assert outcome.kind is OutcomeKind.PUBLISHED, outcome
    assert publisher.find(session, wire).presence is Presence.PRESENT
    assert outcome.result is not None
    found = record(home.service, session.user_id, outcome.result.external_id)
    assert (found["langs"], found["labels"]) == (["en", "pt-BR"], LABELS)
    under = outcome.result.external_id
    part = send(
        publisher,
        session,
        prepared("Part", ReplyTo(kind=StepKind.REPLY, root=under, parent=under)),
    )
    assert part.result is not None
    found = record(home.service, session.user_id, part.result.external_id)
    assert (found["langs"], found["labels"]) == (["en", "pt-BR"], LABELS)


def record(service: str, repo: str, uri: str) -> dict[str, Any]:
    """The record as anybody can read it."""
    _, collection, rkey = uri.removeprefix("at://").split("/")
    answer = httpx.get(
        f"{service}/xrpc/com.atproto.repo.getRecord",
        params={"repo": repo, "collection": collection, "rkey": rkey},
    )
    found: dict[str, Any] = answer.raise_for_status().json()["value"]
    return found


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("langs", ["en", "de", "fr", "es"]),
        ("langs", ["no language!"]),
        ("labels", {"$type": LABELS["$type"], "values": [{"val": "x" * 129}]}),
        ("labels", {"$type": LABELS["$type"], "values": [{"val": "x"}] * 11}),
    ],
)
def test_what_breaks_the_lexicon_is_refused_by_both(
    publisher: BlueskyPublisher,
    connector: BlueskyConnector,
    home: Home,
    field: str,
    value: object,
) -> None:
    session = session_of(connector.sign_in(home.service, home.handle, home.secret))
    wire = publisher.prepare(
        session, payload("Hm"), Pictures(), target_id="t", at=datetime.now(UTC)
    )
    request = json.loads(wire)
    request["record"][field] = value
    outcome = send(publisher, session, json.dumps(request))
    assert (outcome.kind, outcome.status) == (OutcomeKind.REJECTED, 400)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (CHOSEN, ["Content warning: sexual, graphic-media", "Written in en, pt-BR"]),
        ((), []),
    ],
)
def test_the_page_shows_them(
    publisher: BlueskyPublisher,
    connector: BlueskyConnector,
    sandbox: SandboxServer,
    options: Options,
    words: list[str],
) -> None:
    session = session_of(connector.sign_in(sandbox.url, "bakery.test", "abcd-efgh-ijkl-mnop"))
    content = replace(payload("Shown"), options=options)
    wire = publisher.prepare(session, content, Pictures(), target_id="t", at=datetime.now(UTC))
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED
    page = httpx.get(sandbox.url).text
    assert [f"<li>{one}</li>" in page for one in words] == [True] * len(words)
    assert page.count("<li>") == len(words)
