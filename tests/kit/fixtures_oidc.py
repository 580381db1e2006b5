"""The fixture of a certified OAuth provider; `conftest.py` imports it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kit import node, oidc


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[oidc.Provider]:
    """One provider for the session; skipped, with the reason, where Node is missing."""
    if reason := node.missing():
        pytest.skip(reason)
    with oidc.Provider(oidc.built_folder(), tmp_path_factory.mktemp("oidc")) as server:
        yield server
