"""Connecting an account of Threads, and keeping its token of 60 days alive."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from postflow_desktop.domain.account import Tokens
from postflow_desktop.domain.errors import InvalidInput, NetworkUnreachable, NotAllowed, Refused
from postflow_desktop.platforms.threads import authorize
from postflow_desktop.platforms.threads.connector import ThreadsConnector
from postflow_desktop.platforms.threads.endpoints import endpoints
from postflow_desktop.sandbox.consent import give_consent
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.transport.client import HttpClient
from tests.threads.world import APP, REDIRECT, MovableClock, Seat, grant, session_of


def test_a_code_from_the_page_opens_a_session_of_60_days(
    seat: Seat, sandbox: SandboxServer
) -> None:
    signed_in = seat.signed_in
    assert signed_in.username == "bakery"
    assert signed_in.user_id.isdecimal()
    assert signed_in.service == sandbox.url
    assert signed_in.tokens.expires_at is not None
    left = signed_in.tokens.expires_at - datetime.now(UTC)
    assert timedelta(days=59, hours=23) < left <= timedelta(days=60)
    assert seat.connector.check(seat.session) == "bakery"
    assert signed_in.tokens.access not in (signed_in.tokens.refresh or "")


def test_a_code_works_once(
    connector: ThreadsConnector, http: HttpClient, sandbox: SandboxServer
) -> None:
    secret = grant(http, sandbox.url)
    connector.sign_in(sandbox.url, "", secret)
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "", secret)
    assert caught.value.code == "authorization_failed"
    assert json.loads(secret)["code"] not in str(caught.value)


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "code"])
def test_a_changed_grant_gets_nothing(
    connector: ThreadsConnector, http: HttpClient, sandbox: SandboxServer, name: str
) -> None:
    secret = json.loads(grant(http, sandbox.url)) | {name: "https://x.example"}
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "", json.dumps(secret))
    assert caught.value.code == "authorization_failed"


def test_a_token_that_was_given_opens_a_session_too(
    seat: Seat, connector: ThreadsConnector, sandbox: SandboxServer
) -> None:
    token = seat.signed_in.tokens.access
    signed_in = connector.sign_in(sandbox.url, "@Bakery", f" {token}\n")
    assert (signed_in.user_id, signed_in.username) == (seat.signed_in.user_id, "bakery")
    assert signed_in.tokens.access == token
    expected = seat.signed_in.tokens.expires_at
    assert expected is not None
    assert signed_in.tokens.expires_at is not None
    assert abs(signed_in.tokens.expires_at - expected) < timedelta(seconds=5)
    assert connector.refresh(sandbox.url, signed_in.tokens).user_id == signed_in.user_id


def test_a_given_token_that_is_none_is_refused(
    connector: ThreadsConnector, sandbox: SandboxServer
) -> None:
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "", "THQVJ" + "x" * 80)
    assert caught.value.code == "token_refused"


@pytest.mark.parametrize("secret", ["", "pass word", "short", "{}", '{"code": 7}', "a&b" * 20])
def test_a_password_is_no_way_in(
    connector: ThreadsConnector, sandbox: SandboxServer, secret: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        connector.sign_in(sandbox.url, "", secret)
    assert caught.value.code == "bad_authorization"
    assert not secret or secret not in str(caught.value)


def test_another_account_than_the_wanted_one_is_not_connected(
    connector: ThreadsConnector, http: HttpClient, sandbox: SandboxServer
) -> None:
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(sandbox.url, "someone_else", grant(http, sandbox.url))
    assert caught.value.code == "other_account"
    assert "@bakery" in caught.value.message


def test_a_no_and_a_foreign_answer_connect_nothing(
    http: HttpClient, sandbox: SandboxServer
) -> None:
    begun = authorize.begin(sandbox.url, APP, REDIRECT)
    returned = give_consent(http, begun.url, "bakery", allow=False)
    assert returned.endswith("#_")
    with pytest.raises(NotAllowed) as caught:
        authorize.finish(begun, returned)
    assert caught.value.code == "access_denied"
    other = authorize.begin(sandbox.url, APP, REDIRECT)
    with pytest.raises(NotAllowed) as caught:
        authorize.finish(begun, give_consent(http, other.url, "bakery"))
    assert caught.value.code == "wrong_state"


def test_the_secret_of_the_app_is_not_in_the_address_of_the_page() -> None:
    begun = authorize.begin("", APP, REDIRECT)
    parts = urlsplit(begun.url)
    query = parse_qs(parts.query)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://threads.net/oauth/authorize"
    assert query["scope"] == [",".join(authorize.SCOPES)]
    assert set(authorize.SCOPES) >= {"threads_content_publish", "threads_manage_replies"}
    assert APP.client_secret not in begun.url + repr(begun) + repr(APP)


@pytest.mark.parametrize("redirect", ["http://bakery.com/back", "ftp://x", "https://b.com/#x", "x"])
def test_the_page_does_not_send_codes_just_anywhere(sandbox: SandboxServer, redirect: str) -> None:
    begun = authorize.begin(sandbox.url, APP, redirect)
    assert httpx.get(begun.url).status_code == 400


def test_a_young_token_is_kept_while_it_works(seat: Seat) -> None:
    kept = seat.connector.refresh(seat.signed_in.service, seat.signed_in.tokens)
    assert kept.tokens == seat.signed_in.tokens
    assert (kept.user_id, kept.username) == (seat.signed_in.user_id, "bakery")


def test_the_sandbox_renews_no_young_token(seat: Seat, clock: MovableClock) -> None:
    address = f"{seat.session.service}/refresh_access_token"
    query = {"grant_type": "th_refresh_token", "access_token": seat.session.access_token}
    clock.move(hours=23)
    assert httpx.get(address, params=query).status_code == 400
    clock.move(hours=2)
    assert httpx.get(address, params=query).status_code == 200


def test_a_token_is_renewed_from_its_second_day_to_its_end(seat: Seat, clock: MovableClock) -> None:
    clock.move(days=59)
    renewed = seat.connector.refresh(seat.signed_in.service, seat.signed_in.tokens)
    assert renewed.tokens.access != seat.signed_in.tokens.access
    assert renewed.tokens.expires_at is not None
    assert renewed.tokens.expires_at - clock.now() > timedelta(days=59)
    assert (renewed.user_id, renewed.username) == (seat.signed_in.user_id, "bakery")
    clock.move(days=59)
    again = seat.connector.refresh(renewed.service, renewed.tokens)
    assert seat.connector.check(session_of(again)) == "bakery"


def test_an_ended_token_needs_a_new_sign_in(seat: Seat, clock: MovableClock) -> None:
    clock.move(days=61)
    with pytest.raises(NotAllowed) as caught:
        seat.connector.refresh(seat.signed_in.service, seat.signed_in.tokens)
    assert caught.value.code == "reconnect_needed"
    with pytest.raises(NotAllowed) as caught:
        seat.connector.check(seat.session)
    assert caught.value.code == "token_refused"


def test_a_young_token_that_is_refused_needs_a_new_sign_in(seat: Seat) -> None:
    tokens = Tokens(access="forged", refresh=seat.signed_in.tokens.refresh)
    with pytest.raises(NotAllowed) as caught:
        seat.connector.refresh(seat.signed_in.service, tokens)
    assert caught.value.code == "reconnect_needed"


@pytest.mark.parametrize(
    "refresh",
    [None, "a.b.c", "{}", '{"user_id":"1","username":"b","since":"2026-01-01T00:00:00"}'],
)
def test_what_was_not_kept_by_us_needs_a_new_sign_in(
    connector: ThreadsConnector, sandbox: SandboxServer, refresh: str | None
) -> None:
    tokens = Tokens(access="a", refresh=refresh)
    with pytest.raises(NotAllowed) as caught:
        connector.refresh(sandbox.url, tokens)
    assert caught.value.code == "reconnect_needed"


def test_threads_ends_an_access_only_by_hand(
    seat: Seat, connector: ThreadsConnector, sandbox: SandboxServer
) -> None:
    with pytest.raises(Refused) as caught:
        connector.sign_out(sandbox.url, seat.signed_in.tokens)
    assert caught.value.code == "not_revocable"


def test_what_was_allowed_is_told(seat: Seat) -> None:
    assert "threads_content_publish" in seat.signed_in.scopes


def test_without_a_connection_the_account_stays_as_it_is(
    seat: Seat, clock: MovableClock, sandbox: SandboxServer
) -> None:
    tokens, service = seat.signed_in.tokens, seat.signed_in.service
    sandbox.stop()
    with pytest.raises(NetworkUnreachable):
        seat.connector.refresh(service, tokens)
    clock.move(days=2)
    with pytest.raises(NetworkUnreachable):
        seat.connector.refresh(service, tokens)


@pytest.mark.parametrize(
    ("typed", "service", "page"),
    [
        ("", "https://graph.threads.net", "https://threads.net/oauth/authorize"),
        ("graph.threads.com", "https://graph.threads.com", "https://threads.com/oauth/authorize"),
        ("http://127.0.0.1:80/", "http://127.0.0.1:80", "http://127.0.0.1:80/oauth/authorize"),
    ],
)
def test_a_service_has_its_addresses(typed: str, service: str, page: str) -> None:
    found = endpoints(typed)
    assert (found.api, found.authorize) == (service, page)


@pytest.mark.parametrize("typed", ["http://threads.net", "https://a.b/c", "https://u:p@a.b", "::"])
def test_an_unusable_service_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        endpoints(typed)
    assert caught.value.code == "bad_service"
