"""Fixtures of the tests of X: the adapter, the sandbox, and an account on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postflow_desktop.platforms.x.connector import XConnector
from postflow_desktop.platforms.x.publisher import XPublisher
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.transport.client import HttpClient
from tests.kit.witness import WitnessedSandbox
from tests.x.world import Pictures, Seat, SystemClock, grant, off_contract


@pytest.fixture(scope="session")
def http() -> Iterator[HttpClient]:
    with HttpClient() as client:
        yield client


@pytest.fixture(scope="session")
def publisher(http: HttpClient) -> XPublisher:
    return XPublisher(http, SystemClock())


@pytest.fixture(scope="session")
def connector(http: HttpClient) -> XConnector:
    return XConnector(http, SystemClock())


@pytest.fixture
def sandbox() -> Iterator[WitnessedSandbox]:
    """Whatever a test of this folder does: what the sandbox takes, X's document knows."""
    with WitnessedSandbox() as server:
        yield server
    assert server.broken(off_contract, "/2/") == []


@pytest.fixture
def seat(
    http: HttpClient, publisher: XPublisher, connector: XConnector, sandbox: SandboxServer
) -> Seat:
    signed_in = connector.sign_in(sandbox.url, "", grant(http, sandbox.url))
    return Seat(http, publisher, connector, signed_in, Pictures())
