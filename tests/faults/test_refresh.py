"""Single-use refresh tokens, four machines, kills: no token is used by two that live."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

from postflow_desktop.domain.account import AccountStatus, SocialAccount, Tokens
from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.domain.network import Network
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms.x.connector import XConnector
from postflow_desktop.sandbox.exchange import Answer, Call
from postflow_desktop.services.accounts import AccountService, ConnectRequest
from postflow_desktop.transport.client import HttpClient
from tests.accounts.conftest import REQUEST, Office
from tests.conftest import ClusterDb
from tests.faults.nest import GONE, Nest
from tests.faults.refreshing import agent_of
from tests.faults.stage import chosen_seed, eventually, wait
from tests.kit.witness import WitnessedSandbox
from tests.x.world import grant

MACHINES = 4


class _Desk:
    """A network's refresh over HTTP; remembers which machine used which token."""

    network = Network.BLUESKY

    def __init__(self, office: Office, slowness: random.Random) -> None:
        self.uses: dict[str, list[str]] = defaultdict(list)
        self._office = office
        self._slowness = slowness
        self._lock = threading.Lock()

    def answer(self, token: str, machine: str) -> bytes | None:
        with self._lock:
            self.uses[token].append(machine)
            before, after = self._slowness.uniform(0, 0.03), self._slowness.uniform(0, 0.03)
        wait(before)
        try:
            signed = self._office.network.refresh("", Tokens(access="", refresh=token))
        except NotAllowed:
            return None
        wait(after)
        new = {"access": signed.tokens.access, "refresh": signed.tokens.refresh}
        return json.dumps(new).encode()

    def connect(self, address: str) -> SocialAccount:
        """Sign in, for the first time or again."""
        request = replace(REQUEST, service=address)
        return self._office.service().connect(self._office.owner, request).account

    @contextmanager
    def open(self) -> Iterator[str]:
        """Serve; the address."""
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                token = self.rfile.read(int(self.headers["Content-Length"])).decode()
                found = desk.answer(token, self.headers["Machine"])
                self.send_response(401 if found is None else 200)
                self.send_header("Content-Length", str(len(found or b"")))
                self.end_headers()
                self.wfile.write(found or b"")

            def log_message(self, *_: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join(10)


class _SlowX(WitnessedSandbox):
    """X as the sandbox speaks it, with answers that take their time: kills fall into them."""

    def __init__(self, slowness: random.Random) -> None:
        super().__init__()
        self._slowness = slowness

    def _answer(self, call: Call) -> Answer:
        pauses = self._slowness.uniform(0, 0.03), self._slowness.uniform(0, 0.03)
        refreshing = b"refresh_token=" in call.body
        wait(pauses[0] if refreshing else 0)
        answer = super()._answer(call)
        wait(pauses[1] if refreshing else 0)
        return answer


class _XDesk:
    """The product's connector of X, and X's token endpoint, whose refresh tokens work once."""

    network = Network.X

    def __init__(self, office: Office, slowness: random.Random) -> None:
        self._office = office
        self._sandbox = _SlowX(slowness)
        self._http = HttpClient()

    @property
    def uses(self) -> dict[str, list[str]]:
        """By refresh token: the machines that sent it, in order."""
        found: dict[str, list[str]] = defaultdict(list)
        for one in list(self._sandbox.exchanges):
            form = dict(parse_qsl(one.call.body.decode())) if one.call.body else {}
            if form.get("grant_type") == "refresh_token":
                agent = one.call.headers["user-agent"]
                found[form["refresh_token"]].append(agent.removeprefix(agent_of("")))
        return found

    def connect(self, address: str) -> SocialAccount:
        """Sign in on X's page, for the first time or again."""
        connector = XConnector(self._http, SystemClock())
        parts = replace(self._office.service()._parts, connectors={Network.X: connector})
        request = ConnectRequest(
            network=Network.X, service=address, username="", secret=grant(self._http, address)
        )
        return AccountService(parts).connect(self._office.owner, request).account

    @contextmanager
    def open(self) -> Iterator[str]:
        """Serve; the address."""
        with self._sandbox, self._http:
            yield self._sandbox.url


class _Machines:
    """Four machines; each that is killed is followed by a new one with another name."""

    def __init__(self, nest: Nest, config: dict[str, Any], chance: random.Random) -> None:
        self.killed: set[str] = set()
        self._nest = nest
        self._config = config
        self._chance = chance
        self._made = 0
        self._pids = {self._name(): 0 for _ in range(MACHINES)}
        for name in list(self._pids):
            self._start(name)

    def kill_one(self) -> None:
        name = self._chance.choice(sorted(self._pids))
        self._nest.signal(self._pids.pop(name), signal.SIGKILL)
        self.killed.add(name)
        self._start(self._name())

    def end(self) -> None:
        for pid in self._pids.values():
            self._nest.signal(pid, signal.SIGTERM)
        for pid in self._pids.values():
            eventually(partial(self._is_gone, pid), lambda: "did not end")

    def _is_gone(self, pid: int) -> bool:
        return self._nest.state(pid) == GONE

    def _start(self, name: str) -> None:
        seed = self._chance.randrange(2**32)
        config = {"role": "refresh", "owner": name, "seed": seed, **self._config}
        self._pids[name] = self._nest.spawn(config)

    def _name(self) -> str:
        self._made += 1
        return f"machine-{self._made}"


@pytest.mark.parametrize("kind", [_Desk, _XDesk], ids=["bluesky", "x"])
@pytest.mark.parametrize(
    "seconds", [8.0, pytest.param(240.0, marks=[pytest.mark.long, pytest.mark.timeout(600)])]
)
def test_a_refresh_token_is_used_again_only_where_its_user_was_killed(
    office: Office, cluster_db: ClusterDb, nest: Nest, seconds: float, kind: type[_Desk | _XDesk]
) -> None:
    chance = random.Random(chosen_seed())
    desk = kind(office, chance)
    reconnected = 0
    with desk.open() as address:
        account = desk.connect(address)
        key = office.people.organization_service().open_key(office.organization_id, office.identity)
        config = {
            "uri": cluster_db.uri,
            "database": cluster_db.name,
            "organization": office.organization_id,
            "account": account.id,
            "key": key.secret.hex(),
            "network": desk.network,
        }
        machines = _Machines(nest, config, chance)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            wait(chance.uniform(0.1, 0.8))
            machines.kill_one()
            if office.stored(account.id).status is AccountStatus.EXPIRED:
                desk.connect(address)
                reconnected += 1
        machines.end()
    uses = desk.uses
    twice = {token: users for token, users in uses.items() if len(users) > 1}
    print(
        f"{len(uses)} tokens used, {len(machines.killed)} machines killed, {len(twice)} tokens"
        f" asked for again after their user was killed, {reconnected} times reconnected"
    )
    assert len(uses) >= seconds / 2, "hardly anything was refreshed"
    assert {token: users for token, users in twice.items() if users[0] not in machines.killed} == {}
    assert all(len(users) == 2 for users in twice.values()), "a third use"
