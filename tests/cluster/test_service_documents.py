"""The collections against the two later documents: their fields, words and indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from postflow_desktop.cluster.schema.service_fields import (
    COLLECTION_OF,
    INDEX_INSTEAD,
    INSTEAD,
    RENAMED,
    RULE_INSTEAD,
    SAME,
)
from postflow_desktop.cluster.workspace import COLLECTIONS, ClusterWorkspace
from postflow_desktop.domain.network import Network

SPEC = Path(__file__).parents[3] / "shared" / "spec"
SERVICES = SPEC / "external-services-data-model.md"
STORE = SPEC / "referral-and-store-schema.md"

Index = tuple[str, tuple[tuple[str, object], ...], bool]

# Where an interface of the document stands inside another one.
_INSIDE = {
    "UserPreferences": "User.preferences",
    "TaxId": "Customer.taxIds[]",
    "Address": "Customer.address",
    "PostAnalytics": "SocialPost.analytics",
    "PostError": "SocialPost.errors[]",
}
_PLURALS = {
    "Users": "User",
    "Social Accounts": "SocialAccount",
    "Customers": "Customer",
    "Subscriptions": "Subscription",
    "Social Posts": "SocialPost",
    "Webhook Events": "WebhookEvent",
}
_VALIDATORS = {spec.name: spec.validator["$jsonSchema"]["properties"] for spec in COLLECTIONS}


def test_every_field_of_the_table_is_in_its_validator() -> None:
    stored = {f"{COLLECTION_OF[entity]}.{field}" for entity in SAME for field in SAME[entity]}
    missing = [
        path
        for path in sorted(stored | set(RENAMED.values()))
        if not path.endswith("._id") and not _has(*path.split(".", 1))
    ]
    assert missing == []


def test_no_field_is_in_the_table_twice() -> None:
    same = {f"{entity}.{field}" for entity, fields in SAME.items() for field in fields}
    assert same & set(RENAMED) == set()
    assert (same | set(RENAMED)) & set(INSTEAD) == set()
    reasons = [*INSTEAD.values(), *INDEX_INSTEAD.values(), *RULE_INSTEAD.values()]
    assert all(reason.endswith(".") for reason in reasons)


def test_the_table_holds_every_field_of_the_documents() -> None:
    fields = set(_interface_fields()) | set(_collection_fields())
    assert len(fields) > 110
    told = {f"{entity}.{field}" for entity, names in SAME.items() for field in names}
    told |= set(RENAMED) | set(INSTEAD)
    assert fields - told == set()
    assert told - fields == set()


def test_every_index_of_the_documents_is_on_the_server(workspace: ClusterWorkspace) -> None:
    asked = list(_indexes())
    assert len(asked) >= 27
    wrong = []
    for name, keys, unique in asked:
        found = workspace.database[name].index_information().values()
        begin = [i for i in found if _keys(i)[: len(keys)] == keys]
        exact = [i for i in begin if len(_keys(i)) == len(keys)]
        if not begin or (unique and not any(i.get("unique") for i in exact)):
            wrong.append((name, keys, unique))
    assert wrong == []


def test_the_networks_are_those_of_all_documents_and_mastodon() -> None:
    text = _text(SERVICES)
    union = text.partition("type SocialPlatform =")[2].partition(";")[0]
    schema = _text(SPEC / "mongodb-schema.md")
    row = next(line for line in schema.splitlines() if line.startswith("| `platform` |"))
    asked = {Network(word) for word in re.findall(r'"(\w+)"', union + row)}
    assert asked | {Network.MASTODON, Network.TELEGRAM} == set(Network)
    assert _VALIDATORS["socialAccounts"]["platform"]["enum"] == [n.value for n in Network]


def test_the_enums_are_those_of_the_documents() -> None:
    services, store = _text(SERVICES), _text(STORE)
    union = services.partition("type SubscriptionStatus =")[2].partition(";")[0]
    words = re.findall(r'"(\w+)"', union)
    assert _VALIDATORS["subscriptions"]["status"]["enum"] == words
    (sources,) = re.findall(r"source: (.*?);", services)
    words = re.findall(r'"(\w+)"', sources)
    assert _VALIDATORS["webhookEvents"]["source"]["enum"] == words
    (theme,) = re.findall(r"theme: (.*?);", services)
    words = re.findall(r'"(\w+)"', theme)
    assert _VALIDATORS["users"]["preferences"]["properties"]["theme"]["enum"] == words
    for field, collection in (("status", "referrals"), ("category", "products")):
        (listed,) = re.findall(rf"`{field}`: Required enum \[(.*?)\]", store)
        assert _VALIDATORS[collection][field]["enum"] == re.findall(r"'(\w+)'", listed)


def test_rules_that_hold_in_another_form_are_the_documents_rules() -> None:
    text = _text(SERVICES)
    named = [rule for rule in RULE_INSTEAD if ":" not in rule]
    assert len(named) == 4
    assert [rule for rule in named if rule not in text] == []


def _text(path: Path) -> str:
    if not path.exists():
        pytest.skip(f"{path.name} is not beside this checkout")
    return path.read_text(encoding="utf-8")


def _interface_fields() -> Iterator[str]:
    """`Entity.field` and `Entity.field.inner` of the interfaces."""
    bodies = re.findall(r"^interface (\w+) \{\n(.*?)^\}", _text(SERVICES), re.MULTILINE | re.DOTALL)
    assert len(bodies) == 11
    for name, body in bodies:
        path = [_INSIDE.get(name, name)]
        for line in body.splitlines():
            if line.strip().startswith("}"):
                path.pop()
            elif match := re.match(r"\s*(\w+)\??: (.*)", line):
                yield ".".join([*path, match[1]])
                if match[2].startswith("{"):
                    path.append(match[1])


def _collection_fields() -> Iterator[str]:
    """`Entity.field` of the collections of the referral document."""
    for name, section in _sections():
        body = section.partition("**Schema Definition**:")[2].partition("```javascript")[2]
        for line in body.partition("```")[0].splitlines():
            if match := re.match(r"\s+(\w+): ", line):
                yield f"{name}.{match[1]}"


def _sections() -> list[tuple[str, str]]:
    parts = re.split(r"^### \d\. (\w+) Collection$", _text(STORE), flags=re.MULTILINE)
    found = list(zip(parts[1::2], parts[2::2], strict=True))
    assert len(found) == 4
    return found


def _indexes() -> Iterator[Index]:
    """Collection, keys in our names, and whether it is to be unique."""
    renamed = {field: where.split(".", 1)[1] for field, where in RENAMED.items()}
    for title, index, fields in _service_indexes():
        if f"{title}.{index}" not in INDEX_INSTEAD:
            entity = _PLURALS[title]
            keys = tuple((renamed.get(f"{entity}.{field}", field), 1) for field in fields)
            yield COLLECTION_OF[entity], keys, False
    for name, section in _sections():
        body = section.partition("**Indexes**:")[2].partition("**Validation Rules**")[0]
        for block, comment in re.findall(r"\{([^}]*)\}\s*//(.*)", body):
            pairs = re.findall(r"(\w+): (-?1|\"text\")", block)
            asked = tuple((key, "text" if way == '"text"' else int(way)) for key, way in pairs)
            yield COLLECTION_OF[name], asked, "unique" in comment.lower()


def _service_indexes() -> Iterator[tuple[str, str, list[str]]]:
    """Title, name and fields; under compound indexes the titles are sentences."""
    compound = {
        "by_user_platform_active": "Social Accounts",
        "by_user_subscription_status": "Subscriptions",
        "by_user_scheduled": "Social Posts",
    }
    text = _text(SERVICES).partition("## Indexing Strategy")[2].partition("## Data Validation")[0]
    title = ""
    for line in text.splitlines():
        if line.startswith("// "):
            title = line[3:]
        elif match := re.match(r'\.index\("(\w+)", \[(.*)\]\)', line):
            yield compound.get(match[1], title), match[1], re.findall(r'"(\w+)"', match[2])


def _keys(index: Any) -> tuple[tuple[str, object], ...]:
    if "textIndexVersion" in index:
        return tuple((name, "text") for name in index["weights"])
    return tuple((key, int(way)) for key, way in index["key"])


def _has(collection: str, field: str) -> bool:
    return _in(_VALIDATORS[collection], field)


def _in(properties: dict[str, Any], field: str) -> bool:
    head, _, rest = field.partition(".")
    rule = properties.get(head.removesuffix("[]"))
    if rule is None or not rest:
        return rule is not None
    inner = rule["items"] if head.endswith("[]") else rule
    return _in(inner["properties"], rest)
