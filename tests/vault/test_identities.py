"""A person's keys open with both secrets and with nothing less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.services.ports.vault import NewIdentity, SealedIdentity
from postflow_desktop.vault.derivation import KdfParameters
from postflow_desktop.vault.local import LocalVault
from tests.vault.conftest import PASSWORD


def _refusal(vault: LocalVault, made: NewIdentity, sealed: SealedIdentity) -> str:
    with pytest.raises(NotAllowed) as refused:
        vault.unlock(made.identity.user_id, sealed, PASSWORD, made.recovery_code)
    return refused.value.code


def test_both_secrets_open_the_keys(vault: LocalVault, alice: NewIdentity) -> None:
    opened = vault.unlock(
        alice.identity.user_id, alice.sealed, PASSWORD, alice.recovery_code.lower()
    )
    assert opened == alice.identity


def test_a_password_is_the_same_on_every_keyboard(vault: LocalVault) -> None:
    made = vault.new_identity("d" * 24, "pa\u0308sswo\u0308rter \ufb01")
    opened = vault.unlock("d" * 24, made.sealed, "p\u00e4ssw\u00f6rter fi", made.recovery_code)
    assert opened == made.identity


def test_a_password_that_no_encoding_knows_is_only_wrong(
    vault: LocalVault, alice: NewIdentity
) -> None:
    with pytest.raises(NotAllowed):
        vault.unlock(alice.identity.user_id, alice.sealed, "\udcff broken", alice.recovery_code)


@pytest.mark.parametrize("password", ["", "correct horse batterY", "correct horse battery "])
def test_a_wrong_password_is_refused(vault: LocalVault, alice: NewIdentity, password: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        vault.unlock(alice.identity.user_id, alice.sealed, password, alice.recovery_code)
    assert refused.value.code == "wrong_credentials"


def test_another_account_secret_or_a_mistyped_one_is_refused(
    vault: LocalVault, alice: NewIdentity, bob: NewIdentity
) -> None:
    for code in (bob.recovery_code, alice.recovery_code[:-2], "", "🙂"):
        with pytest.raises(NotAllowed) as refused:
            vault.unlock(alice.identity.user_id, alice.sealed, PASSWORD, code)
        assert refused.value.code == "wrong_credentials"


def test_keys_of_somebody_else_do_not_open_as_mine(vault: LocalVault, alice: NewIdentity) -> None:
    with pytest.raises(NotAllowed):
        vault.unlock("e" * 24, alice.sealed, PASSWORD, alice.recovery_code)


def test_exchanged_public_keys_are_noticed(
    vault: LocalVault, alice: NewIdentity, bob: NewIdentity
) -> None:
    for changed in (
        replace(alice.sealed, public_x25519=bob.sealed.public_x25519),
        replace(alice.sealed, public_ed25519=bob.sealed.public_ed25519),
        replace(alice.sealed, salt=bob.sealed.salt),
        replace(alice.sealed, kdf=KdfParameters(memory_kib=8193, iterations=1).stored()),
        replace(alice.sealed, sealed_private_keys=bob.sealed.sealed_private_keys),
    ):
        assert _refusal(vault, alice, changed) == "wrong_credentials"


@pytest.mark.parametrize(
    "kdf",
    [
        {"memoryKiB": 2**40, "iterations": 3, "lanes": 1},
        {"memoryKiB": 65536, "iterations": 10**9, "lanes": 1},
        {"memoryKiB": 65536, "iterations": 3, "lanes": 2**30},
        {"memoryKiB": 8, "iterations": 1, "lanes": 1},
        {"memoryKiB": -1, "iterations": 1, "lanes": 1},
        {"memoryKiB": True, "iterations": 1, "lanes": 1},
        {"memoryKiB": 65536, "iterations": 3},
        {},
    ],
)
def test_absurd_costs_are_refused_before_computing(
    vault: LocalVault, alice: NewIdentity, kdf: dict[str, int]
) -> None:
    assert _refusal(vault, alice, replace(alice.sealed, kdf=kdf)) == "damaged_identity"


def test_a_newer_version_or_a_broken_salt_is_told_apart_from_a_wrong_password(
    vault: LocalVault, alice: NewIdentity
) -> None:
    for changed in (
        replace(alice.sealed, version=2),
        replace(alice.sealed, salt="short"),
        replace(alice.sealed, salt="ä" * 22),
        replace(alice.sealed, salt=""),
    ):
        assert _refusal(vault, alice, changed) == "damaged_identity"


def test_every_truncated_text_is_refused(vault: LocalVault, alice: NewIdentity) -> None:
    whole = alice.sealed.sealed_private_keys
    for length in (*range(30), len(whole) - 5, len(whole) - 1):
        changed = replace(alice.sealed, sealed_private_keys=whole[:length])
        assert _refusal(vault, alice, changed) == "wrong_credentials"


def test_nothing_secret_shows_when_printed(vault: LocalVault, alice: NewIdentity) -> None:
    shown = repr(alice) + repr(alice.identity)
    assert alice.recovery_code not in shown
    assert alice.identity.private_x25519 not in shown
    assert alice.identity.private_ed25519 not in shown


def test_two_people_with_one_password_share_nothing(vault: LocalVault) -> None:
    one, two = (vault.new_identity(user, PASSWORD) for user in ("1" * 24, "2" * 24))
    assert one.sealed.salt != two.sealed.salt
    assert one.recovery_code != two.recovery_code
    assert one.identity.public_ed25519 != two.identity.public_ed25519
