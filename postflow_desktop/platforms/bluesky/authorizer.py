"""Connecting Bluesky accounts in the browser (ports: `Authorizer`, `NamedAuthorizer`)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlsplit

from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.bluesky.bound import BoundGrant
from postflow_desktop.platforms.bluesky.discovery import Discovery
from postflow_desktop.platforms.bluesky.dpop import Nonces, new_key
from postflow_desktop.platforms.bluesky.oauth import SCOPES, Desk, loopback_client
from postflow_desktop.platforms.bluesky.service import checked_service, tidy_handle
from postflow_desktop.services.ports.signing_in import (
    Client,
    ClientGuide,
    Redirect,
    RedirectKind,
)
from postflow_desktop.transport import pkce
from postflow_desktop.transport.client import HttpClient

_START_AGAIN = "Start connecting the account again."
_GUIDE = ClientGuide(
    register_at="https://atproto.com/guides/oauth",
    steps=("There is nothing to register: every program on a computer may ask.",),
    redirect=Redirect(kind=RedirectKind.ANY_PORT),
    scopes=SCOPES,
    needs_secret=False,
    needs_client=False,
    review="",
    costs="",
    lasts="Bluesky ends a sign-in in the browser after two weeks; then its posts wait until you "
    "sign in again. An app password lasts as long as it is used.",
    dated="2026-11-21",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueskySignIn:
    """A sign-in that was begun; it stays in memory until the browser comes back."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    issuer: str
    waiting: BoundGrant
    """All of the grant but the code."""

    def finish(self, returned: str) -> str:
        """The grant as text."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(returned).query).items()}
        if not hmac.compare_digest(query.get("state", "").encode(), self.state.encode()):
            raise NotAllowed(
                "The answer from the browser belongs to another sign-in. Nothing was connected.",
                code="wrong_state",
                fix=_START_AGAIN,
            )
        if query.get("iss", "") != self.issuer:
            raise NotAllowed(
                "The answer came from another server than the one that was asked. Nothing was "
                "connected.",
                code="wrong_issuer",
                fix=f"{_START_AGAIN} If it happens again, do not go on.",
            )
        code = query.get("code", "")
        if not code:
            raise _no_access(query.get("error", ""))
        return replace(self.waiting, code=code).as_text()


class BlueskyAuthorizer:
    """The Authorizer port; `begin` asks the servers, so it may wait for them."""

    network: Network = Network.BLUESKY

    def __init__(self, http: HttpClient, discovery: Discovery) -> None:
        self._desk = Desk(http, Nonces())
        self._discovery = discovery

    def guide(self) -> ClientGuide:
        """What the network's page will ask; no app is needed."""
        return _GUIDE

    def begin(self, service: str, client: Client, redirect_uri: str, state: str) -> BlueskySignIn:
        """A sign-in of whoever the person is at this server; InvalidInput, NetworkUnreachable."""
        return self.begin_for(service, "", client, redirect_uri, state)

    def begin_for(
        self,
        service: str,
        username: str,
        client: Client,  # noqa: ARG002 - nobody has an app there
        redirect_uri: str,
        state: str,
    ) -> BlueskySignIn:
        """A sign-in of a handle or DID, at the server that it leads to.

        InvalidInput: `bad_service`, `unknown_handle`, `handle_mismatch`, `no_home`,
        `no_browser_sign_in`; NotAllowed: `authorization_failed`, `proof_refused`.
        """
        base, name, did, hint = checked_service(service), tidy_handle(username), "", ""
        if name:
            home = self._discovery.find(base, name)
            did, hint = home.did, home.handle or home.did
            issuer = self._discovery.issuer_of(home.server, base)
        else:
            issuer = self._discovery.issuer_at(base)
        server = self._discovery.server(issuer, base)
        waiting = BoundGrant(
            code="",
            code_verifier=pkce.new_verifier(),
            private_key=new_key(),
            client_id=loopback_client(redirect_uri),
            redirect_uri=redirect_uri,
            issuer=issuer,
            service=base,
            did=did,
        )
        request = {
            "response_type": "code",
            "client_id": waiting.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(SCOPES),
            "state": state,
            "code_challenge": pkce.challenge(waiting.code_verifier),
            "code_challenge_method": pkce.METHOD,
        } | ({"login_hint": hint} if hint else {})
        url = self._desk.push(server, waiting.private_key, request)
        return BlueskySignIn(url=url, state=state, issuer=issuer, waiting=waiting)


def _no_access(error: str) -> NotAllowed:
    denied = error == "access_denied"
    return NotAllowed(
        "Bluesky was not allowed to give PostFlow access. Nothing was connected."
        if denied
        else "Bluesky did not give access. Nothing was connected.",
        code="access_denied" if denied else "authorization_failed",
        fix=f"{_START_AGAIN[:-1]} and allow the access on the server's page.",
    )
