"""Signing in to Threads with a code or a token, and renewing the token (port: `Connector`).

developers.facebook.com/docs/threads/get-started, access and long-lived tokens (read 2026-09-11).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from postflow_desktop.domain.account import Session, SignedIn, Tokens
from postflow_desktop.domain.account_scopes import read_scopes
from postflow_desktop.domain.errors import (
    NetworkUnreachable,
    NotAllowed,
    PostFlowError,
    Refused,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.threads import errors
from postflow_desktop.platforms.threads.api import Api, Json, Reply, text_of
from postflow_desktop.platforms.threads.endpoints import Endpoints, endpoints, place
from postflow_desktop.platforms.threads.grants import (
    CodeGrant,
    Renewal,
    read_renewal,
    read_secret,
)
from postflow_desktop.platforms.threads.wire import is_id
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.transport.client import HttpClient

RENEWABLE_AFTER = timedelta(hours=24)
"""A younger token is not renewed by Threads."""


class ThreadsConnector:
    """Sessions with tokens of 60 days."""

    network: Network = Network.THREADS
    token_life: timedelta | None = timedelta(days=60)

    def __init__(self, http: HttpClient, clock: Clock) -> None:
        self._api = Api(http)
        self._clock = clock

    def advice(self, secret: str) -> tuple[str, ...]:  # noqa: ARG002 - no password is involved
        """Nothing."""
        return ()

    def sign_in(self, service: str, username: str, secret: str) -> SignedIn:
        """Trade a `CodeGrant` (as text) for a token, or take a token that was given.

        A username has to be that account's. InvalidInput: `bad_service`, `bad_authorization`;
        NotAllowed: `authorization_failed`, `wrong_client_secret`, `token_refused`,
        `other_account`; NetworkUnreachable.
        """
        places, found = endpoints(service), read_secret(secret)
        if isinstance(found, CodeGrant):
            access, expires_at = self._by_code(places, found)
            told = self._inspected(places, access)
        else:
            access, told = found.token, self._inspected(places, found.token)
            expires_at = _end_of(told)
        me = self._me(places.api, access)
        signed = SignedIn(
            user_id=text_of(me, "id"),
            username=text_of(me, "username"),
            service=places.api,
            tokens=Tokens(access=access, refresh=self._renewal(me), expires_at=expires_at),
            display_name=text_of(me, "name") or None,
            scopes=_scopes_of(told),
        )
        _check_wanted(username, signed)
        return signed

    def refresh(self, service: str, tokens: Tokens) -> SignedIn:
        """Renew the token; NotAllowed (`reconnect_needed`).

        One of less than a day is not renewed by Threads; if it still works it is kept.
        """
        places, kept = endpoints(service), read_renewal(tokens.refresh)
        if kept is None:
            raise _reconnect()
        if self._clock.now() - kept.since < RENEWABLE_AFTER:
            return self._still_good(places, tokens)
        query = {"grant_type": "th_refresh_token", "access_token": tokens.access}
        reply = self._api.get(places.renew, query)
        access = text_of(reply.body, "access_token")
        if not (reply.ok and access):
            raise _not_renewed(reply)
        renewed = Renewal(user_id=kept.user_id, username=kept.username, since=self._clock.now())
        return SignedIn(
            user_id=kept.user_id,
            username=kept.username,
            service=places.api,
            tokens=Tokens(
                access=access, refresh=renewed.as_text(), expires_at=self._in_seconds(reply)
            ),
        )

    def check(self, session: Session) -> str:
        """The username that the account has now."""
        return text_of(self._me(session.service, session.access_token), "username")

    def sign_out(self, service: str, tokens: Tokens) -> None:  # noqa: ARG002 - the port's
        """Refused (`not_revocable`): a person removes the app in Threads' settings."""
        raise Refused(
            "Threads ends an app's access only in the settings of the account.",
            code="not_revocable",
        )

    def _by_code(self, places: Endpoints, grant: CodeGrant) -> tuple[str, datetime | None]:
        reply = self._api.form(
            places.code,
            {
                "client_id": grant.client_id,
                "client_secret": grant.client_secret,
                "grant_type": "authorization_code",
                "redirect_uri": grant.redirect_uri,
                "code": grant.code,
            },
        )
        short = text_of(reply.body, "access_token")
        if not (reply.ok and short):
            raise _code_refused(reply)
        query = {
            "grant_type": "th_exchange_token",
            "client_secret": grant.client_secret,
            "access_token": short,
        }
        reply = self._api.get(places.exchange, query)
        access = text_of(reply.body, "access_token")
        if not (reply.ok and access):
            raise _code_refused(reply)
        return access, self._in_seconds(reply)

    def _inspected(self, places: Endpoints, token: str) -> Json:
        """What Threads tells of a token; nothing where it doesn't, for it can be used anyway."""
        try:
            reply = self._api.get(places.inspect, {"input_token": token}, token)
        except NetworkUnreachable:
            return {}
        data = reply.body.get("data") if reply.ok and reply.body else None
        return data if isinstance(data, dict) else {}

    def _still_good(self, places: Endpoints, tokens: Tokens) -> SignedIn:
        try:
            me = self._me(places.api, tokens.access)
        except NotAllowed:
            raise _reconnect() from None
        return SignedIn(
            user_id=text_of(me, "id"),
            username=text_of(me, "username"),
            service=places.api,
            tokens=tokens,
        )

    def _renewal(self, me: Json) -> str:
        return Renewal(
            user_id=text_of(me, "id"), username=text_of(me, "username"), since=self._clock.now()
        ).as_text()

    def _me(self, service: str, access: str) -> Json:
        reply = self._api.get(place(service, "me"), {"fields": "id,username,name"}, access)
        if not reply.ok:
            raise errors.as_error(reply)
        if (
            reply.body is None
            or not is_id(reply.body.get("id"))
            or not text_of(reply.body, "username")
        ):
            raise _unusable(reply)
        return reply.body

    def _in_seconds(self, reply: Reply) -> datetime | None:
        seconds = reply.body.get("expires_in") if reply.body else None
        if isinstance(seconds, bool) or not isinstance(seconds, int):
            return None
        return self._clock.now() + timedelta(seconds=max(0, min(seconds, 10**8)))


def _end_of(told: Json) -> datetime | None:
    """When a token ends, where Threads tells it."""
    seconds = told.get("expires_at")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds < 10**11:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _scopes_of(told: Json) -> tuple[str, ...]:
    found = told.get("scopes")
    words = [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
    return read_scopes(" ".join(words))


def _check_wanted(username: str, signed: SignedIn) -> None:
    wanted = username.strip().removeprefix("@").lower()
    if wanted and wanted != signed.username.lower():
        raise NotAllowed(
            f"The access is for @{signed.username} on Threads, not for @{wanted}.",
            code="other_account",
            fix=f"Switch to @{wanted} on threads.com, then start connecting again.",
        )


def _code_refused(reply: Reply) -> PostFlowError:
    if not 400 <= reply.status < 500 or reply.status == 429:
        return _unusable(reply)
    if "client secret" in reply.detail.lower():
        return NotAllowed(
            "Threads does not know this app id with this secret.",
            code="wrong_client_secret",
            fix="Copy the Threads app id and the Threads app secret, not those of the Meta app.",
        )
    return NotAllowed(
        "Threads did not accept the answer of its page; it is good for an hour and once.",
        code="authorization_failed",
        fix="Start connecting the account again.",
    )


def _not_renewed(reply: Reply) -> PostFlowError:
    """Only a no to this token asks for a person; a limit or a trouble passes."""
    known = errors.as_error(reply)
    if isinstance(known, NetworkUnreachable) or reply.code in {1, 2}:
        return _unusable(reply)
    return _reconnect()


def _reconnect() -> NotAllowed:
    return NotAllowed(
        "Threads wants a new sign-in for this account.",
        code="reconnect_needed",
        fix="Connect the account again.",
    )


def _unusable(reply: Reply) -> NetworkUnreachable:
    return NetworkUnreachable(
        f"Threads gave no usable answer (status {reply.status}).",
        code="server_error",
        fix="Try again later.",
    )
