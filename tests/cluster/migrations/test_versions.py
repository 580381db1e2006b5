"""Programs of different versions on one workspace: who may write, who may read, and who says so."""

from __future__ import annotations

import pytest
from bson import ObjectId

from postflow_desktop.cluster.versions import (
    LOOK_SECONDS,
    GuardedDatabase,
    WriteGuard,
    read_state,
)
from postflow_desktop.cluster.workspace import SCHEMA_VERSION, ClusterWorkspace
from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.post import PostStatus
from tests.cluster.samples import sound
from tests.conftest import ClusterDb
from tests.fakes.people import refusal


def say(workspace: ClusterWorkspace, **fields: int) -> None:
    """Change `meta.schema` as another program would."""
    plain = workspace.client[workspace.name]
    plain["meta"].update_one({"_id": "schema"}, {"$set": fields})


def test_seeded_plans_of_the_version_before_get_their_new_limits(
    workspace: ClusterWorkspace,
) -> None:
    plans = workspace.database["subscriptionPlans"]
    plans.update_many({}, {"$unset": {"limits.queueSize": ""}, "$set": {"limits.workspaces": 1}})
    plans.update_one({"slug": "pro"}, {"$set": {"limits.postsPerMonth": 777}})
    say(workspace, version=5)
    workspace.prepare()
    found = {plan["slug"]: plan["limits"] for plan in plans.find()}
    assert found["free"]["queueSize"] == 10
    assert found["business"]["workspaces"] == 50
    assert found["pro"]["postsPerMonth"] == 777, "what somebody chose is kept"
    workspace.migrate(5)
    plain = workspace.client[workspace.name]["subscriptionPlans"]
    assert plain.count_documents({"limits.queueSize": {"$exists": True}}) == 0
    assert plain.count_documents({"limits.workspaces": 1}) == 4
    workspace.migrate()
    assert plain.count_documents({"limits.queueSize": {"$exists": True}}) == 4


def test_a_workspace_that_was_rolled_back_is_only_read(workspace: ClusterWorkspace) -> None:
    workspace.migrate(5)
    other = ClusterWorkspace(workspace.client, workspace.name)
    error = refusal(other.prepare)
    assert (error.code, "cluster migrate" in error.fix) == ("older_workspace", True)
    other.prepare(reading=True)
    page = other.posts.page(str(ObjectId()), status=PostStatus.DRAFT, cursor=None, limit=5)
    assert page.posts == ()
    with pytest.raises(ClusterUnreachable) as caught:
        other.database["products"].insert_one(sound("products"))
    assert caught.value.code == "older_workspace"
    other.migrate()
    other.database["products"].insert_one(sound("products"))
    workspace.prepare()


def test_a_newer_workspace_is_only_read(workspace: ClusterWorkspace) -> None:
    say(workspace, version=SCHEMA_VERSION + 2, minWriter=SCHEMA_VERSION + 1)
    other = ClusterWorkspace(workspace.client, workspace.name)
    other.prepare(reading=True)
    assert other.entitlements.plan_of(str(ObjectId())) is None
    workspace.client[workspace.name]["subscriptionPlans"].delete_many({})
    for write in (
        lambda: other.database["products"].insert_one({}),
        lambda: other.database["posts"].update_many({}, {"$set": {"status": "draft"}}),
        lambda: other.database["posts"].find_one_and_update({}, {"$set": {"a": 1}}),
        lambda: other.posts.delete(str(ObjectId()), str(ObjectId())),
        other.organizations.seed_plans,
        other.migrate,
    ):
        assert refusal(write).code == "newer_workspace"
    say(workspace, minReader=SCHEMA_VERSION + 1)
    assert refusal(lambda: other.prepare(reading=True)).code == "newer_workspace"


def test_a_program_that_runs_on_finds_out_before_it_writes(cluster_db: ClusterDb) -> None:
    plain = cluster_db.db
    plain["meta"].insert_one({"_id": "schema", "version": 6, "minWriter": 1})
    seconds = [0.0]
    guard = WriteGuard(plain, 6, seconds=lambda: seconds[0])
    things = GuardedDatabase(plain, guard)["things"]
    guard.saw(read_state(plain))
    things.insert_one({"_id": 1})
    plain["meta"].update_one({"_id": "schema"}, {"$set": {"minWriter": 7}})
    seconds[0] += LOOK_SECONDS - 1
    things.insert_one({"_id": 2})
    seconds[0] += 1
    assert refusal(lambda: things.insert_one({"_id": 3})).code == "newer_workspace"
    assert things.count_documents({}) == 2
    plain["meta"].update_one({"_id": "schema"}, {"$set": {"minWriter": 1}})
    seconds[0] += LOOK_SECONDS
    things.replace_one({"_id": 2}, {"again": True})
