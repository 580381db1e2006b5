"""Publishers see each other on a real cluster, and desktops let agents go first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from postflow_desktop.cluster.documents import new_id
from postflow_desktop.cluster.presence import MongoPresenceStore
from postflow_desktop.cluster.schema.presence import PRESENCE_COLLECTIONS
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.domain.coverage import Cover
from postflow_desktop.domain.presence import PublisherKind, PublisherProcess
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.scheduler.runner import PublisherRunner
from postflow_desktop.services.ports.organizations import Membership, Role
from postflow_desktop.services.presence import Attendance, PresenceService
from postflow_desktop.services.publishing.engine import PublishingEngine
from tests.conftest import ClusterDb
from tests.fakes.clock import HeldClock
from tests.publishing.kit import World

AGENT, DESKTOP, COMMAND = PublisherKind.AGENT, PublisherKind.DESKTOP, PublisherKind.COMMAND


@dataclass
class Publisher:
    """A process of a machine of its own, with a clock that the test holds."""

    who: PublisherProcess
    attendance: Attendance
    engine: PublishingEngine
    clock: HeldClock

    def beat(self, after: float = 30.0) -> None:
        self.clock.advance(after)
        self.engine.beat()


@pytest.fixture
def store(world: World) -> MongoPresenceStore:
    apply(world.cluster.db, PRESENCE_COLLECTIONS)
    return MongoPresenceStore(world.cluster.db)


def publisher(
    world: World,
    name: str,
    kind: PublisherKind,
    *,
    organizations: tuple[str, ...] | None = None,
    keeps_hours: bool = True,
) -> Publisher:
    machine, clock = world.machine(name), HeldClock()
    who = PublisherProcess(
        machine=machine.processes.machine_id,
        name=name,
        kind=kind,
        process=machine.processes.process_id,
        version="1.0",
        organization_ids=organizations or (world.organization_id,),
    )
    store = MongoPresenceStore(world.cluster.db)
    attendance = Attendance(who, store, clock, lambda: 0.5, keeps_hours=keeps_hours)
    engine = PublishingEngine(replace(machine.parts, attendance=attendance))
    return Publisher(who, attendance, engine, clock)


def service(world: World, store: MongoPresenceStore) -> PresenceService:
    viewer = Membership(user_id="u", organization_id=world.organization_id, role=Role.VIEWER)
    return PresenceService(viewer, store, world.targets.now)


def silence(world: World, who: PublisherProcess, seconds: float) -> None:
    """As if it had sent no heartbeat for so long."""
    at = world.targets.now() - timedelta(seconds=seconds)
    world.cluster.db["presence"].update_one({"process": who.process}, {"$set": {"at": at}})


def test_two_machines_are_seen_until_they_leave_or_fall_silent(
    world: World, store: MongoPresenceStore
) -> None:
    desktop, agent = publisher(world, "laptop", DESKTOP), publisher(world, "server", AGENT)
    before = world.targets.now()
    desktop.beat()
    agent.beat()
    seen = service(world, store).publishers()
    assert [(p.who, p.under_way, p.last_published_at) for p in seen] == [
        (agent.who, (), None),
        (desktop.who, (), None),
    ]
    assert all(before <= p.since == p.at for p in seen)
    silence(world, agent.who, 80)
    assert len(service(world, store).publishers()) == 2
    silence(world, agent.who, 91)
    assert [p.who.name for p in service(world, store).publishers()] == ["laptop"]
    agent.beat()
    assert len(service(world, store).publishers()) == 2
    desktop.engine.leave()
    assert [p.who.name for p in service(world, store).publishers()] == ["server"]


def test_others_see_what_is_under_way_and_what_was_last(
    world: World, store: MongoPresenceStore
) -> None:
    agent, sent = publisher(world, "server", AGENT), world.plan()
    world.network.before_send = agent.beat
    assert agent.engine.work_once()
    (during,) = store.alive([world.organization_id])
    assert (during.under_way, during.last_published_at) == ((sent.id,), None)
    agent.beat()
    (after,) = store.alive([world.organization_id])
    published_at = world.look(sent).published_at
    assert published_at is not None
    assert (after.under_way, after.last_published_at) == ((), published_at)


def test_the_heart_beats_every_thirty_seconds_however_often_it_is_asked(
    world: World, store: MongoPresenceStore
) -> None:
    agent = publisher(world, "server", AGENT)
    for _ in range(6):
        agent.beat(after=15.0)
    (document,) = world.cluster.db["presence"].find()
    assert document["rev"] == 3
    (presence,) = store.alive([world.organization_id])
    assert presence.since < presence.at


def test_the_next_process_of_a_machine_starts_anew_and_the_last_one_leaves_it_alone(
    world: World, store: MongoPresenceStore
) -> None:
    first, second = publisher(world, "server", AGENT), publisher(world, "server", AGENT)
    first.beat()
    since = store.alive([world.organization_id])[0].since
    second.beat()
    (presence,) = store.alive([world.organization_id])
    assert presence.who.process == second.who.process
    assert presence.since > since
    first.engine.leave()
    assert len(store.alive([world.organization_id])) == 1
    second.engine.leave()
    assert list(world.cluster.db["presence"].find()) == []


def test_an_organization_sees_only_its_own_publishers(
    world: World, store: MongoPresenceStore
) -> None:
    publisher(world, "elsewhere", AGENT, organizations=(new_id(),)).beat()
    assert service(world, store).publishers() == []
    due = plan_instant(world.targets.now() + timedelta(days=1), "UTC")
    assert service(world, store).coverage(due).cover is Cover.NOBODY


def test_a_day_is_one_small_document_and_covers_the_same_hour_of_the_week(
    world: World, store: MongoPresenceStore
) -> None:
    desktop = publisher(world, "laptop", DESKTOP)
    for _ in range(3):
        desktop.beat()
    days = world.cluster.db["presenceDays"]
    (today,) = days.find()
    assert len(today["hours"]) == 1
    days.delete_many({})
    past = (world.targets.now() - timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    for hours in (0, 1, 1):
        store.record(desktop.who, past.replace(hour=9) + timedelta(hours=hours))
    assert days.count_documents({}) == 1
    board = service(world, store)
    next_week = past.replace(hour=9, minute=30) + timedelta(days=7)
    assert board.coverage(plan_instant(next_week, "UTC")).cover is Cover.SEEN
    missing = board.coverage(plan_instant(next_week - timedelta(hours=2), "UTC"))
    assert missing.warning.startswith("No computer was on at 07:30 in the last 14 days.")


def test_publishing_one_post_now_is_not_being_on(world: World, store: MongoPresenceStore) -> None:
    publisher(world, "laptop", COMMAND, keeps_hours=False).beat()
    assert world.cluster.db["presenceDays"].count_documents({}) == 0
    assert len(store.alive([world.organization_id])) == 1


def test_what_is_old_is_removed_by_the_server(world: World, store: MongoPresenceStore) -> None:
    expiring = {
        name: [
            (index["key"], index["expireAfterSeconds"])
            for index in world.cluster.db[name].index_information().values()
            if "expireAfterSeconds" in index
        ]
        for name in ("presence", "presenceDays")
    }
    assert expiring == {
        "presence": [([("at", 1)], 86_400)],
        "presenceDays": [([("day", 1)], 16 * 86_400)],
    }


def test_a_desktop_leaves_what_is_due_to_an_agent_that_is_alive(
    world: World, store: MongoPresenceStore
) -> None:
    desktop, agent = publisher(world, "laptop", DESKTOP), publisher(world, "server", AGENT)
    agent.beat()
    desktop.beat()
    target = world.plan(in_seconds=-0.5)
    assert desktop.attendance.wait == 6.0
    assert not desktop.engine.work_once()
    wake = desktop.engine.next_wake()
    assert wake is not None
    assert wake > 0, "it sleeps meanwhile instead of asking again and again"
    assert agent.engine.work_once()
    assert world.look(target).status is TargetStatus.PUBLISHED


def test_an_agent_that_is_alive_but_does_not_publish_holds_nothing_up(
    world: World, store: MongoPresenceStore
) -> None:
    desktop, agent = publisher(world, "laptop", DESKTOP), publisher(world, "server", AGENT)
    agent.beat()
    desktop.beat()
    target = world.plan(in_seconds=-7.5)
    assert desktop.engine.work_once()
    assert world.look(target).status is TargetStatus.PUBLISHED


@pytest.mark.parametrize("end", ["killed", "stopped"])
def test_without_an_agent_nothing_waits(world: World, store: MongoPresenceStore, end: str) -> None:
    desktop, agent = publisher(world, "laptop", DESKTOP), publisher(world, "server", AGENT)
    agent.beat()
    desktop.beat()
    world.plan()
    assert not desktop.engine.work_once()
    if end == "killed":
        silence(world, agent.who, 91)
    else:
        agent.engine.leave()
    desktop.beat()
    assert desktop.attendance.wait == 0.0
    assert desktop.engine.work_once()


def test_desktops_spread_and_commands_and_agents_do_not_wait(
    world: World, store: MongoPresenceStore
) -> None:
    desktops = [publisher(world, name, DESKTOP) for name in ("a", "b")]
    command, agent = publisher(world, "a", COMMAND), publisher(world, "c", AGENT)
    command.beat()
    desktops[0].beat()
    assert desktops[0].attendance.wait == 0.0, "a command is not waited for"
    desktops[1].beat()
    assert desktops[1].attendance.wait == 1.0
    for one in (agent, command):
        one.beat()
        assert one.attendance.wait == 0.0
    world.plan()
    assert command.engine.work_once()


def test_an_agent_of_some_organizations_is_not_waited_for(
    world: World, store: MongoPresenceStore
) -> None:
    both = (world.organization_id, new_id())
    desktop = publisher(world, "laptop", DESKTOP, organizations=both)
    publisher(world, "server", AGENT).beat()
    desktop.beat()
    assert desktop.attendance.wait == 1.0


def test_who_asks_for_it_now_does_not_wait(world: World, store: MongoPresenceStore) -> None:
    desktop, agent = publisher(world, "laptop", DESKTOP), publisher(world, "server", AGENT)
    agent.beat()
    desktop.beat()
    target = world.plan()
    assert not desktop.engine.work_once()
    PublisherRunner(desktop.engine).wake()
    assert desktop.engine.work_once()
    assert world.look(target).status is TargetStatus.PUBLISHED


def test_a_claim_that_waits_reads_no_more_than_it_takes(
    world: World, store: MongoPresenceStore
) -> None:
    for number in range(20):
        world.plan(f"Just due {number}")
        world.plan(f"Future {number}", in_seconds=3600)
    world.plan("Due for a minute", in_seconds=-60)
    scope = replace(world.machine("laptop").parts.scope, wait=6.0)
    world.cluster.db.command("profile", 2)
    claimed = world.targets.claim(scope, "p", 60)
    world.cluster.db.command("profile", 0)
    assert claimed is not None
    (entry,) = world.cluster.db["system.profile"].find({"command.findAndModify": "schedules"})
    assert "COLLSCAN" not in entry["planSummary"]
    assert entry["docsExamined"] <= 2


def test_presence_that_fails_costs_no_post(world: World) -> None:
    """A role of the database without rights on the collection, or one that is broken."""
    refuse: dict[str, Any] = {"$jsonSchema": {"required": ["nothingHasThis"]}}
    world.cluster.db.create_collection("presence", validator=refuse)
    agent, target = publisher(world, "server", AGENT), world.plan()
    runner = PublisherRunner(agent.engine, workers=1)
    runner.run_until_idle()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert world.cluster.db["presence"].count_documents({}) == 0


def test_a_runner_is_there_while_it_runs(world: World, store: MongoPresenceStore) -> None:
    desktop = publisher(world, "laptop", DESKTOP)
    seen: list[int] = []
    world.network.before_send = lambda: seen.append(len(store.alive([world.organization_id])))
    world.plan()
    PublisherRunner(desktop.engine, workers=1).run_until_idle()
    assert seen == [1]
    assert store.alive([world.organization_id]) == []


def test_hours_are_utc_whatever_zone_they_come_in(
    cluster_db: ClusterDb, world: World, store: MongoPresenceStore
) -> None:
    who = publisher(world, "laptop", DESKTOP).who
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    store.record(who, late)
    (seen,) = store.seen(world.organization_id, late)
    assert seen.hours == {datetime(2026, 11, 20, 23, tzinfo=UTC)}
    assert [d["_id"] for d in cluster_db.db["presenceDays"].find()] == [f"{who.machine}:2026-11-20"]


def test_the_board_shows_everything_at_once(world: World, store: MongoPresenceStore) -> None:
    desktop, agent = publisher(world, "laptop", DESKTOP), publisher(world, "server", AGENT)
    desktop.beat()
    agent.beat()
    board = service(world, store).board(desktop.who.machine)
    assert [p.who.name for p in board.publishers] == ["server", "laptop"]
    assert {machine.name for machine in board.machines} == {"laptop", "server"}
    assert board.here == desktop.who.machine
    assert board.publishers[0].at <= board.at
    planned = plan_instant(board.at + timedelta(days=3), "UTC")
    assert board.coverage(planned).cover is Cover.AGENT
