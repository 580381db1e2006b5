"""What the cluster commands find out, on a real server."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.schema.sharded import TENANT, for_shards, leads
from postflow_desktop.cluster.workspace import COLLECTIONS, ClusterWorkspace
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.services.ports.inspection import CollectionReport, IndexReport, IndexState
from tests.cluster.samples import NOW, UNSOUND, sound
from tests.fakes.people import refusal

if TYPE_CHECKING:
    from pymongo import MongoClient  # noqa: TID251 - only its type

Document = dict[str, Any]


@pytest.fixture(scope="module")
def prepared(mongod_client: MongoClient[Document]) -> Iterator[ClusterWorkspace]:
    made = ClusterWorkspace(mongod_client, f"test_{secrets.token_hex(6)}")
    made.prepare()
    yield made
    made.drop()


@pytest.fixture
def workspace(prepared: ClusterWorkspace) -> Iterator[ClusterWorkspace]:
    """The module's workspace, without documents but its plans."""
    yield prepared
    for spec in COLLECTIONS:
        if spec.name != "subscriptionPlans":
            prepared.database.command("delete", spec.name, deletes=[{"q": {}, "limit": 0}])


def indexes(workspace: ClusterWorkspace) -> dict[str, IndexReport]:
    return {f"{r.collection}.{r.name}": r for r in workspace.inspection.indexes()}


def judged(workspace: ClusterWorkspace, findings: int = 20) -> dict[str, CollectionReport]:
    said: list[str] = []
    reports = workspace.inspection.documents(said.append, findings=findings)
    found = {report.name: report for report in reports}
    assert len(said) >= len(COLLECTIONS)
    return found


def test_a_fresh_workspace_has_the_indexes_that_are_asked_for(workspace: ClusterWorkspace) -> None:
    found = indexes(workspace)
    assert {r.state for r in found.values()} == {IndexState.OK}
    wanted = {f"{s.name}.{m.document['name']}" for s in COLLECTIONS for m in s.indexes}
    assert wanted | {f"{s.name}._id_" for s in COLLECTIONS} == set(found)
    assert found["users.email_1"].options == ("unique", "partial")
    assert found["products.title_text"].keys == (("title", "text"),)


def test_what_somebody_changed_is_seen(workspace: ClusterWorkspace) -> None:
    posts = workspace.database["posts"]
    posts.drop_index("organizationId_1_scheduledAt_1")
    posts.drop_index("idempotencyKey_1")
    posts.create_indexes(
        [IndexModel([("idempotencyKey", 1)], name="idempotencyKey_1"), IndexModel([("mine", 1)])]
    )
    found = indexes(workspace)
    assert found["posts.organizationId_1_scheduledAt_1"].state is IndexState.MISSING
    assert found["posts.organizationId_1_scheduledAt_1"].uses is None
    assert found["posts.idempotencyKey_1"].state is IndexState.DIFFERENT
    assert found["posts.mine_1"].state is IndexState.EXTRA
    workspace.migrate()
    wrong = {name for name, each in indexes(workspace).items() if each.state is not IndexState.OK}
    assert wrong == {"posts.mine_1"}, "what somebody else made is left alone"
    posts.drop_index("mine_1")


def test_an_index_with_other_options_under_another_name_is_made_anew(
    workspace: ClusterWorkspace,
) -> None:
    products = workspace.database["products"]
    products.drop_index("category_1")
    products.create_indexes([IndexModel([("category", 1)], name="by_category")])
    events = workspace.database["webhookEvents"]
    events.drop_index("processedAt_1")
    events.create_indexes([IndexModel([("processedAt", 1)], expireAfterSeconds=5)])
    workspace.migrate()
    assert {each.state for each in indexes(workspace).values()} == {IndexState.OK}


def test_what_is_used_is_counted(workspace: ClusterWorkspace) -> None:
    products = workspace.database["products"]
    before = indexes(workspace)["products.category_1"].uses or 0
    list(products.find({"category": "ebook"}))
    after = indexes(workspace)
    assert after["products.category_1"].uses == before + 1
    assert not after["products.category_1"].is_unused
    assert after["products.category_1"].since is not None
    assert after["products.price_1"].is_unused


def test_a_workspace_of_sound_documents_is_sound(workspace: ClusterWorkspace) -> None:
    _fill(workspace)
    found = judged(workspace)
    assert {name for name, report in found.items() if not report.is_sound} == set()
    assert found["posts"].documents == 1
    assert found["subscriptionPlans"].documents == 4
    assert found["payloads"].recent is None
    assert found["users"].recent == 1


@pytest.mark.parametrize("name", sorted(UNSOUND))
def test_what_the_server_would_refuse_is_found(workspace: ClusterWorkspace, name: str) -> None:
    document = {**sound(name), "rev": "many"}
    if name == "subscriptionPlans":
        document["slug"] = "gold"
    workspace.database.command("insert", name, documents=[document], bypassDocumentValidation=True)
    report = judged(workspace)[name]
    assert report.refused == 1
    (finding,) = [each for each in report.findings if each.kind == "refused"]
    assert finding.id == str(document["_id"])
    assert finding.path in ("rev", "slug")
    workspace.database[name].delete_one({"_id": document["_id"]})


def test_what_no_validator_can_say_is_found(workspace: ClusterWorkspace) -> None:
    parts = _fill(workspace)
    database = workspace.database
    database["organizations"].update_one({}, {"$set": {"timezone": "Europe/Atlantis"}})
    database["posts"].update_one({}, {"$set": {"status": "queued", "socialAccountIds": []}})
    found = judged(workspace)
    assert (found["organizations"].refused, found["organizations"].broken) == (0, 1)
    (finding,) = found["organizations"].findings
    assert (finding.path, finding.id) == ("timezone", str(parts["organization"]))
    assert found["posts"].broken == 1
    assert "Atlantis" not in str(found)


def test_what_can_not_have_happened_yet_is_found(workspace: ClusterWorkspace) -> None:
    far = NOW.replace(year=2199)
    workspace.database["analytics"].insert_one({**sound("analytics"), "fetchedAt": far})
    report = judged(workspace)["analytics"]
    assert ("fetchedAt", "lies in the future") in [(f.path, f.problem) for f in report.findings]
    assert report.broken == 1


def test_what_leads_to_nothing_is_found(workspace: ClusterWorkspace) -> None:
    parts = _fill(workspace)
    database = workspace.database
    database["queues"].update_one({}, {"$set": {"socialAccountId": ObjectId()}})
    database["schedules"].update_one({}, {"$set": {"postId": ObjectId()}})
    database["memberships"].update_one({}, {"$set": {"userId": ObjectId()}})
    database["socialAccounts"].delete_one({"_id": parts["account"]})
    found = judged(workspace)
    assert {name for name, report in found.items() if report.orphans} == {
        "queues",
        "schedules",
        "memberships",
    }
    # An account that was disconnected is no fault of its posts.
    assert found["posts"].gone == 2
    assert found["posts"].is_sound


def test_what_belongs_to_others_is_found(workspace: ClusterWorkspace) -> None:
    _fill(workspace)
    stranger = sound("socialAccounts")
    workspace.database["socialAccounts"].insert_one(stranger)
    workspace.database["posts"].update_one({}, {"$set": {"socialAccountIds": [stranger["_id"]]}})
    assert judged(workspace)["posts"].foreign == 1


def test_more_than_a_batch_is_counted_and_only_the_first_findings_are_kept(
    workspace: ClusterWorkspace,
) -> None:
    documents = [sound("products") for _ in range(1203)]
    workspace.database["products"].insert_many(documents)
    workspace.database["products"].update_many(
        {"_id": {"$in": [d["_id"] for d in documents[:700]]}}, {"$set": {"imageUrl": "no address"}}
    )
    report = judged(workspace, findings=7)["products"]
    assert (report.documents, report.broken, len(report.findings)) == (1203, 700, 7)


def test_collections_that_nobody_knows_are_named(workspace: ClusterWorkspace) -> None:
    workspace.database["ofTomorrow"].insert_one({})
    assert workspace.inspection.unknown_collections() == ["ofTomorrow"]
    workspace.database["ofTomorrow"].drop()


def test_every_tenant_is_sharded_by_its_organization(workspace: ClusterWorkspace) -> None:
    steps = {step.collection: step for step in workspace.inspection.shard_plan()}
    assert set(steps) == {spec.name for spec in COLLECTIONS}
    asked = ["socialAccounts", "posts", "queues", "schedules", "billingRecords", "memberships"]
    assert all(steps[name].key == ((TENANT, 1),) for name in asked)
    assert all(not steps[name].key for name in ("users", "subscriptionPlans", "organizations"))
    replaced = {name: [old for old, _ in step.replaced] for name, step in steps.items()}
    assert replaced["posts"] == ["idempotencyKey_1"]
    assert replaced["queues"] == ["socialAccountId_1"]
    assert replaced["schedules"] == ["postId_1_socialAccountId_1"]
    assert replaced["memberships"] == ["userId_1_organizationId_1"]
    assert replaced["socialAccounts"] == []


def test_what_replaces_a_unique_index_refuses_the_same(workspace: ClusterWorkspace) -> None:
    posts = workspace.database["posts"]
    steps = {step.collection: step for step in workspace.inspection.shard_plan()}
    ((old, change),) = steps["posts"].replaced
    posts.drop_index(old)
    keys = [(field, int(str(way))) for field, way in change.keys]
    posts.create_indexes([IndexModel(keys, name=change.name, **dict(change.options))])
    organization = ObjectId()
    mine = {"organizationId": organization, "idempotencyKey": f"{organization}:monday"}
    for _ in range(2):
        posts.insert_one({**sound("posts"), "organizationId": organization})
    posts.insert_one({**sound("posts"), **mine})
    with pytest.raises(DuplicateKeyError):
        posts.insert_one({**sound("posts"), **mine})
    posts.drop_indexes()
    (spec,) = [each for each in COLLECTIONS if each.name == "posts"]
    posts.create_indexes(list(spec.indexes))


def test_a_sharded_collection_has_no_unique_index_without_its_key() -> None:
    for spec in COLLECTIONS:
        for model in for_shards(spec.indexes):
            index = dict(model.document)
            assert leads(index) or not index.get("unique"), (spec.name, index["name"])
            assert not (index.get("unique") and index.get("sparse"))


def test_nothing_is_sharded_where_there_is_no_router(workspace: ClusterWorkspace) -> None:
    error = refusal(workspace.inspection.shard)
    assert isinstance(error, Conflict)
    assert error.code == "not_sharded"


def _fill(workspace: ClusterWorkspace) -> dict[str, ObjectId]:
    """One of the main things, each leading to the others."""
    database = workspace.database
    user, organization, account, post = (ObjectId() for _ in range(4))
    plan = (database["subscriptionPlans"].find_one() or {})["_id"]
    mine = {"organizationId": organization}
    made: dict[str, Document] = {
        "users": {"_id": user},
        "organizations": {"_id": organization, "planId": plan},
        "memberships": {**mine, "userId": user},
        "socialAccounts": {"_id": account, **mine},
        "posts": {
            "_id": post,
            **mine,
            "createdBy": user,
            "socialAccountIds": [account],
            "variants": [{"socialAccountId": account, "text": "Hi"}],
        },
        "schedules": {**mine, "postId": post, "socialAccountId": account, "publishedAt": NOW},
        "queues": {**mine, "socialAccountId": account},
        "payloads": mine,
    }
    for name, fields in made.items():
        database[name].insert_one({**sound(name), **fields})
    return {"user": user, "organization": organization, "account": account, "post": post}
