"""Asking a person for access: the address to open in the browser, and what comes back.

OAuth 2.0 authorization code with PKCE, method S256 (RFC 6749, RFC 7636; docs.x.com, OAuth 2.0).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.platforms.x.endpoints import endpoints
from postflow_desktop.platforms.x.grants import CodeGrant
from postflow_desktop.transport import pkce

SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")
_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A sign-in that was begun; it stays in memory until the browser comes back."""

    url: str = field(repr=False)
    """To be opened in the browser."""
    client_id: str
    redirect_uri: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)

    @property
    def issuer(self) -> str:
        """Nothing: the network does not say who answers (RFC 9207)."""
        return ""

    def finish(self, returned: str) -> str:
        """The grant as text; errors as the function `finish`."""
        return finish(self, returned).as_text()


def begin(
    service: str, client_id: str, redirect_uri: str, *, state: str | None = None
) -> Authorization:
    """A new sign-in; InvalidInput (`bad_service`).

    `state` is random, of 128 bits or more; without one it is made here.

    X knows the redirect address letter by letter, port included; on this computer it is
    `http://127.0.0.1:PORT/path`, not `localhost`.
    """
    verifier = pkce.new_verifier()
    state = state or secrets.token_urlsafe(_RANDOM_BYTES)
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(SCOPES),
        "state": state,
        "code_challenge": pkce.challenge(verifier),
        "code_challenge_method": pkce.METHOD,
    }
    return Authorization(
        url=f"{endpoints(service).authorize}?{urlencode(query, quote_via=quote)}",
        client_id=client_id,
        redirect_uri=redirect_uri,
        state=state,
        verifier=verifier,
    )


def finish(authorization: Authorization, returned: str) -> CodeGrant:
    """The grant in the address to which the browser came back.

    NotAllowed: `access_denied` (the person said no), `wrong_state` (not our sign-in),
    `authorization_failed`.
    """
    query = parse_qs(urlsplit(returned).query)
    state, code = query.get("state", [""])[0], query.get("code", [""])[0]
    if not hmac.compare_digest(state.encode(), authorization.state.encode()):
        raise NotAllowed(
            "The answer from the browser belongs to another sign-in. Nothing was connected.",
            code="wrong_state",
            fix="Start connecting the account again.",
        )
    if not code:
        denied = query.get("error", [""])[0] == "access_denied"
        raise NotAllowed(
            "X was not allowed to give PostFlow access. Nothing was connected."
            if denied
            else "X did not give access. Nothing was connected.",
            code="access_denied" if denied else "authorization_failed",
            fix="Start connecting the account again and choose Authorize on X's page.",
        )
    return CodeGrant(
        client_id=authorization.client_id,
        redirect_uri=authorization.redirect_uri,
        code=code,
        verifier=authorization.verifier,
    )
