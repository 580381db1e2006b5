"""Fixtures that every part of the tests may use."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests.kit.fixtures_pds import pds

if TYPE_CHECKING:
    from pymongo import MongoClient  # noqa: TID251 - only its type
    from pymongo.database import Database


pytest_plugins = ["tests.plugins.logfail"]

__all__ = ["ClusterDb", "pds"]

# The same examples every time, and nothing left on the disk: a failure is there for everybody.
hypothesis.settings.register_profile("steady", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("steady")


@dataclass(frozen=True)
class ClusterDb:
    """A fresh database of its own on the shared test server."""

    client: MongoClient[dict[str, Any]]
    name: str
    uri: str

    @property
    def db(self) -> Database[dict[str, Any]]:
        """The database itself."""
        return self.client[self.name]

    @property
    def media_name(self) -> str:
        """The name of the database for media that belongs to it."""
        return f"{self.name}_media"


@pytest.fixture(scope="session")
def mongod_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The root user's address of a MongoDB that lives as long as the test session."""
    from tests.kit.mongod import TestMongod

    server = TestMongod(tmp_path_factory.mktemp("mongod"))
    server.start()
    yield server.uri
    server.stop()


@pytest.fixture(scope="session")
def mongod_client(mongod_uri: str) -> Iterator[MongoClient[dict[str, Any]]]:
    """A client of the session's MongoDB, opened as PostFlow opens its own."""
    from postflow_desktop.cluster.connection import open_client

    with open_client(mongod_uri) as client:
        yield client


@pytest.fixture
def database_name(mongod_client: MongoClient[dict[str, Any]]) -> Iterator[str]:
    """A name no other test has; it and `<name>_media` are dropped afterwards."""
    from tests.kit.mongod import drop_quietly

    name = f"test_{secrets.token_hex(6)}"
    yield name
    drop_quietly(mongod_client, name, f"{name}_media")


@pytest.fixture
def cluster_db(
    mongod_client: MongoClient[dict[str, Any]], mongod_uri: str, database_name: str
) -> ClusterDb:
    """A fresh, uniquely named database with the client that reaches it."""
    return ClusterDb(client=mongod_client, name=database_name, uri=mongod_uri)
