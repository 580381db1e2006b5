"""What the tests of X share: pictures, payloads, sign-ins, a clock, and the shared contract."""

from __future__ import annotations

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms.x import authorize
from postflow_desktop.platforms.x.connector import XConnector
from postflow_desktop.platforms.x.publisher import XPublisher
from postflow_desktop.sandbox.consent import give_consent
from postflow_desktop.transport.client import HttpClient
from tests.kit.adapters import AdapterSeat, Pictures, payload_for, send, session_for
from tests.kit.contracts import contracts, has_contracts
from tests.kit.witness import Exchange
from tests.x.openapi import OpenApi, read_document

__all__ = ["Pictures", "SystemClock", "send"]

CLIENT = "client-of-the-tests"
REDIRECT = "http://127.0.0.1:8765/callback"
CONTRACT = "x-openapi.json"


def contract() -> OpenApi:
    """The OpenAPI document of X; skips where it is missing."""
    return read_document(contracts(CONTRACT))


def off_contract(one: Exchange) -> list[str]:
    """What is wrong with a request; nothing where the document is missing."""
    if not has_contracts(CONTRACT):
        return []
    call = one.call
    return contract().check_request(call.method, call.path, call.query, call.headers, call.body)


def payload(text: str, *media: Media, link: str | None = None) -> Payload:
    return payload_for(Network.X, text, *media, link=link)


def grant(http: HttpClient, service: str, username: str = "bakery") -> str:
    """The secret of a sign-in, got on the sandbox's page."""
    begun = authorize.begin(service, CLIENT, REDIRECT)
    returned = give_consent(http, begun.url, username)
    return authorize.finish(begun, returned).as_text()


def session_of(signed_in: SignedIn, token: str | None = None) -> Session:
    return session_for(Network.X, signed_in, token)


class Seat(AdapterSeat[XPublisher, XConnector]):
    """A signed-in account with the adapter that speaks for it."""
