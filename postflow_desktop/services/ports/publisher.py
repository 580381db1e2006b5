"""One network, as the publish protocol sees it.

Everything that `prepare` does can be repeated; `publish` is the one irreversible call and is made
only behind an acknowledged barrier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from postflow_desktop.domain.account import Session, SignedIn, Tokens
from postflow_desktop.domain.network import Network, NetworkRules, ResendClass
from postflow_desktop.domain.outcome import Outcome, PublishResult
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.step import StepKind
from postflow_desktop.services.ports.journal import Reply
from postflow_desktop.services.ports.media import MediaStream


class Presence(StrEnum):
    """What looking for a post found."""

    PRESENT = "present"
    ABSENT = "absent"
    """Not there now. Proof only where the key makes a resend harmless."""
    UNKNOWN = "unknown"
    """The network did not give a usable answer."""
    OTHER = "other"
    """Something else stands under our key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer to: is it there?"""

    presence: Presence
    result: PublishResult | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPost:
    """A post as the network shows it to its owner."""

    external_id: str
    url: str
    text: str
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Own posts, newest first."""

    posts: tuple[PublishedPost, ...]
    cursor: str | None = None


class MediaSource(Protocol):
    """Where an adapter gets the bytes of a media item, and the time for them."""

    def read(self, sha256: str) -> bytes:
        """All the bytes, of a picture; NotFound if they are gone."""
        ...

    def open(self, sha256: str) -> MediaStream:
        """The bytes in pieces, of a video or document; NotFound if they are gone or damaged.

        The claim is kept alive between the pieces; PrepareFailed where it was lost.
        """
        ...

    def wait(self, seconds: float) -> None:
        """Wait for a network that works on what was uploaded, and keep the claim alive.

        PrepareFailed where the claim was lost or this process ends.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTo:
    """What a further step answers, by the ids that the network gave."""

    kind: StepKind
    """REPLY or FIRST_COMMENT."""
    root: str
    """The post, which is the first part of the thread."""
    parent: str
    """The part before; the post for a first comment."""


class PrepareFailed(Exception):
    """Preparing did not work; carries what to do next. Nothing irreversible happened."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


class Publisher(Protocol):
    """A network's adapter. Raises PrepareFailed or returns; never raises transport errors."""

    network: Network
    resend_class: ResendClass
    rules: NetworkRules

    def prepare(
        self,
        session: Session,
        payload: Payload,
        media: MediaSource,
        *,
        target_id: str,
        at: datetime,
        reply_to: ReplyTo | None = None,
    ) -> str:
        """Upload media, resolve mentions, choose the key; return the wire form (JSON text).

        `at` is the cluster's time of the claim and becomes the post's creation time. `target_id`
        tells steps apart too, for keys. Everything below takes wire forms of replies as well.
        """
        ...

    def upload_again(self, session: Session, payload: Payload, media: MediaSource) -> None:
        """Upload the same bytes once more, for a wire form that is already stored."""
        ...

    def shown_text(self, payload: Payload) -> str:
        """The text as it will be sent and counted, an appended link included."""
        ...

    def measure(self, text: str) -> int:
        """The length of a text as the network counts it; pure and fast."""
        ...

    def publish(
        self,
        session: Session,
        wire: str,
        *,
        before_first_byte: Callable[[], None],
        on_reply: Callable[[Reply], None],
    ) -> Outcome:
        """Send the stored wire form over a fresh connection, once.

        `before_first_byte` runs when the connection stands and nothing has been sent; if it raises
        SendRefused, nothing is sent and the outcome is NOT_SENT. `on_reply` gets a complete reply
        before it is judged, so that it can be kept.
        """
        ...

    def judge(self, wire: str, status: int, headers: dict[str, str], body: bytes) -> Outcome:
        """Classify a reply; also used for replies found in the journal after a crash."""
        ...

    def find(self, session: Session, wire: str) -> Finding:
        """Look for the post of this wire form; read-only."""
        ...

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        """One own post, or None where it is gone; NetworkUnreachable if it can't be asked."""
        ...

    def list_own(self, session: Session, *, cursor: str | None = None, limit: int = 50) -> Page:
        """Own posts, newest first."""
        ...

    def delete(self, session: Session, external_id: str) -> None:
        """Delete an own post; deleting twice is fine. NetworkUnreachable, Refused."""
        ...


class Connector(Protocol):
    """Signing in to a network and keeping the session fresh."""

    network: Network
    token_life: timedelta | None
    """How long a new access token usually lives; None where nothing renews it or it has no end."""

    def sign_in(self, service: str, username: str, secret: str) -> SignedIn:
        """NotAllowed (`wrong_app_password`), NetworkUnreachable, InvalidInput (`bad_service`)."""
        ...

    def refresh(self, service: str, tokens: Tokens) -> SignedIn:
        """New tokens for old; NotAllowed (`reconnect_needed`) when a new sign-in is needed."""
        ...

    def advice(self, secret: str) -> tuple[str, ...]:
        """Sentences about a secret that looks unwise, such as a main password."""
        ...

    def check(self, session: Session) -> str:
        """Ask who we are; the current username. NotAllowed, NetworkUnreachable."""
        ...

    def sign_out(self, service: str, tokens: Tokens) -> None:
        """Revoke the session at the network. NetworkUnreachable."""
        ...


class SendRefused(Exception):
    """A local guard said no directly before the first byte."""
