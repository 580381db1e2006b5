"""A desk for each test, all in one database: every test has an organization of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ClusterDb
from tests.kit.mongod import drop_quietly
from tests.planning.kit import Desk
from tests.publishing.kit import World

if TYPE_CHECKING:
    from pymongo import MongoClient  # noqa: TID251 - only its type


@pytest.fixture(scope="session")
def queue_db(mongod_client: MongoClient[dict[str, Any]], mongod_uri: str) -> Iterator[ClusterDb]:
    """Making collections and indexes takes longer than most of these tests."""
    name = f"test_{secrets.token_hex(6)}"
    yield ClusterDb(client=mongod_client, name=name, uri=mongod_uri)
    drop_quietly(mongod_client, name, f"{name}_media")


@pytest.fixture
def world(queue_db: ClusterDb, tmp_path: Path) -> Iterator[World]:
    world = World(queue_db, tmp_path)
    yield world
    world.close()


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """A desk whose accounts have queues."""
    desk.daily(desk.first, 0, 6, 12, 18)
    desk.daily(desk.second, 3, 15, zone="America/New_York")
    return desk
