"""Migrations on a real server: by one machine, there and back, and after kill -9."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from postflow_desktop.cluster.migrations.steps import MIGRATIONS, OLDEST, Migration
from postflow_desktop.cluster.versions import read_state
from postflow_desktop.cluster.workspace import SCHEMA_VERSION
from postflow_desktop.domain.errors import ClusterUnreachable
from tests.cluster.migrations import worker
from tests.cluster.migrations.worker import STEPS, migrator
from tests.conftest import ClusterDb
from tests.fakes.people import refusal

THINGS = 1700
"""Four batches."""


@pytest.fixture
def things(cluster_db: ClusterDb) -> ClusterDb:
    cluster_db.db["things"].insert_many([{"old": True} for _ in range(THINGS)])
    cluster_db.db["meta"].insert_one({"_id": "schema", "version": 5, "rev": 1})
    worker.BATCHES.clear()
    return cluster_db


def times(cluster: ClusterDb) -> dict[Any, int]:
    """How often documents were taken, and how many of them."""
    group = [{"$group": {"_id": "$times", "n": {"$sum": 1}}}]
    return {each["_id"]: each["n"] for each in cluster.db["things"].aggregate(group)}


def schema(cluster: ClusterDb) -> dict[str, Any]:
    return cluster.db["meta"].find_one({"_id": "schema"}) or {}


def test_every_step_has_its_place() -> None:
    versions = [step.version for step in MIGRATIONS]
    assert versions == sorted(set(versions))
    assert all(OLDEST < version <= SCHEMA_VERSION for version in versions)


def test_there_and_back_and_there_again(things: ClusterDb) -> None:
    done = migrator(things.db).migrate()
    assert (done.before, done.after, [s.version for s in done.steps]) == (5, 7, [6, 7])
    assert times(things) == {1: THINGS}
    back = migrator(things.db).migrate(5)
    assert (back.before, back.after) == (7, 5)
    assert [(s.version, s.back) for s in back.steps] == [(7, True), (6, True)]
    assert times(things) == {None: THINGS}
    assert schema(things)["heldAt"] == 5
    half_way = migrator(things.db).migrate(6)
    assert (half_way.after, schema(things)["heldAt"]) == (6, 6)
    again = migrator(things.db).migrate()
    assert [s.version for s in again.steps] == [7]
    assert times(things) == {1: THINGS}
    assert {"heldAt", "lease", "place"} & set(schema(things)) == set()
    assert migrator(things.db).migrate().steps == ()


@pytest.mark.parametrize("version", [OLDEST - 1, 8])
def test_versions_that_nobody_knows_are_refused(things: ClusterDb, version: int) -> None:
    assert refusal(lambda: migrator(things.db).migrate(version)).code == "bad_version"
    assert schema(things)["version"] == 5


def test_a_machine_that_was_killed_is_gone_on_for(things: ClusterDb) -> None:
    killed_after_batches(things, 3)
    assert schema(things)["version"] == 6
    assert times(things) == {1: 1000, None: THINGS - 1000}
    the_lease_ends(things)
    done = migrator(things.db).migrate()
    assert [s.version for s in done.steps] == [7]
    # Two batches were recorded as taken; the third was begun, and is taken again.
    assert [len(batch) for batch in worker.BATCHES] == [500, 200]
    assert times(things) == {1: THINGS}


def test_what_died_half_way_there_can_be_taken_back(things: ClusterDb) -> None:
    killed_after_batches(things, 2)
    the_lease_ends(things)
    done = migrator(things.db).migrate(6)
    assert [(s.version, s.back) for s in done.steps] == [(7, True)]
    assert times(things) == {None: THINGS}
    assert schema(things)["version"] == 6


def test_what_died_half_way_back_can_be_brought_up(things: ClusterDb) -> None:
    migrator(things.db).migrate()

    def dies(stage: Any) -> None:
        for batch in stage.each("things", {"old": True}):
            stage.database["things"].update_many({"_id": {"$in": batch}}, {"$unset": {"times": ""}})
            raise KeyboardInterrupt

    steps = (STEPS[0], replace(STEPS[1], backward=dies))
    with pytest.raises(KeyboardInterrupt):
        migrator(things.db, migrations=steps).migrate(5)
    assert times(things) == {None: 500, 1: THINGS - 500}
    again = (STEPS[0], replace(STEPS[1], forward=set_once))
    migrator(things.db, migrations=again).migrate()
    assert times(things) == {1: THINGS}
    assert schema(things)["version"] == 7


def test_two_machines_take_a_step_once(things: ClusterDb) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: migrator(things.db).migrate(), range(2)))
    assert sorted(len(each.steps) for each in done) == [0, 2]
    assert times(things) == {1: THINGS}


def test_who_lost_the_lease_stops(things: ClusterDb) -> None:
    def loses(stage: Any) -> None:
        for batch in stage.each("things", {"old": True}):
            stage.database["things"].update_many({"_id": {"$in": batch}}, {"$inc": {"times": 1}})
            stage.database["meta"].update_one(
                {"_id": "schema"}, {"$set": {"lease.owner": str(ObjectId())}}
            )

    steps = (STEPS[0], replace(STEPS[1], forward=loses))
    error = refusal(lambda: migrator(things.db, migrations=steps).migrate())
    assert isinstance(error, ClusterUnreachable)
    assert error.code == "migration_lost"
    assert times(things) == {1: 500, None: THINGS - 500}
    assert schema(things)["version"] == 6
    assert "lease" in schema(things)


def test_older_programs_are_told_before_a_step_that_they_must_not_write_beside(
    things: ClusterDb,
) -> None:
    seen: list[Any] = []
    waited: list[float] = []

    def look(stage: Any) -> None:
        seen.append((read_state(stage.database).min_writer, len(waited)))

    steps = (Migration(version=7, title="x", forward=look, backward=look, min_writer=7),)
    migrator(things.db, migrations=steps, pause=waited.append, grace=35.0).migrate()
    assert seen == [(7, 35)]
    assert read_state(things.db).min_writer == 7
    migrator(things.db, migrations=steps).migrate(6)
    assert read_state(things.db).min_writer == 1


def set_once(stage: Any) -> None:
    for batch in stage.each("things", {"old": True}):
        stage.database["things"].update_many({"_id": {"$in": batch}}, {"$set": {"times": 1}})


def killed_after_batches(cluster: ClusterDb, begun: int) -> None:
    """A process that is killed when so many batches were begun, all but the last taken."""
    command = [sys.executable, "-m", worker.__name__, cluster.uri, cluster.name]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(1, begun + 1):
            assert process.stdout.readline() == f"{number}\n"
            if number < begun:
                process.stdin.write("go\n")
                process.stdin.flush()
    finally:
        process.kill()
        process.communicate()


def the_lease_ends(cluster: ClusterDb) -> None:
    """As half a minute does."""
    until = schema(cluster)["lease"]["until"]
    past = until - timedelta(minutes=5)
    cluster.db["meta"].update_one({"_id": "schema"}, {"$set": {"lease.until": past}})
