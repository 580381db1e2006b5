"""What the tests of every network's adapter share: pictures, payloads, sessions, one send."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Generic, TypeVar

from PIL import Image

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import Outcome
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.services.ports.journal import Reply
from postflow_desktop.services.ports.media import HeldStream, MediaStream
from postflow_desktop.services.ports.publisher import Connector, MediaSource, Publisher
from postflow_desktop.transport.client import HttpClient

P = TypeVar("P", bound=Publisher)
C = TypeVar("C", bound=Connector)


class Pictures:
    """A media source in memory."""

    def __init__(self) -> None:
        self.bytes: dict[str, bytes] = {}
        self.reads = 0
        self.waits: list[float] = []

    def read(self, sha256: str) -> bytes:
        self.reads += 1
        if sha256 not in self.bytes:
            raise NotFound("gone")
        return self.bytes[sha256]

    def open(self, sha256: str) -> MediaStream:
        return HeldStream(self.read(sha256))

    def wait(self, seconds: float) -> None:
        """Nobody waits in a test; how long it would have been is kept."""
        self.waits.append(seconds)

    def keep(self, media: Media, data: bytes) -> Media:
        """A video or document whose bytes were made elsewhere."""
        self.bytes[media.sha256] = data
        return media

    def add(
        self, colour: str, *, kind: str = "PNG", alt: str = "", size: tuple[int, int] = (40, 30)
    ) -> Media:
        """A real picture of one colour."""
        return self._keep(Image.new("RGB", size, colour), kind, alt)

    def add_large(self, side: int = 800, *, alt: str = "") -> Media:
        """A real PNG that hardly compresses: three bytes a pixel."""
        noise = Random(7).randbytes(side * side * 3)
        return self._keep(Image.frombytes("RGB", (side, side), noise), "PNG", alt)

    def _keep(self, image: Image.Image, kind: str, alt: str) -> Media:
        buffer = io.BytesIO()
        image.save(buffer, kind)
        data = buffer.getvalue()
        digest = hashlib.sha256(data).hexdigest()
        self.bytes[digest] = data
        return Media(
            kind=MediaKind.IMAGE,
            sha256=digest,
            mime=f"image/{kind.lower()}",
            size=len(data),
            width=image.width,
            height=image.height,
            alt=alt,
        )


def payload_for(network: Network, text: str, *media: Media, link: str | None = None) -> Payload:
    return Payload(organization_id="org", network=network, text=text, link_url=link, media=media)


def session_for(network: Network, signed_in: SignedIn, token: str | None = None) -> Session:
    return Session(
        account_id="account",
        network=network,
        user_id=signed_in.user_id,
        username=signed_in.username,
        service=signed_in.service,
        access_token=signed_in.tokens.access if token is None else token,
    )


def send(publisher: Publisher, session: Session, wire: str) -> Outcome:
    """Publish with a guard that lets everything pass."""
    kept: list[Reply] = []
    outcome = publisher.publish(session, wire, before_first_byte=lambda: None, on_reply=kept.append)
    assert len(kept) == (1 if outcome.status is not None else 0)
    return outcome


@dataclass(frozen=True)
class AdapterSeat(Generic[P, C]):
    """A signed-in account with the adapter that speaks for it."""

    http: HttpClient
    publisher: P
    connector: C
    signed_in: SignedIn
    pictures: Pictures

    @property
    def session(self) -> Session:
        return session_for(self.publisher.network, self.signed_in)

    @property
    def media(self) -> MediaSource:
        return self.pictures

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wire(self, text: str, *media: Media, link: str | None = None) -> str:
        return self.publisher.prepare(
            self.session,
            payload_for(self.publisher.network, text, *media, link=link),
            self.media,
            target_id="target",
            at=self.now(),
        )

    def send(self, wire: str) -> Outcome:
        return send(self.publisher, self.session, wire)

    def post(self, text: str, *media: Media, link: str | None = None) -> Outcome:
        return self.send(self.wire(text, *media, link=link))
