"""What a server answers where tokens are handed out is taken, or an error people can read."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.account import Tokens
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms.bluesky.bound import BoundGrant, BoundRefresh
from postflow_desktop.platforms.bluesky.browser_sessions import BrowserSessions
from postflow_desktop.platforms.bluesky.dpop import new_key
from postflow_desktop.platforms.bluesky.oauth import SCOPES, Desk
from postflow_desktop.platforms.bluesky.xrpc import Xrpc
from postflow_desktop.transport.client import TOTAL_SECONDS
from postflow_desktop.transport.values import Request, Response
from tests.bluesky.test_discovery import DID, PDS, SERVICE, Web, discovery_of, pages

TOKEN = f"{SERVICE}/oauth/token"
REVOKE = f"{SERVICE}/oauth/revoke"
SESSION = f"{PDS}/xrpc/com.atproto.server.getSession"
KEY = new_key()
GOOD: dict[str, Any] = {
    "access_token": "at",
    "refresh_token": "rt",
    "token_type": "DPoP",
    "expires_in": 3600,
    "scope": " ".join(SCOPES),
    "sub": DID,
}
GRANT = BoundGrant(
    code="c",
    code_verifier="v",
    private_key=KEY,
    client_id="http://localhost",
    redirect_uri="http://127.0.0.1:1/x",
    issuer=SERVICE,
    service=SERVICE,
    did=DID,
)
KEPT = BoundRefresh(
    refresh_token="old",
    private_key=KEY,
    client_id="http://localhost",
    issuer=SERVICE,
    did=DID,
    handle="ana.example.com",
)


class Answering(Web):
    """The public network, with one answer of the token endpoint."""

    def __init__(self, answer: object, status: int = 200) -> None:
        session = {"did": DID, "handle": "ana.example.com"}
        super().__init__({**pages(), TOKEN: answer, REVOKE: {}, SESSION: session})
        self._status = status

    def request(self, request: Request, *, total_seconds: float = TOTAL_SECONDS) -> Response:
        found = super().request(request, total_seconds=total_seconds)
        if request.url != TOKEN:
            return found
        return Response(status=self._status, headers={}, body=found.body)


def sessions(web: Web) -> BrowserSessions:
    xrpc = Xrpc(web)
    return BrowserSessions(xrpc, Desk(web, xrpc.nonces), discovery_of(web), SystemClock())


def test_a_good_answer_is_taken() -> None:
    web = Answering(GOOD)
    signed = sessions(web).sign_in(GRANT)
    assert (signed.user_id, signed.service) == (DID, PDS)
    assert REVOKE not in web.asked
    assert sessions(web).refresh(PDS, KEPT).user_id == DID


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sub": "did:plc:222222222222222222222222"}, "other_account"),
        ({"sub": ""}, "authorization_failed"),
        ({"sub": 7}, "authorization_failed"),
        ({"token_type": "Bearer"}, "authorization_failed"),
        ({"access_token": None}, "authorization_failed"),
        ({"scope": "atproto"}, "scope_missing"),
        ({"scope": None}, "scope_missing"),
    ],
)
def test_tokens_that_are_not_what_was_asked_for_are_given_back(
    change: dict[str, Any], code: str
) -> None:
    web = Answering({**GOOD, **change})
    with pytest.raises(NotAllowed) as caught:
        sessions(web).sign_in(GRANT)
    assert caught.value.code == code
    assert web.asked[-1] == REVOKE


def test_a_server_that_does_not_speak_for_the_account_gets_its_tokens_back() -> None:
    web = Answering(GOOD)
    mine = "https://my.example"
    web.known[f"{PDS}/.well-known/oauth-protected-resource"]["authorization_servers"] = [mine]
    with pytest.raises(NotAllowed) as caught:
        sessions(web).sign_in(GRANT)
    assert (caught.value.code, web.asked[-1]) == ("wrong_issuer", REVOKE)


@pytest.mark.parametrize(
    ("status", "error", "kind", "code"),
    [
        (400, "invalid_grant", NotAllowed, "reconnect_needed"),
        (401, "invalid_client", NotAllowed, "reconnect_needed"),
        (400, "invalid_dpop_proof", NetworkUnreachable, "proof_refused"),
        (400, "use_dpop_nonce", NetworkUnreachable, "server_error"),
        (400, "", NetworkUnreachable, "server_error"),
        (429, "", NetworkUnreachable, "rate_limited"),
        (503, "", NetworkUnreachable, "server_error"),
    ],
)
def test_only_a_word_about_the_sign_in_itself_ends_it(
    status: int, error: str, kind: type[PostFlowError], code: str
) -> None:
    with pytest.raises(kind) as caught:
        sessions(Answering({"error": error}, status)).refresh(PDS, KEPT)
    assert caught.value.code == code


def test_a_renewal_for_another_account_is_not_taken() -> None:
    with pytest.raises(NotAllowed) as caught:
        sessions(Answering({**GOOD, "sub": "did:plc:else"})).refresh(PDS, KEPT)
    assert caught.value.code == "reconnect_needed"


def test_an_answer_without_a_new_refresh_token_leaves_the_old_one() -> None:
    answer = {name: value for name, value in GOOD.items() if name != "refresh_token"}
    assert sessions(Answering(answer)).refresh(PDS, KEPT).tokens.refresh is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.sampled_from(sorted(GOOD)), JSON, st.sampled_from([200, 201, 302, 400, 401, 500]))
def test_no_answer_makes_more_than_an_error_for_people(
    name: str, value: object, status: int
) -> None:
    for answer in ({**GOOD, name: value}, value):
        web = Answering(answer, status)
        # Anything else than an error of ours would end the test.
        with suppress(PostFlowError):
            assert isinstance(sessions(web).sign_in(GRANT).tokens, Tokens)
        with suppress(PostFlowError):
            assert isinstance(sessions(web).refresh(PDS, KEPT).tokens, Tokens)
