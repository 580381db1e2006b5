"""A token opens in the place it was sealed for and in no other."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.services.ports.vault import OrganizationKey, SealContext
from postflow_desktop.vault.local import LocalVault

TOKEN = "eyJhbGciOi.token.of-alice"
PLACE = SealContext(account_id="f" * 24, field="accessToken", token_version=3)


@pytest.fixture
def envelope(vault: LocalVault, key: OrganizationKey) -> str:
    return vault.seal(key, PLACE, TOKEN)


def _refused(vault: LocalVault, key: OrganizationKey, place: SealContext, text: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        vault.open(key, place, text)
    assert refused.value.code == "bad_envelope"
    assert TOKEN not in str(refused.value)


def test_an_envelope_opens_where_it_was_sealed(
    vault: LocalVault, key: OrganizationKey, envelope: str
) -> None:
    assert envelope.startswith("pf1.1.")
    assert len(envelope.split(".")) == 4
    assert vault.open(key, PLACE, envelope) == TOKEN


@given(st.text(max_size=200))
def test_any_text_comes_back(text: str) -> None:
    vault = LocalVault()
    key = vault.new_organization_key("c" * 24)
    assert vault.open(key, PLACE, vault.seal(key, PLACE, text)) == text


def test_sealing_twice_gives_two_texts(vault: LocalVault, key: OrganizationKey) -> None:
    assert vault.seal(key, PLACE, TOKEN) != vault.seal(key, PLACE, TOKEN)


@pytest.mark.parametrize(
    "place",
    [
        replace(PLACE, account_id="e" * 24),
        replace(PLACE, field="refreshToken"),
        replace(PLACE, token_version=2),
        replace(PLACE, token_version=4),
        SealContext(account_id="f" * 24 + "|accessToken", field="", token_version=3),
    ],
)
def test_an_envelope_does_not_move(
    vault: LocalVault, key: OrganizationKey, envelope: str, place: SealContext
) -> None:
    _refused(vault, key, place, envelope)


def test_parts_with_separators_do_not_run_together(vault: LocalVault, key: OrganizationKey) -> None:
    sealed = vault.seal(key, replace(PLACE, account_id="a|b", field="c"), TOKEN)
    _refused(vault, key, replace(PLACE, account_id="a", field="b|c"), sealed)
    _refused(vault, key, replace(PLACE, account_id="a%7Cb", field="c"), sealed)


def test_an_envelope_of_another_key_version_or_organization_is_refused(
    vault: LocalVault, key: OrganizationKey, envelope: str
) -> None:
    _refused(vault, replace(key, version=2), PLACE, envelope)
    _refused(vault, replace(key, version=2), PLACE, envelope.replace("pf1.1.", "pf1.2.", 1))
    _refused(vault, replace(key, organization_id="d" * 24), PLACE, envelope)
    _refused(vault, vault.new_organization_key(key.organization_id), PLACE, envelope)


def test_every_changed_character_is_noticed(
    vault: LocalVault, key: OrganizationKey, envelope: str
) -> None:
    for place, right in enumerate(envelope):
        for wrong in ("A", "B", "C", "_", ".", "1", "\u0661", "=", "\n"):
            if wrong != right:
                _refused(vault, key, PLACE, envelope[:place] + wrong + envelope[place + 1 :])


def test_a_text_has_one_spelling(vault: LocalVault, key: OrganizationKey, envelope: str) -> None:
    """The last character has bits that decoding ignores."""
    for wrong in (string.ascii_letters + string.digits + "-_").replace(envelope[-1], ""):
        _refused(vault, key, PLACE, envelope[:-1] + wrong)


def test_every_truncated_or_lengthened_text_is_refused(
    vault: LocalVault, key: OrganizationKey, envelope: str
) -> None:
    for length in range(len(envelope)):
        _refused(vault, key, PLACE, envelope[:length])
    for more in ("=", "A", "AAAA", " ", "\n", ".x"):
        _refused(vault, key, PLACE, envelope + more)


@given(st.text(max_size=80))
def test_any_other_text_is_refused(text: str) -> None:
    vault = LocalVault()
    key = vault.new_organization_key("c" * 24)
    for hostile in (text, f"pf1.1.{text}", f"pf1.1.AAAAAAAAAAAAAAAA.{text}"):
        _refused(vault, key, PLACE, hostile)
