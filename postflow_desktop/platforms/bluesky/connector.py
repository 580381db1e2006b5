"""Signing in to Bluesky and keeping the session fresh (port: `Connector`).

By app password here; what was signed in in the browser goes to `browser_sessions`.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta

from postflow_desktop.domain.account import Session, SignedIn, Tokens
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.bluesky import errors
from postflow_desktop.platforms.bluesky.bound import BoundRefresh, read_grant
from postflow_desktop.platforms.bluesky.browser_sessions import BrowserSessions
from postflow_desktop.platforms.bluesky.discovery import DEFAULT_DIRECTORY, Discovery
from postflow_desktop.platforms.bluesky.oauth import Desk, unusable
from postflow_desktop.platforms.bluesky.service import checked_service, home_server, tidy_handle
from postflow_desktop.platforms.bluesky.xrpc import Reply, Xrpc, text_of
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.objects import read_object

_APP_PASSWORD = re.compile(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}")
_GONE = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"})
_CLOSED = frozenset({"AccountTakedown", "AccountSuspended", "AccountDeactivated"})


def looks_like_app_password(text: str) -> bool:
    """Whether this has the shape of an app password (`xxxx-xxxx-xxxx-xxxx`)."""
    return _APP_PASSWORD.fullmatch(text.strip()) is not None


class BlueskyConnector:
    """The access token lives for an hour or two, the refresh token for weeks."""

    network: Network = Network.BLUESKY
    token_life: timedelta | None = timedelta(hours=2)

    def __init__(self, http: HttpClient, clock: Clock, directory: str = DEFAULT_DIRECTORY) -> None:
        """`directory` is where the documents of DIDs are (did:plc)."""
        self._xrpc = Xrpc(http)
        desk = Desk(http, self._xrpc.nonces)
        self._browser = BrowserSessions(self._xrpc, desk, Discovery(http, directory), clock)

    def advice(self, secret: str) -> tuple[str, ...]:
        """Say so when a main password is given where an app password would do."""
        if looks_like_app_password(secret):
            return ()
        sentence = (
            "This does not look like an app password. Make one under Settings > Privacy and "
            "security > App passwords, so that PostFlow never holds your main password."
        )
        return (sentence,)

    def sign_in(self, service: str, username: str, secret: str) -> SignedIn:
        """Open a session; limited by Bluesky to 300 a day, so tokens are kept and refreshed.

        Without a username the secret is what the browser brought; see `BrowserSessions.sign_in`.
        """
        if not username:
            return self._browser.sign_in(read_grant(secret))
        base, handle = checked_service(service), tidy_handle(username)
        reply = self._xrpc.procedure(
            base,
            "com.atproto.server.createSession",
            {"identifier": handle, "password": secret.strip()},
        )
        if not reply.ok:
            raise _sign_in_refused(reply)
        return _signed_in(base, reply)

    def refresh(self, service: str, tokens: Tokens) -> SignedIn:
        """Trade the refresh token for new tokens; NotAllowed (`reconnect_needed`)."""
        if not tokens.refresh:
            raise _reconnect()
        kept = BoundRefresh.read(tokens.refresh)
        if kept is not None:
            return self._browser.refresh(service, kept)
        base = checked_service(service)
        reply = self._xrpc.procedure(
            base, "com.atproto.server.refreshSession", None, token=tokens.refresh
        )
        if reply.error in _CLOSED:
            raise errors.as_error(reply)
        if reply.status == 401 or reply.error in _GONE:
            raise _reconnect()
        if not reply.ok:
            raise unusable(reply)
        return _signed_in(base, reply)

    def check(self, session: Session) -> str:
        """The handle that the account has now."""
        reply = self._xrpc.query(
            session.service, "com.atproto.server.getSession", {}, token=session.access_token
        )
        handle = text_of(reply.body, "handle")
        if reply.ok and handle:
            return handle
        raise unusable(reply) if reply.ok else errors.as_error(reply)

    def sign_out(self, service: str, tokens: Tokens) -> None:
        """End the session; one that has already ended is fine."""
        if not tokens.refresh:
            return
        kept = BoundRefresh.read(tokens.refresh)
        if kept is not None:
            self._browser.sign_out(service, kept)
            return
        reply = self._xrpc.procedure(
            checked_service(service),
            "com.atproto.server.deleteSession",
            None,
            token=tokens.refresh,
        )
        if not (reply.ok or reply.status == 401 or reply.error in _GONE):
            raise unusable(reply)


def expiry(token: str) -> datetime | None:
    """When a token ends, by the `exp` in it (RFC 7519); it is not ours to verify."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = read_object(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(float((claims or {})["exp"]), UTC)
    except (binascii.Error, KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def _signed_in(base: str, reply: Reply) -> SignedIn:
    did, handle = text_of(reply.body, "did"), text_of(reply.body, "handle")
    access, refresh = text_of(reply.body, "accessJwt"), text_of(reply.body, "refreshJwt")
    if reply.body is None or not (did.startswith("did:") and access):
        raise unusable(reply)
    return SignedIn(
        user_id=did,
        username=handle or did,
        service=home_server(base, reply.body.get("didDoc")),
        tokens=Tokens(access=access, refresh=refresh or None, expires_at=expiry(access)),
    )


def _sign_in_refused(reply: Reply) -> NotAllowed | NetworkUnreachable:
    if reply.error == "AuthFactorTokenRequired":
        return NotAllowed(
            "Bluesky sent a code by e-mail, since this is the main password of the account.",
            code="app_password_needed",
            fix="Make an app password in Bluesky (Settings, Privacy and security) and use that.",
        )
    if reply.error in _CLOSED:
        return NotAllowed(
            "Bluesky has deactivated or taken down this account.",
            code="account_unavailable",
            fix="Sign in at Bluesky to see why.",
        )
    if reply.status == 401 or (reply.status == 400 and reply.error == "InvalidRequest"):
        return NotAllowed(
            "Bluesky does not know this handle with this app password.",
            code="wrong_app_password",
            fix="Check both; app passwords are made in Bluesky (Settings, Privacy and security).",
        )
    return unusable(reply)


def _reconnect() -> NotAllowed:
    return NotAllowed(
        "Bluesky wants a new sign-in for this account.",
        code="reconnect_needed",
        fix="Connect the account again.",
    )
