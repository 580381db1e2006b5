"""Asking a person for access: the address to open in the browser, and what comes back.

OAuth 2.0 authorization code without PKCE but with the app's secret; the redirect address has to be
https and known letter by letter (developers.facebook.com/docs/threads/get-started, 2026-06-30).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.platforms.threads.endpoints import endpoints
from postflow_desktop.platforms.threads.grants import CodeGrant

SCOPES = (
    "threads_basic",
    "threads_content_publish",
    "threads_delete",
    "threads_manage_replies",
    "threads_read_replies",
)
_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class AppKeys:
    """A developer app at Meta with the Threads use case: its Threads app id and secret."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A sign-in that was begun; it stays in memory until the browser comes back."""

    url: str = field(repr=False)
    """To be opened in the browser."""
    app: AppKeys
    redirect_uri: str
    state: str = field(repr=False)

    @property
    def issuer(self) -> str:
        """Nothing: the network does not say who answers (RFC 9207)."""
        return ""

    def finish(self, returned: str) -> str:
        """The grant as text; errors as the function `finish`."""
        return finish(self, returned).as_text()


def begin(
    service: str, app: AppKeys, redirect_uri: str, *, state: str | None = None
) -> Authorization:
    """A new sign-in; InvalidInput (`bad_service`).

    `state` is random, of 128 bits or more; without one it is made here.
    """
    state = state or secrets.token_urlsafe(_RANDOM_BYTES)
    query = {
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "scope": ",".join(SCOPES),
        "response_type": "code",
        "state": state,
    }
    return Authorization(
        url=f"{endpoints(service).authorize}?{urlencode(query)}",
        app=app,
        redirect_uri=redirect_uri,
        state=state,
    )


def finish(authorization: Authorization, returned: str) -> CodeGrant:
    """The grant in the address to which the browser came back; Meta adds `#_` to its end.

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
            "Threads was not allowed to give PostFlow access. Nothing was connected."
            if denied
            else "Threads did not give access. Nothing was connected.",
            code="access_denied" if denied else "authorization_failed",
            fix="Start connecting the account again and allow the access on Threads' page.",
        )
    return CodeGrant(
        client_id=authorization.app.client_id,
        client_secret=authorization.app.client_secret,
        redirect_uri=authorization.redirect_uri,
        code=code,
    )
