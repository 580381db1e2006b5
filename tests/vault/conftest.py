"""A vault with a low Argon2id cost, so that the tests are quick."""

from __future__ import annotations

import pytest

from postflow_desktop.services.ports.vault import NewIdentity, OrganizationKey
from postflow_desktop.vault.derivation import KdfParameters
from postflow_desktop.vault.local import LocalVault

CHEAP = KdfParameters(memory_kib=8192, iterations=1)
PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def vault() -> LocalVault:
    return LocalVault(CHEAP)


@pytest.fixture(scope="session")
def alice(vault: LocalVault) -> NewIdentity:
    return vault.new_identity("a" * 24, PASSWORD)


@pytest.fixture(scope="session")
def bob(vault: LocalVault) -> NewIdentity:
    return vault.new_identity("b" * 24, "another password")


@pytest.fixture(scope="session")
def key(vault: LocalVault) -> OrganizationKey:
    return vault.new_organization_key("c" * 24)
