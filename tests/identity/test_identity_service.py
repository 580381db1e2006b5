"""Signing up, logging in and out, on one machine and on the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from postflow_desktop.domain.errors import ClusterUnreachable, Conflict, InvalidInput, NotAllowed
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.secrets import FileSecretStore, MemorySecretStore
from postflow_desktop.services.identity import SignedUp
from postflow_desktop.services.ports.vault import Identity, NewIdentity, SealedIdentity
from postflow_desktop.vault.derivation import KdfParameters
from postflow_desktop.vault.local import LocalVault
from tests.fakes.people import PASSWORD, WORKSPACE, People, refusal

EMAIL = "alice@example.com"


@pytest.fixture
def alice(people: People) -> SignedUp:
    return people.identity_service().sign_up(EMAIL, "Alice", PASSWORD)


def test_sign_up_makes_a_person_who_is_signed_in(people: People, alice: SignedUp) -> None:
    assert alice.user.email == EMAIL
    assert people.identity_service().current(alice.user.id) == alice.identity
    stored = people.users.by_email(EMAIL)
    assert stored is not None
    assert stored.keys == alice.user.keys


def test_the_recovery_code_does_not_show_when_printed(alice: SignedUp) -> None:
    assert alice.recovery_code not in repr(alice)


def test_nothing_in_the_database_opens_the_keys(people: People, alice: SignedUp) -> None:
    stored = str(people.database["users"].find_one({}))
    for secret in (PASSWORD, alice.recovery_code, alice.identity.private_ed25519):
        assert secret not in stored


@pytest.mark.parametrize(
    "email",
    [
        "",
        "alice",
        "@example.com",
        "alice@",
        "a b@example.com",
        "a@b@c",
        "x" * 250 + "@b.com",
        "a\x00@b.com",
        "\udcff@b.com",
    ],
)
def test_what_is_no_address_is_refused(people: People, email: str) -> None:
    error = refusal(lambda: people.identity_service().sign_up(email, None, PASSWORD))
    assert (type(error), error.code) == (InvalidInput, "bad_email")


def test_an_address_is_kept_in_lower_case(people: People) -> None:
    made = people.identity_service().sign_up("  Bob@Example.COM ", " ", PASSWORD)
    assert made.user.email == "bob@example.com"
    assert made.user.name is None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "weak_password"),
        ("1234567", "weak_password"),
        (" " * 12, "weak_password"),
        ("x" * 1001, "password_too_long"),
    ],
)
def test_a_bad_password_is_refused_clearly(people: People, password: str, code: str) -> None:
    error = refusal(lambda: people.identity_service().sign_up(EMAIL, None, password))
    assert (type(error), error.code) == (InvalidInput, code)
    assert error.fix
    assert people.database["users"].count_documents({}) == 0


@pytest.mark.parametrize("name", ["x" * 201, "broken \udcff"])
def test_a_name_that_can_not_be_kept_is_refused(people: People, name: str) -> None:
    error = refusal(lambda: people.identity_service().sign_up(EMAIL, name, PASSWORD))
    assert error.code == "bad_name"


def test_a_taken_address_leaves_no_secrets_behind(people: People, alice: SignedUp) -> None:
    second = MemorySecretStore()
    error = refusal(
        lambda: people.identity_service(second).sign_up("ALICE@example.com", None, PASSWORD)
    )
    assert (type(error), error.code) == (Conflict, "email_taken")
    assert second._values == {}


def test_after_logout_the_password_is_enough_here(people: People, alice: SignedUp) -> None:
    service = people.identity_service()
    out = service.log_out(alice.user.id)
    assert out.was_signed_in
    assert "password is enough" in out.message
    assert refusal(lambda: service.current(alice.user.id)).code == "locked"
    assert service.log_in("Alice@Example.com ", PASSWORD).identity == alice.identity
    assert people.identity_service().current(alice.user.id) == alice.identity
    document = people.database["users"].find_one({})
    assert document is not None
    assert document["loginCount"] == 1


def test_logging_out_twice_says_so(people: People, alice: SignedUp) -> None:
    service = people.identity_service()
    service.log_out(alice.user.id)
    assert not service.log_out(alice.user.id).was_signed_in


def test_a_given_password_unlocks_without_keeping_a_session(
    people: People, alice: SignedUp
) -> None:
    people.identity_service().log_out(alice.user.id)
    assert people.identity_service().current(alice.user.id, PASSWORD) == alice.identity
    assert refusal(lambda: people.identity_service().current(alice.user.id)).code == "locked"
    error = refusal(lambda: people.identity_service().current(alice.user.id, "wrong password"))
    assert error.code == "wrong_credentials"


def test_a_second_home_logs_in_with_the_recovery_code_once(
    people: People, alice: SignedUp, tmp_path: Path
) -> None:
    home = FileSecretStore(Home(tmp_path / "second"))
    service = people.identity_service(home)
    assert refusal(lambda: service.current(alice.user.id)).code == "not_signed_in"
    assert refusal(lambda: service.log_in(EMAIL, PASSWORD)).code == "recovery_needed"
    typed = alice.recovery_code.lower().replace("-", " ").replace("0", "o")
    assert service.log_in(EMAIL, PASSWORD, typed).identity == alice.identity
    service.log_out(alice.user.id)
    again = people.identity_service(FileSecretStore(Home(tmp_path / "second")))
    assert again.log_in(EMAIL, PASSWORD).identity == alice.identity
    assert again.current(alice.user.id) == alice.identity


def test_everything_wrong_gets_the_same_refusal(people: People, alice: SignedUp) -> None:
    bob = people.identity_service(MemorySecretStore()).sign_up("bob@example.com", None, PASSWORD)
    service = people.identity_service(MemorySecretStore())
    right = alice.recovery_code
    errors = [
        refusal(lambda: service.log_in(EMAIL, "wrong password", right)),
        refusal(lambda: service.log_in(EMAIL, PASSWORD, bob.recovery_code)),
        refusal(lambda: service.log_in("nobody@example.com", PASSWORD, right)),
        refusal(lambda: service.log_in("no address \udcff", PASSWORD, right)),
    ]
    assert {(type(error), error.code, str(error), error.fix) for error in errors} == {
        (NotAllowed, "wrong_credentials", str(errors[0]), errors[0].fix)
    }


def test_without_a_code_unknown_and_known_addresses_look_alike(
    people: People, alice: SignedUp
) -> None:
    service = people.identity_service(MemorySecretStore())
    known = refusal(lambda: service.log_in(EMAIL, PASSWORD))
    unknown = refusal(lambda: service.log_in("carol@example.com", PASSWORD))
    assert known.code == unknown.code == "recovery_needed"
    assert str(known).replace(EMAIL, "carol@example.com") == str(unknown)


class CountingVault(LocalVault):
    """A vault that counts its expensive derivations."""

    derivations = 0

    def new_identity(self, user_id: str, password: str) -> NewIdentity:
        self.derivations += 1
        return super().new_identity(user_id, password)

    def unlock(
        self, user_id: str, sealed: SealedIdentity, password: str, recovery_code: str
    ) -> Identity:
        self.derivations += 1
        return super().unlock(user_id, sealed, password, recovery_code)


def test_an_unknown_address_costs_as_much_as_a_known_one(people: People, alice: SignedUp) -> None:
    for email in (EMAIL, "nobody@example.com"):
        people.vault = vault = CountingVault(KdfParameters(memory_kib=8192, iterations=1))
        service = people.identity_service(MemorySecretStore())
        refusal(lambda: service.log_in(email, "wrong password", alice.recovery_code))  # noqa: B023
        assert vault.derivations == 1


def test_a_mistyped_recovery_code_is_told_before_anything_else(
    people: People, alice: SignedUp
) -> None:
    service = people.identity_service(MemorySecretStore())
    for email in (EMAIL, "nobody@example.com"):
        error = refusal(lambda: service.log_in(email, PASSWORD, alice.recovery_code[:-1]))  # noqa: B023
        assert (type(error), error.code) == (InvalidInput, "bad_recovery_code")


def test_a_damaged_session_counts_as_logged_out(people: People, alice: SignedUp) -> None:
    name = f"session/{WORKSPACE}/{alice.user.id}"
    for damaged in ("", "{", "[]", "{}", '{"private_x25519": 1}', "null"):
        people.secrets.set(name, damaged)
        error = refusal(lambda: people.identity_service().current(alice.user.id))
        assert error.code == "locked"


def test_secrets_of_two_workspaces_stay_apart(people: People, alice: SignedUp) -> None:
    assert people.secrets.get(f"session/{WORKSPACE}/{alice.user.id}")
    assert people.secrets.get(f"session/other/{alice.user.id}") is None
    assert people.secrets.get(f"account-secret/{WORKSPACE}/{alice.user.id}") == alice.recovery_code


def test_a_machine_without_a_keyring_says_how_to_keep_secrets(people: People) -> None:
    error = refusal(lambda: people.identity_service(MemorySecretStore()).current("a" * 24))
    assert error.code == "not_signed_in"
    assert "POSTFLOW_KEYRING=file" in error.fix


def test_an_unsure_sign_up_keeps_the_account_secret(people: People) -> None:
    admin = people.database.client.admin
    fail = {"failCommands": ["update"], "errorCode": 91, "closeConnection": False}
    admin.command("configureFailPoint", "failCommand", mode="alwaysOn", data=fail)
    try:
        error = refusal(lambda: people.identity_service().sign_up(EMAIL, None, PASSWORD))
    finally:
        admin.command("configureFailPoint", "failCommand", mode="off")
    assert isinstance(error, ClusterUnreachable)
    kept = [name for name in people.secrets._values if name.startswith("account-sec")]
    assert len(kept) == 1
