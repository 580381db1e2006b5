"""A zone gets other rules by an update of the system: plans keep their wall time."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postflow_desktop.cluster.zone_checks import MongoZoneChecks
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.domain.time import PlannedTime, plan_instant, plan_wall_time
from postflow_desktop.machine.zonerules import SystemZoneRules
from postflow_desktop.services.retiming import Retiming, RetimingParts
from tests.plugins.logfail import ExpectedLogs
from tests.publishing.kit import World

BERLIN = "Europe/Berlin"
NOON = datetime(2027, 6, 1, 12, 0)  # noqa: DTZ001 - a wall time
BY_OLD_RULES = datetime(2027, 6, 1, 10, 0, tzinfo=UTC)
BY_NEW_RULES = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)


class Tzdata:
    """The system's files, as an update would change them; Berlin moves to Dubai's four hours."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._real = Path(next(p for p in zoneinfo.TZPATH if (Path(p) / BERLIN).is_file()))
        self.put(BERLIN, "2030a")

    def put(self, zone: str, edition: str) -> None:
        """Berlin's file is that zone's now."""
        berlin = self._folder / BERLIN
        berlin.parent.mkdir(parents=True, exist_ok=True)
        berlin.write_bytes((self._real / zone).read_bytes())
        (self._folder / "tzdata.zi").write_text(f"# version {edition}\n# the rest\n")


@pytest.fixture
def tzdata(tmp_path: Path) -> Iterator[Tzdata]:
    if not any((Path(p) / BERLIN).is_file() for p in zoneinfo.TZPATH):
        pytest.skip("this system has no compiled zone files of its own")
    files = Tzdata(tmp_path / "zoneinfo")
    zoneinfo.reset_tzpath([str(tmp_path / "zoneinfo")])
    zoneinfo.ZoneInfo.clear_cache()
    yield files
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


def _retiming(world: World, owner: str = "p1", **more: object) -> Retiming:
    named: dict[str, object] = {
        "organization_ids": [world.organization_id],
        "targets": world.targets,
        "posts": world.posts,
        "checks": MongoZoneChecks(world.cluster.db),
        "rules": SystemZoneRules(),
        "owner": owner,
        **more,
    }
    return Retiming(RetimingParts(**named))  # type: ignore[arg-type]


def _plan(world: World, planned: PlannedTime) -> Target:
    target = world.plan(in_seconds=600)
    moved = world.targets.plan(target, planned, target.content_hash)
    assert moved is not None
    return moved


def test_what_is_to_come_keeps_its_wall_time_and_nothing_else_moves(
    world: World, tzdata: Tzdata
) -> None:
    planned = _plan(world, plan_wall_time(NOON, BERLIN))
    elsewhere = _plan(world, plan_instant(BY_OLD_RULES, "UTC"))
    without = world.plan(in_seconds=7200)
    canceled = _plan(world, plan_wall_time(NOON, BERLIN))
    world.set(canceled, status="canceled")
    assert planned.scheduled_at == BY_OLD_RULES
    tzdata.put("Asia/Dubai", "2030b")
    told: list[tuple[datetime, datetime]] = []
    retiming = _retiming(
        world, on_moved=lambda was, now: told.append((was.scheduled_at, now.scheduled_at))
    )
    assert retiming.run() == 1
    assert told == [(BY_OLD_RULES, BY_NEW_RULES)]
    now = world.look(planned)
    assert (now.scheduled_at, now.not_before) == (BY_NEW_RULES, BY_NEW_RULES)
    assert (now.local_time, now.timezone) == ("2027-06-01T12:00:00", BERLIN)
    post = world.posts.get(world.organization_id, planned.post_id)
    assert post is not None
    assert post.scheduled_at == BY_NEW_RULES
    for other in (elsewhere, without, canceled):
        assert world.look(other).scheduled_at == other.scheduled_at


def test_a_process_that_runs_while_the_files_change_reads_them_again(
    world: World, tzdata: Tzdata
) -> None:
    target, retiming = _plan(world, plan_wall_time(NOON, BERLIN)), _retiming(world)
    assert retiming.run() == 0
    tzdata.put("Asia/Dubai", "2030b")
    assert retiming.run() == 1
    assert world.look(target).scheduled_at == BY_NEW_RULES


def test_the_same_rules_are_not_asked_for_twice_a_day(world: World, tzdata: Tzdata) -> None:
    del tzdata
    _retiming(world).run()
    late = _plan(world, plan_wall_time(NOON, BERLIN))
    world.set(late, localTime="2027-06-01T13:00:00")
    assert _retiming(world).run() == 0, "another process of that day"
    yesterday = world.targets.now() - timedelta(hours=25)
    world.cluster.db["meta"].update_one({}, {"$set": {"checkedAt": yesterday}})
    assert _retiming(world).run() == 1


def test_a_machine_with_older_rules_leaves_the_plans_alone_and_says_so(
    world: World, tzdata: Tzdata, expected_logs: ExpectedLogs
) -> None:
    expected_logs.add("older than another machine's")
    target = _plan(world, plan_wall_time(NOON, BERLIN))
    tzdata.put("Asia/Dubai", "2030b")
    _retiming(world).run()
    tzdata.put(BERLIN, "2030a")
    old = _retiming(world, owner="p2")
    yesterday = world.targets.now() - timedelta(hours=25)
    world.cluster.db["meta"].update_one({}, {"$set": {"checkedAt": yesterday}})
    assert old.run() == 0
    assert old.run() == 0
    assert world.look(target).scheduled_at == BY_NEW_RULES


def test_of_two_machines_one_checks_and_a_dead_one_is_followed(
    world: World, tzdata: Tzdata
) -> None:
    target = _plan(world, plan_wall_time(NOON, BERLIN))
    tzdata.put("Asia/Dubai", "2030b")
    checks = MongoZoneChecks(world.cluster.db)
    begin = {"lease_seconds": 60.0, "every_seconds": 60.0}
    assert checks.begin(world.organization_id, "2030b", "dead", **begin)
    assert not checks.begin(world.organization_id, "2030b", "other", **begin)
    assert _retiming(world).run() == 0
    past = world.targets.now() - timedelta(seconds=1)
    world.cluster.db["meta"].update_one({}, {"$set": {"lease.until": past}})
    assert _retiming(world).run() == 1
    checks.finish(world.organization_id, "2031a", "dead")
    assert checks.newest(world.organization_id) == "2030b", "its lease was lost"
    assert world.look(target).scheduled_at == BY_NEW_RULES


def test_a_person_who_moves_the_post_meanwhile_wins(world: World, tzdata: Tzdata) -> None:
    target = _plan(world, plan_wall_time(NOON, BERLIN))
    tzdata.put("Asia/Dubai", "2030b")
    later = plan_instant(BY_OLD_RULES + timedelta(days=1), "UTC")
    real = world.targets

    class Meanwhile(type(real)):  # type: ignore[misc]
        def plan(self, seen: Target, planned: PlannedTime, content: str) -> Target | None:
            assert real.plan(seen, later, content) is not None
            return real.plan(seen, planned, content)

    _retiming(world, targets=Meanwhile(world.cluster.db)).run()
    assert world.look(target).scheduled_at == later.utc


def test_either_hour_of_two_may_have_been_meant(world: World, tzdata: Tzdata) -> None:
    del tzdata
    second = plan_instant(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), BERLIN)
    assert (second.local, second.fold) == ("2027-10-31T02:30:00", 1)
    target = _plan(world, second)
    assert _retiming(world).run() == 0
    assert world.look(target).scheduled_at == second.utc


def test_a_wall_time_that_the_new_rules_skip_moves_forward(world: World, tzdata: Tzdata) -> None:
    """Half past two exists on that day in Dubai and not in Berlin."""
    tzdata.put("Asia/Dubai", "2030a")
    zoneinfo.ZoneInfo.clear_cache()
    target = _plan(world, plan_wall_time(datetime(2027, 3, 28, 2, 30), BERLIN))  # noqa: DTZ001
    tzdata.put(BERLIN, "2030b")
    assert _retiming(world).run() == 1
    now = world.look(target)
    assert now.scheduled_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert now.local_time == "2027-03-28T03:30:00"


def test_a_queue_moves_as_a_whole_and_keeps_its_slots(world: World, tzdata: Tzdata) -> None:
    """Two hours apart and moved by two hours: each one's new slot is still its neighbour's."""
    walls = [NOON + timedelta(hours=2 * n) for n in range(5)]
    slots = [replace(plan_wall_time(wall, BERLIN), slot=True) for wall in walls]
    targets = [_plan(world, slot) for slot in slots]
    for target in targets:
        world.set(target, socialAccountId=_oid(targets[0].account_id))
    tzdata.put("Asia/Dubai", "2030b")
    assert _retiming(world).run() == 5
    for target in targets:
        now = world.look(target)
        assert now.scheduled_at == target.scheduled_at - timedelta(hours=2)
        assert now.from_queue
        assert now.status is TargetStatus.PENDING


def test_a_slot_that_belongs_to_another_post_by_now_is_left_to_it(
    world: World, tzdata: Tzdata
) -> None:
    old = _plan(world, replace(plan_wall_time(NOON, BERLIN), slot=True))
    tzdata.put("Asia/Dubai", "2030b")
    zoneinfo.ZoneInfo.clear_cache()
    new = _plan(world, replace(plan_wall_time(NOON, BERLIN), slot=True))
    world.set(new, socialAccountId=_oid(old.account_id))
    assert _retiming(world).run() == 1
    moved = world.look(old)
    assert (moved.scheduled_at, moved.from_queue) == (BY_NEW_RULES, False)
    assert world.look(new).from_queue


def test_the_check_reads_by_index_only(world: World, tzdata: Tzdata) -> None:
    _plan(world, plan_wall_time(NOON, BERLIN))
    tzdata.put("Asia/Dubai", "2030b")
    world.cluster.db.command("profile", 2)
    _retiming(world).run()
    world.cluster.db.command("profile", 0)
    plans = [p for p in world.cluster.db["system.profile"].find({}) if "planSummary" in p]
    assert plans
    bad = [p for p in plans if "COLLSCAN" in p["planSummary"] or p.get("hasSortStage")]
    assert bad == []


def test_the_edition_is_that_of_the_files_in_use(tzdata: Tzdata, tmp_path: Path) -> None:
    rules = SystemZoneRules()
    assert rules.edition() == "2030a"
    (tmp_path / "zoneinfo" / "tzdata.zi").unlink()
    assert rules.edition() == ""
    (tmp_path / "zoneinfo" / "+VERSION").write_text("2031c\n")
    assert rules.edition() == "2031c"
    zoneinfo.reset_tzpath([])
    package = rules.edition()
    assert len(package) == 5
    assert package[:4].isdigit()
    assert package >= "2025b"


def _oid(some_id: str) -> object:
    from bson import ObjectId

    return ObjectId(some_id)
