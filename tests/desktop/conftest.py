"""Windows on homes of their own; afterwards nothing of them is left."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from postflow_desktop.sandbox.server import SandboxServer
from tests.conftest import ClusterDb
from tests.desktop.kit import Desk, MakeDesk, Teammate, clear
from tests.ui.conftest import (
    fixed_look,
    garbage_between_tests,
    no_garbage_left,
    no_held_button,
    no_qt_complaints,
)

__all__ = [
    "fixed_look",
    "garbage_between_tests",
    "no_garbage_left",
    "no_held_button",
    "no_qt_complaints",
]


@pytest.fixture(autouse=True)
def patient_watchdog() -> Iterator[None]:
    """How long this machine takes to paint says nothing about the program here."""
    logger = logging.getLogger("postflow_desktop.ui.kit.watchdog")
    before = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(before)


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    """The networks, on this machine."""
    with SandboxServer() as server:
        yield server


@pytest.fixture
def desks(tmp_path: Path, fixed_look: None, sandbox: SandboxServer) -> Iterator[MakeDesk]:
    """Opens windows on homes below the test's folder; closes those that are still open."""
    made: list[Desk] = []

    def make(name: str = "home", **environ: str) -> Desk:
        made.append(Desk(tmp_path / name, environ))
        return made[-1]

    yield make
    still_open = [desk for desk in made if desk.is_open]
    for desk in reversed(still_open):
        desk.close(last=desk is still_open[0])
    clear(tmp_path)


@pytest.fixture
def address(cluster_db: ClusterDb) -> str:
    """The address of a fresh database on the session's server."""
    return cluster_db.uri.replace("/?", f"/{cluster_db.name}?")


@pytest.fixture
def desk(desks: MakeDesk, address: str) -> Desk:
    """A window in a workspace of its own, with nobody's account connected."""
    opened = desks()
    opened.create(uri=address)
    return opened


@pytest.fixture
def teammate(desk: Desk, address: str, tmp_path: Path) -> Iterator[Teammate]:
    """A second machine, signed in to the desk's workspace."""
    made = Teammate(tmp_path / "teammate", address, desk.recovery)
    yield made
    made.close()
