"""What the Bluesky tests share: pictures, payloads, sessions, a clock, and the shared contracts."""

from __future__ import annotations

import hashlib
import io
import time
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
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.services.ports.journal import Reply

AT = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)
SHARED = Path(__file__).parents[2].parent / "shared" / "contracts"


def contracts(*parts: str) -> Path:
    """A folder or file of the shared contracts; skips where they are missing."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared contracts are not here ({'/'.join(parts)})")
    return path


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
        self.reads = 0

    def read(self, sha256: str) -> bytes:
        self.reads += 1
        if sha256 not in self.bytes:
            raise NotFound("gone")
        return self.bytes[sha256]

    def add(self, colour: str, *, alt: str = "", size: tuple[int, int] = (40, 30)) -> Media:
        """A real PNG of one colour."""
        buffer = io.BytesIO()
        Image.new("RGB", size, colour).save(buffer, "PNG")
        data = buffer.getvalue()
        digest = hashlib.sha256(data).hexdigest()
        self.bytes[digest] = data
        return Media(
            kind=MediaKind.IMAGE,
            sha256=digest,
            mime="image/png",
            size=len(data),
            width=size[0],
            height=size[1],
            alt=alt,
        )


def payload(text: str, *media: Media, link: str | None = None) -> Payload:
    return Payload(
        organization_id="org", network=Network.BLUESKY, text=text, link_url=link, media=media
    )


def session_of(signed_in: SignedIn, token: str | None = None) -> Session:
    return Session(
        account_id="account",
        network=Network.BLUESKY,
        user_id=signed_in.user_id,
        username=signed_in.username,
        service=signed_in.service,
        access_token=signed_in.tokens.access if token is None else token,
    )


def send(publisher: BlueskyPublisher, session: Session, wire: str) -> Outcome:
    """Publish with a guard that lets everything pass."""
    kept: list[Reply] = []
    outcome = publisher.publish(session, wire, before_first_byte=lambda: None, on_reply=kept.append)
    assert len(kept) == (1 if outcome.status is not None else 0)
    return outcome
