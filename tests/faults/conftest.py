"""A sandbox, a nest of workers, and stages on one database."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.transport.client import HttpClient
from tests.accounts.conftest import office
from tests.conftest import ClusterDb
from tests.faults.nest import Nest
from tests.faults.stage import Seats, Stage

__all__ = ["office"]

MakeStage = Callable[[], Stage]


@pytest.fixture(scope="session")
def nest() -> Iterator[Nest]:
    if sys.platform == "win32":
        pytest.skip("there is no fork and no SIGSTOP here")
    with Nest() as one:
        yield one


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        server.threads.stored.daily_posts = 1_000_000
        yield server


@pytest.fixture
def stages(
    cluster_db: ClusterDb, sandbox: SandboxServer, nest: Nest, tmp_path: Path
) -> Iterator[MakeStage]:
    """Makes stages on a fresh database; what they started is ended with the test."""
    Stage.prepare(cluster_db)
    made: list[Stage] = []
    numbers = itertools.count()
    with HttpClient() as http:
        seats = Seats(sandbox, http)

        def make() -> Stage:
            stage = Stage(cluster_db, sandbox, nest, seats, tmp_path / f"stage{next(numbers)}")
            made.append(stage)
            return stage

        yield make
    for stage in made:
        stage.close()
