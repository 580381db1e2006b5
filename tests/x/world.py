"""What the tests of X share: pictures, payloads, sign-ins, a clock, and the shared contract."""

from __future__ import annotations

import hashlib
import io
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import Outcome
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.platforms.x import authorize
from postflow_desktop.platforms.x.connector import XConnector
from postflow_desktop.platforms.x.publisher import XPublisher
from postflow_desktop.sandbox.consent import give_consent
from postflow_desktop.services.ports.journal import Reply
from postflow_desktop.transport.client import HttpClient

CLIENT = "client-of-the-tests"
REDIRECT = "http://127.0.0.1:8765/callback"
CONTRACT = Path(__file__).parents[2].parent / "shared" / "contracts" / "x-openapi.json"


def contract() -> Path:
    """The OpenAPI document of X; skips where it is missing."""
    if not CONTRACT.exists():
        pytest.skip("the shared contract is not here (x-openapi.json)")
    return CONTRACT


class SystemClock:
    """The real clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def boottime(self) -> float:
        return time.monotonic()


class Pictures:
    """A media source in memory."""

    def __init__(self) -> None:
        self.bytes: dict[str, bytes] = {}

    def read(self, sha256: str) -> bytes:
        if sha256 not in self.bytes:
            raise NotFound("gone")
        return self.bytes[sha256]

    def add(self, colour: str, *, alt: str = "") -> Media:
        """A real PNG of one colour."""
        return self._keep(Image.new("RGB", (40, 30), colour), alt)

    def add_large(self, side: int = 800, *, alt: str = "") -> Media:
        """A real PNG that hardly compresses: three bytes a pixel."""
        noise = Random(7).randbytes(side * side * 3)
        return self._keep(Image.frombytes("RGB", (side, side), noise), alt)

    def _keep(self, image: Image.Image, alt: str) -> Media:
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        data = buffer.getvalue()
        digest = hashlib.sha256(data).hexdigest()
        self.bytes[digest] = data
        return Media(
            kind=MediaKind.IMAGE,
            sha256=digest,
            mime="image/png",
            size=len(data),
            width=image.width,
            height=image.height,
            alt=alt,
        )


def payload(text: str, *media: Media, link: str | None = None) -> Payload:
    return Payload(organization_id="org", network=Network.X, text=text, link_url=link, media=media)


def grant(http: HttpClient, service: str, username: str = "bakery") -> str:
    """The secret of a sign-in, got on the sandbox's page."""
    begun = authorize.begin(service, CLIENT, REDIRECT)
    returned = give_consent(http, begun.url, username)
    return authorize.finish(begun, returned).as_text()


def session_of(signed_in: SignedIn, token: str | None = None) -> Session:
    return Session(
        account_id="account",
        network=Network.X,
        user_id=signed_in.user_id,
        username=signed_in.username,
        service=signed_in.service,
        access_token=signed_in.tokens.access if token is None else token,
    )


def send(publisher: XPublisher, session: Session, wire: str) -> Outcome:
    """Publish with a guard that lets everything pass."""
    kept: list[Reply] = []
    outcome = publisher.publish(session, wire, before_first_byte=lambda: None, on_reply=kept.append)
    assert len(kept) == (1 if outcome.status is not None else 0)
    return outcome


@dataclass(frozen=True)
class Seat:
    """A signed-in account with the adapter that speaks for it."""

    http: HttpClient
    publisher: XPublisher
    connector: XConnector
    signed_in: SignedIn
    pictures: Pictures

    @property
    def session(self) -> Session:
        return session_of(self.signed_in)

    def wire(self, text: str, *media: Media, link: str | None = None) -> str:
        return self.publisher.prepare(
            self.session,
            payload(text, *media, link=link),
            self.pictures,
            target_id="target",
            at=datetime.now(UTC),
        )

    def send(self, wire: str) -> Outcome:
        return send(self.publisher, self.session, wire)

    def post(self, text: str, *media: Media, link: str | None = None) -> Outcome:
        return self.send(self.wire(text, *media, link=link))
