"""Backups hold everything of one moment, can be read back, and only good ones count."""

from __future__ import annotations

import gzip
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId, decode_all, json_util
from pymongo import ASCENDING

from postflow_desktop.cluster.connection import open_client
from postflow_desktop.cluster.embedded.backup import (
    BackupRules,
    backup_now,
    newest_backup,
    prune,
    read_backup,
)
from postflow_desktop.cluster.embedded.layout import Layout
from postflow_desktop.domain.errors import ClusterUnreachable, MachineProblem, NotFound
from tests.embedded.conftest import Disk, Home
from tests.kit.mongod import wait_until

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
VALIDATOR = {"$jsonSchema": {"required": ["name"]}}


@pytest.fixture
def filled(home: Home) -> Iterator[dict[str, Any]]:
    """A home with some documents; the fixture's value is one of them."""
    document = {"_id": ObjectId(), "name": "é", "at": NOON, "raw": b"\0\1", "n": 7}
    with open_client(home.server().ensure()) as client:
        posts = client["work"].create_collection("posts", validator=VALIDATOR)
        posts.create_index([("name", ASCENDING)], unique=True, name="by_name")
        posts.insert_many([document, {"name": "b"}])
        client["work"].create_collection("empty")
        client["work_media"]["fs.chunks"].insert_many([{"data": b"x" * 9999} for _ in range(50)])
        yield document


def test_a_backup_holds_every_database_but_the_servers_own(
    home: Home, filled: dict[str, Any]
) -> None:
    taken = backup_now(home.embedded, now=NOON)
    assert taken == home.embedded / "backups" / "2026-03-01"
    assert read_backup(taken) == {"work.posts": 2, "work.empty": 0, "work_media.fs.chunks": 50}
    assert newest_backup(taken.parent) == NOON


def test_a_backup_has_the_layout_of_mongodump(home: Home, filled: dict[str, Any]) -> None:
    taken = backup_now(home.embedded, now=NOON)
    raw = gzip.decompress((taken / "work" / "posts.bson.gz").read_bytes())
    found = decode_all(raw, json_util.DEFAULT_JSON_OPTIONS.with_options(tz_aware=True))
    assert filled in found
    about = json.loads(gzip.decompress((taken / "work" / "posts.metadata.json.gz").read_bytes()))
    assert about["options"] == {"validator": VALIDATOR}
    assert [index["name"] for index in about["indexes"]] == ["_id_", "by_name"]
    assert len(about["uuid"]) == 32
    assert (about["collectionName"], about["type"]) == ("posts", "collection")


def test_a_second_backup_of_the_day_replaces_the_first(home: Home, filled: dict[str, Any]) -> None:
    backup_now(home.embedded, now=NOON)
    with open_client(home.server().ensure()) as client:
        client["work"]["posts"].insert_one({"name": "c"})
    later = backup_now(home.embedded, now=NOON + timedelta(hours=1))
    assert read_backup(later)["work.posts"] == 3
    assert newest_backup(later.parent) == NOON + timedelta(hours=1)


def test_thirty_are_kept(home: Home, filled: dict[str, Any]) -> None:
    backups = home.embedded / "backups"
    for day in range(1, 32):
        (backups / f"2026-01-{day:02}").mkdir(parents=True)
        (backups / f"2026-01-{day:02}.json").write_text("{}")
    (backups / ".new-2026-01-05").mkdir()
    (backups / "2026-01-00").mkdir()  # incomplete: it does not count and is no harm
    backup_now(home.embedded, now=NOON)
    kept = sorted(path.name for path in backups.glob("*-*-*[0-9]") if path.name > "2026-01-00")
    assert kept == [*(f"2026-01-{day:02}" for day in range(3, 32)), "2026-03-01"]
    assert len(list(backups.glob("*.json"))) == 30
    assert not list(backups.glob(".new-*"))


def test_a_backup_that_finds_no_room_leaves_the_old_ones(
    home: Home, filled: dict[str, Any]
) -> None:
    old = backup_now(home.embedded, now=NOON)
    with pytest.raises(MachineProblem) as caught:
        backup_now(
            home.embedded, now=NOON + timedelta(days=1), rules=BackupRules(free_bytes=1 << 60)
        )
    assert caught.value.code == "disk_full"
    assert sorted(path.name for path in old.parent.iterdir()) == ["2026-03-01", "2026-03-01.json"]
    assert sum(read_backup(old).values()) == 52


def test_a_full_disk_under_the_backups_leaves_the_old_ones(
    home: Home, filled: dict[str, Any], disk: Disk
) -> None:
    small = disk("size=40k")
    (home.embedded / "backups").symlink_to(small)
    with open_client(home.server().ensure()) as client:
        client["work"]["posts"].insert_one({"name": secrets.token_hex(100_000)})
    with pytest.raises(MachineProblem) as caught:
        backup_now(home.embedded, now=NOON, rules=BackupRules(free_bytes=-(1 << 40)))
    assert caught.value.code == "disk_full"
    assert not list(small.iterdir())


def test_damage_to_a_backup_is_noticed(home: Home, filled: dict[str, Any]) -> None:
    taken = backup_now(home.embedded, now=NOON)
    victim = taken / "work_media" / "fs.chunks.bson.gz"
    whole = victim.read_bytes()
    victim.write_bytes(whole[:-40])
    with pytest.raises(MachineProblem) as caught:
        read_backup(taken)
    assert caught.value.code == "backup_damaged"
    victim.write_bytes(gzip.compress(gzip.decompress(whole)[:-10_000]))
    with pytest.raises(MachineProblem):
        read_backup(taken)
    with pytest.raises(NotFound):
        read_backup(taken.parent / "2020-01-01")


def test_the_keeper_backs_up_by_itself_and_once_a_day(home: Home) -> None:
    home.chores_delay = 0.1
    home.linger = 0.3
    backups = home.embedded / "backups"
    with home.lock():
        home.server().ensure()
        wait_until(lambda: newest_backup(backups), what="the first backup")
    first = newest_backup(backups)
    wait_until(lambda: not home.pids(), what="the end of the server")
    with home.lock():
        home.server().ensure()
        wait_until(lambda: "ready" in last_line(home), what="the second start")
    wait_until(lambda: not home.pids(), what="the end of the server")
    assert newest_backup(backups) == first


def last_line(home: Home) -> str:
    return Layout(home.embedded).keeper_log.read_text().splitlines()[-1]


def test_nothing_is_backed_up_while_the_server_is_down(tmp_path: Path) -> None:
    with pytest.raises(ClusterUnreachable):
        backup_now(tmp_path)
    prune(tmp_path / "none")
