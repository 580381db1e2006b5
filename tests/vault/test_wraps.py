"""An organization's key reaches its recipient, signed, and nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.services.ports.vault import Identity, KeyWrap, NewIdentity, OrganizationKey
from postflow_desktop.vault.local import LocalVault
from postflow_desktop.vault.text import to_text


@pytest.fixture
def wrapped(
    vault: LocalVault, key: OrganizationKey, alice: NewIdentity, bob: NewIdentity
) -> KeyWrap:
    """Alice gives Bob the key."""
    recipient = bob.identity
    return vault.wrap(key, recipient.user_id, recipient.public_x25519, alice.identity)


def _refused(vault: LocalVault, wrap: KeyWrap, identity: Identity, signer: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        vault.unwrap(wrap, identity, signer)
    assert refused.value.code == "bad_key_wrap"


def test_the_recipient_opens_the_wrap(
    vault: LocalVault, key: OrganizationKey, wrapped: KeyWrap, alice: NewIdentity, bob: NewIdentity
) -> None:
    assert wrapped.id == f"{key.organization_id}:1:{bob.identity.user_id}"
    assert vault.unwrap(wrapped, bob.identity, alice.identity.public_ed25519) == key


def test_nobody_else_opens_it(
    vault: LocalVault, wrapped: KeyWrap, alice: NewIdentity, bob: NewIdentity
) -> None:
    signer = alice.identity.public_ed25519
    _refused(vault, wrapped, alice.identity, signer)
    pretender = replace(alice.identity, user_id=bob.identity.user_id)
    _refused(vault, wrapped, pretender, signer)


def test_a_forged_signature_is_refused(
    vault: LocalVault, key: OrganizationKey, wrapped: KeyWrap, alice: NewIdentity, bob: NewIdentity
) -> None:
    signer = alice.identity.public_ed25519
    forger = replace(bob.identity, user_id=alice.identity.user_id)
    forged = vault.wrap(key, bob.identity.user_id, bob.identity.public_x25519, forger)
    _refused(vault, forged, bob.identity, signer)
    _refused(vault, wrapped, bob.identity, bob.identity.public_ed25519)
    for broken in ("", "AAAA", "ä", to_text(bytes(64)), wrapped.signature[:-1]):
        _refused(vault, replace(wrapped, signature=broken), bob.identity, signer)
    for broken in ("", "AAAA", "ä"):
        _refused(vault, wrapped, bob.identity, broken)


def test_a_wrap_does_not_move(
    vault: LocalVault, key: OrganizationKey, wrapped: KeyWrap, alice: NewIdentity, bob: NewIdentity
) -> None:
    signer, user = alice.identity.public_ed25519, bob.identity.user_id
    other = "d" * 24
    for moved in (
        replace(wrapped, organization_id=other, id=f"{other}:1:{user}"),
        replace(wrapped, key_version=2, id=f"{key.organization_id}:2:{user}"),
        replace(wrapped, id=f"{other}:1:{user}"),
        replace(wrapped, signed_by=bob.identity.user_id),
    ):
        _refused(vault, moved, bob.identity, signer)


def test_a_signer_can_not_pass_on_what_was_sealed_for_another_organization(
    vault: LocalVault, wrapped: KeyWrap, alice: NewIdentity, bob: NewIdentity
) -> None:
    elsewhere = vault.new_organization_key("e" * 24)
    genuine = vault.wrap(
        elsewhere, bob.identity.user_id, bob.identity.public_x25519, alice.identity
    )
    mixed = replace(genuine, ciphertext=wrapped.ciphertext)
    _refused(vault, mixed, bob.identity, alice.identity.public_ed25519)


def test_a_damaged_ciphertext_is_refused(
    vault: LocalVault, wrapped: KeyWrap, alice: NewIdentity, bob: NewIdentity
) -> None:
    whole = wrapped.ciphertext
    for broken in ("", "A", whole[:-1], whole[:40], whole + "AAAA", "B" + whole[1:], "%" + whole):
        changed = replace(wrapped, ciphertext=broken)
        _refused(vault, changed, bob.identity, alice.identity.public_ed25519)


@pytest.mark.parametrize("public", ["", "AAAA", "not base64!", to_text(bytes(32))])
def test_no_wrap_is_made_for_what_is_no_public_key(
    vault: LocalVault, key: OrganizationKey, alice: NewIdentity, public: str
) -> None:
    with pytest.raises(NotAllowed) as refused:
        vault.wrap(key, "b" * 24, public, alice.identity)
    assert refused.value.code == "bad_key_wrap"


def test_the_key_does_not_show_when_printed(key: OrganizationKey) -> None:
    assert repr(key.secret) not in repr(key)
