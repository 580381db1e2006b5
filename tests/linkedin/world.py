"""What the tests of LinkedIn share: sign-ins of a person and of an organization."""

from __future__ import annotations

import secrets

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media
from postflow_desktop.platforms.linkedin.authorizer import (
    MEMBER_SCOPES,
    ORGANIZATION_SCOPES,
    LinkedInAuthorizer,
)
from postflow_desktop.platforms.linkedin.connector import LinkedInConnector
from postflow_desktop.platforms.linkedin.publisher import LinkedInPublisher
from postflow_desktop.sandbox.consent import give_consent
from postflow_desktop.services.ports.signing_in import Client
from postflow_desktop.transport.client import HttpClient
from tests.kit.adapters import AdapterSeat, Pictures, payload_for, send, session_for

__all__ = ["Pictures", "send"]

REDIRECT = "http://localhost:8766/callback"
PERSON, ORGANIZATION = "Ana Baker", "Corner Bakery"


def client(*, partner: bool = True) -> Client:
    """An app with all products, or with those that everybody gets."""
    scopes = (*MEMBER_SCOPES, *ORGANIZATION_SCOPES) if partner else ()
    return Client(client_id="app-of-the-tests", secret="secret-of-the-tests", scopes=scopes)


def payload(text: str, *media: Media, link: str | None = None) -> Payload:
    return payload_for(Network.LINKEDIN, text, *media, link=link)


def grant(
    http: HttpClient,
    service: str,
    shown: str = f"{PERSON}, {ORGANIZATION}",
    *,
    partner: bool = True,
    allow: bool = True,
) -> str:
    """The secret of a sign-in, got on the sandbox's page."""
    state = secrets.token_urlsafe(24)
    begun = LinkedInAuthorizer().begin(service, client(partner=partner), REDIRECT, state)
    return begun.finish(give_consent(http, begun.url, shown, allow=allow))


def session_of(signed_in: SignedIn, token: str | None = None) -> Session:
    return session_for(Network.LINKEDIN, signed_in, token)


class Seat(AdapterSeat[LinkedInPublisher, LinkedInConnector]):
    """A signed-in account with the adapter that speaks for it."""
