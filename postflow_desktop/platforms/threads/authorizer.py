"""Connecting Threads accounts in the browser (port: `Authorizer`)."""

from __future__ import annotations

from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.threads import authorize
from postflow_desktop.services.ports.signing_in import (
    Client,
    ClientGuide,
    Redirect,
    RedirectKind,
)

_GUIDE = ClientGuide(
    register_at="https://developers.facebook.com/apps",
    steps=(
        "Create an app with the use case 'Access the Threads API'.",
        (
            "Meta sends browsers to https addresses only: put PostFlow's relay page, "
            "resources/oauth/relay.html, at an address of your own."
        ),
        "Enter that address under Redirect Callback URLs.",
        "Add the people whose accounts you connect as Threads testers until the app is reviewed.",
        "Copy the Threads app ID and the Threads app secret, not those of the Meta app.",
    ),
    redirect=Redirect(kind=RedirectKind.RELAY),
    scopes=authorize.SCOPES,
    needs_secret=True,
    review="Accounts of people outside your app need Meta's app review and business verification.",
    costs="",
    dated="2026-11-20",
)


class ThreadsAuthorizer:
    """The Authorizer port."""

    network: Network = Network.THREADS

    def guide(self) -> ClientGuide:
        """How a team gets an app for Threads."""
        return _GUIDE

    def begin(
        self, service: str, client: Client, redirect_uri: str, state: str
    ) -> authorize.Authorization:
        """A sign-in at Threads; InvalidInput (`bad_service`)."""
        app = authorize.AppKeys(client_id=client.client_id, client_secret=client.secret or "")
        return authorize.begin(service, app, redirect_uri, state=state)
