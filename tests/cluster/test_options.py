"""What was chosen for a post, through the cluster, the payloads and the replica, nothing lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId
from pymongo.errors import WriteError

from postflow_desktop.cluster.payloads import MongoPayloadStore
from postflow_desktop.cluster.posts import MongoPostStore
from postflow_desktop.cluster.workspace import ClusterWorkspace
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import payload_for
from postflow_desktop.domain.post import Post, PostStatus, Variant
from postflow_desktop.replica.plain import dump, load
from postflow_desktop.replica.plain import read_post as read_plain
from tests.cluster.samples import sound

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
CHOSEN = (("labels", "nudity"), ("zeal", "of a newer PostFlow"))
ACCOUNT, BARE = str(ObjectId()), str(ObjectId())


def post() -> Post:
    return Post(
        id=str(ObjectId()),
        organization_id=str(ObjectId()),
        created_by=str(ObjectId()),
        status=PostStatus.DRAFT,
        text="Hi",
        variants=(
            Variant(account_id=ACCOUNT, text="Own", options=CHOSEN),
            Variant(account_id=BARE, options=(("langs", "en"),)),
        ),
        account_ids=(ACCOUNT, BARE),
        created_at=NOW,
        updated_at=NOW,
    )


def test_they_come_back_as_they_were(workspace: ClusterWorkspace) -> None:
    store = MongoPostStore(workspace.database)
    made = store.add(post())
    found = store.get(made.organization_id, made.id)
    assert found is not None
    assert found.variants == made.variants
    assert found.options_for(ACCOUNT) == CHOSEN
    assert found.options_for(str(ObjectId())) == ()
    document = _plain(workspace, "posts", made.id)
    assert read_plain(load(dump(document))).variants == made.variants
    rewritten = store.replace_content(found)
    assert rewritten is not None
    assert rewritten.variants == made.variants


def test_a_payload_is_found_by_a_hash_that_knows_them(workspace: ClusterWorkspace) -> None:
    store = MongoPayloadStore(workspace.database)
    chosen = payload_for(post(), ACCOUNT, Network.BLUESKY)
    assert chosen.options == CHOSEN
    assert store.get(store.put(chosen)) == chosen


@pytest.mark.parametrize(
    "options", [{"labels": 5}, {"labels": "x" * 501}, {f"k{n}": "x" for n in range(21)}, "nudity"]
)
def test_the_server_refuses_what_is_no_option(workspace: ClusterWorkspace, options: object) -> None:
    for name, field in (
        ("posts", {"variants": [{"socialAccountId": ObjectId(), "options": options}]}),
        ("payloads", {"options": options}),
    ):
        with pytest.raises(WriteError):
            workspace.database[name].insert_one({**sound(name), **field})


def test_the_server_refuses_broken_rules(workspace: ClusterWorkspace) -> None:
    own = {"values": {"textLength": 5}, "note": "", "by": ObjectId(), "at": NOW}
    organizations = workspace.database["organizations"]
    organizations.insert_one({**sound("organizations"), "networkRules": {"x": own}})
    for broken in ({"values": 5}, {"note": "x" * 501}, {"by": "Ana"}, {"at": "yesterday"}):
        with pytest.raises(WriteError):
            organizations.insert_one(
                {**sound("organizations"), "networkRules": {"x": {**own, **broken}}}
            )


def _plain(workspace: ClusterWorkspace, collection: str, key: str) -> dict[str, Any]:
    """As the feed hands it to the replica."""
    stored = workspace.database[collection].find_one({"_id": ObjectId(key)})
    text = json.dumps(
        stored, default=lambda v: v.isoformat() if hasattr(v, "isoformat") else str(v)
    )
    found: dict[str, Any] = json.loads(text)
    return found
