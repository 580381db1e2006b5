"""Sessions by a sign-in in the browser: trading the code, renewing, ending.

The specification (atproto.com/specs/oauth, read 2026-11-21) demands two checks of everybody who
signs in: the tokens are for the account that was asked for, and the account's own PDS names the
server that gave them. Without them any server could sign in as anybody.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from postflow_desktop.domain.account import SignedIn, Tokens
from postflow_desktop.domain.errors import (
    InvalidInput,
    NetworkUnreachable,
    NotAllowed,
    PostFlowError,
)
from postflow_desktop.platforms.bluesky.bound import BoundAccess, BoundGrant, BoundRefresh
from postflow_desktop.platforms.bluesky.discovery import Discovery, Home
from postflow_desktop.platforms.bluesky.oauth import SCOPES, Desk, refused, unusable
from postflow_desktop.platforms.bluesky.service import checked_service
from postflow_desktop.platforms.bluesky.xrpc import Reply, Xrpc, text_of
from postflow_desktop.services.ports.clock import Clock

LIFE = timedelta(days=14)
"""The reference server renews no longer for programs without a secret (@atproto/oauth-provider
0.15.15); a server does not say it."""
_LONGEST_SECONDS = 10**8
_ENDED = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "invalid_token"})


class BrowserSessions:
    """What the connector does with tokens that are bound to a key."""

    def __init__(self, xrpc: Xrpc, desk: Desk, discovery: Discovery, clock: Clock) -> None:
        self._xrpc = xrpc
        self._desk = desk
        self._discovery = discovery
        self._clock = clock

    def sign_in(self, grant: BoundGrant) -> SignedIn:
        """Trade the code, once, and make sure whose tokens these are.

        NotAllowed: `authorization_failed`, `proof_refused`, `other_account`, `wrong_issuer`,
        `scope_missing`; NetworkUnreachable.
        """
        server = self._discovery.server(grant.issuer, grant.service)
        fields = {
            "grant_type": "authorization_code",
            "code": grant.code,
            "redirect_uri": grant.redirect_uri,
            "code_verifier": grant.code_verifier,
            "client_id": grant.client_id,
        }
        reply = self._desk.trade(server, grant.private_key, fields)
        if not reply.ok:
            raise refused(reply)
        refresh = text_of(reply.body, "refresh_token")
        try:
            home = self._checked(grant, reply)
            signed = self._signed_in(grant, home, reply)
        except PostFlowError:
            with suppress(NetworkUnreachable):
                given = refresh or text_of(reply.body, "access_token")
                self._desk.give_back(server, grant.private_key, grant.client_id, given)
            raise
        return signed

    def refresh(self, service: str, kept: BoundRefresh) -> SignedIn:
        """New tokens for old; the old refresh token is spent. NotAllowed (`reconnect_needed`)."""
        server = self._discovery.server(kept.issuer, checked_service(service))
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": kept.refresh_token,
            "client_id": kept.client_id,
        }
        reply = self._desk.trade(server, kept.private_key, fields)
        if reply.status in {400, 401} and reply.error in _ENDED:
            raise _reconnect()
        access = text_of(reply.body, "access_token")
        if not (reply.ok and access):
            raise _renewal_failed(reply)
        if text_of(reply.body, "sub") != kept.did:
            raise _reconnect()
        following = text_of(reply.body, "refresh_token")
        return SignedIn(
            user_id=kept.did,
            username=kept.handle,
            service=service,
            tokens=Tokens(
                access=_access(access, kept.private_key),
                refresh=replace(kept, refresh_token=following).as_text() if following else None,
                expires_at=self._expiry(reply),
            ),
            scopes=_scopes(reply),
        )

    def sign_out(self, service: str, kept: BoundRefresh) -> None:
        """End the whole sign-in at the server; one that has ended already is fine."""
        try:
            server = self._discovery.server(kept.issuer, checked_service(service))
        except InvalidInput as error:
            raise NetworkUnreachable(error.message, code="server_error", fix=error.fix) from error
        reply = self._desk.give_back(server, kept.private_key, kept.client_id, kept.refresh_token)
        if reply is not None and not (reply.ok or reply.status in {400, 401}):
            raise unusable(reply)

    def _checked(self, grant: BoundGrant, reply: Reply) -> Home:
        """Whose tokens these are; NotAllowed where they are not what was asked for."""
        did = text_of(reply.body, "sub")
        bound = text_of(reply.body, "token_type").lower() == "dpop"
        if not (did.startswith("did:") and bound and text_of(reply.body, "access_token")):
            raise _unbound()
        if grant.did and did != grant.did:
            raise NotAllowed(
                "Another account signed in in the browser than the one that was asked for. "
                "Nothing was connected.",
                code="other_account",
                fix="Switch the account on the server's page, and connect again.",
            )
        home = self._discovery.home(grant.service, did)
        if self._discovery.issuer_of(home.server, grant.service) != grant.issuer:
            raise NotAllowed(
                "The account's own server names another one to sign in at. Nothing was connected.",
                code="wrong_issuer",
                fix="Connect with the account's handle; if it happens again, do not go on.",
            )
        if not set(SCOPES) <= set(_scopes(reply)):
            raise NotAllowed(
                "Less was allowed than PostFlow needs to post. Nothing was connected.",
                code="scope_missing",
                fix="Start connecting the account again and allow everything on the page.",
            )
        return home

    def _signed_in(self, grant: BoundGrant, home: Home, reply: Reply) -> SignedIn:
        access = _access(text_of(reply.body, "access_token"), grant.private_key)
        session = self._xrpc.query(home.server, "com.atproto.server.getSession", {}, token=access)
        if not session.ok:
            raise unusable(session)
        handle = text_of(session.body, "handle") or home.handle or home.did
        token = text_of(reply.body, "refresh_token")
        kept = BoundRefresh(
            refresh_token=token,
            private_key=grant.private_key,
            client_id=grant.client_id,
            issuer=grant.issuer,
            did=home.did,
            handle=handle,
        )
        return SignedIn(
            user_id=home.did,
            username=handle,
            service=home.server,
            tokens=Tokens(
                access=access,
                refresh=kept.as_text() if token else None,
                expires_at=self._expiry(reply),
            ),
            scopes=_scopes(reply),
            renewable_until=self._clock.now() + LIFE,
        )

    def _expiry(self, reply: Reply) -> datetime | None:
        seconds = reply.body.get("expires_in") if reply.body else None
        if isinstance(seconds, bool) or not isinstance(seconds, int):
            return None
        return self._clock.now() + timedelta(seconds=max(0, min(seconds, _LONGEST_SECONDS)))


def _scopes(reply: Reply) -> tuple[str, ...]:
    return tuple(text_of(reply.body, "scope").split())


def _access(token: str, key: str) -> str:
    return BoundAccess(access_token=token, private_key=key).as_text()


def _reconnect() -> NotAllowed:
    return NotAllowed(
        "Bluesky wants a new sign-in for this account.",
        code="reconnect_needed",
        fix="Connect the account again.",
    )


def _renewal_failed(reply: Reply) -> NetworkUnreachable:
    """No word about the sign-in itself, so the account stays as it is."""
    if reply.error == "invalid_dpop_proof":
        return NetworkUnreachable(
            "The server did not accept this computer's signature.",
            code="proof_refused",
            fix="Check this computer's date and time.",
        )
    return unusable(reply)


def _unbound() -> NotAllowed:
    return NotAllowed(
        "The server's answer has no tokens of the kind that was asked for. Nothing was connected.",
        code="authorization_failed",
        fix="Connect with an app password instead.",
    )
