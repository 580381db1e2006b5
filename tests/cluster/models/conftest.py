"""A prepared workspace for a whole module: making all collections takes a second."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from postflow_desktop.cluster.workspace import ClusterWorkspace

if TYPE_CHECKING:
    from pymongo import MongoClient  # noqa: TID251 - only its type


@pytest.fixture(scope="module")
def workspace(mongod_client: MongoClient[dict[str, Any]]) -> Iterator[ClusterWorkspace]:
    made = ClusterWorkspace(mongod_client, f"test_{secrets.token_hex(6)}")
    made.prepare()
    yield made
    made.drop()
