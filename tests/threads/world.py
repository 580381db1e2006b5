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
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media
from postflow_desktop.platforms.threads import authorize
from postflow_desktop.platforms.threads.connector import ThreadsConnector
from postflow_desktop.platforms.threads.publisher import ThreadsPublisher
from postflow_desktop.sandbox.consent import give_consent
from postflow_desktop.transport.client import HttpClient
from tests.kit.adapters import AdapterSeat, Pictures, payload_for, send, session_for

__all__ = ["Pictures", "send"]

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


def payload(text: str, *media: Media, link: str | None = None) -> Payload:
    return payload_for(Network.THREADS, text, *media, link=link)


def grant(http: HttpClient, service: str, username: str = "bakery") -> str:
    """The secret of a sign-in, got on the sandbox's page."""
    begun = authorize.begin(service, APP, REDIRECT)
    returned = give_consent(http, begun.url, username)
    return authorize.finish(begun, returned).as_text()


def session_of(signed_in: SignedIn, token: str | None = None) -> Session:
    return session_for(Network.THREADS, signed_in, token)


@dataclass(frozen=True)
class Seat(AdapterSeat[ThreadsPublisher, ThreadsConnector]):
    """A signed-in account with the adapter that speaks for it, and a clock that can be moved."""

    clock: MovableClock

    def now(self) -> datetime:
        return self.clock.now()
