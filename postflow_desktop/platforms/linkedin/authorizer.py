"""Connecting LinkedIn accounts in the browser (port: `Authorizer`)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.linkedin.endpoints import endpoints
from postflow_desktop.platforms.linkedin.grants import CodeGrant
from postflow_desktop.services.ports.signing_in import (
    Client,
    ClientGuide,
    Redirect,
    RedirectKind,
)

MEMBER_SCOPES = ("openid", "profile", "w_member_social")
ORGANIZATION_SCOPES = (
    "r_organization_social",
    "w_organization_social",
    "rw_organization_admin",
)
REDIRECT = "http://localhost:8766/callback"
_DENIED = frozenset({"user_cancelled_login", "user_cancelled_authorize", "access_denied"})
_GUIDE = ClientGuide(
    register_at="https://www.linkedin.com/developers/apps",
    steps=(
        "Create an app for your company's page, and verify it with the page's administrator.",
        (
            "Under Products add 'Sign In with LinkedIn using OpenID Connect' and 'Share on "
            "LinkedIn': that is what posting for people takes."
        ),
        "To post for organizations, apply for the Community Management API with a second app.",
        f"Under Auth add {REDIRECT} as redirect address, letter by letter.",
        "Copy the client id and the primary client secret.",
    ),
    redirect=Redirect(kind=RedirectKind.EXACT, uri=REDIRECT),
    scopes=MEMBER_SCOPES,
    needs_secret=True,
    review="The Community Management API is given to registered companies, after a review with a "
    "video of the product. What is shared for people needs none.",
    costs="",
    dated="2026-11-20",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedInSignIn:
    """The Begun port."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    client: Client
    redirect_uri: str
    issuer: str = ""

    def finish(self, returned: str) -> str:
        """The grant as text."""
        query = parse_qs(urlsplit(returned).query)
        state, code = query.get("state", [""])[0], query.get("code", [""])[0]
        if not hmac.compare_digest(state.encode(), self.state.encode()):
            raise NotAllowed(
                "The answer from the browser belongs to another sign-in. Nothing was connected.",
                code="wrong_state",
                fix="Start connecting the account again.",
            )
        if not code:
            raise _refused(query.get("error", [""])[0])
        return CodeGrant(
            client_id=self.client.client_id,
            client_secret=self.client.secret or "",
            redirect_uri=self.redirect_uri,
            code=code,
        ).as_text()


class LinkedInAuthorizer:
    """The Authorizer port."""

    network: Network = Network.LINKEDIN

    def guide(self) -> ClientGuide:
        """How a team gets an app at LinkedIn."""
        return _GUIDE

    def begin(self, service: str, client: Client, redirect_uri: str, state: str) -> LinkedInSignIn:
        """A sign-in at LinkedIn; InvalidInput (`bad_service`).

        Asking for more than the app's products give makes LinkedIn refuse everything, so the
        scopes of organizations are asked for only by apps that name them (`client set --scopes`).
        """
        query = {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": " ".join(client.scopes or MEMBER_SCOPES),
        }
        url = f"{endpoints(service).authorize}?{urlencode(query, quote_via=quote)}"
        return LinkedInSignIn(url=url, state=state, client=client, redirect_uri=redirect_uri)


def _refused(error: str) -> NotAllowed:
    if error in _DENIED:
        return NotAllowed(
            "LinkedIn was not allowed to give PostFlow access. Nothing was connected.",
            code="access_denied",
            fix="Start connecting the account again and choose Allow on LinkedIn's page.",
        )
    if error == "unauthorized_scope_error":
        return NotAllowed(
            "The app lacks a product for what PostFlow asked for. Nothing was connected.",
            code="scope_missing",
            fix="Add the products at LinkedIn: postflow client guide linkedin",
        )
    return NotAllowed(
        "LinkedIn did not give access. Nothing was connected.",
        code="authorization_failed",
        fix="Start connecting the account again.",
    )
