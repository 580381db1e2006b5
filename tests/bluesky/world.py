"""What the Bluesky tests share: pictures, payloads, sessions, a clock, and the shared contracts."""

from __future__ import annotations

from datetime import UTC, datetime

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media
from postflow_desktop.machine.clock import SystemClock
from tests.bluesky.lexicons import Lexicons
from tests.kit.adapters import Pictures, payload_for, send, session_for
from tests.kit.contracts import contracts, has_contracts
from tests.kit.witness import Exchange

__all__ = ["Pictures", "SystemClock", "contracts", "send"]

AT = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)


def off_lexicon(one: Exchange) -> list[str]:
    """What is wrong with a request; nothing where the lexicons are missing."""
    if not has_contracts("lexicons"):
        return []
    return Lexicons(contracts("lexicons")).check_call(one)


def payload(text: str, *media: Media, link: str | None = None) -> Payload:
    return payload_for(Network.BLUESKY, text, *media, link=link)


def session_of(signed_in: SignedIn, token: str | None = None) -> Session:
    return session_for(Network.BLUESKY, signed_in, token)
