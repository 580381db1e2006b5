"""Notices and wishes in the replica: followed by the change stream, counted for each member."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bson import ObjectId

from postflow_desktop.cluster.documents import new_id
from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.domain.telling import Channel, NoticeWishes
from postflow_desktop.replica.files import connect, migrate
from postflow_desktop.replica.statements import migrations
from tests.replica.conftest import MakeHome
from tests.replica.kit import Cluster, Home, held_revs


def put(cluster: Cluster, number: int = 1, kind: NoticeKind = NoticeKind.FAILED) -> Notice:
    notice = cluster.workspace.notices.put(
        Notice(
            key=f"target:{number}",
            organization_id=cluster.organization_id,
            kind=kind,
            title=f"Title {number}",
            text="Text",
            fix="Do it.",
            at=datetime.now(UTC),
            target_id=new_id(),
            post_id=new_id(),
            account_id=new_id(),
            url="https://x.example",
            due_at=datetime(2026, 11, 21, tzinfo=UTC),
        )
    )
    assert notice is not None
    return notice


def test_notices_are_here_as_in_the_cluster_and_follow_it(cluster: Cluster, home: Home) -> None:
    organization, member = cluster.organization_id, new_id()
    store, replica = cluster.workspace.notices, home.live().replica
    first = put(cluster)
    home.until(lambda: list(replica.notices(organization)) == [first], "the notice")
    second, silent = put(cluster, 2), put(cluster, 3, NoticeKind.PUBLISHED)
    home.until(lambda: list(replica.notices(organization)) == [silent, second, first], "more")
    assert replica.notices(organization, limit=1) == [silent]
    assert replica.notices(new_id()) == []
    assert replica.unread_notices(organization, member) == 2
    assert replica.unread_notices(new_id(), member) == 0
    store.mark_read(organization, member, [first.key])
    home.until(lambda: replica.unread_notices(organization, member) == 1, "being seen")
    assert replica.unread_notices(organization, new_id()) == 2
    store.withdraw(organization, second.key)
    home.until(lambda: replica.unread_notices(organization, member) == 0, "the withdrawal")
    assert [n.withdrawn for n in replica.notices(organization)] == [False, True, False]
    assert {c.noun for c in home.changes if c.ids} == {"notifications"}
    again = put(cluster, kind=NoticeKind.MISSED)
    home.until(lambda: replica.unread_notices(organization, member) == 1, "the next one")
    assert replica.notices(organization)[0] == again


def test_a_key_that_was_deleted_and_is_raised_again_comes_back(
    cluster: Cluster, home: Home
) -> None:
    replica, organization = home.live().replica, cluster.organization_id
    put(cluster)
    home.until(lambda: len(replica.notices(organization)) == 1, "the notice")
    cluster.db["notifications"].delete_many({})
    home.until(lambda: not replica.notices(organization), "the deletion")
    assert replica.unread_notices(organization, new_id()) == 0
    again = put(cluster)
    home.until(lambda: list(replica.notices(organization)) == [again], "the next one")


def test_who_was_mailed_stays_in_the_cluster(
    cluster: Cluster, homes: MakeHome, tmp_path: Path
) -> None:
    put(cluster)
    cluster.db["notifications"].update_one({}, {"$set": {"mailedTo": [ObjectId()]}})
    home = homes(cluster.feed, tmp_path / "cache.db").live()
    cluster.db["notifications"].update_one(
        {}, {"$addToSet": {"mailedTo": ObjectId()}, "$inc": {"rev": 1}}
    )
    home.until(lambda: any(c.noun == "notifications" and c.ids for c in home.changes), "a change")
    home.close()
    assert held_revs(home.path)["notifications"] == cluster.revs()["notifications"]
    data = home.path.read_bytes()
    assert b"mailedTo" not in data
    assert b"raisedBy" not in data


def test_a_file_from_before_notices_catches_up_with_those_it_missed(
    cluster: Cluster, homes: MakeHome, tmp_path: Path
) -> None:
    missed = put(cluster)  # before the token, as an older version passes over it
    path, feed = tmp_path / "cache.db", cluster.feed()
    connection = connect(path, synchronous="NORMAL")
    migrate(connection, migrations("cache")[:1])
    for key, value in (("fingerprint", feed.fingerprint()), ("token", feed.token())):
        connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, value))
    connection.close()
    later = homes(cluster.feed, path).live()
    assert list(later.replica.notices(cluster.organization_id)) == [missed]


def test_a_kind_of_a_newer_version_is_left_out(cluster: Cluster, home: Home) -> None:
    replica, organization = home.live().replica, cluster.organization_id
    put(cluster)
    known = put(cluster, 2)
    cluster.db.command("collMod", "notifications", validator={})
    cluster.db["notifications"].update_one(
        {"key": "target:1"}, {"$set": {"kind": "birthday"}, "$inc": {"rev": 1}}
    )
    home.until(lambda: list(replica.notices(organization)) == [known], "the newer kind")


def test_wishes_are_read_here_too(cluster: Cluster, home: Home) -> None:
    from tests.cluster.samples import sound

    person = {**sound("users"), "preferences": {}}
    cluster.db["users"].insert_one(person)
    user = str(person["_id"])
    replica = home.live().replica
    assert replica.notice_wishes(new_id()) == NoticeWishes()
    wishes = NoticeWishes(muted=frozenset({Channel.MAIL}))
    cluster.workspace.wishes.set(user, wishes)
    home.until(lambda: replica.notice_wishes(user) == wishes, "the wishes")
