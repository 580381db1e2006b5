"""The publish protocol tells what it settled, and goes on whatever becomes of that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.notifications.raising import NoticeRaiser
from postflow_desktop.services.ports.notices import SettledListener
from postflow_desktop.services.publishing.engine import PublishingEngine
from tests.conftest import ClusterDb
from tests.notifications.kit import Bakery, bakery_of
from tests.publishing.kit import World


@pytest.fixture
def world(cluster_db: ClusterDb, bakery: Bakery, tmp_path: Path) -> Iterator[World]:
    """A publisher of the bakery's posts."""
    world = World(cluster_db, tmp_path, organization_id=bakery.organization_id)
    yield world
    world.close()


@pytest.fixture
def bakery(cluster_db: ClusterDb) -> Bakery:
    return bakery_of(cluster_db)


def publish(world: World, listener: SettledListener) -> None:
    engine = PublishingEngine(replace(world.machine().parts, notices=listener))
    while engine.work_once():
        pass


class Heard:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.targets: list[Target] = []

    def settled(self, target: Target) -> None:
        self.targets.append(target)


def test_every_settled_target_is_told_once_as_it_ended(world: World) -> None:
    fine, late = world.plan("Hello"), world.plan("Too late", in_seconds=-7 * 86_400.0)
    heard = Heard()
    publish(world, heard)
    assert {(t.id, t.status) for t in heard.targets} == {
        (fine.id, TargetStatus.PUBLISHED),
        (late.id, TargetStatus.MISSED),
    }
    assert len(heard.targets) == 2


def test_a_missed_post_is_a_notice_before_any_sweep(world: World, bakery: Bakery) -> None:
    late = world.plan("Too late", in_seconds=-7 * 86_400.0)
    publish(world, bakery.raiser)
    notice = bakery.notices()[f"target:{late.id}"]
    assert notice.kind is NoticeKind.MISSED
    assert "“Too late”" in notice.text
    assert bakery.sweep.run(bakery.organization_id) == 0


def test_publishing_goes_on_where_notices_can_not_be_raised(world: World, bakery: Bakery) -> None:
    class Away:
        def put(self, notice: Notice) -> Notice | None:
            raise ClusterUnreachable("It does not answer.")

    late, fine = world.plan("Too late", in_seconds=-7 * 86_400.0), world.plan("Hello")
    publish(world, NoticeRaiser(replace(bakery.parts, notices=Away())))  # type: ignore[arg-type]
    assert world.look(late).status is TargetStatus.MISSED
    assert world.look(fine).status is TargetStatus.PUBLISHED
    assert bakery.notices() == {}
    assert bakery.sweep.run(bakery.organization_id) == 2
    assert bakery.standing() == {f"target:{late.id}", f"target:{fine.id}"}
