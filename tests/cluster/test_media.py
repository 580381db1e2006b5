"""Media bytes in GridFS: by their content, beside the documents, never a wrong picture."""

from __future__ import annotations

import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from postflow_desktop.cluster.documents import new_id
from postflow_desktop.cluster.media_store import MongoMediaStore
from postflow_desktop.cluster.workspace import ClusterWorkspace
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.services.ports.media import HeldContent
from tests.conftest import ClusterDb


@pytest.fixture
def store(workspace: ClusterWorkspace) -> MongoMediaStore:
    return workspace.media


def picture(data: bytes) -> Media:
    digest = hashlib.sha256(data).hexdigest()
    return Media(
        kind=MediaKind.IMAGE, sha256=digest, mime="image/png", size=len(data), width=1, height=1
    )


def test_bytes_come_back_from_a_database_of_their_own(
    store: MongoMediaStore, cluster_db: ClusterDb
) -> None:
    data = secrets.token_bytes(600_000)  # more than two chunks
    organization = new_id()
    item = picture(data)
    assert item.url == f"media:{hashlib.sha256(data).hexdigest()}"
    store.put(organization, item, HeldContent(data))
    assert store.read(item.sha256) == data
    assert not any(name.startswith("fs.") for name in cluster_db.db.list_collection_names())
    stored = cluster_db.client[cluster_db.media_name]["fs.files"].find_one()
    assert stored is not None
    assert stored["filename"] == item.sha256
    assert str(stored["metadata"]["organizationId"]) == organization


def test_the_same_bytes_are_kept_once(store: MongoMediaStore, cluster_db: ClusterDb) -> None:
    item = picture(b"same")
    for _ in range(3):
        store.put(new_id(), item, HeldContent(b"same"))
    files = cluster_db.client[cluster_db.media_name]["fs.files"]
    assert files.count_documents({}) == 1


def test_two_who_put_the_same_at_once_both_find_it(store: MongoMediaStore) -> None:
    data = secrets.token_bytes(300_000)
    item = picture(data)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: store.put(new_id(), item, HeldContent(data)), range(4)))
    assert store.read(item.sha256) == data


def test_what_is_missing_is_said(store: MongoMediaStore) -> None:
    with pytest.raises(NotFound) as caught:
        store.read("0" * 64)
    assert caught.value.code == "media_gone"


@pytest.mark.parametrize("damage", ["changed", "cut"])
def test_a_damaged_picture_is_never_handed_out(
    store: MongoMediaStore, cluster_db: ClusterDb, damage: str
) -> None:
    data = secrets.token_bytes(600_000)
    item = picture(data)
    store.put(new_id(), item, HeldContent(data))
    chunks = cluster_db.client[cluster_db.media_name]["fs.chunks"]
    if damage == "cut":
        chunks.delete_one({"n": 1})
    else:
        first = chunks.find_one({"n": 0})
        assert first is not None
        chunks.update_one({"_id": first["_id"]}, {"$set": {"data": b"x" + first["data"][1:]}})
    with pytest.raises(NotFound) as caught:
        store.read(item.sha256)
    assert caught.value.code == "media_gone"


def test_finding_a_picture_reads_an_index(store: MongoMediaStore, cluster_db: ClusterDb) -> None:
    media = cluster_db.client[cluster_db.media_name]
    for number in range(20):
        data = str(number).encode()
        store.put(new_id(), picture(data), HeldContent(data))
    media.command("profile", 2)
    item = picture(b"7")
    store.put(new_id(), item, HeldContent(b"7"))
    assert store.read(item.sha256) == b"7"
    media.command("profile", 0)
    plans = [entry for entry in media["system.profile"].find() if "planSummary" in entry]
    assert len(plans) >= 3
    assert [entry["command"] for entry in plans if "COLLSCAN" in entry["planSummary"]] == []
