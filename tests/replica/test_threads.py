"""What the window reads of a thread is what the cluster has of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from postflow_desktop.replica import plain
from tests.conftest import ClusterDb
from tests.publishing.kit import World


@pytest.fixture
def world(cluster_db: ClusterDb, tmp_path: Path) -> Iterator[World]:
    world = World(cluster_db, tmp_path)
    yield world
    world.close()


def stored(world: World, collection: str, wanted: str) -> dict[str, Any]:
    found = world.cluster.db[collection].find_one({"_id": ObjectId(wanted)})
    assert found is not None
    return plain.load(plain.dump(found))


def test_steps_parts_and_comment_arrive(world: World) -> None:
    target = world.plan("One", parts=("Two",), first_comment="More")
    world.machine().engine.work_once()
    known = world.look(target)
    assert known.is_begun
    read = plain.read_target(stored(world, "schedules", target.id))
    assert read.steps == known.steps
    assert [read.state_of(step) for step in read.steps] == ["published", "pending", "pending"]
    post = plain.read_post(stored(world, "posts", target.post_id))
    assert (post.parts, post.first_comment) == (("Two",), "More")
