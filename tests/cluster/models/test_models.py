"""Models against a real server: nothing is lost, and what the documents forbid is seen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from bson import ObjectId
from bson.int64 import Int64
from pydantic import BaseModel

from postflow_desktop.cluster.models.base import problems
from postflow_desktop.cluster.models.people import User
from postflow_desktop.cluster.models.registry import MODELS, REFERENCES
from postflow_desktop.cluster.schema.service_fields import COLLECTION_OF, RENAMED, SAME
from postflow_desktop.cluster.schema.spec_fields import AS_WRITTEN
from postflow_desktop.cluster.workspace import COLLECTIONS, ClusterWorkspace
from tests.cluster.samples import GONE, NOW, UNSOUND, changed, sound
from tests.cluster.samples_services import USER_FIELDS, USER_PREFERENCES

SPEC = Path(__file__).parents[4] / "shared" / "spec" / "mongodb-schema.md"
HERE = {spec.name for spec in COLLECTIONS}
MODELLED = sorted(set(MODELS) & HERE & set(UNSOUND))


def complete(name: str) -> dict[str, Any]:
    """A sound document with what newer clients may have added, at every depth."""
    document = sound(name)
    if name == "users":
        document |= {**USER_FIELDS, "preferences": dict(USER_PREFERENCES)}
    for value in list(document.values()):
        if isinstance(value, dict) and value and name != "webhookEvents":
            value["ofTomorrow"] = [{"deep": ObjectId()}, Int64(2**40), None, 1.5]
    document["ofTomorrow"] = {"since": NOW, "nothing": None, "raw": b"\x00\xff"}
    return document


@pytest.mark.parametrize("name", MODELLED)
def test_a_document_comes_back_as_it_was(workspace: ClusterWorkspace, name: str) -> None:
    collection = workspace.database[name]
    if name == "subscriptionPlans":
        collection.delete_many({})
    collection.insert_one(complete(name))
    before = collection.find_one() or {}
    again = MODELS[name].read(before).document()
    assert again == before
    for field, value in before.items():
        # A long number that fits becomes a short one; BSON compares them as equal.
        assert isinstance(value, type(again[field])), field
    collection.replace_one({"_id": before["_id"]}, again)
    assert collection.find_one() == before


def test_a_change_leaves_the_rest_alone(workspace: ClusterWorkspace) -> None:
    document = {**complete("users"), "clerkUserId": "user_3", "username": "zoe"}
    document["referralCode"] = "ZOE12345"
    person = User.read(document)
    named = person.model_copy(update={"name": "Zoë"})
    assert named.document() == {**document, "name": "Zoë"}
    workspace.database["users"].insert_one(named.document())


def test_null_and_missing_stay_apart() -> None:
    document = {**sound("users"), "name": None}
    document.pop("preferences")
    again = User.read(document).document()
    assert again["name"] is None
    assert "preferences" not in again
    assert "credits" not in again


@pytest.mark.parametrize("name", MODELLED)
def test_the_server_has_a_rule_for_every_field_of_the_model(
    workspace: ClusterWorkspace, name: str
) -> None:
    (stored,) = workspace.database.list_collections(filter={"name": name})
    schema = stored["options"]["validator"]["$jsonSchema"]
    without = [
        path
        for path in _paths(MODELS[name])
        if path != "_id" and not _rule(schema, path.split(".")) and not path.endswith(".key")
    ]
    assert without == []
    needed = {
        field.alias or key
        for key, field in MODELS[name].model_fields.items()
        if field.is_required() and field.alias != "_id"
    }
    assert needed - set(schema["required"]) == set()


def test_every_field_of_the_documents_is_in_a_model() -> None:
    asked = {f"{name}.{field}" for name, fields in AS_WRITTEN.items() for field in fields}
    asked |= {f"{COLLECTION_OF[e]}.{field}" for e, fields in SAME.items() for field in fields}
    asked |= set(RENAMED.values()) - {"schedules.result.externalId"}
    known = {f"{name}.{path}" for name, model in MODELS.items() for path in _paths(model)}
    plain = {path.replace("[]", "") for path in asked}
    assert plain - known == set()


BROKEN = [
    ("users", "email", "Ana@Example.com"),
    ("users", "email", "nobody"),
    ("users", "timezone", "Europe/Atlantis"),
    ("users", "avatarUrl", "javascript:alert(1)"),
    ("users", "status", "deleted"),
    ("users", "preferences.timezone", "CEST+1"),
    ("users", "preferences.language", "deutsch!"),
    ("users", "passwordHash", "$2b$"),
    ("organizations", "slug", "Bad_Slug"),
    ("organizations", "slug", "a" * 81),
    ("organizations", "timezone", "Mars/Olympus"),
    ("memberships", "role", "guest"),
    ("socialAccounts", "platform", "twitter"),
    ("posts", "status", "queued"),
    ("posts", "idempotencyKey", "monday"),
    ("posts", "timezone", "UTC+25"),
    ("queues", "daysOfWeek", [1, 1]),
    ("queues", "timezone", "nowhere"),
    ("queues", "timeSlots.0.hour", 24),
    ("schedules", "status", "published"),
    ("subscriptionPlans", "limits.postsPerMonth", -2),
    ("billingRecords", "currency", "xyz"),
    ("billingRecords", "currency", "USD"),
    ("customers", "currency", "abc"),
    ("customers", "address.country", "ZZ"),
    ("customers", "email", "@"),
    ("subscriptions", "quantity", 0),
    ("subscriptions", "currentPeriodEnd", NOW.replace(year=2020)),
    ("webhookEvents", "processed", True),
    ("webhookEvents", "retryCount", "1"),
    ("referrals", "status", "converted"),
    ("purchases", "amount", -1),
    ("products", "category", "toy"),
    ("products", "imageUrl", "ftp://x/y"),
    ("products", "price", GONE),
]


@pytest.mark.parametrize(("name", "path", "value"), BROKEN)
def test_what_the_documents_forbid_is_seen(name: str, path: str, value: object) -> None:
    document = sound(name)
    if name == "posts" and path == "status":
        document["socialAccountIds"] = []
    assert problems(MODELS[name], sound(name)) == []
    found = problems(MODELS[name], changed(document, path, value))
    assert len(found) >= 1
    assert all(
        str(value) not in sentence
        for _, sentence in found
        if path != "status" and len(str(value)) > 3
    )


def test_references_are_those_of_the_document() -> None:
    if not SPEC.exists():
        pytest.skip("the schema document is not beside this checkout")
    table = (
        SPEC.read_text().partition("## Cross-Collection Reference Summary")[2].partition("\n## ")[0]
    )
    rows = re.findall(r"^\| (\w+) *\| (\w+) *\| ([\w\[\]]+) *\|", table, re.MULTILINE)
    asked = {
        (_small(source), field.replace("[]", ""), _small(target))
        for source, target, field in rows
        if source != "From"
    }
    assert len(asked) == 17
    known = {(ref.collection, ref.field, ref.to) for ref in REFERENCES}
    assert asked - known == set()


def _small(name: str) -> str:
    return name[0].lower() + name[1:]


def _paths(model: type[BaseModel]) -> list[str]:
    """Every field with the fields inside it, as stored."""
    found = []
    for key, field in model.model_fields.items():
        name = field.alias or key
        found.append(name)
        inner = _model_in(field.annotation)
        found += [f"{name}.{path}" for path in _paths(inner)] if inner else []
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for each in get_args(annotation) if (m := _model_in(each))), None)


def _rule(schema: dict[str, Any], path: list[str]) -> bool:
    rule = schema.get("items", schema).get("properties", {}).get(path[0])
    return rule is not None and (len(path) == 1 or _rule(rule, path[1:]))


def test_every_model_says_what_it_is() -> None:
    assert all(model.__doc__ for model in MODELS.values())
