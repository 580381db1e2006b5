"""Preparing a workspace: again, by several processes at once, and beside other versions."""

from __future__ import annotations

import subprocess
import sys
from typing import IO, Any

import pytest

from postflow_desktop.cluster import workspace as module
from postflow_desktop.cluster.workspace import COLLECTIONS, ClusterWorkspace
from postflow_desktop.domain.errors import ClusterUnreachable, InvalidInput
from tests.cluster.samples import sound
from tests.conftest import ClusterDb
from tests.fakes.people import refusal

PREPARE = """
import sys
from postflow_desktop.cluster.connection import open_client
from postflow_desktop.cluster.workspace import ClusterWorkspace

with open_client(sys.argv[1]) as client:
    client.admin.command("ping")
    for name in sys.argv[2:]:
        print("ready", flush=True)
        sys.stdin.readline()
        ClusterWorkspace(client, name).prepare()
"""


def shape(workspace: ClusterWorkspace) -> dict[str, tuple[Any, Any, int]]:
    """Validator, indexes and number of documents of every collection."""
    options = {
        found["name"]: found.get("options") for found in workspace.database.list_collections()
    }
    return {
        name: (
            options[name],
            workspace.database[name].index_information(),
            workspace.database[name].count_documents({}),
        )
        for name in options
    }


def forget_version(workspace: ClusterWorkspace) -> None:
    """As a workspace of the version before."""
    workspace.database["meta"].update_one({"_id": "schema"}, {"$set": {"version": 0}})


def test_preparing_again_changes_nothing(workspace: ClusterWorkspace) -> None:
    first = shape(workspace)
    assert set(first) == {*(spec.name for spec in COLLECTIONS), "meta"}
    workspace.prepare()
    forget_version(workspace)
    workspace.prepare()
    assert shape(workspace) == first


def test_what_an_older_version_left_is_brought_up_to_date(workspace: ClusterWorkspace) -> None:
    wanted = shape(workspace)
    post = sound("posts")
    workspace.database["posts"].insert_one(post)
    workspace.database.command("collMod", "posts", validator={}, validationLevel="off")
    workspace.database["posts"].drop_indexes()
    workspace.database["payloads"].drop()
    forget_version(workspace)
    workspace.prepare()
    assert workspace.database["posts"].find_one() == post
    workspace.database["posts"].delete_many({})
    assert shape(workspace) == wanted


def _start(command: list[str]) -> tuple[subprocess.Popen[str], IO[str], IO[str]]:
    pipe = subprocess.PIPE
    racer = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert racer.stdin is not None
    assert racer.stdout is not None
    return racer, racer.stdin, racer.stdout


def test_processes_that_prepare_at_once_all_succeed(cluster_db: ClusterDb) -> None:
    names = [f"{cluster_db.name}_{number}" for number in range(4)]
    command = [sys.executable, "-c", PREPARE, cluster_db.uri, *names]
    racers = [_start(command) for _ in range(3)]
    try:
        for _ in names:
            for _, _, answers in racers:
                assert answers.readline() == "ready\n"
            for _, orders, _ in racers:
                orders.write("go\n")
                orders.flush()
        said = [racer.communicate(timeout=60)[1] for racer, _, _ in racers]
        assert [racer.returncode for racer, _, _ in racers] == [0, 0, 0], said
        shapes = [shape(ClusterWorkspace(cluster_db.client, name)) for name in names]
        assert shapes == [shapes[0]] * 4
        assert shapes[0]["subscriptionPlans"][2] == 4
    finally:
        for racer, _, _ in racers:
            racer.kill()
            racer.communicate()
        for name in names:
            cluster_db.client.drop_database(name)


def test_a_workspace_of_a_newer_version_is_left_alone(workspace: ClusterWorkspace) -> None:
    newer = {"version": module.SCHEMA_VERSION + 1, "minWriter": module.SCHEMA_VERSION + 1}
    workspace.database["meta"].update_one({"_id": "schema"}, {"$set": newer})
    workspace.database["payloads"].drop()
    error = refusal(workspace.prepare)
    assert isinstance(error, ClusterUnreachable)
    assert error.code == "newer_workspace"
    assert "payloads" not in workspace.database.list_collection_names()


def test_a_newer_version_that_older_ones_may_write_to_is_used(
    workspace: ClusterWorkspace,
) -> None:
    newer = {"version": module.SCHEMA_VERSION + 1, "minWriter": module.SCHEMA_VERSION}
    workspace.database["meta"].update_one({"_id": "schema"}, {"$set": newer})
    workspace.prepare()
    stored = workspace.database["meta"].find_one({"_id": "schema"})
    assert stored is not None
    assert stored["version"] == module.SCHEMA_VERSION + 1


@pytest.mark.parametrize(
    "name",
    ["", "a.b", "a b", "a/b", "a$", "admin", "Local", "config", "team_media", "n" * 58, "a\0b"],
)
def test_names_that_no_database_can_have_are_refused(cluster_db: ClusterDb, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        ClusterWorkspace(cluster_db.client, name)
    assert caught.value.code == "bad_database"


def test_the_longest_name_has_room_for_its_media(cluster_db: ClusterDb) -> None:
    longest = ClusterWorkspace(cluster_db.client, "n" * 57)
    try:
        longest.prepare()
        longest.database.client[f"{'n' * 57}_media"]["fs.files"].insert_one({"_id": 1})
    finally:
        longest.drop()
    assert f"{'n' * 57}_media" not in cluster_db.client.list_database_names()
