"""What the tests of Telegram share: pictures, payloads, a bot, clocks, and the shared contract."""

from __future__ import annotations

import hashlib
import io
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import Outcome
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.platforms.telegram.connector import TelegramConnector
from postflow_desktop.platforms.telegram.publisher import TelegramPublisher
from postflow_desktop.services.ports.journal import Reply
from postflow_desktop.transport.client import HttpClient

TOKEN = "123456:AAF-abcdefghijklmnopqrstuvwxyz_01234"
CONTRACT = Path(__file__).parents[2].parent / "shared" / "contracts" / "telegram" / "api.json"


def contract() -> Path:
    """The description of the Bot API; skips where it is missing."""
    if not CONTRACT.exists():
        pytest.skip("the shared contract is not here (telegram/api.json)")
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

    def add(self, colour: str, *, kind: str = "PNG", alt: str = "") -> Media:
        """A real picture of one colour."""
        buffer = io.BytesIO()
        Image.new("RGB", (40, 30), colour).save(buffer, kind)
        data = buffer.getvalue()
        digest = hashlib.sha256(data).hexdigest()
        self.bytes[digest] = data
        return Media(
            kind=MediaKind.IMAGE,
            sha256=digest,
            mime=f"image/{kind.lower()}",
            size=len(data),
            width=40,
            height=30,
            alt=alt,
        )


def payload(text: str, *media: Media, link: str | None = None) -> Payload:
    return Payload(
        organization_id="org", network=Network.TELEGRAM, text=text, link_url=link, media=media
    )


def session_of(signed_in: SignedIn, token: str | None = None) -> Session:
    return Session(
        account_id="account",
        network=Network.TELEGRAM,
        user_id=signed_in.user_id,
        username=signed_in.username,
        service=signed_in.service,
        access_token=signed_in.tokens.access if token is None else token,
    )


def send(publisher: TelegramPublisher, session: Session, wire: str) -> Outcome:
    """Publish with a guard that lets everything pass."""
    kept: list[Reply] = []
    outcome = publisher.publish(session, wire, before_first_byte=lambda: None, on_reply=kept.append)
    assert len(kept) == (1 if outcome.status is not None else 0)
    return outcome


@dataclass(frozen=True)
class Seat:
    """A channel with its bot and the adapter that speaks for it."""

    http: HttpClient
    publisher: TelegramPublisher
    connector: TelegramConnector
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
