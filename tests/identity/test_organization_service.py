"""Making, finding and opening organizations."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bson import ObjectId

from postflow_desktop.domain.errors import InvalidInput, NotAllowed, NotFound
from postflow_desktop.machine.secrets import MemorySecretStore
from postflow_desktop.services.names import slug_from
from postflow_desktop.services.permissions import Action, may
from postflow_desktop.services.ports.organizations import Membership, OrganizationSettings, Role
from postflow_desktop.services.ports.vault import Identity, KeyWrap
from tests.fakes.people import PASSWORD, People, refusal


@pytest.fixture
def alice(people: People) -> Identity:
    return people.identity_service().sign_up("alice@example.com", "Alice", PASSWORD).identity


def test_a_new_organization_is_owned_and_can_be_opened(people: People, alice: Identity) -> None:
    made = people.organization_service().create("Acme Corp", alice)
    assert (made.slug, made.name, made.timezone) == ("acme-corp", "Acme Corp", "Europe/Berlin")
    assert made.plan_id == people.organizations.plan_id("business")
    ((listed, role),) = people.organization_service().list(alice.user_id)
    assert (listed.id, role) == (made.id, Role.OWNER)
    key = people.organization_service().open_key(made.id, alice)
    assert key.organization_id == made.id


def test_the_zone_is_the_one_asked_for_or_the_machines_or_utc(
    people: People, alice: Identity
) -> None:
    service = people.organization_service()
    assert service.create("One", alice, "America/New_York").timezone == "America/New_York"
    assert people.organization_service("Mars/Olympus").create("Two", alice).timezone == "UTC"
    error = refusal(lambda: service.create("Three", alice, "Mars/Olympus"))
    assert error.code == "unknown_zone"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme Corp", "acme-corp"),
        ("  Müller & Söhne GmbH ", "muller-sohne-gmbh"),
        ("Straße", "strasse"),
        ("--a--b--", "a-b"),
        ("日本語", "organization"),
        ("🎉", "organization"),
        ("X", "organization-x"),
        ("x" * 200, "x" * 80),
        ("a" * 79 + " b", "a" * 79),
        ("\u00bd price", "1-2-price"),
        ("Acme\u2014Berlin", "acme-berlin"),
    ],
)
def test_a_slug_comes_from_the_name(name: str, slug: str) -> None:
    assert slug_from(name) == slug


def test_same_names_get_numbers(people: People, alice: Identity) -> None:
    service = people.organization_service()
    slugs = [
        service.create(name, alice).slug for name in ("Acme", "ACME!", "acme", "y" * 90, "y" * 90)
    ]
    assert slugs == ["acme", "acme-2", "acme-3", "y" * 80, "y" * 78 + "-2"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "broken \udcff"])
def test_a_bad_name_is_refused(people: People, alice: Identity, name: str) -> None:
    error = refusal(lambda: people.organization_service().create(name, alice))
    assert (type(error), error.code) == (InvalidInput, "bad_name")


def test_an_organization_is_found_by_slug_or_id_by_its_members_only(
    people: People, alice: Identity
) -> None:
    service = people.organization_service()
    made = service.create("Acme", alice)
    for reference in ("acme", made.id):
        found, member = service.find(alice.user_id, reference)
        assert found.id == made.id
        assert member == Membership(user_id=alice.user_id, organization_id=made.id, role=Role.OWNER)
    for user, reference in ((alice.user_id, "other"), ("a" * 24, "acme")):
        error = refusal(lambda: service.find(user, reference))  # noqa: B023
        assert (type(error), error.code) == (NotFound, "unknown_organization")


def test_settings_are_bounded_and_for_managers(people: People, alice: Identity) -> None:
    service = people.organization_service()
    made = service.create("Acme", alice)
    _, owner = service.find(alice.user_id, made.id)
    for minutes in (0, 1440):
        settings = OrganizationSettings(min_lead_minutes=minutes)
        assert service.change_settings(owner, settings).settings == settings
    for minutes in (-1, 1441):
        settings = OrganizationSettings(min_lead_minutes=minutes)
        assert refusal(lambda: service.change_settings(owner, settings)).code == "bad_setting"  # noqa: B023
    for role in (Role.MEMBER, Role.VIEWER):
        small = replace(owner, role=role)
        error = refusal(lambda: service.change_settings(small, OrganizationSettings()))  # noqa: B023
        assert (type(error), error.code) == (NotAllowed, "role_too_small")


def test_a_member_without_a_wrap_has_no_key(people: People, alice: Identity) -> None:
    made = people.organization_service().create("Acme", alice)
    service = people.identity_service(MemorySecretStore())
    bob = service.sign_up("bob@example.com", None, PASSWORD).identity
    error = refusal(lambda: people.organization_service().open_key(made.id, bob))
    assert (type(error), error.code) == (NotAllowed, "no_key")
    gone = refusal(lambda: people.organization_service().open_key("a" * 24, alice))
    assert gone.code == "unknown_organization"


def test_a_key_given_by_a_colleague_opens_only_with_their_signature(
    people: People, alice: Identity
) -> None:
    made = people.organization_service().create("Acme", alice)
    bob = (
        people.identity_service(MemorySecretStore())
        .sign_up("bob@example.com", None, PASSWORD)
        .identity
    )
    key = people.organization_service().open_key(made.id, alice)
    _store_wrap(people, people.vault.wrap(key, bob.user_id, bob.public_x25519, alice))
    assert people.organization_service().open_key(made.id, bob) == key
    forger = replace(bob, user_id=alice.user_id)
    _store_wrap(people, people.vault.wrap(key, bob.user_id, bob.public_x25519, forger))
    error = refusal(lambda: people.organization_service().open_key(made.id, bob))
    assert error.code == "bad_key_wrap"


def test_a_public_key_exchanged_in_the_database_does_not_open_ones_own_wrap(
    people: People, alice: Identity
) -> None:
    """Who writes the database can't make us accept a key of theirs as signed by ourselves."""
    made = people.organization_service().create("Acme", alice)
    mallory = people.vault.new_identity(alice.user_id, PASSWORD)
    theirs = people.vault.new_organization_key(made.id)
    _store_wrap(
        people, people.vault.wrap(theirs, alice.user_id, alice.public_x25519, mallory.identity)
    )
    people.database["users"].update_one(
        {}, {"$set": {"keys.publicEd25519": mallory.identity.public_ed25519}}
    )
    error = refusal(lambda: people.organization_service().open_key(made.id, alice))
    assert error.code == "bad_key_wrap"


def test_an_opened_key_is_read_once(people: People, alice: Identity) -> None:
    service = people.organization_service()
    made = service.create("Acme", alice)
    people.database["keyWraps"].delete_many({})
    assert service.open_key(made.id, alice).organization_id == made.id


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        (Action.READ, "owner admin member viewer"),
        (Action.WRITE_POSTS, "owner admin member"),
        (Action.USE_ACCOUNTS, "owner admin member"),
        (Action.CONNECT_ACCOUNTS, "owner admin"),
        (Action.CHANGE_SETTINGS, "owner admin"),
    ],
)
def test_roles_may_what_the_table_says(action: Action, roles: str) -> None:
    assert [role.value for role in Role if may(role, action)] == roles.split()


def _store_wrap(people: People, wrap: KeyWrap) -> None:
    """Put a wrap in place as an invitation would."""
    known = people.database["keyWraps"].find_one({})
    assert known is not None
    document = {
        **known,
        "_id": wrap.id,
        "userId": ObjectId(wrap.user_id),
        "ciphertext": wrap.ciphertext,
        "signedBy": ObjectId(wrap.signed_by),
        "signature": wrap.signature,
    }
    people.database["keyWraps"].replace_one({"_id": wrap.id}, document, upsert=True)
