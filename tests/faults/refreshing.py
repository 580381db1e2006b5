"""A machine that refreshes one account over and over, at a network of the test."""

from __future__ import annotations

import json
import random
import signal
import threading
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any

from postflow_desktop.cluster.accounts import MongoAccountStore
from postflow_desktop.cluster.connection import open_client
from postflow_desktop.domain.account import Session, SignedIn, Tokens
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms.x.connector import XConnector
from postflow_desktop.services.ports.publisher import Connector
from postflow_desktop.services.ports.vault import OrganizationKey
from postflow_desktop.services.sessions import AccountSessions, RefreshTimings, SessionParts
from postflow_desktop.transport import client as transport_client
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.vault.local import LocalVault

TIMINGS = RefreshTimings(
    lease_seconds=2.0, latest_start_seconds=0.5, wait_seconds=6.0, pause_seconds=0.01
)


class _Connector:
    """Connector port that can only refresh, and says who asks."""

    network = Network.BLUESKY
    token_life: timedelta | None = timedelta(hours=2)

    def __init__(self, owner: str) -> None:
        self._owner = owner

    def refresh(self, service: str, tokens: Tokens) -> SignedIn:
        """POST the refresh token; 401 is a definite refusal."""
        connection = HTTPConnection(service.removeprefix("http://"), timeout=30)
        try:
            connection.request("POST", "/", tokens.refresh, {"Machine": self._owner})
            reply = connection.getresponse()
            body = reply.read()
        except (OSError, HTTPException) as error:
            raise NetworkUnreachable("The network does not answer.") from error
        finally:
            connection.close()
        if reply.status != 200:
            raise NotAllowed("The session has ended.", code="reconnect_needed")
        new = json.loads(body)
        fresh = Tokens(access=new["access"], refresh=new["refresh"])
        return SignedIn(
            user_id="did:plc:alice", username="alice.example", service=service, tokens=fresh
        )

    def sign_in(self, service: str, username: str, secret: str) -> SignedIn:
        raise AssertionError

    def advice(self, secret: str) -> tuple[str, ...]:
        return ()

    def check(self, session: Session) -> str:
        raise AssertionError

    def sign_out(self, service: str, tokens: Tokens) -> None:
        raise AssertionError


def agent_of(owner: str) -> str:
    """How a machine names itself to X, so that the test knows who used a token."""
    return f"PostFlow/{owner}"


def _connector(config: dict[str, Any]) -> Connector:
    """The product's own at X; else one that can only refresh."""
    if Network(config["network"]) is not Network.X:
        return _Connector(config["owner"])
    transport_client.USER_AGENT = agent_of(config["owner"])
    return XConnector(HttpClient(), SystemClock())


def run(config: dict[str, Any]) -> None:
    """Refresh until SIGTERM."""
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    organization = config["organization"]
    key = OrganizationKey(
        organization_id=organization, version=1, secret=bytes.fromhex(config["key"])
    )
    chance = random.Random(config["seed"])
    with open_client(config["uri"]) as client:
        sessions = AccountSessions(
            SessionParts(
                accounts=MongoAccountStore(client[config["database"]]),
                keys=lambda _: key,
                vault=LocalVault(),
                connectors={Network(config["network"]): _connector(config)},
                clock=SystemClock(),
                owner=config["owner"],
                timings=TIMINGS,
            )
        )
        while not ending.wait(chance.uniform(0.0, 0.05)):
            try:
                sessions.open(organization, config["account"], force_refresh=True)
            except PostFlowError:
                # Busy, or to be connected again by a person; the next round will tell.
                continue
