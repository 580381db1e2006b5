"""`users` on a real server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from postflow_desktop.domain.errors import Conflict
from postflow_desktop.services.ports.users import User
from tests.fakes.people import PASSWORD, People, refusal


def _user(people: People, email: str = "alice@example.com") -> User:
    user_id = people.users.new_id()
    return User(
        id=user_id,
        email=email,
        name="Alice",
        created_at=people.clock.now(),
        keys=people.vault.new_identity(user_id, PASSWORD).sealed,
        timezone="Europe/Berlin",
    )


def test_a_person_comes_back_with_every_field(people: People) -> None:
    user = _user(people)
    people.users.add(user)
    found = people.users.get(user.id)
    assert found is not None
    assert replace(found, created_at=user.created_at) == user
    assert people.users.by_email("ALICE@Example.com") == found


def test_the_cluster_tells_the_time_of_sign_up_and_log_in(people: People) -> None:
    user = replace(_user(people), created_at=datetime(1999, 1, 1, tzinfo=UTC))
    people.users.add(user)
    people.users.record_login(user.id)
    people.users.record_login(user.id)
    document = people.database["users"].find_one({})
    assert document is not None
    recent = datetime.now(UTC) - timedelta(hours=1)
    assert document["createdAt"] > recent
    assert document["lastLoginAt"] >= document["createdAt"]
    assert document["updatedAt"] == document["lastLoginAt"]
    assert (document["loginCount"], document["rev"]) == (2, 3)
    assert "passwordHash" not in document


def test_an_address_is_used_once_whatever_its_case(people: People) -> None:
    people.users.add(_user(people))
    error = refusal(lambda: people.users.add(_user(people, "Alice@EXAMPLE.com")))
    assert isinstance(error, Conflict)
    assert error.code == "email_taken"
    assert people.database["users"].count_documents({}) == 1


def test_suspended_people_are_not_found_by_address_but_their_keys_stay_readable(
    people: People,
) -> None:
    user = _user(people)
    people.users.add(user)
    people.database["users"].update_one({}, {"$set": {"status": "suspended"}})
    assert people.users.by_email(user.email) is None
    assert people.users.get(user.id) is not None


def test_nobody_has_an_id_that_is_none(people: People) -> None:
    for user_id in ("", "nobody", "6" * 24):
        assert people.users.get(user_id) is None
    assert people.users.by_email("nobody@example.com") is None
