"""Large media go into GridFS and out of it in pieces: little memory, no wrong byte, no remains."""

from __future__ import annotations

import hashlib
import tracemalloc
from pathlib import Path

import pytest

from postflow_desktop.cluster.documents import new_id
from postflow_desktop.cluster.media_store import MongoMediaStore
from postflow_desktop.cluster.workspace import ClusterWorkspace
from postflow_desktop.domain.errors import InvalidInput, NotFound, Refused
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.media.reader import FileMediaReader
from postflow_desktop.services.ports.media import (
    PIECE_BYTES,
    HeldContent,
    HeldStream,
    MediaContent,
    MediaStream,
    Progress,
    StoredContent,
    pieces,
)
from tests.conftest import ClusterDb
from tests.media import films

LARGE = 48 * 1024 * 1024
"""Many pieces; in memory as a whole it would be seen."""
ROOM = 16 * 1024 * 1024


@pytest.fixture
def store(workspace: ClusterWorkspace) -> MongoMediaStore:
    return workspace.media


def read(folder: Path, size: int, seed: bytes = b"bread") -> tuple[Media, MediaContent]:
    path = folder / f"film-{size}.mp4"
    path.write_bytes(films.film(size=size, seed=seed))
    return FileMediaReader().read(path, "")


def chunks(db: ClusterDb) -> int:
    return db.client[db.media_name]["fs.chunks"].count_documents({})


def names(db: ClusterDb) -> list[str]:
    return [one["filename"] for one in db.client[db.media_name]["fs.files"].find()]


def test_a_large_film_passes_through_little_memory(store: MongoMediaStore, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(films.film(size=LARGE))
    warm, content = read(tmp_path, 3_000_000, b"warm")
    store.put(new_id(), warm, content)
    tracemalloc.start()
    try:
        media, content = FileMediaReader().read(path, "")
        store.put(new_id(), media, content)
        digest = hashlib.sha256()
        with store.open(media.sha256) as stream:
            for piece in pieces(stream, PIECE_BYTES):
                digest.update(piece)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert digest.hexdigest() == media.sha256
    assert media.size == LARGE
    assert most < ROOM


@pytest.mark.parametrize("size", [1000, 255 * 1024, 1024 * 1024 + 1, 4_000_000])
def test_pieces_of_every_size_are_the_same_bytes(
    store: MongoMediaStore, size: int, tmp_path: Path
) -> None:
    media, content = read(tmp_path, 3_000_000)
    store.put(new_id(), media, content)
    with store.open(media.sha256) as stream:
        assert stream.size == media.size
        found = list(pieces(stream, size))
    assert {len(piece) for piece in found[:-1]} <= {size}
    assert hashlib.sha256(b"".join(found)).hexdigest() == media.sha256


def test_how_far_it_is_can_be_seen_and_it_can_be_stopped(
    store: MongoMediaStore, cluster_db: ClusterDb, tmp_path: Path
) -> None:
    media, content = read(tmp_path, 6_000_000)
    progress = Progress()

    class Stopping(HeldStream):
        def read(self, most: int) -> bytes:
            if progress.done > 2_000_000:
                progress.stop()
            return super().read(most)

    class Source:
        size = media.size

        def open(self) -> MediaStream:
            with content.open() as stream:
                return Stopping(stream.read(media.size))

    with pytest.raises(Refused) as caught:
        store.put(new_id(), media, Source(), progress)
    assert caught.value.code == "stopped"
    assert 2_000_000 < progress.done < progress.total == media.size
    assert (chunks(cluster_db), names(cluster_db)) == (0, [])
    whole = Progress()
    store.put(new_id(), media, content, whole)
    assert whole.done == whole.total == media.size
    assert names(cluster_db) == [media.sha256]


def test_a_file_that_changes_meanwhile_leaves_nothing(
    store: MongoMediaStore, cluster_db: ClusterDb, tmp_path: Path
) -> None:
    media, content = read(tmp_path, 3_000_000)
    path = tmp_path / "film-3000000.mp4"
    path.write_bytes(films.film(size=3_000_000, seed=b"other"))
    with pytest.raises(InvalidInput) as caught:
        store.put(new_id(), media, content)
    assert caught.value.code == "media_changed"
    assert (chunks(cluster_db), names(cluster_db)) == (0, [])


@pytest.mark.parametrize("damage", ["changed", "cut"])
def test_a_damaged_film_ends_before_its_last_byte_is_handed_out(
    store: MongoMediaStore, cluster_db: ClusterDb, damage: str, tmp_path: Path
) -> None:
    media, content = read(tmp_path, 3_000_000)
    store.put(new_id(), media, content)
    found = cluster_db.client[cluster_db.media_name]["fs.chunks"]
    if damage == "cut":
        found.delete_one({"n": 5})
    else:
        chunk = found.find_one({"n": 5})
        assert chunk is not None
        found.update_one({"_id": chunk["_id"]}, {"$set": {"data": b"x" * len(chunk["data"])}})
    with store.open(media.sha256) as stream, pytest.raises(NotFound) as caught:
        list(pieces(stream, 500_000))
    assert caught.value.code == "media_gone"


def test_what_is_stored_can_be_given_again(store: MongoMediaStore, cluster_db: ClusterDb) -> None:
    data = films.film(size=300_000)
    digest = hashlib.sha256(data).hexdigest()
    media = _video(digest, len(data))
    store.put(new_id(), media, HeldContent(data))
    again = StoredContent(store, media)
    assert again.size == len(data)
    store.put(new_id(), media, again)
    assert names(cluster_db) == [digest]
    with pytest.raises(NotFound):
        store.open("0" * 64)


def _video(sha256: str, size: int) -> Media:
    return Media(
        kind=MediaKind.VIDEO, sha256=sha256, mime="video/mp4", size=size, width=640, height=360
    )
