"""Fixtures of the tests of LinkedIn: the adapter, the sandbox, and accounts on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms.linkedin.connector import LinkedInConnector
from postflow_desktop.platforms.linkedin.publisher import LinkedInPublisher
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.transport.client import HttpClient
from tests.kit.witness import WitnessedSandbox
from tests.linkedin.sheet import off_sheet
from tests.linkedin.world import Pictures, Seat, grant


@pytest.fixture(scope="session")
def http() -> Iterator[HttpClient]:
    with HttpClient() as client:
        yield client


@pytest.fixture(scope="session")
def publisher(http: HttpClient) -> LinkedInPublisher:
    return LinkedInPublisher(http, SystemClock())


@pytest.fixture(scope="session")
def connector(http: HttpClient) -> LinkedInConnector:
    return LinkedInConnector(http, SystemClock())


@pytest.fixture
def sandbox() -> Iterator[WitnessedSandbox]:
    """Whatever a test of this folder does: what the sandbox takes, the documentation knows."""
    with WitnessedSandbox() as server:
        yield server
    places = ("/rest/", "/oauth/v2/", "/v2/", "/dms-uploads/")
    assert server.broken(off_sheet, *places) == []


@pytest.fixture
def seats(
    http: HttpClient,
    publisher: LinkedInPublisher,
    connector: LinkedInConnector,
    sandbox: SandboxServer,
) -> tuple[Seat, Seat]:
    """The person's and the organization's, of one sign-in."""
    person, organization = connector.identities(sandbox.url, grant(http, sandbox.url))
    return (
        Seat(http, publisher, connector, person, Pictures()),
        Seat(http, publisher, connector, organization, Pictures()),
    )


@pytest.fixture
def person(seats: tuple[Seat, Seat]) -> Seat:
    return seats[0]


@pytest.fixture
def organization(seats: tuple[Seat, Seat]) -> Seat:
    return seats[1]
