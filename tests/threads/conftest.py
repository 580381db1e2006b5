"""Fixtures of the tests of Threads: the adapter, the sandbox, and an account on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from socket import create_connection
from threading import Timer

import pytest

from postflow_desktop.platforms.threads.connector import ThreadsConnector
from postflow_desktop.platforms.threads.publisher import ThreadsPublisher
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.transport.client import HttpClient
from tests.threads.world import MovableClock, Pictures, Seat, grant


@pytest.fixture(scope="session")
def http() -> Iterator[HttpClient]:
    with HttpClient() as client:
        yield client


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def publisher(http: HttpClient, clock: MovableClock) -> ThreadsPublisher:
    return ThreadsPublisher(http, clock, pause=clock.pause)


@pytest.fixture
def connector(http: HttpClient, clock: MovableClock) -> ThreadsConnector:
    return ThreadsConnector(http, clock)


@pytest.fixture
def sandbox(clock: MovableClock) -> Iterator[SandboxServer]:
    server = SandboxServer(now=clock.now)
    server.start()
    # A knock wakes the listener, which else takes a twentieth of a second to see that it is over.
    knock = Timer(0.003, _knock, [server.port])
    yield server
    knock.start()
    server.stop()
    knock.join()


def _knock(port: int) -> None:
    with suppress(OSError):
        create_connection(("127.0.0.1", port), timeout=1).close()


@pytest.fixture
def seat(
    http: HttpClient,
    clock: MovableClock,
    publisher: ThreadsPublisher,
    connector: ThreadsConnector,
    sandbox: SandboxServer,
) -> Seat:
    signed_in = connector.sign_in(sandbox.url, "", grant(http, sandbox.url))
    return Seat(http, publisher, connector, signed_in, Pictures(), clock)
