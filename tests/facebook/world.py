"""What the tests of Facebook share: pictures, payloads, a Page, clocks, and the shared contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms.facebook.connector import FacebookConnector
from postflow_desktop.platforms.facebook.publisher import FacebookPublisher
from tests.kit.adapters import AdapterSeat, Pictures, payload_for, send, session_for

__all__ = ["Pictures", "SystemClock", "send"]

PERSON = "user:cornerbakery"
CONTRACTS = Path(__file__).parents[2].parent / "shared" / "contracts" / "meta-codegen"


def contract(name: str) -> Path:
    """A description of Meta's code generator; skips where it is missing."""
    path = CONTRACTS / name
    if not path.exists():
        pytest.skip(f"the shared contract is not here (meta-codegen/{name})")
    return path


def payload(text: str, *media: Media, link: str | None = None) -> Payload:
    return payload_for(Network.FACEBOOK, text, *media, link=link)


def session_of(signed_in: SignedIn, token: str | None = None) -> Session:
    return session_for(Network.FACEBOOK, signed_in, token)


class Seat(AdapterSeat[FacebookPublisher, FacebookConnector]):
    """A Page and the adapter that speaks for it."""
