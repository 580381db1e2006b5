"""Our sign-ins at an OAuth provider that others certified (oidc-provider 8.8.1), page included.

Three adapters are pointed at it as they are: X (public client, PKCE, bearer tokens), LinkedIn
(confidential client) and Bluesky (requests handed in first, tokens bound to a key, nonces).
"""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from postflow_desktop.domain.account import Session, SignedIn, Tokens
from postflow_desktop.domain.errors import (
    MachineProblem,
    NetworkUnreachable,
    NotAllowed,
    PostFlowError,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.oauth.loopback import LoopbackCallbacks
from postflow_desktop.platforms import registry
from postflow_desktop.services.ports.publisher import Connector
from postflow_desktop.services.ports.signing_in import (
    Client,
    IdentityConnector,
    Redirect,
    RedirectKind,
)
from postflow_desktop.transport.client import HttpClient
from tests.kit import oidc
from tests.kit.adapters import session_for

Change = Callable[[str], str]


@dataclass(frozen=True)
class Way:
    """One adapter at the provider, with the address on this computer that it comes back to."""

    provider: oidc.Provider
    http: HttpClient
    network: Network
    client: Client
    login: str

    @property
    def connector(self) -> Connector:
        return registry.connectors(self.http, SystemClock())[self.network]

    @property
    def redirect(self) -> Redirect:
        """As the network registers it: a path of ours for Bluesky, a fixed one for apps."""
        if self.network is Network.BLUESKY:
            return Redirect(kind=RedirectKind.ANY_PORT)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        return Redirect(kind=RedirectKind.EXACT, uri=f"http://127.0.0.1:{port}/callback")

    def grant(self, change: Change = lambda back: back, *, allow: bool = True) -> str:
        """Begin, go through the provider's pages, come back, finish: the secret to trade."""
        authorizer = registry.authorizers(self.http)[self.network]
        callback = LoopbackCallbacks(wait_seconds=30).open(self.redirect)
        try:
            begun = authorizer.begin(
                self.provider.url, self.client, callback.redirect_uri, callback.state
            )
            callback.expect(begun.issuer)
            back = oidc.through_pages(begun.url, self.login, allow=allow)
            visit(change(back))
            return begun.finish(callback.wait())
        finally:
            callback.close()

    def trade(self, grant: str) -> SignedIn:
        connector = self.connector
        if isinstance(connector, IdentityConnector):
            return connector.identities(self.provider.url, grant)[0]
        return connector.sign_in(self.provider.url, "", grant)

    def sign_in(self) -> SignedIn:
        return self.trade(self.grant())

    def session(self, signed: SignedIn) -> Session:
        return session_for(self.network, signed)

    def refusal(self, act: Callable[[], object]) -> str:
        """The code with which something is refused."""
        with pytest.raises(PostFlowError) as caught:
            act()
        assert caught.value.fix
        return caught.value.code


def visit(url: str) -> None:
    """What the person's browser does with the last redirect, whatever page it gets."""
    try:
        urllib.request.urlopen(url, timeout=20).close()
    except urllib.error.HTTPError as error:
        error.close()


def with_query(**changed: str) -> Change:
    """The answer with other values in it."""

    def change(back: str) -> str:
        parts = urlsplit(back)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
        return parts._replace(query=urlencode(query)).geturl()

    return change


@pytest.fixture
def http() -> Iterator[HttpClient]:
    with HttpClient() as client:
        yield client


@pytest.fixture
def x(provider: oidc.Provider, http: HttpClient) -> Way:
    """A public client: PKCE is all that proves who trades the code."""
    return Way(provider, http, Network.X, Client(client_id=oidc.PUBLIC), "1001")


@pytest.fixture
def bluesky(provider: oidc.Provider, http: HttpClient) -> Way:
    return Way(provider, http, Network.BLUESKY, Client(client_id=""), provider.did)


@pytest.fixture
def linkedin(provider: oidc.Provider, http: HttpClient) -> Way:
    client = Client(client_id=oidc.CONFIDENTIAL, secret=oidc.SECRET)
    return Way(provider, http, Network.LINKEDIN, client, "1002")


@pytest.fixture(params=["x", "linkedin", "bluesky"])
def way(request: pytest.FixtureRequest) -> Way:
    found: Way = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["x", "bluesky"])
def public(request: pytest.FixtureRequest) -> Way:
    """The networks where PostFlow has no secret."""
    found: Way = request.getfixturevalue(request.param)
    return found


def test_a_person_connects_and_the_sign_in_is_renewed(way: Way) -> None:
    signed = way.sign_in()
    assert way.connector.check(way.session(signed)) == signed.username
    renewed = way.connector.refresh(signed.service, signed.tokens)
    assert renewed.user_id == signed.user_id
    assert renewed.tokens.access != signed.tokens.access
    assert way.connector.check(way.session(renewed)) == signed.username


def test_who_says_no_connects_nothing(way: Way) -> None:
    assert way.refusal(lambda: way.grant(allow=False)) == "access_denied"


def test_an_answer_to_another_sign_in_is_refused(way: Way) -> None:
    assert way.refusal(lambda: way.grant(with_query(state="else"))) == "wrong_state"


@pytest.mark.parametrize("issuer", ["https://evil.example", ""])
def test_an_answer_of_another_server_is_refused(bluesky: Way, issuer: str) -> None:
    assert bluesky.refusal(lambda: bluesky.grant(with_query(iss=issuer))) == "wrong_issuer"


def test_a_code_that_was_traded_is_refused_and_ends_what_it_brought(way: Way) -> None:
    grant = way.grant()
    signed = way.trade(grant)
    assert way.refusal(lambda: way.trade(grant)) == "authorization_failed"
    again = way.refusal(lambda: way.connector.refresh(signed.service, signed.tokens))
    assert again == "reconnect_needed"


def test_a_code_is_worth_nothing_without_what_stayed_here(public: Way) -> None:
    mine, other = json.loads(public.grant()), json.loads(public.grant())
    name = "verifier" if "verifier" in mine else "code_verifier"
    stolen = json.dumps({**mine, name: other[name]})
    assert public.refusal(lambda: public.trade(stolen)) == "authorization_failed"


def test_the_secret_of_an_app_is_asked_for(linkedin: Way) -> None:
    wrong = replace(linkedin, client=replace(linkedin.client, secret="wrong"))
    with pytest.raises(NotAllowed):
        wrong.sign_in()


def test_a_refresh_token_that_was_used_elsewhere_ends_the_whole_sign_in(x: Way) -> None:
    signed = x.sign_in()
    thief = x.provider.use_refresh_token(x.provider.refresh_tokens()[-1])
    assert thief.status_code == 200
    # The provider sees the token a second time, and can't know which of the two stole it.
    assert x.refusal(lambda: x.connector.refresh(signed.service, signed.tokens)) == (
        "reconnect_needed"
    )
    assert x.provider.use_refresh_token(thief.json()["refresh_token"]).status_code == 400


def test_a_spent_refresh_token_ends_the_newer_one_too(public: Way) -> None:
    first = public.sign_in()
    second = public.connector.refresh(first.service, first.tokens)
    for spent in (first, second):
        refused = partial(public.connector.refresh, first.service, spent.tokens)
        assert public.refusal(refused) == "reconnect_needed"


def test_a_stolen_refresh_token_is_no_use_without_its_key(bluesky: Way) -> None:
    signed = bluesky.sign_in()
    kept = json.loads(signed.tokens.refresh or "")
    thief = bluesky.provider.use_refresh_token(kept["refresh_token"], kept["client_id"])
    assert thief.status_code == 400
    other = json.loads(bluesky.sign_in().tokens.refresh or "")
    stolen = json.dumps({**kept, "private_key": other["private_key"]})
    tokens = Tokens(access=signed.tokens.access, refresh=stolen)
    with pytest.raises(PostFlowError):
        bluesky.connector.refresh(signed.service, tokens)
    assert bluesky.connector.check(bluesky.session(signed)) == bluesky.provider.handle


def test_signing_out_takes_the_tokens_back(public: Way) -> None:
    signed = public.sign_in()
    public.connector.sign_out(signed.service, signed.tokens)
    with pytest.raises(NotAllowed):
        public.connector.check(public.session(signed))
    again = public.refusal(lambda: public.connector.refresh(signed.service, signed.tokens))
    assert again == "reconnect_needed"
    public.connector.sign_out(signed.service, signed.tokens)


def test_who_takes_the_access_back_is_asked_to_connect_again(way: Way) -> None:
    signed = way.sign_in()
    way.provider.forget_everybody()
    again = way.refusal(lambda: way.connector.refresh(signed.service, signed.tokens))
    assert again == "reconnect_needed"


def test_a_taken_port_is_told_before_the_browser_opens(x: Way) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        uri = f"http://127.0.0.1:{taken.getsockname()[1]}/callback"
        with pytest.raises(MachineProblem) as caught:
            LoopbackCallbacks().open(Redirect(kind=RedirectKind.EXACT, uri=uri))
    assert caught.value.code == "port_taken"


def test_a_browser_that_never_comes_is_not_waited_for_for_ever(way: Way) -> None:
    callback = LoopbackCallbacks(wait_seconds=0.1).open(way.redirect)
    authorizer = registry.authorizers(way.http)[way.network]
    begun = authorizer.begin(way.provider.url, way.client, callback.redirect_uri, callback.state)
    assert begun.url.startswith(way.provider.url)
    with pytest.raises(NetworkUnreachable) as caught:
        callback.wait()
    assert caught.value.code == "browser_silent"
