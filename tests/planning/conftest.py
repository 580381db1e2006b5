"""A desk for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ClusterDb
from tests.planning.kit import Desk
from tests.publishing.kit import World


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.fixture
def world(cluster_db: ClusterDb, tmp_path: Path) -> Iterator[World]:
    world = World(cluster_db, tmp_path)
    yield world
    world.close()
