"""A seated person, with and without accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from postflow_desktop.sandbox.server import SandboxServer
from tests.conftest import ClusterDb
from tests.kit.command import CommandLine, seated


@dataclass(frozen=True)
class Desk:
    """One home at a cluster, an account on the sandbox, and the sandbox."""

    command: CommandLine
    recovery: str
    account: str
    sandbox: SandboxServer
    cluster: ClusterDb

    def texts(self) -> list[str]:
        """What the network took, in order; a text that is there twice was posted twice."""
        return [entry.text for entry in self.sandbox.log]


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, cluster_db: ClusterDb, sandbox: SandboxServer) -> Desk:
    command, recovery = seated(tmp_path / "home", cluster_db.uri, cluster_db.name)
    account = connect(command, sandbox.url)
    return Desk(command, recovery, account, sandbox, cluster_db)


def connect(command: CommandLine, service: str, handle: str = "bakery.test") -> str:
    """Connect an account; its id."""
    answer = command.ok(
        "account",
        "connect",
        "bluesky",
        "--handle",
        handle,
        "--service",
        service,
        POSTFLOW_SECRET="abcd-efgh-ijkl-mnop",
    )
    account: str = answer["account"]["id"]
    return account
