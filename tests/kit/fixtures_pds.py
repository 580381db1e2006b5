"""The fixture of a real Bluesky server; `conftest.py` imports it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kit import pds as kit


@pytest.fixture(scope="session")
def pds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[kit.Pds]:
    """One real server for the session; skipped, with the reason, where Node is missing."""
    if reason := kit.missing():
        pytest.skip(reason)
    with kit.Pds(kit.built_folder(), tmp_path_factory.mktemp("pds")) as server:
        yield server
