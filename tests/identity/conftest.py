"""People on a fresh database."""

from __future__ import annotations

import pytest

from tests.conftest import ClusterDb
from tests.fakes.people import People, prepare


@pytest.fixture
def people(cluster_db: ClusterDb) -> People:
    prepare(cluster_db.db)
    return People(cluster_db.db)
