"""A team for each test."""

from __future__ import annotations

import pytest

from tests.conftest import ClusterDb
from tests.insights.kit import Team
from tests.publishing.conftest import world
from tests.publishing.kit import World

__all__ = ["team", "world"]


@pytest.fixture
def team(cluster_db: ClusterDb, world: World) -> Team:
    return Team(cluster_db, world)
