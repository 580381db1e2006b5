"""Processes of their own refresh one account at once: every refresh token is used at most once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from postflow_desktop.domain.account import SocialAccount, Tokens
from postflow_desktop.domain.errors import NotAllowed
from tests.accounts.conftest import REQUEST, Office
from tests.conftest import ClusterDb
from tests.fakes.network import FakeNetwork

MACHINES = 4
ROUNDS = 8


@contextmanager
def _served(network: FakeNetwork) -> Iterator[str]:
    """The network's refresh over HTTP; the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            token = self.rfile.read(int(self.headers["Content-Length"])).decode()
            try:
                tokens = network.refresh("", Tokens(access="", refresh=token)).tokens
            except NotAllowed:
                self._reply(401, b"")
                return
            expires = tokens.expires_at.isoformat() if tokens.expires_at else None
            new = {"access": tokens.access, "refresh": tokens.refresh, "expires": expires}
            self._reply(200, json.dumps(new).encode())

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class Machine:
    """A process that refreshes when told to."""

    def __init__(self, where: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.accounts.refresher"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.tell(json.dumps(where))

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture
def account(office: Office) -> Iterator[SocialAccount]:
    """Alice's account at a network that is reached over HTTP."""
    with _served(office.network) as address:
        yield office.service().connect(office.owner, replace(REQUEST, service=address)).account


def _where(office: Office, cluster_db: ClusterDb, account: SocialAccount) -> dict[str, str]:
    key = office.people.organization_service().open_key(office.organization_id, office.identity)
    return {
        "uri": cluster_db.uri,
        "database": cluster_db.name,
        "organization": office.organization_id,
        "account": account.id,
        "key": key.secret.hex(),
    }


def test_processes_that_refresh_at_once_never_use_a_token_twice(
    office: Office, cluster_db: ClusterDb, account: SocialAccount
) -> None:
    where = _where(office, cluster_db, account)
    with ExitStack() as stack:
        machines = [
            stack.enter_context(Machine({**where, "owner": f"machine-{number}"}))
            for number in range(MACHINES)
        ]
        assert [machine.answer() for machine in machines] == ["ready"] * MACHINES
        for _ in range(ROUNDS):
            for machine in machines:
                machine.tell("force")
            answers = {machine.answer() for machine in machines}
            assert not any(answer.startswith("error") for answer in answers)
    assert office.network.reused == 0
    assert office.network.refreshes >= ROUNDS
    assert office.stored(account.id).token_version == office.network.refreshes + 1


def test_processes_that_find_a_token_stale_share_one_refresh(
    office: Office, cluster_db: ClusterDb, account: SocialAccount
) -> None:
    where = _where(office, cluster_db, account)
    accounts = office.people.database["socialAccounts"]
    accounts.update_one({}, {"$set": {"tokenExpiresAt": datetime(2020, 1, 1, tzinfo=UTC)}})
    with ExitStack() as stack:
        machines = [
            stack.enter_context(Machine({**where, "owner": f"machine-{number}"}))
            for number in range(MACHINES)
        ]
        assert [machine.answer() for machine in machines] == ["ready"] * MACHINES
        for machine in machines:
            machine.tell("open")
        assert {machine.answer() for machine in machines} == {"access-2"}
    assert (office.network.refreshes, office.network.reused) == (1, 0)
