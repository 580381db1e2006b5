"""What the tests of Threads share: a clock that can be moved, payloads, sign-ins, the contract."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import Outcome
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media
from postflow_desktop.platforms.threads import authorize
from postflow_desktop.platforms.threads.connector import ThreadsConnector
from postflow_desktop.platforms.threads.publisher import ThreadsPublisher
from postflow_desktop.sandbox.consent import give_consent
from postflow_desktop.services.ports.journal import Reply
from postflow_desktop.transport.client import HttpClient

APP = authorize.AppKeys(client_id="1234567890", client_secret="secret-of-the-tests")
REDIRECT = "https://postflow.example/callback"
CONTRACT = Path(__file__).parents[2].parent / "shared" / "contracts" / "threads-postman.json"


def contract() -> dict[str, Any]:
    """Meta's Postman collection; skips where it is missing."""
    if not CONTRACT.exists():
        pytest.skip("the shared contract is not here (threads-postman.json)")
    found: dict[str, Any] = json.loads(CONTRACT.read_text())
    return found


class MovableClock:
    """The real time and a shift, so that nothing has to be waited for."""

    def __init__(self) -> None:
        self.shift = timedelta()
        self.paused: list[float] = []

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def boottime(self) -> float:
        return time.monotonic()

    def move(self, **much: float) -> None:
        self.shift += timedelta(**much)

    def pause(self, seconds: float) -> None:
        """Waits no time: the clock goes on instead."""
        self.paused.append(seconds)
        self.move(seconds=seconds)


class NoMedia:
    """A media source without anything."""

    def read(self, sha256: str) -> bytes:
        raise NotFound("gone")


def payload(text: str, *media: Media, link: str | None = None) -> Payload:
    return Payload(
        organization_id="org", network=Network.THREADS, text=text, link_url=link, media=media
    )


def grant(http: HttpClient, service: str, username: str = "bakery") -> str:
    """The secret of a sign-in, got on the sandbox's page."""
    begun = authorize.begin(service, APP, REDIRECT)
    returned = give_consent(http, begun.url, username)
    return authorize.finish(begun, returned).as_text()


def session_of(signed_in: SignedIn, token: str | None = None) -> Session:
    return Session(
        account_id="account",
        network=Network.THREADS,
        user_id=signed_in.user_id,
        username=signed_in.username,
        service=signed_in.service,
        access_token=signed_in.tokens.access if token is None else token,
    )


def send(publisher: ThreadsPublisher, session: Session, wire: str) -> Outcome:
    """Publish with a guard that lets everything pass."""
    kept: list[Reply] = []
    outcome = publisher.publish(session, wire, before_first_byte=lambda: None, on_reply=kept.append)
    assert len(kept) == (1 if outcome.status is not None else 0)
    return outcome


@dataclass(frozen=True)
class Seat:
    """A signed-in account with the adapter that speaks for it."""

    http: HttpClient
    clock: MovableClock
    publisher: ThreadsPublisher
    connector: ThreadsConnector
    signed_in: SignedIn

    @property
    def session(self) -> Session:
        return session_of(self.signed_in)

    def wire(self, text: str, *media: Media, link: str | None = None) -> str:
        return self.publisher.prepare(
            self.session,
            payload(text, *media, link=link),
            NoMedia(),
            target_id="target",
            at=self.clock.now(),
        )

    def send(self, wire: str) -> Outcome:
        return send(self.publisher, self.session, wire)

    def post(self, text: str, *, link: str | None = None) -> Outcome:
        return self.send(self.wire(text, link=link))
