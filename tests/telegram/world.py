"""What the tests of Telegram share: pictures, payloads, a bot, clocks, and the shared contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms.telegram.connector import TelegramConnector
from postflow_desktop.platforms.telegram.publisher import TelegramPublisher
from tests.kit.adapters import AdapterSeat, Pictures, payload_for, send, session_for

__all__ = ["Pictures", "SystemClock", "send"]

TOKEN = "123456:AAF-abcdefghijklmnopqrstuvwxyz_01234"
CONTRACT = Path(__file__).parents[2].parent / "shared" / "contracts" / "telegram" / "api.json"


def contract() -> Path:
    """The description of the Bot API; skips where it is missing."""
    if not CONTRACT.exists():
        pytest.skip("the shared contract is not here (telegram/api.json)")
    return CONTRACT


def payload(text: str, *media: Media, link: str | None = None) -> Payload:
    return payload_for(Network.TELEGRAM, text, *media, link=link)


def session_of(signed_in: SignedIn, token: str | None = None) -> Session:
    return session_for(Network.TELEGRAM, signed_in, token)


class Seat(AdapterSeat[TelegramPublisher, TelegramConnector]):
    """A channel with its bot and the adapter that speaks for it."""
