"""Signing in to LinkedIn and keeping the session (ports: `Connector`, `IdentityConnector`).

One sign-in of a person opens the person's own account and the organizations that they may post for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from postflow_desktop.domain.account import Session, SignedIn, Tokens
from postflow_desktop.domain.account_scopes import read_scopes
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError, Refused
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.linkedin import errors
from postflow_desktop.platforms.linkedin.api import Api, Json, Reply, encoded, text_of
from postflow_desktop.platforms.linkedin.endpoints import DEFAULT_VERSION, Endpoints, endpoints
from postflow_desktop.platforms.linkedin.grants import (
    CodeGrant,
    RefreshGrant,
    read_code,
    read_refresh,
)
from postflow_desktop.platforms.linkedin.wire import is_author
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.signing_in import Client
from postflow_desktop.transport.client import HttpClient

_ORGANIZATION = "urn:li:organization:"
_MAY_POST = frozenset(
    {
        "ADMINISTRATOR",
        "CONTENT_ADMIN",
        "CONTENT_ADMINISTRATOR",
        "DIRECT_SPONSORED_CONTENT_POSTER",
    }
)
_MOST_ORGANIZATIONS = 100


class LinkedInConnector:
    """Sessions by authorization code; the access token lives for 60 days."""

    network: Network = Network.LINKEDIN
    token_life: timedelta | None = timedelta(days=60)

    def __init__(self, http: HttpClient, clock: Clock, version: str = DEFAULT_VERSION) -> None:
        self._api = Api(http, version)
        self._clock = clock

    def advice(self, secret: str) -> tuple[str, ...]:  # noqa: ARG002 - a code is never unwise
        """Nothing: no password is involved."""
        return ()

    def sign_in(self, service: str, username: str, secret: str) -> SignedIn:
        """The account with this name or URN, or the only one; else as `identities`.

        NotAllowed: `other_account`, `choose_account`.
        """
        found = self.identities(service, secret)
        wanted = username.strip().casefold()
        chosen = [
            one for one in found if wanted in {"", one.username.casefold(), one.user_id.casefold()}
        ]
        if len(chosen) == 1:
            return chosen[0]
        names = ", ".join(f"'{one.username}'" for one in found)
        raise NotAllowed(
            f"The sign-in brought {names}. Nothing was connected.",
            code="choose_account" if chosen else "other_account",
            fix="Start again, and name one of them.",
        )

    def identities(self, service: str, secret: str) -> Sequence[SignedIn]:
        """Trade a `CodeGrant` (as text) once: the person, then the organizations by name.

        InvalidInput: `bad_service`, `bad_authorization`; NotAllowed: `authorization_failed`,
        `wrong_client_secret`; NetworkUnreachable.
        """
        places, grant = endpoints(service), read_code(secret)
        reply = self._api.form(
            places.token,
            {
                "grant_type": "authorization_code",
                "code": grant.code,
                "redirect_uri": grant.redirect_uri,
                "client_id": grant.client_id,
                "client_secret": grant.client_secret,
            },
        )
        access = text_of(reply.body, "access_token")
        if not (reply.ok and access):
            raise _code_refused(reply)
        person = self._person(places, access)
        accounts = [person, *self._organizations(places, access)]
        ends = self._expiry(reply, "refresh_token_expires_in")
        return [
            replace(_with_tokens(one, grant, reply, self._expiry(reply)), renewable_until=ends)
            for one in accounts
        ]

    def refresh(self, service: str, tokens: Tokens) -> SignedIn:
        """Trade the refresh token for a new access token; NotAllowed (`reconnect_needed`)."""
        places, grant = endpoints(service), read_refresh(tokens.refresh)
        if grant is None:
            raise _reconnect()
        reply = self._api.form(
            places.token,
            {
                "grant_type": "refresh_token",
                "refresh_token": grant.token,
                "client_id": grant.client_id,
                "client_secret": grant.client_secret,
            },
        )
        if reply.status in {400, 401} and reply.oauth_error:
            raise _reconnect()
        access = text_of(reply.body, "access_token")
        if not (reply.ok and access):
            raise _unusable(reply)
        renewed = text_of(reply.body, "refresh_token") or grant.token
        return SignedIn(
            user_id=grant.author,
            username=grant.name,
            service=places.api,
            tokens=Tokens(
                access=access,
                refresh=replace(grant, token=renewed).as_text(),
                expires_at=self._expiry(reply),
            ),
            scopes=read_scopes(text_of(reply.body, "scope")),
        )

    def check(self, session: Session) -> str:
        """The name that the member or organization has now."""
        places = endpoints(session.service)
        if session.user_id.startswith(_ORGANIZATION):
            return self._organization(places, session.access_token, session.user_id).username
        person = self._person(places, session.access_token)
        if person.user_id != session.user_id:
            raise NotAllowed(
                "LinkedIn answered for another person.",
                code="token_refused",
                fix="Connect the account again.",
            )
        return person.username

    def sign_out(self, service: str, tokens: Tokens) -> None:
        """Revoke the sign-in; Refused (`not_revocable`) without the app that it belongs to."""
        grant = read_refresh(tokens.refresh)
        if grant is None:
            raise Refused(
                "LinkedIn ends this access only in the settings of the person who allowed it "
                "(Settings, Data privacy, Permitted services).",
                code="not_revocable",
            )
        fields = {"client_id": grant.client_id, "client_secret": grant.client_secret}
        reply = self._api.form(endpoints(service).revoke, fields | {"token": tokens.access})
        if not (reply.ok or reply.status in {400, 401}):
            raise _unusable(reply)

    def sign_out_as(self, service: str, tokens: Tokens, client: Client) -> None:
        """Revoke a sign-in without a refresh token; Refused (`not_revocable`) by another app."""
        fields = {"client_id": client.client_id, "client_secret": client.secret or ""}
        reply = self._api.form(endpoints(service).revoke, fields | {"token": tokens.access})
        if reply.ok:
            return
        if 400 <= reply.status < 500 and reply.status != 429:
            raise Refused(
                f"LinkedIn did not end it for the app '{client.client_id}'.", code="not_revocable"
            )
        raise _unusable(reply)

    def is_same_sign_in(self, one: Tokens, other: Tokens) -> bool:
        """The person and their organizations come with one sign-in."""
        first, second = read_refresh(one.refresh), read_refresh(other.refresh)
        if first is not None and second is not None:
            return first.token == second.token
        return one.access == other.access

    def _person(self, places: Endpoints, access: str) -> SignedIn:
        reply = self._api.get(f"{places.api}/v2/userinfo", access)
        if not reply.ok:
            raise errors.as_error(reply)
        author = f"urn:li:person:{text_of(reply.body, 'sub')}"
        name = text_of(reply.body, "name")
        if not (is_author(author) and name):
            raise _unusable(reply)
        return _account(places, author, name)

    def _organizations(self, places: Endpoints, access: str) -> list[SignedIn]:
        """Those that the person may post for; none where the app has not the product for it."""
        url = f"{places.api}/rest/organizationAcls?q=roleAssignee&state=APPROVED&count=100"
        reply = self._api.get(url, access, finder=True)
        if reply.status in {401, 403}:
            return []
        items = reply.body.get("elements") if reply.ok and reply.body else None
        if not isinstance(items, list):
            raise errors.as_error(reply)
        urns = sorted({_organization_of(one) for one in items if _may_post(one)} - {""})
        found = [self._organization(places, access, urn) for urn in urns[:_MOST_ORGANIZATIONS]]
        return sorted(found, key=lambda one: one.username.casefold())

    def _organization(self, places: Endpoints, access: str, urn: str) -> SignedIn:
        number = encoded(urn.removeprefix(_ORGANIZATION))
        reply = self._api.get(f"{places.api}/rest/organizations/{number}", access)
        name = text_of(reply.body, "localizedName")
        if not (reply.ok and name):
            raise errors.as_error(reply)
        return _account(places, urn, name)

    def _expiry(self, reply: Reply, name: str = "expires_in") -> datetime | None:
        seconds = reply.body.get(name) if reply.body else None
        if isinstance(seconds, bool) or not isinstance(seconds, int):
            return None
        return self._clock.now() + timedelta(seconds=max(0, min(seconds, 10**8)))


def _account(places: Endpoints, author: str, name: str) -> SignedIn:
    return SignedIn(
        user_id=author,
        username=name,
        service=places.api,
        tokens=Tokens(access=""),
        display_name=name,
    )


def _with_tokens(
    account: SignedIn, grant: CodeGrant, reply: Reply, expires_at: datetime | None
) -> SignedIn:
    token = text_of(reply.body, "refresh_token")
    kept = RefreshGrant(
        client_id=grant.client_id,
        client_secret=grant.client_secret,
        author=account.user_id,
        name=account.username,
        token=token,
    )
    tokens = Tokens(
        access=text_of(reply.body, "access_token"),
        refresh=kept.as_text() if token else None,
        expires_at=expires_at,
    )
    return replace(account, tokens=tokens, scopes=read_scopes(text_of(reply.body, "scope")))


def _organization_of(item: Json) -> str:
    urn = text_of(item, "organization") or text_of(item, "organizationTarget")
    return urn if urn.startswith(_ORGANIZATION) and is_author(urn) else ""


def _may_post(item: object) -> bool:
    return isinstance(item, dict) and text_of(item, "role") in _MAY_POST


def _code_refused(reply: Reply) -> PostFlowError:
    if reply.status == 401 and reply.oauth_error == "invalid_client":
        return NotAllowed(
            "LinkedIn does not know this app with this secret.",
            code="wrong_client_secret",
            fix="Copy id and secret again: postflow client set linkedin",
        )
    if reply.status in {400, 401, 403}:
        return NotAllowed(
            "LinkedIn did not accept the answer of its page; it is good for 30 minutes and once.",
            code="authorization_failed",
            fix="Start connecting the account again.",
        )
    return _unusable(reply)


def _reconnect() -> NotAllowed:
    return NotAllowed(
        "LinkedIn wants a new sign-in for this account.",
        code="reconnect_needed",
        fix="Connect the account again; while you are signed in there it takes one click.",
    )


def _unusable(reply: Reply) -> NetworkUnreachable:
    return NetworkUnreachable(
        f"LinkedIn gave no usable answer (status {reply.status}).",
        code="rate_limited" if reply.status == 429 else "server_error",
        fix="Try again later.",
    )
