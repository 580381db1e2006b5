"""Publishing: lateness, a thousand targets due in one second, the cost of a due scan."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.scheduler.runner import PublisherRunner
from tests.bench.report import figure, percentile
from tests.publishing.kit import World

THREADS = 16


def lateness(world: World, count: int = 40) -> None:
    """Due to first byte on an agent with nothing else to do; goal p99 ≤ 250 ms."""
    machine = world.machine("lateness")
    sent: dict[int, float] = {}
    lock = threading.Lock()

    def note() -> None:
        with lock:
            sent[len(sent)] = time.monotonic()

    world.network.before_send = note
    start = time.monotonic()
    base = world.targets.now()
    targets = [world.plan(f"Late {n}", in_seconds=1.5 + n * 0.3) for n in range(count)]
    runner = PublisherRunner(machine.engine, workers=THREADS)
    thread = threading.Thread(target=runner.run)
    thread.start()
    _wait_for(lambda: len(sent) == count)
    runner.stop()
    thread.join()
    world.network.before_send = lambda: None
    late = [
        sent[n] - start - (target.scheduled_at - base).total_seconds()
        for n, target in enumerate(targets)
    ]
    figure(
        "due to first byte, idle agent",
        goal="p99 <= 0.25 s",
        count=count,
        p50_s=percentile(late, 0.5),
        p99_s=percentile(late, 0.99),
        ratio=percentile(late, 0.99) / 0.25,
    )


def burst(world: World, count: int = 1000) -> None:
    """A thousand targets due in the same second, beside the same writes without the protocol."""
    raw = _raw_writes(world, count)
    machine = world.machine("burst")
    for n in range(count):
        world.plan(f"Burst {n}", in_seconds=-1.0)
    due = world.targets.now()
    runner = PublisherRunner(machine.engine, workers=THREADS)
    started = time.monotonic()
    runner.run_until_idle()
    rate = count / (time.monotonic() - started)
    late = [
        (document["publishedAt"] - due).total_seconds()
        for document in world.cluster.db["schedules"].find({"status": "published"})
        if document["publishedAt"] >= due
    ]
    figure(
        "1,000 targets due in one second",
        goal="ratio >= 0.6; p99 lateness < 1.3 s",
        per_second=rate,
        raw_per_second=raw,
        ratio=rate / raw,
        p50_lateness_s=percentile(late, 0.5),
        p99_lateness_s=percentile(late, 0.99),
    )


def due_scan(
    world: World, sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000), rounds: int = 200
) -> None:
    """A scan that finds nothing due among so many future targets; goal: flat (≤ 1.2 ×).

    The sizes take turns, so that what else the computer does meets all of them alike.
    """
    worlds = [_future_world(world, size) for size in sizes]
    engines = [part.machine("scan").engine for part in worlds]
    times: list[list[float]] = [[] for _ in sizes]
    for _ in range(rounds):
        for engine, taken in zip(engines, times, strict=True):
            started = time.perf_counter()
            assert engine.work_once() is False
            taken.append(time.perf_counter() - started)
    for part in worlds:
        part.close()
    medians = [percentile(taken, 0.5) for taken in times]
    for size, median in zip(sizes, medians, strict=True):
        figure("due scan", future_targets=size, median_ms=median * 1000)
    figure("due scan, largest beside smallest", goal="<= 1.2", ratio=medians[-1] / medians[0])


def _future_world(world: World, size: int) -> World:
    """A database of its own with that many future targets."""
    name = f"{world.cluster.name}_{size}"
    part = World(replace(world.cluster, name=name), world.folder / name)
    _fill_future(part, size)
    return part


def _fill_future(world: World, size: int) -> None:
    schedules = world.cluster.db["schedules"]
    have = schedules.count_documents({"status": "pending"})
    base = world.targets.now() + timedelta(days=1)
    organization = ObjectId(world.organization_id)
    for first in range(have, size, 20_000):
        schedules.insert_many(
            [
                _future_document(organization, base + timedelta(seconds=number))
                for number in range(first, min(first + 20_000, size))
            ],
            ordered=False,
        )


def _future_document(organization: ObjectId, due: Any) -> dict[str, Any]:
    return {
        "organizationId": organization,
        "postId": ObjectId(),
        "socialAccountId": ObjectId(),
        "platform": "bluesky",
        "scheduledAt": due,
        "notBefore": due,
        "status": "pending",
        "contentHash": "0" * 64,
        "fence": 0,
        "createdAt": due,
        "updatedAt": due,
        "rev": 1,
    }


def _raw_writes(world: World, count: int) -> float:
    """The protocol's writes and reads on prepared documents, by id, on as many threads."""
    targets = [world.plan(f"Raw {n}", in_seconds=3600) for n in range(count)]
    db = world.cluster.db

    def one(target: Target) -> None:
        key = {"_id": ObjectId(target.id)}
        for status in ("claimed", "sending", "published"):
            db["schedules"].find_one_and_update(
                key, {"$set": {"status": status}}, return_document=ReturnDocument.AFTER
            )
            if status != "published":
                db["publishAttempts"].insert_one(_raw_attempt(target, status))
        db["posts"].find_one({"_id": ObjectId(target.post_id)})
        db["payloads"].find_one({"_id": target.content_hash})
        list(db["schedules"].find({"postId": ObjectId(target.post_id)}))
        db["posts"].update_one({"_id": ObjectId(target.post_id)}, {"$set": {"status": "published"}})

    started = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, targets))
    rate = count / (time.monotonic() - started)
    assert world.look(targets[0]).status is TargetStatus.PUBLISHED
    db["schedules"].delete_many({})
    db["publishAttempts"].delete_many({})
    return rate


def _raw_attempt(target: Target, status: str) -> dict[str, Any]:
    return {
        "_id": f"{target.id}#raw#{status}",
        "attemptId": target.id,
        "kind": "announced",
        "organizationId": ObjectId(target.organization_id),
        "targetId": ObjectId(target.id),
        "at": target.created_at,
        "rev": 1,
    }


def _wait_for(done: Callable[[], bool], seconds: float = 60.0) -> None:
    tick = threading.Event()
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError("the benchmark did not come to an end")
        tick.wait(0.01)
