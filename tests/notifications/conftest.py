"""A bakery for each test."""

from __future__ import annotations

import pytest

from tests.conftest import ClusterDb
from tests.notifications.kit import Bakery, bakery_of


@pytest.fixture
def bakery(cluster_db: ClusterDb) -> Bakery:
    return bakery_of(cluster_db)
