"""Signing in to X with a code from the browser and keeping the session fresh (port: `Connector`).

PostFlow is a public client (RFC 6749, 2.1; in X's console "Native App"): it has an id and no
secret. A refresh token works once, and X changes it even where its answer gets lost.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from postflow_desktop.domain.account import Session, SignedIn, Tokens
from postflow_desktop.domain.account_scopes import read_scopes
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError, Refused
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.x import errors
from postflow_desktop.platforms.x.api import Api, Reply, text_of
from postflow_desktop.platforms.x.endpoints import Endpoints, endpoints
from postflow_desktop.platforms.x.grants import (
    CodeGrant,
    RefreshGrant,
    read_code,
    read_refresh,
)
from postflow_desktop.platforms.x.wire import is_id
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.signing_in import Client
from postflow_desktop.transport.client import HttpClient


class XConnector:
    """Sessions by authorization code; the access token lives for two hours."""

    network: Network = Network.X
    token_life: timedelta | None = timedelta(hours=2)

    def __init__(self, http: HttpClient, clock: Clock) -> None:
        self._api = Api(http)
        self._clock = clock

    def advice(self, secret: str) -> tuple[str, ...]:  # noqa: ARG002 - a code is never unwise
        """Nothing: no password is involved."""
        return ()

    def sign_in(self, service: str, username: str, secret: str) -> SignedIn:
        """Trade a `CodeGrant` (as text) for tokens; a username, if given, has to be that account's.

        InvalidInput: `bad_service`, `bad_authorization`; NotAllowed: `authorization_failed`,
        `wrong_client_type`, `other_account`; NetworkUnreachable.
        """
        places, grant = endpoints(service), read_code(secret)
        reply = self._api.form(
            places.token,
            {
                "grant_type": "authorization_code",
                "code": grant.code,
                "redirect_uri": grant.redirect_uri,
                "code_verifier": grant.verifier,
                "client_id": grant.client_id,
            },
        )
        if not reply.ok:
            raise _code_refused(reply)
        signed = self._signed_in(places, grant, reply)
        wanted = username.strip().removeprefix("@").lower()
        if wanted and wanted != signed.username.lower():
            with suppress(NetworkUnreachable, Refused):
                self.sign_out(places.api, signed.tokens)
            raise NotAllowed(
                f"The browser is signed in at X as @{signed.username}, not as @{wanted}.",
                code="other_account",
                fix=f"Switch to @{wanted} on x.com, then start connecting again.",
            )
        return signed

    def refresh(self, service: str, tokens: Tokens) -> SignedIn:
        """Trade the refresh token for new tokens; NotAllowed (`reconnect_needed`)."""
        places, grant = endpoints(service), read_refresh(tokens.refresh)
        if grant is None:
            raise _reconnect()
        reply = self._api.form(
            places.token,
            {
                "grant_type": "refresh_token",
                "refresh_token": grant.token,
                "client_id": grant.client_id,
            },
        )
        if reply.status in {400, 401} and reply.oauth_error:
            raise _reconnect()
        access = text_of(reply.body, "access_token")
        if not (reply.ok and access):
            raise _unusable(reply)
        renewed = text_of(reply.body, "refresh_token")
        return SignedIn(
            user_id=grant.user_id,
            username=grant.username,
            service=places.api,
            tokens=Tokens(
                access=access,
                refresh=_kept(grant, renewed) if renewed else None,
                expires_at=self._expiry(reply),
            ),
            scopes=read_scopes(text_of(reply.body, "scope")),
        )

    def check(self, session: Session) -> str:
        """The handle that the account has now."""
        username = text_of(self._me(session.service, session.access_token), "username")
        if not username:
            raise NetworkUnreachable(
                "X gave no usable answer.", code="server_error", fix="Try again later."
            )
        return username

    def sign_out(self, service: str, tokens: Tokens) -> None:
        """Give both tokens back; those that have ended already are fine.

        Refused (`not_revocable`) where it is not known which app they were given to.
        """
        grant = read_refresh(tokens.refresh)
        if grant is None:
            raise Refused(
                "X ends this access only in the settings of the account (Security and account "
                "access, Apps and sessions).",
                code="not_revocable",
            )
        for token in (grant.token, tokens.access):
            self._revoke(service, token, grant.client_id)

    def sign_out_as(self, service: str, tokens: Tokens, client: Client) -> None:
        """The same for a sign-in without a refresh token; one that has ended already is fine."""
        self._revoke(service, tokens.access, client.client_id)

    def _revoke(self, service: str, token: str, client_id: str) -> None:
        url = endpoints(service).revoke
        reply = self._api.form(url, {"token": token, "client_id": client_id})
        if not (reply.ok or reply.status in {400, 401}):
            raise _unusable(reply)

    def _signed_in(self, places: Endpoints, grant: CodeGrant, reply: Reply) -> SignedIn:
        access = text_of(reply.body, "access_token")
        if not access:
            raise _unusable(reply)
        me = self._me(places.api, access)
        user_id, username = text_of(me, "id"), text_of(me, "username")
        if not (is_id(user_id) and username):
            raise _unusable(reply)
        token = text_of(reply.body, "refresh_token")
        kept = RefreshGrant(
            client_id=grant.client_id, user_id=user_id, username=username, token=token
        )
        return SignedIn(
            user_id=user_id,
            username=username,
            service=places.api,
            tokens=Tokens(
                access=access,
                refresh=kept.as_text() if token else None,
                expires_at=self._expiry(reply),
            ),
            display_name=text_of(me, "name") or None,
            scopes=read_scopes(text_of(reply.body, "scope")),
        )

    def _me(self, service: str, access: str) -> dict[str, object]:
        reply = self._api.get(f"{service}/2/users/me", {}, access)
        if not reply.ok:
            raise errors.as_error(reply)
        return reply.data

    def _expiry(self, reply: Reply) -> datetime | None:
        seconds = reply.body.get("expires_in") if reply.body else None
        if isinstance(seconds, bool) or not isinstance(seconds, int):
            return None
        return self._clock.now() + timedelta(seconds=max(0, min(seconds, 10**8)))


def _kept(old: RefreshGrant, token: str) -> str:
    return RefreshGrant(
        client_id=old.client_id, user_id=old.user_id, username=old.username, token=token
    ).as_text()


def _code_refused(reply: Reply) -> PostFlowError:
    if reply.status == 401:
        return NotAllowed(
            "X does not know this client id as an app without a secret.",
            code="wrong_client_type",
            fix="In X's developer console choose Native App as the type, and copy the client id.",
        )
    if reply.status in {400, 403}:
        return NotAllowed(
            "X did not accept the answer of its page; it is good for 30 seconds and once.",
            code="authorization_failed",
            fix="Start connecting the account again.",
        )
    return _unusable(reply)


def _reconnect() -> NotAllowed:
    return NotAllowed(
        "X wants a new sign-in for this account.",
        code="reconnect_needed",
        fix="Connect the account again.",
    )


def _unusable(reply: Reply) -> NetworkUnreachable:
    if reply.status == 429:
        return NetworkUnreachable(
            "X allows no more sign-ins for now.",
            code="rate_limited",
            fix="Wait a few minutes and try again.",
        )
    return NetworkUnreachable(
        f"X gave no usable answer (status {reply.status}).",
        code="server_error",
        fix="Try again later.",
    )
