"""A prepared workspace on a database of its own."""

from __future__ import annotations

import pytest

from postflow_desktop.cluster.workspace import ClusterWorkspace
from tests.conftest import ClusterDb


@pytest.fixture
def workspace(cluster_db: ClusterDb) -> ClusterWorkspace:
    made = ClusterWorkspace(cluster_db.client, cluster_db.name)
    made.prepare()
    return made
