"""Wrong documents that reach the server past the application are refused by the server."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, WriteError

from postflow_desktop.cluster.workspace import COLLECTIONS, ClusterWorkspace
from tests.cluster.samples import NOW, UNSOUND, changed, sound

_REFUSED = 121  # DocumentValidationFailure


def test_every_collection_has_its_refusals() -> None:
    assert set(UNSOUND) == {spec.name for spec in COLLECTIONS}


@pytest.mark.parametrize("name", sorted(UNSOUND))
def test_the_server_takes_the_sound_document_and_none_of_the_others(
    workspace: ClusterWorkspace, name: str
) -> None:
    collection = workspace.database[name]
    if name == "subscriptionPlans":
        collection.delete_many({})
    collection.insert_one(sound(name))
    answers = {
        (path, str(value)[:40]): _answer(collection, changed(sound(name), path, value))
        for path, value in UNSOUND[name]
    }
    assert {case: code for case, code in answers.items() if code != _REFUSED} == {}


def _answer(collection: Collection[dict[str, Any]], document: dict[str, Any]) -> int | None:
    """The code the server refuses with; 0 where it takes the document."""
    try:
        collection.insert_one(document)
    except WriteError as error:
        return error.code
    return 0


@pytest.mark.parametrize("name", sorted(UNSOUND))
def test_an_update_can_not_spoil_what_is_stored(workspace: ClusterWorkspace, name: str) -> None:
    collection = workspace.database[name]
    if name == "subscriptionPlans":
        collection.delete_many({})
    stored = sound(name)
    collection.insert_one(stored)
    with pytest.raises(WriteError) as caught:
        collection.update_one({"_id": stored["_id"]}, {"$set": {"rev": "many"}})
    assert caught.value.code == _REFUSED


def _same(document: dict[str, Any], *fields: str) -> dict[str, Any]:
    other = sound(_COLLECTION_OF[fields])
    return {**other, **{field: document[field] for field in fields}}


_COLLECTION_OF = {
    ("email",): "users",
    ("slug",): "organizations",
    ("userId", "organizationId"): "memberships",
    ("organizationId", "keyVersion", "userId"): "keyWraps",
    ("organizationId", "platform", "platformUserId"): "socialAccounts",
    ("postId", "socialAccountId"): "schedules",
    ("idempotencyKey",): "posts",
    ("socialAccountId",): "queues",
}


@pytest.mark.parametrize("fields", sorted(_COLLECTION_OF))
def test_what_must_be_there_once_is_there_once(
    workspace: ClusterWorkspace, fields: tuple[str, ...]
) -> None:
    name = _COLLECTION_OF[fields]
    first = sound(name)
    if name == "posts":
        first["idempotencyKey"] = f"{ObjectId()}:monday"
    workspace.database[name].insert_one(first)
    with pytest.raises(DuplicateKeyError) as caught:
        workspace.database[name].insert_one(_same(first, *fields))
    assert set((caught.value.details or {})["keyPattern"]) == set(fields)
    workspace.database[name].insert_one(sound(name))


def test_an_organization_has_no_second_owner(workspace: ClusterWorkspace) -> None:
    memberships = workspace.database["memberships"]
    owner = {**sound("memberships"), "role": "owner"}
    memberships.insert_one(owner)
    second = {**sound("memberships"), "organizationId": owner["organizationId"], "role": "owner"}
    with pytest.raises(DuplicateKeyError):
        memberships.insert_one(second)
    memberships.insert_one({**second, "role": "admin"})


def test_a_slot_has_one_open_target(workspace: ClusterWorkspace) -> None:
    schedules = workspace.database["schedules"]
    for change in ({"status": "canceled"}, {"fromQueue": False}, {"slotAt": None}):
        first = {**sound("schedules"), "fromQueue": True, "slotAt": NOW}
        same = {name: first[name] for name in ("organizationId", "socialAccountId")}
        second = {**sound("schedules"), **same, "fromQueue": True, "slotAt": NOW}
        schedules.insert_one(first)
        with pytest.raises(DuplicateKeyError) as caught:
            schedules.insert_one(second)
        assert "slotAt" in (caught.value.details or {})["keyPattern"]
        schedules.update_one({"_id": first["_id"]}, {"$set": change})
        schedules.insert_one(second)


def test_people_without_an_address_do_not_collide(workspace: ClusterWorkspace) -> None:
    for _ in range(2):
        workspace.database["users"].insert_one({**sound("users"), "email": None})
