"""Fixtures of the tests of Telegram: the adapter, the sandbox, and a channel on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postflow_desktop.platforms.telegram.connector import TelegramConnector
from postflow_desktop.platforms.telegram.publisher import TelegramPublisher
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.transport.client import HttpClient
from tests.telegram.world import TOKEN, Pictures, Seat, SystemClock


@pytest.fixture(scope="session")
def http() -> Iterator[HttpClient]:
    with HttpClient() as client:
        yield client


@pytest.fixture
def publisher(http: HttpClient) -> TelegramPublisher:
    return TelegramPublisher(http, SystemClock())


@pytest.fixture(scope="session")
def connector(http: HttpClient) -> TelegramConnector:
    return TelegramConnector(http)


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def seat(
    http: HttpClient,
    publisher: TelegramPublisher,
    connector: TelegramConnector,
    sandbox: SandboxServer,
) -> Seat:
    signed_in = connector.sign_in(sandbox.url, "@cornerbakery", TOKEN)
    return Seat(http, publisher, connector, signed_in, Pictures())
