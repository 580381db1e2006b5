"""The database loses its leader while posts go out: nothing twice, nothing lost, nothing stuck."""

from __future__ import annotations

import itertools
import random
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from postflow_desktop.cluster.connection import open_client
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.publishing.failpoints import Failpoint
from postflow_desktop.transport.client import HttpClient
from tests.conftest import ClusterDb
from tests.faults.cells import Violation
from tests.faults.conftest import MakeStage
from tests.faults.failover import Failover
from tests.faults.nest import Nest
from tests.faults.primary_cells import (
    FACTOR,
    SLOWER,
    Batch,
    PrimaryCell,
    all_primary_cells,
    batches,
)
from tests.faults.stage import Seats, Stage, chosen_seed
from tests.kit.replicaset import TestReplicaSet

HANDFUL = 8


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestReplicaSet]:
    with TestReplicaSet(tmp_path_factory.mktemp("three")) as three:
        yield three


@pytest.fixture
def stages_on_three(
    servers: TestReplicaSet, sandbox: SandboxServer, nest: Nest, tmp_path: Path
) -> Iterator[MakeStage]:
    """Makes stages on a fresh database of the replica set."""
    servers.recover()
    made: list[Stage] = []
    numbers = itertools.count()
    with open_client(servers.uri, timeout_seconds=20.0) as client, HttpClient() as http:
        cluster = ClusterDb(
            client=client, name=f"test_{secrets.token_hex(6)}", uri=servers.members[0].uri
        )
        Stage.prepare(cluster)
        seats = Seats(sandbox, http)

        def make() -> Stage:
            stage = Stage(cluster, sandbox, nest, seats, tmp_path / f"stage{next(numbers)}")
            made.append(stage)
            return stage

        yield make
        for stage in made:
            stage.close()


@pytest.mark.parametrize(
    "posts", [100, pytest.param(3000, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]
)
def test_a_database_without_a_leader_costs_no_post(
    stages_on_three: MakeStage, servers: TestReplicaSet, posts: int
) -> None:
    verdict = Failover(stages_on_three(), servers, chosen_seed(), posts).run()
    print(verdict)
    assert not verdict.wrong, "\n".join(verdict.wrong)
    assert verdict.faults.total() >= 3
    assert verdict.ambiguous, "no answer got lost; that is no proof"


def failures(
    cells: list[PrimaryCell], make_stage: MakeStage, servers: TestReplicaSet, seed: int
) -> list[str]:
    """Play these cells; what went otherwise.

    As with the other faults, a state that was not expected may come from a busy computer and is
    played once more with longer times; a duplicate or a loss is never played again.
    """
    violations: list[str] = []
    wrong: dict[PrimaryCell, AssertionError] = {}
    left = cells
    for factor in (FACTOR, SLOWER):
        wrong = {}
        for batch in batches(left, random.Random(seed)):
            wrong |= Batch(batch, make_stage, servers, factor).play()
        violations += [str(error) for error in wrong.values() if isinstance(error, Violation)]
        wrong = {cell: e for cell, e in wrong.items() if not isinstance(e, Violation)}
        for error in wrong.values():
            print(f"\nat {factor:.3f} of real time: {str(error)[:300]}")
        left = list(wrong)
    return violations + [str(error) for error in wrong.values()]


def test_a_handful_of_cells_without_a_primary_ends_as_it_must(
    stages_on_three: MakeStage, servers: TestReplicaSet
) -> None:
    seed = chosen_seed()
    chance = random.Random(seed)
    kind = chance.choice(sorted({cell.kind for cell in all_primary_cells()}))
    some = [cell for cell in all_primary_cells() if cell.kind == kind]
    assert failures(chance.sample(some, HANDFUL), stages_on_three, servers, seed) == []


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_all_cells_without_a_primary_end_as_they_must(
    stages_on_three: MakeStage, servers: TestReplicaSet
) -> None:
    assert failures(all_primary_cells(), stages_on_three, servers, chosen_seed()) == []


@pytest.mark.long
def test_a_barrier_that_only_the_primary_has_is_noticed(
    stages_on_three: MakeStage, servers: TestReplicaSet
) -> None:
    cell = PrimaryCell(Failpoint.BEFORE_BARRIER, "N", "other", "lost")

    def weakened() -> Stage:
        stage = stages_on_three()
        stage.mutant = "majority_dropped"
        return stage

    noticed = Batch([cell], weakened, servers, FACTOR).play()
    assert "DUPLICATE" in str(noticed[cell])
