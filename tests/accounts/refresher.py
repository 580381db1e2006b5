"""A machine of its own: a process that refreshes an account whenever it is told to.

Reads one JSON line (where everything is), then one line per round; answers with the access token
it got, or with the error's code. The network is asked over HTTP.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from http.client import HTTPConnection
from typing import Any

from postflow_desktop.cluster.accounts import MongoAccountStore
from postflow_desktop.cluster.connection import open_client
from postflow_desktop.domain.account import Session, SignedIn, Tokens
from postflow_desktop.domain.errors import NotAllowed, PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.services.ports.vault import OrganizationKey
from postflow_desktop.services.sessions import AccountSessions, RefreshTimings, SessionParts
from postflow_desktop.vault.local import LocalVault


class HttpConnector:
    """Connector port that can only refresh, at a server of the test."""

    network = Network.BLUESKY
    token_life: timedelta | None = timedelta(hours=2)

    def sign_in(self, service: str, username: str, secret: str) -> SignedIn:
        """Not needed here."""
        raise AssertionError

    def refresh(self, service: str, tokens: Tokens) -> SignedIn:
        """POST the refresh token; 401 is a definite refusal."""
        connection = HTTPConnection(service.removeprefix("http://"), timeout=30)
        connection.request("POST", "/refresh", tokens.refresh)
        reply = connection.getresponse()
        body = reply.read()
        connection.close()
        if reply.status != 200:
            raise NotAllowed("The session has ended.", code="reconnect_needed")
        new = json.loads(body)
        expires = datetime.fromisoformat(new["expires"]) if new["expires"] else None
        fresh = Tokens(access=new["access"], refresh=new["refresh"], expires_at=expires)
        return SignedIn(
            user_id="did:plc:alice", username="alice.example", service=service, tokens=fresh
        )

    def advice(self, secret: str) -> tuple[str, ...]:
        return ()

    def check(self, session: Session) -> str:
        """Not needed here."""
        raise AssertionError

    def sign_out(self, service: str, tokens: Tokens) -> None:
        """Not needed here."""
        raise AssertionError


def main() -> None:
    """Answer every line of the input until it ends."""
    where: dict[str, Any] = json.loads(sys.stdin.readline())
    key = OrganizationKey(
        organization_id=where["organization"], version=1, secret=bytes.fromhex(where["key"])
    )
    with open_client(where["uri"]) as client:
        sessions = AccountSessions(
            SessionParts(
                accounts=MongoAccountStore(client[where["database"]]),
                keys=lambda _: key,
                vault=LocalVault(),
                connectors={Network.BLUESKY: HttpConnector()},
                clock=SystemClock(),
                owner=where["owner"],
                timings=RefreshTimings(pause_seconds=0.005),
            )
        )
        _answer("ready")
        for line in sys.stdin:
            _answer(_open(sessions, where, force=line.strip() == "force"))


def _open(sessions: AccountSessions, where: dict[str, Any], *, force: bool) -> str:
    try:
        opened = sessions.open(where["organization"], where["account"], force_refresh=force)
    except PostFlowError as error:
        return f"error {error.code}"
    return opened.access_token


def _answer(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
