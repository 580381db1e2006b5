"""What X tells of an account beside its posts: what was allowed, and what is left."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from postflow_desktop.domain.account import Tokens
from postflow_desktop.domain.errors import NotAllowed, Refused
from postflow_desktop.domain.quota import Quota
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms.x.authorize import SCOPES
from postflow_desktop.platforms.x.waits import quotas
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.signing_in import Client
from tests.x.world import CLIENT, Seat

RESET = 1_795_176_900
"""2026-11-20 12:15 UTC."""


def test_what_was_allowed_comes_with_the_sign_in_and_with_every_refresh(
    seat: Seat, sandbox: SandboxServer
) -> None:
    assert seat.signed_in.scopes == SCOPES
    again = seat.connector.refresh(sandbox.url, seat.signed_in.tokens)
    assert again.scopes == SCOPES


def test_a_post_tells_what_is_left(seat: Seat) -> None:
    (told,), (later,) = seat.post("One").quotas, seat.post("Two").quotas
    assert (told.limit, told.remaining, told.seconds, told.cost) == (100, 99, 900, 1)
    assert (later.remaining, later.resets_at) == (98, told.resets_at)
    assert told.holds(SystemClock().now())


def test_each_limit_is_read_from_its_headers() -> None:
    headers = {
        "x-rate-limit-limit": "100",
        "x-rate-limit-remaining": "83",
        "x-rate-limit-reset": str(RESET),
        "x-app-limit-24hour-limit": "10000",
        "x-app-limit-24hour-remaining": "7",
        "x-app-limit-24hour-reset": str(RESET),
        "x-user-limit-24hour-limit": "100",
    }
    at = datetime.fromtimestamp(RESET, UTC)
    assert quotas(headers) == (
        Quota(seconds=900, limit=100, remaining=83, resets_at=at),
        Quota(seconds=86_400, limit=10_000, remaining=7, resets_at=at, of_app=True),
    )


@pytest.mark.parametrize("bad", ["", "-1", "many", "1e3", "9" * 40, "٣"])
def test_headers_that_make_no_sense_are_left_out(bad: str) -> None:
    good = {
        "x-rate-limit-limit": "100",
        "x-rate-limit-remaining": "83",
        "x-rate-limit-reset": str(RESET),
    }
    for name in good:
        assert quotas({**good, name: bad}) in ((), quotas({**good, name: "3"}))


def test_a_sign_in_without_a_refresh_token_is_ended_with_the_apps_id(
    seat: Seat, sandbox: SandboxServer
) -> None:
    alone = Tokens(access=seat.signed_in.tokens.access)
    with pytest.raises(Refused) as caught:
        seat.connector.sign_out(sandbox.url, alone)
    assert caught.value.code == "not_revocable"
    assert seat.connector.check(seat.session)
    seat.connector.sign_out_as(sandbox.url, alone, Client(client_id=CLIENT))
    with pytest.raises(NotAllowed):
        seat.connector.check(seat.session)
