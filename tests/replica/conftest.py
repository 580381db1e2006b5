"""A workspace and homes that follow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ClusterDb
from tests.replica.kit import Cluster, Home, cluster_of, home_of

MakeHome = Callable[..., Home]


@pytest.fixture
def cluster(cluster_db: ClusterDb) -> Cluster:
    return cluster_of(cluster_db)


@pytest.fixture
def homes() -> Iterator[MakeHome]:
    """Makes started homes and closes them."""
    made: list[Home] = []

    def make(*args: object, **more: object) -> Home:
        made.append(home_of(*args, **more))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for home in made:
        home.close()


@pytest.fixture
def home(cluster: Cluster, homes: MakeHome, tmp_path: Path) -> Home:
    """A home that follows the cluster from the start."""
    return homes(cluster.feed, tmp_path / "cache.db")
