"""`organizations`, `memberships`, `keyWraps` and `subscriptionPlans` on a real server."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from pymongo.errors import DuplicateKeyError, WriteError

from postflow_desktop.domain.errors import Bug, Conflict
from postflow_desktop.services.ports.organizations import (
    Membership,
    Organization,
    OrganizationSettings,
    Role,
)
from postflow_desktop.services.ports.vault import KeyWrap, NewIdentity
from tests.fakes.people import PASSWORD, People, refusal

TABLES = ("organizations", "memberships", "keyWraps")


@pytest.fixture
def owner(people: People) -> NewIdentity:
    return people.vault.new_identity(people.users.new_id(), PASSWORD)


def _new(
    people: People, owner: NewIdentity, slug: str = "acme"
) -> tuple[Organization, Membership, KeyWrap]:
    organization = Organization(
        id=people.organizations.new_id(),
        name=slug.title(),
        slug=slug,
        timezone="UTC",
        plan_id=people.organizations.plan_id("business"),
        created_at=people.clock.now(),
    )
    member = Membership(
        user_id=owner.identity.user_id, organization_id=organization.id, role=Role.OWNER
    )
    key = people.vault.new_organization_key(organization.id)
    person = owner.identity
    return (
        organization,
        member,
        people.vault.wrap(key, person.user_id, person.public_x25519, person),
    )


def _counts(people: People) -> list[int]:
    return [people.database[name].count_documents({}) for name in TABLES]


def test_an_organization_comes_with_its_owner_and_key(people: People, owner: NewIdentity) -> None:
    organization, member, wrap = _new(people, owner)
    people.organizations.create(organization, member, wrap)
    found = people.organizations.get(organization.id)
    assert found is not None
    assert replace(found, created_at=organization.created_at) == organization
    assert people.organizations.of_user(member.user_id) == ((found, Role.OWNER),)
    assert people.organizations.wrap_for(organization.id, member.user_id, 1) == wrap
    assert people.organizations.wrap_for(organization.id, member.user_id, 2) is None
    assert people.organizations.slug_exists("acme")
    assert not people.organizations.slug_exists("other")


def test_a_taken_slug_leaves_nothing_behind(people: People, owner: NewIdentity) -> None:
    people.organizations.create(*_new(people, owner))
    error = refusal(lambda: people.organizations.create(*_new(people, owner)))
    assert isinstance(error, Conflict)
    assert error.code == "slug_taken"
    assert _counts(people) == [1, 1, 1]


def test_a_refused_last_step_takes_the_first_ones_back(people: People, owner: NewIdentity) -> None:
    organization, member, wrap = _new(people, owner)
    error = refusal(
        lambda: people.organizations.create(organization, member, replace(wrap, ciphertext=""))
    )
    assert error.code == "document_refused"
    assert _counts(people) == [0, 0, 0]


def test_a_refused_commit_takes_every_step_back(people: People, owner: NewIdentity) -> None:
    admin = people.database.client.admin
    fail = {"failCommands": ["commitTransaction"], "errorCode": 2}
    admin.command("configureFailPoint", "failCommand", mode={"times": 1}, data=fail)
    error = refusal(lambda: people.organizations.create(*_new(people, owner)))
    # The driver takes the transaction for ended; the server would keep it open for a minute.
    admin.command("killAllSessions", [])
    assert isinstance(error, Bug)
    assert _counts(people) == [0, 0, 0]


def test_a_known_key_wrap_is_never_replaced(people: People, owner: NewIdentity) -> None:
    first, member, wrap = _new(people, owner)
    people.organizations.create(first, member, wrap)
    second, member, _ = _new(people, owner, "second")
    error = refusal(lambda: people.organizations.create(second, member, wrap))
    assert isinstance(error, Bug)
    assert _counts(people) == [1, 1, 1]


def test_of_many_machines_one_gets_the_slug(people: People, owner: NewIdentity) -> None:
    together = threading.Barrier(6)
    outcomes: list[str] = []

    def create() -> None:
        fresh = _new(people, owner)
        together.wait(20)
        try:
            people.organizations.create(*fresh)
        except Conflict as error:
            outcomes.append(error.code)
        else:
            outcomes.append("created")

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["created"] + ["slug_taken"] * 5
    assert _counts(people) == [1, 1, 1]


def test_an_organization_has_one_owner(people: People, owner: NewIdentity) -> None:
    people.organizations.create(*_new(people, owner))
    members = people.database["memberships"]
    known = members.find_one({})
    assert known is not None
    second = {**known, "_id": None, "userId": known["organizationId"]}
    del second["_id"]
    with pytest.raises(DuplicateKeyError):
        members.insert_one(dict(second))
    members.insert_one({**second, "role": "admin"})
    with pytest.raises(DuplicateKeyError):
        members.update_one({"role": "admin"}, {"$set": {"role": "owner"}})


def test_an_invitation_is_no_membership_yet(people: People, owner: NewIdentity) -> None:
    organization, member, wrap = _new(people, owner)
    people.organizations.create(organization, member, wrap)
    people.database["memberships"].update_one({}, {"$unset": {"joinedAt": ""}})
    assert people.organizations.of_user(member.user_id) == ()


def test_settings_are_replaced_and_counted(people: People, owner: NewIdentity) -> None:
    organization, member, wrap = _new(people, owner)
    people.organizations.create(organization, member, wrap)
    people.organizations.change_settings(organization.id, OrganizationSettings(min_lead_minutes=0))
    found = people.organizations.get(organization.id)
    assert found is not None
    assert found.settings.min_lead_minutes == 0
    document = people.database["organizations"].find_one({})
    assert document is not None
    assert document["rev"] == 2
    assert document["updatedAt"] >= document["createdAt"]


def test_organizations_of_a_person_are_theirs_and_sorted(
    people: People, owner: NewIdentity
) -> None:
    other = people.vault.new_identity(people.users.new_id(), PASSWORD)
    for slug in ("zebra", "ant", "mole"):
        people.organizations.create(*_new(people, owner, slug))
    people.organizations.create(*_new(people, other, "foreign"))
    listed = people.organizations.of_user(owner.identity.user_id)
    assert [organization.slug for organization, _ in listed] == ["ant", "mole", "zebra"]
    assert people.organizations.of_user("no id") == ()
    assert people.organizations.get("no id") is None


def test_plans_are_seeded_once_and_never_changed(people: People) -> None:
    plans = people.database["subscriptionPlans"]
    plans.update_one({"slug": "pro"}, {"$set": {"name": "Renamed"}})
    before = list(plans.find().sort("slug"))
    people.organizations.seed_plans()
    assert list(plans.find().sort("slug")) == before
    assert [plan["slug"] for plan in before] == ["business", "enterprise", "free", "pro"]
    business = plans.find_one({"slug": "business"})
    assert business is not None
    assert business["limits"]["postsPerMonth"] == -1


def test_plans_seeded_by_two_machines_at_once_are_there_once(people: People) -> None:
    plans = people.database["subscriptionPlans"]
    plans.delete_many({})
    together = threading.Barrier(4)

    def seed() -> None:
        together.wait(20)
        people.organizations.seed_plans()

    threads = [threading.Thread(target=seed) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert plans.count_documents({}) == 4


def test_an_unseeded_catalogue_is_a_bug(people: People) -> None:
    people.database["subscriptionPlans"].delete_many({})
    assert isinstance(refusal(lambda: people.organizations.plan_id("business")), Bug)


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ("organizations", {"slug": "Not A Slug"}),
        ("organizations", {"slug": "a"}),
        ("organizations", {"name": ""}),
        ("organizations", {"name": "x" * 201}),
        ("organizations", {"status": "sleeping"}),
        ("organizations", {"subscriptionStatus": "unknown"}),
        ("organizations", {"settings": {"minLeadMinutes": 1441}}),
        ("organizations", {"settings": {str(n): n for n in range(51)}}),
        ("organizations", {"planId": "business"}),
        ("organizations", {"createdAt": "yesterday"}),
        ("organizations", {"rev": 0}),
        ("memberships", {"role": "king"}),
        ("memberships", {"userId": "somebody"}),
        ("keyWraps", {"keyVersion": 0}),
        ("keyWraps", {"ciphertext": ""}),
        ("subscriptionPlans", {"slug": "gold"}),
        ("subscriptionPlans", {"limits": {"socialAccounts": 3}}),
        ("subscriptionPlans", {"limits": {"socialAccounts": -2, "postsPerMonth": 1}}),
    ],
)
def test_the_server_refuses_wrong_documents(
    people: People, owner: NewIdentity, table: str, wrong: dict[str, object]
) -> None:
    people.organizations.create(*_new(people, owner))
    with pytest.raises(WriteError) as refused:
        people.database[table].update_one({}, {"$set": wrong})
    assert refused.value.code == 121


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "Upper@example.com"},
        {"email": "nobody"},
        {"email": "x" * 250 + "@b.com"},
        {"passwordHash": "$argon2id$v=19$…"},
        {"role": "king"},
        {"status": "asleep"},
        {"name": "x" * 201},
        {"keys": {"version": 1}},
        {"emailVerified": "yes"},
        {"loginCount": -1},
    ],
)
def test_the_server_refuses_wrong_people(people: People, wrong: dict[str, object]) -> None:
    people.identity_service().sign_up("alice@example.com", "Alice", PASSWORD)
    with pytest.raises(WriteError) as refused:
        people.database["users"].update_one({}, {"$set": wrong})
    assert refused.value.code == 121


def test_people_without_an_address_do_not_collide(people: People) -> None:
    service = people.identity_service()
    for name in ("one", "two", "three"):
        service.sign_up(f"{name}@example.com", name, PASSWORD)
    users = people.database["users"]
    users.update_one({"name": "one"}, {"$set": {"email": None}})
    users.update_one({"name": "two"}, {"$set": {"email": None}})
    users.update_one({"name": "three"}, {"$unset": {"email": ""}})
    assert users.count_documents({"email": None}) == 3
