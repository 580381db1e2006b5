"""Notices in the cluster: one per key, raised by one of many, seen by each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time, timedelta

from postflow_desktop.cluster.documents import new_id
from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.domain.telling import Channel, NoticeWishes, QuietHours
from tests.fakes.people import refusal
from tests.notifications.kit import Bakery


def notice(bakery: Bakery, **more: object) -> Notice:
    values = {
        "key": "target:1",
        "kind": NoticeKind.FAILED,
        "title": "Not published",
        "text": "It costs $5; {braces}, “quotes” and $$NOW stay words.",
        **more,
    }
    return Notice(
        organization_id=bakery.organization_id,
        at=bakery.now(),
        **values,  # type: ignore[arg-type]
    )


def test_the_same_thing_is_raised_once_and_another_replaces_it_unread(bakery: Bakery) -> None:
    store, member = bakery.workspace.notices, new_id()
    first = store.put(notice(bakery))
    assert first is not None
    assert first.text == notice(bakery).text
    assert store.mark_read(bakery.organization_id, member, ["target:1"]) == 1
    assert store.mark_read(bakery.organization_id, member, None) == 0
    assert store.put(notice(bakery)) is None
    (stored,) = store.recent(bakery.organization_id)
    assert (stored.at, stored.read_by) == (first.at, frozenset({member}))
    other = store.put(notice(bakery, kind=NoticeKind.PUBLISHED))
    assert other is not None
    assert other.at > first.at
    (stored,) = store.recent(bakery.organization_id)
    assert (stored.kind, stored.read_by) == (NoticeKind.PUBLISHED, frozenset())


def test_of_many_machines_one_raises(bakery: Bakery) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: bakery.workspace.notices.put(notice(bakery)), range(16)))
    assert sum(raised is not None for raised in told) == 1
    assert bakery.workspace.database["notifications"].count_documents({}) == 1


def test_withdrawn_is_settled_once_and_comes_back_when_it_is_raised_again(bakery: Bakery) -> None:
    store, organization = bakery.workspace.notices, bakery.organization_id
    store.put(notice(bakery))
    assert store.withdraw(organization, "target:1")
    assert not store.withdraw(organization, "target:1")
    assert not store.withdraw(organization, "target:2")
    assert [n.withdrawn for n in store.recent(organization)] == [True]
    assert store.standing(organization, frozenset(NoticeKind)) == []
    assert store.put(notice(bakery)) is not None
    assert bakery.standing() == {"target:1"}


def test_nothing_crosses_from_one_organization_to_another(bakery: Bakery) -> None:
    store, other = bakery.workspace.notices, new_id()
    store.put(notice(bakery))
    store.put(replace(notice(bakery), organization_id=other))
    assert store.withdraw(other, "target:1")
    assert store.mark_read(other, new_id(), None) == 1
    assert bakery.standing() == {"target:1"}
    assert bakery.notices()["target:1"].read_by == frozenset()
    assert store.of_keys(new_id(), ["target:1"]) == []


def test_what_is_too_long_or_broken_is_cut_to_what_can_be_stored(bakery: Bakery) -> None:
    stored = bakery.workspace.notices.put(
        notice(
            bakery,
            title="t" * 400,
            text="Half \ud83d" + "x" * 3000,
            url="https://x.example/" + "u" * 3000,
        )
    )
    assert stored is not None
    assert (len(stored.title), len(stored.text), stored.url) == (300, 2000, None)
    assert stored.text.startswith("Half ?")


def test_lists_are_read_from_their_indexes(bakery: Bakery) -> None:
    bakery.raised(3)
    notices = bakery.workspace.database["notifications"]
    from bson import ObjectId

    organization = ObjectId(bakery.organization_id)
    for query, sort in (
        ({"organizationId": organization}, [("at", -1)]),
        ({"organizationId": organization, "key": {"$in": ["a", "b"]}}, [("key", 1)]),
        ({"organizationId": organization, "kind": "failed", "withdrawn": False}, [("at", -1)]),
    ):
        plan = str(notices.find(query).sort(sort).explain()["queryPlanner"]["winningPlan"])
        assert "IXSCAN" in plan, query
        assert "COLLSCAN" not in plan, query
        assert "'SORT'" not in plan, query
    schedules, account = bakery.workspace.database["schedules"], bakery.account()
    for _ in range(40):
        bakery.target(account, TargetStatus.PUBLISHED)
    schedules.update_many({}, {"$set": {"updatedAt": bakery.now() - timedelta(days=3)}})
    bakery.target(account, TargetStatus.FAILED)
    ended = schedules.find(
        {
            "organizationId": organization,
            "status": {"$in": ["failed", "missed", "needs_attention", "published"]},
            "updatedAt": {"$gte": bakery.now() - timedelta(days=1)},
        }
    )
    told = ended.sort("updatedAt", 1).limit(200).explain()
    assert "organizationId_1_updatedAt_1" in str(told["queryPlanner"]["winningPlan"])
    assert told["executionStats"]["totalDocsExamined"] == 1


def test_wishes_are_kept_beside_what_else_is_preferred(bakery: Bakery) -> None:
    store = bakery.workspace.wishes
    user = bakery.member(
        "ana@example.com", preferences={"notifications": {"email": False, "marketing": True}}
    )
    assert store.get(user) == NoticeWishes(muted=frozenset({Channel.MAIL}))
    assert store.get(new_id()) == NoticeWishes()
    wishes = NoticeWishes(
        channels={NoticeKind.PUBLISHED: frozenset({Channel.DESKTOP, Channel.MAIL})},
        quiet=QuietHours(start=time(22), end=time(7, 30), timezone="Europe/Berlin"),
        muted=frozenset({Channel.DESKTOP}),
    )
    store.set(user, wishes)
    assert store.get(user) == wishes
    stored = bakery.workspace.database["users"].find_one({"email": "ana@example.com"}) or {}
    assert stored["preferences"]["notifications"]["marketing"] is True
    assert stored["preferences"]["notifications"]["push"] is False
    store.set(user, NoticeWishes())
    assert store.get(user) == NoticeWishes()
    assert refusal(lambda: store.set(new_id(), wishes)).code == "unknown_person"


def test_wishes_of_a_newer_version_are_read_as_far_as_they_are_known(bakery: Bakery) -> None:
    from postflow_desktop.services.notifications.wishdocument import read_wishes

    read = read_wishes(
        {
            "channels": {"birthday": ["desktop"], "failed": ["pigeon", "mail"]},
            "quietHours": {"start": "22:00", "end": "08:00", "timezone": "Mars/Base"},
        }
    )
    assert read == NoticeWishes(channels={NoticeKind.FAILED: frozenset({Channel.MAIL})})


def test_only_members_who_joined_and_are_active_are_mailed(bakery: Bakery) -> None:
    bakery.member("zoe@example.com")
    bakery.member("ana@example.com", name="Ana")
    bakery.member("gone@example.com", status="suspended")
    found = bakery.workspace.wishes.addressees(bakery.organization_id)
    assert [reader.email for reader in found] == ["ana@example.com", "zoe@example.com"]
    assert bakery.workspace.wishes.addressees(new_id()) == ()
