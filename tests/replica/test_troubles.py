"""The cluster goes away, the stream is lost, the file is damaged, the process is killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from bson import json_util

from postflow_desktop.cluster.connection import open_client
from postflow_desktop.cluster.feed import MongoFeed
from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.replica.reader import SqliteReplica
from postflow_desktop.replica.sync.sanity import EVERY_SECONDS
from postflow_desktop.replica.sync.writer import CacheWriter
from postflow_desktop.services.ports.feed import ClusterFeed, TokenLost
from postflow_desktop.services.ports.replica import Link
from tests.conftest import ClusterDb
from tests.fakes.clock import HeldClock
from tests.kit.mongod import TestMongod
from tests.plugins.logfail import ExpectedLogs
from tests.replica.conftest import MakeHome
from tests.replica.kit import MONTH, PATIENCE, START, Cluster, Home, cluster_of, held_revs

ANEW = "made anew"


@pytest.fixture(scope="module")
def own_mongod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestMongod]:
    """A server that tests may kill."""
    server = TestMongod(tmp_path_factory.mktemp("killed"))
    server.start()
    yield server
    server.stop()


def too_old(token: str) -> str:
    """The same token with a time long before the oplog: bytes 1 to 4 are its seconds."""
    value = json_util.loads(token)
    data = value["_data"]
    return json_util.dumps({"_data": data[:2] + "5f000000" + data[10:]})


def test_a_cluster_that_goes_and_comes_back_costs_nothing(
    own_mongod: TestMongod, homes: MakeHome, tmp_path: Path
) -> None:
    with (
        open_client(own_mongod.uri, timeout_seconds=2) as client,
        open_client(own_mongod.uri) as writing,
    ):
        cluster = cluster_of(ClusterDb(client=writing, name="goes", uri=own_mongod.uri))
        before = cluster.post("Before", at=START)
        home = homes(lambda: MongoFeed(client["goes"]), tmp_path / "cache.db").live()
        own_mongod.kill9()
        home.until(lambda: home.sync.state.link is Link.OFFLINE, "being offline")
        assert "does not answer" in home.sync.state.message
        rows = home.replica.calendar(cluster.organization_id, *MONTH)
        assert [row.post_id for row in rows] == [before.id], "offline, it is read all the same"
        own_mongod.restart()
        after = cluster.post("After", at=START + timedelta(days=1))
        home.sync.nudge()
        home.live()

        def both() -> bool:
            rows = home.replica.calendar(cluster.organization_id, *MONTH)
            return [row.post_id for row in rows] == [before.id, after.id]

        home.until(both, "what was missed")
        told = {(change.noun, change.ids) for change in home.changes[1:]}
        assert ("posts", frozenset({after.id})) in told, "it was not resumed by token"
        home.close()
        assert held_revs(home.path) == cluster.revs()


def test_without_a_cluster_at_first_it_waits_and_says_so(
    cluster: Cluster, homes: MakeHome, tmp_path: Path
) -> None:
    answers = iter([False, False, True])

    def factory() -> ClusterFeed:
        if not next(answers):
            raise ClusterUnreachable("Nobody is there.")
        return cluster.feed()

    home = homes(factory, tmp_path / "cache.db")
    home.until(lambda: home.sync.state.link is Link.OFFLINE)
    assert home.sync.state.message == "Nobody is there."
    home.live()
    assert [state.link for state in home.states] == [Link.OFFLINE, Link.SYNCING, Link.LIVE]


def test_a_token_too_old_is_told_apart_from_a_lost_network(cluster: Cluster) -> None:
    from threading import Event

    feed = MongoFeed(cluster.db)
    start = feed.token()
    cluster.post("Something to remember")
    event = next(event for event in feed.watch(start, Event()) if event is not None)
    old = too_old(event.token)
    with pytest.raises(TokenLost):
        list(feed.watch(old, Event()))


def test_a_lost_stream_is_made_up_for_by_digests(
    cluster: Cluster, homes: MakeHome, tmp_path: Path
) -> None:
    path = tmp_path / "cache.db"
    kept, dropped, changed = (cluster.post(text) for text in ("Kept", "Dropped", "Changed"))
    homes(cluster.feed, path).live().close()
    cluster.db["posts"].delete_one({"rev": 1, "content.text": "Dropped"})
    cluster.set("posts", changed.id, failureReason="other")
    added = cluster.post("Added")
    cache = CacheWriter(path)
    token = cache.token()
    assert token is not None
    cache.keep_token(too_old(token))
    cache.close()
    home = homes(cluster.feed, path)
    home.until(lambda: home.sync.state.link is Link.LIVE)
    ids = frozenset({dropped.id, changed.id, added.id})
    assert [change.ids for change in home.changes if change.noun == "posts"] == [ids]
    assert kept.id in {hit.post_id for hit in home.replica.drafts(cluster.organization_id)}
    home.close()
    assert held_revs(path) == cluster.revs()


def test_a_dropped_collection_empties_its_lists(cluster: Cluster, home: Home) -> None:
    cluster.post("Bread", at=START)
    home.live()
    cluster.db["posts"].drop()
    home.until(lambda: not home.replica.calendar(cluster.organization_id, *MONTH), "emptiness")
    cluster.db["posts"].create_index([("_id", 1), ("rev", 1)], name="_id_1_rev_1")
    new = cluster.post("Cake", at=START)
    home.until(
        lambda: (
            [r.post_id for r in home.replica.calendar(cluster.organization_id, *MONTH)] == [new.id]
        )
    )


def test_a_backup_with_older_revs_wins(cluster: Cluster, homes: MakeHome, tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    post = cluster.post("Old words", at=START)
    stored = cluster.db["posts"].find_one()
    assert stored is not None
    deleted = cluster.post("Deleted", at=START)
    stored_deleted = cluster.db["posts"].find_one({"content.text": "Deleted"})
    assert stored_deleted is not None
    home = homes(cluster.feed, path).live()
    cluster.set("posts", post.id, **{"content.text": "New words"})
    cluster.db["posts"].delete_one({"_id": stored_deleted["_id"]})
    home.until(lambda: not home.replica.search(cluster.organization_id, "deleted"))
    home.until(lambda: bool(home.replica.search(cluster.organization_id, "new")))
    home.close()
    cluster.db["posts"].replace_one({"_id": stored["_id"]}, stored)
    cluster.db["posts"].insert_one(stored_deleted)
    cache = CacheWriter(path)
    cache.forget_token()
    cache.close()
    again = homes(cluster.feed, path).live()
    assert again.replica.search(cluster.organization_id, "old")
    rows = again.replica.calendar(cluster.organization_id, *MONTH)
    assert {row.post_id for row in rows} == {post.id, deleted.id}
    again.close()
    assert held_revs(path) == cluster.revs()


_FOLLOWER = """
import sys
from pathlib import Path
from threading import Event
from postflow_desktop.cluster.connection import open_client
from postflow_desktop.cluster.feed import MongoFeed
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.replica.sync.engine import ReplicaSync
uri, name, path = sys.argv[1:]
client = open_client(uri)
def told(change):
    sys.stdout.write(".\\n")
    sys.stdout.flush()
sync = ReplicaSync(lambda: MongoFeed(client[name]), Path(path), SystemClock(),
                   on_change=told, on_state=lambda state: None)
sync.start()
Event().wait()
"""


@pytest.mark.parametrize("after", [0, 1, 6, 9, 40])
def test_a_killed_follower_leaves_a_file_that_goes_on(
    cluster: Cluster, cluster_db: ClusterDb, homes: MakeHome, tmp_path: Path, after: int
) -> None:
    path = tmp_path / "cache.db"
    account = cluster.account()
    posts = [cluster.post(f"Post {n}", at=START, accounts=(account,)) for n in range(30)]
    targets = [cluster.target(post, account) for post in posts]
    command = [sys.executable, "-c", _FOLLOWER, cluster_db.uri, cluster_db.name, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        for number in range(after):
            if number >= 7:  # the first reading tells each of the collections once
                cluster.set("posts", posts[number % 30].id, failureReason=str(number))
                cluster.set("schedules", targets[number % 30].id, tries=number)
            follower.stdout.readline()
        follower.send_signal(signal.SIGKILL)
    cluster.workspace.posts.delete(cluster.organization_id, posts[0].id)
    cluster.db["schedules"].delete_one({"tries": 0})
    home = homes(cluster.feed, path).live()
    rows = home.replica.calendar(cluster.organization_id, *MONTH)
    assert len(rows) == 29
    home.close()
    assert held_revs(path) == cluster.revs()


def filled(cluster: Cluster, homes: MakeHome, path: Path) -> None:
    account = cluster.account()
    for number in range(300):
        text = f"Post {number} " + "with many words " * 20
        at = START + timedelta(minutes=number)
        cluster.db["posts"].insert_one(
            {
                **_document(cluster, text, account.id),
                "scheduledAt": at,
            }
        )
    homes(cluster.feed, path).live().close()


def _document(cluster: Cluster, text: str, account_id: str) -> dict[str, object]:
    from bson import ObjectId

    return {
        "organizationId": ObjectId(cluster.organization_id),
        "createdBy": ObjectId(),
        "status": "scheduled",
        "content": {"text": text},
        "socialAccountIds": [ObjectId(account_id)],
        "createdAt": START,
        "updatedAt": START,
        "rev": 1,
    }


@pytest.mark.parametrize("kind", ["head", "cut", "pages", "text", "newer", "empty wal"])
def test_a_damaged_file_is_made_anew(
    cluster: Cluster, homes: MakeHome, tmp_path: Path, expected_logs: ExpectedLogs, kind: str
) -> None:
    path = tmp_path / "cache.db"
    filled(cluster, homes, path)
    spoil(path, kind)
    if kind != "empty wal":
        expected_logs.add(ANEW)
    home = homes(cluster.feed, path).live()
    assert len(home.replica.calendar(cluster.organization_id, *MONTH)) == 300
    home.close()
    assert held_revs(path) == cluster.revs()


def spoil(path: Path, kind: str) -> None:
    size = path.stat().st_size
    match kind:
        case "head":
            write_at(path, 0, b"\xff" * 100)
        case "cut":
            os.truncate(path, size // 2)
        case "pages":
            dice = random.Random(1)
            for _ in range(20):
                write_at(path, dice.randrange(1, size // 4096) * 4096, b"\xff" * 64)
        case "text":
            path.write_text("This is no database. " * 1000)
        case "newer":
            import sqlite3

            with sqlite3.connect(path) as connection:
                connection.execute("PRAGMA user_version = 99")
            connection.close()
        case "empty wal":
            path.with_name("cache.db-wal").write_bytes(b"\0" * 5000)


def write_at(path: Path, start: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(data)


def test_damage_under_a_running_replica_is_mended(
    cluster: Cluster, homes: MakeHome, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.add(ANEW)
    path = tmp_path / "cache.db"
    filled(cluster, homes, path)
    home = homes(cluster.feed, path).live()
    size = path.stat().st_size
    for page in range(1, size // 4096):
        write_at(path, page * 4096, b"\xff" * 16)
    reader = SqliteReplica(path)  # a window that has nothing in its memory yet
    reader.calendar(cluster.organization_id, *MONTH)
    home.until(lambda: len(reader.calendar(cluster.organization_id, *MONTH)) == 300, "the new file")
    reader.close()
    home.live().close()
    assert held_revs(path) == cluster.revs()


def test_a_difference_nobody_told_is_found_within_the_hour(
    cluster: Cluster, homes: MakeHome, tmp_path: Path
) -> None:
    clock = HeldClock()
    path = tmp_path / "cache.db"
    post = cluster.post("Bread", at=START)
    home = homes(cluster.feed, path, clock=clock).live()
    cache = CacheWriter(path)
    with cache.transaction():
        cache.apply.delete("posts", [post.id])
    cache.close()
    assert home.replica.calendar(cluster.organization_id, *MONTH) == []
    clock.advance(EVERY_SECONDS)
    home.until(lambda: bool(home.replica.calendar(cluster.organization_id, *MONTH)), "the mending")


def test_stopping_is_quick_whatever_it_does(
    cluster: Cluster, homes: MakeHome, tmp_path: Path
) -> None:
    import time

    home = homes(cluster.feed, tmp_path / "cache.db").live()
    started = time.monotonic()
    home.sync.stop()
    assert time.monotonic() - started < 1.0
    home.sync.stop()
    assert not home.sync.wait_live(0) or home.sync.state.link is Link.LIVE
    assert PATIENCE > 1


def test_no_secret_reaches_the_file(cluster: Cluster, home: Home) -> None:
    home.live()
    account = cluster.account(
        sealed_access_token="pf1.canary-access", sealed_refresh_token="pf1.canary-refresh"
    )
    cluster.set("socialAccounts", account.id, accessToken="pf1.canary-new", tokenVersion=2)
    user = _user(cluster)
    post = cluster.post(at=START)
    target = cluster.target(post, account, wire='{"canary-wire": 1}')
    cluster.set("schedules", target.id, tries=3)

    def all_there() -> bool:
        found = home.replica.post(cluster.organization_id, post.id)
        return found is not None and [target.tries for target in found.targets] == [3]

    home.until(all_there, "the last change")
    home.close()
    held = held_revs(home.path)
    assert held == cluster.revs()
    assert user in held["users"]
    assert held["socialAccounts"] == {account.id: 2}
    again = MongoFeed(cluster.db)
    read = str([list(again.documents(name)) for name in held])
    stored = b"".join(f.read_bytes() for f in home.path.parent.iterdir() if f.is_file())
    assert b"bakery.test" in stored
    assert b"canary" not in stored
    assert "canary" not in read


def _user(cluster: Cluster) -> str:
    sealed = {
        "version": 1,
        "publicX25519": "canary-public",
        "publicEd25519": "canary-public",
        "salt": "canary-salt",
        "kdf": {"memoryKiB": 1, "iterations": 1, "lanes": 1},
        "sealedPrivateKeys": "canary-private",
    }
    result = cluster.db["users"].insert_one(
        {
            "emailVerified": False,
            "role": "user",
            "status": "active",
            "keys": sealed,
            "createdAt": START,
            "updatedAt": START,
            "rev": 1,
        }
    )
    return str(result.inserted_id)
