"""What LinkedIn tells of an account beside its posts, and ending sign-ins with the app's help."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from postflow_desktop.domain.errors import NotAllowed, Refused
from postflow_desktop.platforms.linkedin.connector import LinkedInConnector
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.signing_in import Client
from postflow_desktop.transport.client import HttpClient
from tests.linkedin.world import Seat, client, grant, session_of


def test_what_was_allowed_and_how_long_it_renews(
    seats: tuple[Seat, Seat], sandbox: SandboxServer
) -> None:
    for seat in seats:
        assert {"w_member_social", "w_organization_social"} <= set(seat.signed_in.scopes)
        until = seat.signed_in.renewable_until
        assert until is not None
        assert timedelta(days=364) < until - datetime.now(UTC) <= timedelta(days=365)
    again = seats[0].connector.refresh(sandbox.url, seats[0].signed_in.tokens)
    assert "w_member_social" in again.scopes


def test_a_usual_app_is_allowed_to_post_and_renews_nothing(
    connector: LinkedInConnector, http: HttpClient, sandbox: SandboxServer
) -> None:
    (one,) = connector.identities(sandbox.url, grant(http, sandbox.url, partner=False))
    assert one.scopes == ("openid", "profile", "w_member_social")
    assert one.renewable_until is None


def test_an_access_without_a_refresh_token_is_ended_by_its_app_alone(
    connector: LinkedInConnector, http: HttpClient, sandbox: SandboxServer
) -> None:
    (one,) = connector.identities(sandbox.url, grant(http, sandbox.url, partner=False))
    stranger = Client(client_id="app-of-the-tests", secret="another")
    with pytest.raises(Refused) as caught:
        connector.sign_out_as(sandbox.url, one.tokens, stranger)
    assert caught.value.code == "not_revocable"
    assert connector.check(session_of(one))
    connector.sign_out_as(sandbox.url, one.tokens, client(partner=False))
    with pytest.raises(NotAllowed):
        connector.check(session_of(one))


def test_the_accounts_of_one_sign_in_are_known_to_share_it(
    seats: tuple[Seat, Seat], http: HttpClient, sandbox: SandboxServer
) -> None:
    person, page = seats
    same = person.connector.is_same_sign_in
    assert same(person.signed_in.tokens, page.signed_in.tokens)
    renewed = page.connector.refresh(sandbox.url, page.signed_in.tokens)
    assert same(person.signed_in.tokens, renewed.tokens)
    other, _ = person.connector.identities(sandbox.url, grant(http, sandbox.url))
    assert not same(person.signed_in.tokens, other.tokens)
