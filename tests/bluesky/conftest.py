"""Fixtures of the Bluesky tests: the adapter, and the two servers it has to get along with."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from postflow_desktop.domain.account import SignedIn
from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.transport.client import HttpClient
from tests.bluesky.lexicons import XRPC
from tests.bluesky.world import Pictures, SystemClock, off_lexicon
from tests.kit.pds import Pds
from tests.kit.witness import WitnessedSandbox


@pytest.fixture(scope="session")
def http() -> Iterator[HttpClient]:
    with HttpClient() as client:
        yield client


@pytest.fixture(scope="session")
def publisher(http: HttpClient) -> BlueskyPublisher:
    return BlueskyPublisher(http, SystemClock())


@pytest.fixture(scope="session")
def connector(http: HttpClient) -> BlueskyConnector:
    return BlueskyConnector(http, SystemClock())


@pytest.fixture
def pictures() -> Pictures:
    return Pictures()


@pytest.fixture
def sandbox() -> Iterator[WitnessedSandbox]:
    """Whatever a test of this folder does: what the sandbox takes, the lexicons know."""
    with WitnessedSandbox() as server:
        yield server
    assert server.broken(off_lexicon, XRPC) == []


@dataclass(frozen=True)
class Home:
    """A server with a fresh account on it."""

    name: str
    service: str
    handle: str
    secret: str
    """An app password."""


@pytest.fixture(params=["real", "sandbox"])
def home(request: pytest.FixtureRequest) -> Home:
    """The conformance suite runs once with each server."""
    if request.param == "sandbox":
        server: SandboxServer = request.getfixturevalue("sandbox")
        handle = f"person-{secrets.token_hex(4)}.test"
        return Home("sandbox", server.url, handle, "aaaa-bbbb-cccc-dddd")
    pds: Pds = request.getfixturevalue("pds")
    handle = pds.new_handle()
    _, password = pds.create_account(handle)
    return Home("real", pds.url, handle, pds.create_app_password(handle, password))


@pytest.fixture
def signed_in(home: Home, connector: BlueskyConnector) -> SignedIn:
    return connector.sign_in(home.service, home.handle, home.secret)
