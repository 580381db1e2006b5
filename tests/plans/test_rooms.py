"""What a plan counts, on a real cluster: never one more than there is room for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from bson import ObjectId

from postflow_desktop.cluster.workspace import ClusterWorkspace
from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.errors import LimitReached
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.plan import Meter, beyond, month_of
from postflow_desktop.services.ports.entitlements import without_end
from tests.fakes.people import refusal
from tests.plans.conftest import Tenant, at_once


def write(tenant: Tenant, machine: ClusterWorkspace | None = None) -> None:
    place = machine or tenant.workspace
    with tenant.plans(place).taking(tenant.id, Meter.POSTS_PER_MONTH) as room:
        place.posts.add(tenant.post(), room)


def connect(tenant: Tenant, name: str, machine: ClusterWorkspace | None = None) -> SocialAccount:
    place = machine or tenant.workspace
    now = tenant.workspace.targets.now()
    account = SocialAccount(
        id=str(ObjectId()),
        organization_id=tenant.id,
        network=Network.BLUESKY,
        user_id=f"did:plc:{name}",
        username=name,
        status=AccountStatus.ACTIVE,
        sealed_access_token="sealed",
        created_at=now,
        updated_at=now,
    )
    with tenant.plans(place).taking(tenant.id, Meter.SOCIAL_ACCOUNTS) as room:
        place.accounts.add(account, room)
    return account


def test_the_refusal_names_the_plan_and_its_limit(tenant: Tenant) -> None:
    tenant.limits(postsPerMonth=1)
    write(tenant)
    error = refusal(lambda: write(tenant))
    assert isinstance(error, LimitReached)
    assert error.code == "plan_limit"
    assert "Free has 1 post a month" in error.message
    assert "choose a larger plan" in error.fix
    assert tenant.db["posts"].count_documents({}) == 1


def test_two_machines_that_race_for_the_last_post_get_one(tenant: Tenant) -> None:
    tenant.limits(postsPerMonth=3)
    machines = [tenant.machine(), tenant.machine()]
    acts = [partial(write, tenant, machines[n % 2]) for n in range(8)]
    assert sorted(at_once(acts)) == ["", "", "", *["plan_limit"] * 5]
    assert tenant.db["posts"].count_documents({}) == 3
    (meter,) = tenant.db["meters"].find()
    assert (meter["meter"], meter["used"]) == ("postsPerMonth", 3)
    assert meter["period"] == f"{tenant.workspace.targets.now():%Y-%m}"


def test_two_machines_that_race_for_the_last_account_get_one(tenant: Tenant) -> None:
    tenant.limits(socialAccounts=1)
    machines = [tenant.machine(), tenant.machine()]
    acts = [partial(connect, tenant, f"a{n}.test", machines[n % 2]) for n in range(4)]
    assert sorted(at_once(acts)) == ["", "plan_limit", "plan_limit", "plan_limit"]
    assert tenant.db["socialAccounts"].count_documents({}) == 1


def test_posts_of_last_month_and_of_others_are_not_counted(tenant: Tenant) -> None:
    tenant.limits(postsPerMonth=1)
    last = month_of(tenant.workspace.targets.now()) - timedelta(milliseconds=1)
    tenant.workspace.posts.add(tenant.post(last))
    tenant.workspace.posts.add(replace(tenant.post(), organization_id=str(ObjectId())))
    write(tenant)
    assert refusal(lambda: write(tenant)).code == "plan_limit"


def test_a_post_that_was_deleted_was_written(tenant: Tenant) -> None:
    tenant.limits(postsPerMonth=1)
    write(tenant)
    (post,) = tenant.db["posts"].find()
    assert tenant.workspace.posts.delete(tenant.id, str(post["_id"]))
    assert refusal(lambda: write(tenant)).code == "plan_limit"


def test_a_known_key_takes_nothing(tenant: Tenant) -> None:
    tenant.limits(postsPerMonth=2)
    post = replace(tenant.post(), idempotency_key="monday")
    for _ in range(3):
        with tenant.plans().taking(tenant.id, Meter.POSTS_PER_MONTH) as room:
            kept = tenant.workspace.posts.add(replace(post, id=str(ObjectId())), room)
            assert kept.idempotency_key == "monday"
    assert tenant.db["posts"].count_documents({}) == 1
    write(tenant)


def test_a_plan_without_an_end_counts_nothing(tenant: Tenant) -> None:
    assert tenant.workspace.entitlements.set_plan(tenant.id, "business")
    for _ in range(40):
        write(tenant)
    assert tenant.db["meters"].count_documents({}) == 0
    assert not tenant.workspace.entitlements.set_plan(tenant.id, "gold")
    with without_end(tenant.id, Meter.POSTS_PER_MONTH) as room:
        assert room is None


def test_a_disconnected_account_leaves_room_and_takes_it_again(tenant: Tenant) -> None:
    tenant.limits(socialAccounts=1)
    first = connect(tenant, "first.test")
    tenant.db["socialAccounts"].update_one({}, {"$set": {"lastErrorCode": "disconnected"}})
    connect(tenant, "second.test")
    with (
        pytest.raises(LimitReached),
        tenant.plans().taking(tenant.id, Meter.SOCIAL_ACCOUNTS) as room,
    ):
        tenant.workspace.accounts.replace_connection(
            first, expected_token_version=first.token_version, room=room
        )
    tenant.limits(socialAccounts=2)
    with tenant.plans().taking(tenant.id, Meter.SOCIAL_ACCOUNTS) as room:
        assert tenant.workspace.accounts.replace_connection(
            first, expected_token_version=first.token_version, room=room
        )


def test_a_queue_is_entered_one_after_the_other(tenant: Tenant) -> None:
    tenant.limits(queueSize=2)
    account = tenant.stored("socialAccounts")
    machines = [tenant.machine(), tenant.machine()]

    def enter(number: int) -> None:
        plans = tenant.plans(machines[number % 2])
        with plans.queueing(tenant.id, [str(account)]):
            at = datetime(2030, 1, 1, number, tzinfo=UTC)
            fields = {"socialAccountId": account, "fromQueue": True, "slotAt": at}
            tenant.stored("schedules", **fields)

    assert sorted(at_once([partial(enter, n) for n in range(6)])) == ["", "", *["plan_limit"] * 4]
    assert tenant.db["schedules"].count_documents({"socialAccountId": account}) == 2
    (meter,) = tenant.db["meters"].find()
    assert "lease" not in meter


def test_a_hold_of_a_machine_that_died_ends_by_itself(tenant: Tenant) -> None:
    store = tenant.workspace.entitlements
    tenant.limits(queueSize=2)
    with tenant.plans().queueing(tenant.id, [str(ObjectId())]):
        (meter,) = tenant.db["meters"].find()
        assert meter["lease"]["until"] > store.now()
        past = store.now() - timedelta(seconds=1)
        tenant.db["meters"].update_one({}, {"$set": {"lease.until": past}})
        account = meter["_id"].partition(":")[0]
        with tenant.plans().queueing(tenant.id, [account]):
            (meter,) = tenant.db["meters"].find()
            assert meter["lease"]["until"] > store.now()


def test_an_owner_has_as_many_organizations_as_the_largest_plan(tenant: Tenant) -> None:
    tenant.limits(workspaces=1)
    with tenant.plans().founding(tenant.owner) as room:
        assert room is not None
        assert tenant.workspace.entitlements.used(room) == room.most == 1
    with tenant.plans().founding(str(ObjectId())) as room:
        assert room is None, "the first one is nobody's business"
    plan = tenant.db["subscriptionPlans"].find_one({"slug": "enterprise"})
    other = tenant.stored("organizations", planId=plan["_id"])
    owner = ObjectId(tenant.owner)
    tenant.stored("memberships", userId=owner, organizationId=other, role="owner")
    with tenant.plans().founding(tenant.owner) as room:
        assert room is None


def test_a_smaller_plan_locks_the_newest_and_deletes_nothing(tenant: Tenant) -> None:
    tenant.workspace.entitlements.set_plan(tenant.id, "business")
    made = [connect(tenant, f"a{n}.test") for n in range(5)]
    tenant.workspace.entitlements.set_plan(tenant.id, "free")
    plans = tenant.plans()
    shown = plans.show(tenant.id)
    assert shown is not None
    assert shown.locked_accounts == (made[3].id, made[4].id)
    assert [(u.meter.value, u.used, u.most) for u in shown.usages] == [
        ("socialAccounts", 5, 3),
        ("postsPerMonth", 0, 30),
        ("teamMembers", 1, 1),
    ]
    plans.check_unlocked(tenant.id, made[:3])
    error = refusal(lambda: plans.check_unlocked(tenant.id, made))
    assert (error.code, "Free has 3" in error.message) == ("account_locked", True)
    assert tenant.db["socialAccounts"].count_documents({}) == 5
    tenant.workspace.entitlements.set_plan(tenant.id, "business")
    plans.check_unlocked(tenant.id, made)


def test_members_beyond_a_plan_are_named_and_never_the_owner(tenant: Tenant) -> None:
    later = [tenant.stored("memberships", userId=ObjectId()) for _ in range(2)]
    shown = tenant.plans().show(tenant.id)
    assert shown is not None
    assert len(shown.locked_members) == len(later)
    assert tenant.owner not in shown.locked_members


def test_counting_reads_indexes_only(tenant: Tenant) -> None:
    for _ in range(30):
        tenant.stored("posts")
        tenant.stored("socialAccounts")
    tenant.limits(postsPerMonth=100, socialAccounts=100)
    tenant.db.command("profile", 2)
    write(tenant)
    connect(tenant, "new.test")
    tenant.plans().show(tenant.id)
    with tenant.plans().queueing(tenant.id, [str(ObjectId())]):
        pass
    with tenant.plans().founding(tenant.owner):
        pass
    tenant.db.command("profile", 0)
    seen = [entry for entry in tenant.db["system.profile"].find() if "planSummary" in entry]
    assert len(seen) >= 8
    scans = [entry for entry in seen if "COLLSCAN" in entry["planSummary"]]
    assert [(entry["ns"], str(entry.get("command"))[:300]) for entry in scans] == []


def test_months_begin_in_utc() -> None:
    late = datetime.fromisoformat("2026-12-01T00:30:00+02:00")
    assert month_of(late) == datetime(2026, 11, 1, tzinfo=UTC)
    assert beyond(["a", "b", "c"], 2) == {"c"}
    assert beyond(["a", "b"], None) == frozenset()
