"""What the Bluesky tests share: pictures, payloads, sessions, a clock, and the shared contracts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media
from postflow_desktop.machine.clock import SystemClock
from tests.kit.adapters import Pictures, payload_for, send, session_for

__all__ = ["Pictures", "SystemClock", "send"]

AT = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)
SHARED = Path(__file__).parents[2].parent / "shared" / "contracts"


def contracts(*parts: str) -> Path:
    """A folder or file of the shared contracts; skips where they are missing."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared contracts are not here ({'/'.join(parts)})")
    return path


def payload(text: str, *media: Media, link: str | None = None) -> Payload:
    return payload_for(Network.BLUESKY, text, *media, link=link)


def session_of(signed_in: SignedIn, token: str | None = None) -> Session:
    return session_for(Network.BLUESKY, signed_in, token)
