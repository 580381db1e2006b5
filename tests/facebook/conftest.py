"""Fixtures of the tests of Facebook: the adapter, the sandbox, and a Page on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postflow_desktop.platforms.facebook.connector import FacebookConnector
from postflow_desktop.platforms.facebook.publisher import FacebookPublisher
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.transport.client import HttpClient
from tests.facebook.world import PERSON, Pictures, Seat, SystemClock


@pytest.fixture(scope="session")
def http() -> Iterator[HttpClient]:
    with HttpClient() as client:
        yield client


@pytest.fixture(scope="session")
def publisher(http: HttpClient) -> FacebookPublisher:
    return FacebookPublisher(http, SystemClock())


@pytest.fixture(scope="session")
def connector(http: HttpClient) -> FacebookConnector:
    return FacebookConnector(http)


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def seat(
    http: HttpClient,
    publisher: FacebookPublisher,
    connector: FacebookConnector,
    sandbox: SandboxServer,
) -> Seat:
    signed_in = connector.sign_in(sandbox.url, "", PERSON)
    return Seat(http, publisher, connector, signed_in, Pictures())
