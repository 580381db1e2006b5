"""Signing in in the browser, once at a real Bluesky server and once at the sandbox."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from postflow_desktop.domain.account import SignedIn
from postflow_desktop.domain.errors import InvalidInput, NotAllowed
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.machine.redaction import Redactor
from postflow_desktop.platforms.bluesky.bound import BoundAccess, BoundGrant, BoundRefresh
from postflow_desktop.platforms.bluesky.browser_sessions import LIFE
from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
from postflow_desktop.platforms.bluesky.oauth import SCOPES
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.publisher import Presence
from postflow_desktop.transport.client import HttpClient
from tests.bluesky.browser_home import REDIRECT, STATE, BrowserHome, real_home, sandbox_home
from tests.bluesky.world import AT, Pictures, payload, send, session_of

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["real", "sandbox"])
def home(request: pytest.FixtureRequest, http: HttpClient) -> BrowserHome:
    if request.param == "real":
        return real_home(http, request.getfixturevalue("pds"))
    return sandbox_home(http, request.getfixturevalue("sandbox"))


def refused(home: BrowserHome, signed: SignedIn) -> str:
    """The code with which the server turns an ended sign-in away."""
    with pytest.raises(NotAllowed) as caught:
        home.connector.check(session_of(signed))
    return caught.value.code


def test_an_account_is_connected_posts_and_is_read_back(home: BrowserHome) -> None:
    signed = home.sign_in()
    assert (signed.username, signed.service) == (home.handle, home.service)
    assert signed.user_id.startswith("did:plc:")
    assert set(signed.scopes) == set(SCOPES)
    now = datetime.now(UTC)
    assert signed.tokens.expires_at is not None
    assert MINUTE < signed.tokens.expires_at - now <= timedelta(hours=1)
    assert signed.renewable_until is not None
    assert abs(signed.renewable_until - now - LIFE) < MINUTE

    session, pictures = session_of(signed), Pictures()
    assert home.connector.check(session) == home.handle
    post = payload("Market day", pictures.add("red", alt="A stall"))
    publisher = home.publisher
    wire = publisher.prepare(session, post, pictures, target_id="target", at=AT)
    outcome = send(publisher, session, wire)
    assert outcome.kind is OutcomeKind.PUBLISHED
    assert publisher.find(session, wire).presence is Presence.PRESENT
    # A publisher that knows no nonce yet asks for one before the call that can't be repeated.
    assert send(home.publisher, session, wire).kind is OutcomeKind.PUBLISHED
    assert len(publisher.list_own(session).posts) == 1
    assert outcome.result is not None
    publisher.delete(session, outcome.result.external_id)
    assert publisher.list_own(session).posts == ()


def test_without_a_handle_the_person_says_at_the_server_who_it_is(home: BrowserHome) -> None:
    begun = home.begin("")
    signed = home.connector.sign_in(
        home.service, "", begun.finish(home.allow(begun.url, home.other))
    )
    assert signed.username == home.other


def test_an_account_is_found_by_its_id_too(home: BrowserHome) -> None:
    did = home.sign_in().user_id
    begun = home.begin(did)
    signed = home.connector.sign_in(
        home.service, "", begun.finish(home.allow(begun.url, home.handle))
    )
    assert signed.user_id == did


def test_the_password_of_the_account_is_nowhere_and_both_tokens_have_their_key(
    home: BrowserHome,
) -> None:
    signed = home.sign_in()
    access = BoundAccess.read(signed.tokens.access)
    refresh = BoundRefresh.read(signed.tokens.refresh)
    assert access is not None
    assert refresh is not None
    assert access.private_key == refresh.private_key
    assert access.access_token not in repr(signed) + repr(access)
    assert refresh.refresh_token not in repr(refresh)
    assert refresh.private_key not in repr(refresh) + repr(access)


def test_what_is_sealed_is_hidden_where_it_would_be_written_down() -> None:
    kept = BoundRefresh(
        refresh_token="ref-0123456789",
        private_key="the-number-of-the-key",
        client_id="http://localhost",
        issuer="https://bsky.social",
        did="did:plc:abcdefghijklmnopqrstuvwx",
        handle="cafe.test",
    )
    grant = BoundGrant(
        code="cod-0123456789",
        code_verifier="the-verifier",
        private_key="the-number-of-the-key",
        client_id="http://localhost",
        redirect_uri=REDIRECT,
        issuer="https://bsky.social",
        service="https://bsky.social",
        did="",
    )
    written = Redactor().scrub(f"{kept.as_text()} {grant.as_text()} {kept} {grant}")
    for secret in ("ref-0123456789", "the-number-of-the-key", "the-verifier"):
        assert secret not in written
    assert "cafe.test" in written


def test_a_renewal_spends_the_refresh_token_and_a_spent_one_ends_everything(
    home: BrowserHome,
) -> None:
    first = home.sign_in()
    second = home.connector.refresh(first.service, first.tokens)
    assert (second.user_id, second.username) == (first.user_id, first.username)
    assert second.tokens.refresh not in {None, first.tokens.refresh}
    assert home.connector.check(session_of(second)) == home.handle
    for spent in (first, second):
        with pytest.raises(NotAllowed) as caught:
            home.connector.refresh(spent.service, spent.tokens)
        assert caught.value.code == "reconnect_needed"


def test_signing_out_ends_it_at_the_server_and_doing_so_twice_is_fine(home: BrowserHome) -> None:
    signed = home.sign_in()
    for _ in range(2):
        home.connector.sign_out(signed.service, signed.tokens)
    assert refused(home, signed) == "token_refused"
    with pytest.raises(NotAllowed) as caught:
        home.connector.refresh(signed.service, signed.tokens)
    assert caught.value.code == "reconnect_needed"


def test_a_token_without_its_key_is_worth_nothing(home: BrowserHome) -> None:
    mine, other = home.sign_in(), home.sign_in()
    stolen, key = BoundAccess.read(mine.tokens.access), BoundAccess.read(other.tokens.access)
    assert stolen is not None
    assert key is not None
    wrong = BoundAccess(access_token=stolen.access_token, private_key=key.private_key)
    for token in (wrong.as_text(), stolen.access_token):
        with pytest.raises(NotAllowed) as caught:
            home.connector.check(session_of(mine, token))
        assert caught.value.code == "token_refused"


def test_who_says_no_connects_nothing(home: BrowserHome) -> None:
    begun = home.begin()
    with pytest.raises(NotAllowed) as caught:
        begun.finish(home.deny(begun.url))
    assert caught.value.code == "access_denied"


def test_a_code_works_once(home: BrowserHome) -> None:
    grant = home.grant()
    home.connector.sign_in(home.service, "", grant)
    with pytest.raises(NotAllowed) as caught:
        home.connector.sign_in(home.service, "", grant)
    assert caught.value.code == "authorization_failed"


@pytest.mark.parametrize("field", ["code_verifier", "private_key", "client_id", "redirect_uri"])
def test_a_code_is_good_only_for_whom_it_was_given_to(home: BrowserHome, field: str) -> None:
    mine, other = json.loads(home.grant()), json.loads(home.grant())
    changed = {"client_id": "http://localhost", "redirect_uri": f"{REDIRECT}/else"}
    mine[field] = changed.get(field, other[field])
    with pytest.raises(NotAllowed) as caught:
        home.connector.sign_in(home.service, "", json.dumps(mine))
    assert caught.value.code == "authorization_failed"


def test_another_account_than_the_one_asked_for_is_not_taken(home: BrowserHome) -> None:
    begun = home.begin(home.handle)
    grant = begun.finish(home.allow(begun.url, home.other))
    with pytest.raises(NotAllowed) as caught:
        home.connector.sign_in(home.service, "", grant)
    assert caught.value.code == "other_account"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("state=wrong&iss={issuer}&code=c", "wrong_state"),
        ("iss={issuer}&code=c", "wrong_state"),
        ("state={state}&iss=https://evil.example&code=c", "wrong_issuer"),
        ("state={state}&code=c", "wrong_issuer"),
        ("state={state}&iss={issuer}&error=server_error", "authorization_failed"),
        ("state={state}&iss={issuer}", "authorization_failed"),
    ],
)
def test_what_else_comes_back_is_refused(
    http: HttpClient, sandbox: SandboxServer, query: str, code: str
) -> None:
    home = sandbox_home(http, sandbox)
    begun = home.begin()
    with pytest.raises(NotAllowed) as caught:
        begun.finish(f"{REDIRECT}?{query.format(state=STATE, issuer=begun.issuer)}")
    assert caught.value.code == code


def test_a_handle_that_nobody_has_is_told(home: BrowserHome) -> None:
    with pytest.raises(InvalidInput) as caught:
        home.begin("nobody-at-all.test")
    assert caught.value.code == "unknown_handle"


def test_a_nonce_that_has_ended_costs_a_second_try_and_never_a_second_post(
    http: HttpClient, sandbox: SandboxServer
) -> None:
    home = sandbox_home(http, sandbox)
    session, publisher = session_of(home.sign_in()), home.publisher
    wire = publisher.prepare(session, payload("Once"), Pictures(), target_id="t", at=AT)
    sent = publisher.prepare(session, payload("Before"), Pictures(), target_id="u", at=AT)
    assert send(publisher, session, sent).kind is OutcomeKind.PUBLISHED
    sandbox.bluesky.oauth.proofs.rotate()
    outcome = send(publisher, session, wire)
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED_FOR_NOW, "nonce_wanted")
    assert [entry.text for entry in sandbox.log] == ["Before"]
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED
    assert [entry.text for entry in sandbox.log] == ["Before", "Once"]


def test_reads_and_uploads_ask_again_by_themselves(
    http: HttpClient, sandbox: SandboxServer
) -> None:
    home = sandbox_home(http, sandbox)
    signed, connector, publisher = home.sign_in(), home.connector, home.publisher
    session, pictures = session_of(signed), Pictures()
    for _ in range(2):
        sandbox.bluesky.oauth.proofs.rotate()
        assert connector.check(session) == home.handle
        sandbox.bluesky.oauth.proofs.rotate()
        post = payload("With a picture", pictures.add("blue", alt=""))
        publisher.prepare(session, post, pictures, target_id="t", at=AT)
    sandbox.bluesky.oauth.proofs.rotate()
    assert connector.refresh(signed.service, signed.tokens).user_id == signed.user_id


def test_a_server_that_is_away_before_the_post_has_certainly_not_got_it(
    http: HttpClient, sandbox: SandboxServer
) -> None:
    home = sandbox_home(http, sandbox)
    session = session_of(home.sign_in())
    wire = home.publisher.prepare(session, payload("Hi"), Pictures(), target_id="t", at=AT)
    sandbox.stop()
    assert send(home.publisher, session, wire).kind is OutcomeKind.NOT_SENT


def test_two_weeks_after_the_sign_in_a_new_one_is_needed(http: HttpClient) -> None:
    moment = [datetime.now(UTC)]
    with SandboxServer(now=lambda: moment[0]) as sandbox:
        home = sandbox_home(http, sandbox)
        signed = home.sign_in()
        moment[0] += timedelta(hours=2)
        assert refused(home, signed) == "token_refused"
        renewed = home.connector.refresh(signed.service, signed.tokens)
        moment[0] += LIFE
        with pytest.raises(NotAllowed) as caught:
            home.connector.refresh(renewed.service, renewed.tokens)
    assert caught.value.code == "reconnect_needed"


@pytest.mark.parametrize("text", ["", "x", "{", "{}", "[]", '{"code": 1}', '{"access_token": "a"}'])
def test_other_texts_are_no_bound_tokens(connector: BlueskyConnector, text: str) -> None:
    assert BoundAccess.read(text) is None
    assert BoundRefresh.read(text) is None
    assert BoundGrant.read(text) is None
    with pytest.raises(InvalidInput) as caught:
        connector.sign_in("https://bsky.social", "", text)
    assert caught.value.code == "bad_authorization"
