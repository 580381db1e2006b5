"""The counter against the real server: what fits by it fits there."""

from __future__ import annotations

import json

import pytest

from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from tests.bluesky.world import AT, Pictures, payload, send, session_of
from tests.kit.pds import Pds

STACKED = frozenset({"ស្ត្រី", "ဗုဒ္ဓ"})
"""What servers count by the Unicode version of their Node: apart (16) or together (17)."""
PIECES = ["ស្ត្រី", "ဗုဒ္ဓ", "क्ष", "नमस्ते", "👨\u200d👩\u200d👧", "🇩🇪", "각", "កា"]


@pytest.mark.parametrize("piece", PIECES)
def test_what_fits_by_our_counter_fits_at_the_real_server(
    piece: str, pds: Pds, connector: BlueskyConnector, publisher: BlueskyPublisher
) -> None:
    handle = pds.new_handle()
    _, password = pds.create_account(handle)
    secret = pds.create_app_password(handle, password)
    session = session_of(connector.sign_in(pds.url, handle, secret))
    times = 300 // publisher.measure(piece)
    # A piece of 25 bytes would meet the limit of bytes first.
    text = piece * min(times, 3000 // len(piece.encode()))
    text += "a" * (300 - publisher.measure(text)) if len(text.encode()) < 2700 else ""
    wire = publisher.prepare(session, payload(text), Pictures(), target_id=piece, at=AT)
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED
    if publisher.measure(text) == 300 and piece not in STACKED:
        body = json.loads(wire)
        body["record"]["text"] += "a"
        body["rkey"] = "3jzfcijpj2z2a"
        outcome = send(publisher, session, json.dumps(body))
        assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED, "text_too_long")
