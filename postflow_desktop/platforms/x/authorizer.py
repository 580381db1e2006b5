"""Connecting X accounts in the browser (port: `Authorizer`)."""

from __future__ import annotations

from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.x import authorize
from postflow_desktop.services.ports.signing_in import (
    Client,
    ClientGuide,
    Redirect,
    RedirectKind,
)

REDIRECT = "http://127.0.0.1:8765/callback"
_GUIDE = ClientGuide(
    register_at="https://console.x.com",
    steps=(
        "Sign in to X's developer console with the account that should pay, and create an app.",
        (
            "Under User authentication settings choose Read and write, and Native App as the type: "
            "then it needs no secret."
        ),
        f"Enter {REDIRECT} as callback address, letter by letter.",
        "Copy the OAuth 2.0 client ID. The API key and its secret are not needed.",
    ),
    redirect=Redirect(kind=RedirectKind.EXACT, uri=REDIRECT),
    scopes=authorize.SCOPES,
    needs_secret=False,
    review="",
    costs="X bills the owner of the app: about $0.015 a post, $0.20 a post with a link, and "
    "$0.001 to $0.005 for each post that is read; for its numbers PostFlow reads a post about 23 "
    "times in 90 days, and the account once a day ($0.01). Without credits X refuses every post.",
    dated="2026-11-20",
)


class XAuthorizer:
    """The Authorizer port."""

    network: Network = Network.X

    def guide(self) -> ClientGuide:
        """How a team gets an app at X."""
        return _GUIDE

    def begin(
        self, service: str, client: Client, redirect_uri: str, state: str
    ) -> authorize.Authorization:
        """A sign-in at X with PKCE; InvalidInput (`bad_service`)."""
        return authorize.begin(service, client.client_id, redirect_uri, state=state)
