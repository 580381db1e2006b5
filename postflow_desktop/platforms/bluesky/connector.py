"""Signing in to Bluesky with an app password and keeping the session fresh (port: `Connector`)."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta

from postflow_desktop.domain.account import Session, SignedIn, Tokens
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.bluesky import errors
from postflow_desktop.platforms.bluesky.service import checked_service, home_server
from postflow_desktop.platforms.bluesky.xrpc import Reply, Xrpc, read_object, text_of
from postflow_desktop.transport.client import HttpClient

_APP_PASSWORD = re.compile(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}")
# Marks for writing direction come along when a handle is copied from Bluesky's client.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_GONE = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"})
_CLOSED = frozenset({"AccountTakedown", "AccountSuspended", "AccountDeactivated"})


def looks_like_app_password(text: str) -> bool:
    """Whether this has the shape of an app password (`xxxx-xxxx-xxxx-xxxx`)."""
    return _APP_PASSWORD.fullmatch(text.strip()) is not None


class BlueskyConnector:
    """Sessions by app password; the access token lives for hours, the refresh token for weeks."""

    network: Network = Network.BLUESKY
    token_life: timedelta | None = timedelta(hours=2)

    def __init__(self, http: HttpClient) -> None:
        self._xrpc = Xrpc(http)

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
        """Open a session; limited by Bluesky to 300 a day, so tokens are kept and refreshed."""
        base = checked_service(service)
        handle = _INVISIBLE.sub("", username).strip().removeprefix("@")
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
        base = checked_service(service)
        reply = self._xrpc.procedure(
            base, "com.atproto.server.refreshSession", None, token=tokens.refresh
        )
        if reply.error in _CLOSED:
            raise errors.as_error(reply)
        if reply.status == 401 or reply.error in _GONE:
            raise _reconnect()
        if not reply.ok:
            raise _unusable(reply)
        return _signed_in(base, reply)

    def check(self, session: Session) -> str:
        """The handle that the account has now."""
        reply = self._xrpc.query(
            session.service, "com.atproto.server.getSession", {}, token=session.access_token
        )
        handle = text_of(reply.body, "handle")
        if reply.ok and handle:
            return handle
        raise _unusable(reply) if reply.ok else errors.as_error(reply)

    def sign_out(self, service: str, tokens: Tokens) -> None:
        """End the session; one that has already ended is fine."""
        if not tokens.refresh:
            return
        reply = self._xrpc.procedure(
            checked_service(service),
            "com.atproto.server.deleteSession",
            None,
            token=tokens.refresh,
        )
        if not (reply.ok or reply.status == 401 or reply.error in _GONE):
            raise _unusable(reply)


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
        raise _unusable(reply)
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
    return _unusable(reply)


def _reconnect() -> NotAllowed:
    return NotAllowed(
        "Bluesky wants a new sign-in for this account.",
        code="reconnect_needed",
        fix="Connect the account again.",
    )


def _unusable(reply: Reply) -> NetworkUnreachable:
    if reply.status == 429:
        return NetworkUnreachable(
            "Bluesky allows no more sign-ins for now.",
            code="rate_limited",
            fix="Wait a few minutes and try again.",
        )
    return NetworkUnreachable(
        f"The server gave no usable answer (status {reply.status}).",
        code="server_error",
        fix="Try again later; check that the address is that of a Bluesky server.",
    )
