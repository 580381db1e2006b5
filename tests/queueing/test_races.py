"""Many who ask for slots at once: no slot twice, none skipped, no query without an index."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bson import ObjectId

from postflow_desktop.domain.post import Post
from postflow_desktop.domain.queue import WeeklySlot
from postflow_desktop.services.posts import NewPost
from postflow_desktop.services.queueing import QueueChange
from tests.planning.kit import Desk

PROCESSES, POSTS = 2, 30


def _start(desk: Desk) -> subprocess.Popen[str]:
    cluster = desk.world.cluster
    words = (cluster.uri, cluster.name, desk.world.organization_id, desk.first, str(POSTS))
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-m", "tests.queueing.filler", *words],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
    )


def test_two_machines_fill_a_queue_without_a_gap(desk: Desk) -> None:
    desk.daily(desk.first, 0, 3, 6, 9, 12, 15, 18, 21)
    wanted = desk.free(desk.first, PROCESSES * POSTS)
    machines = [_start(desk) for _ in range(PROCESSES)]
    try:
        for machine in machines:
            assert machine.stdout is not None
            assert machine.stdout.readline() == "ready\n"
        for machine in machines:
            assert machine.stdin is not None
            machine.stdin.write("go\n")
            machine.stdin.flush()
        said = [machine.communicate(timeout=60)[1] for machine in machines]
        assert [machine.returncode for machine in machines] == [0] * PROCESSES, said
    finally:
        for machine in machines:
            machine.kill()
            machine.wait()
    assert sorted(document["slotAt"] for document in desk.stored("schedules")) == wanted


def test_posts_for_two_accounts_take_both_slots_or_none(desk: Desk) -> None:
    desk.daily(desk.first, 0, 12)
    desk.daily(desk.second, 6, 18)
    accounts = desk.first, desk.second
    wanted = {account: desk.free(account, 12) for account in accounts}
    with ThreadPoolExecutor(6) as pool:
        posts = list(pool.map(lambda n: desk.queued(*accounts, text=f"Post {n}"), range(12)))
    targets = [desk.targets(post) for post in posts]
    for account in accounts:
        assert sorted(each[account].scheduled_at for each in targets) == wanted[account]


def test_posts_that_are_stored_already_are_put_in_as_well(desk: Desk) -> None:
    """Canceled posts and drafts are updated, new ones inserted; both can lose a slot."""
    desk.daily(desk.first, 0, 6, 12, 18)
    kept = [desk.queued(text=f"Post {n}") for n in range(8)]
    for post in kept:
        desk.posts.cancel(post.id)
    wanted = desk.free(desk.first, 16)

    def put(number: int) -> Post:
        if number % 2:
            return desk.queued(text=f"New {number}")
        desk.submit.queue(kept[number // 2].id)
        return kept[number // 2]

    with ThreadPoolExecutor(8) as pool:
        posts = list(pool.map(put, range(16)))
    assert sorted(desk.slot(post) for post in posts) == wanted


def test_one_post_that_is_queued_by_many_at_once_has_one_slot(desk: Desk) -> None:
    desk.daily(desk.first, 0, 6, 12, 18)
    slot = desk.free(desk.first, 1)
    post = desk.submit.create(NewPost(text="Draft", account_ids=(desk.first,)), None, now=False)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: desk.submit.queue(post.id), range(6)))
    assert [[target.scheduled_at for target in targets] for targets in found] == [slot] * 6


def test_one_key_used_by_many_at_once_makes_one_post_in_one_slot(desk: Desk) -> None:
    desk.daily(desk.first, 0, 6, 12, 18)
    desk.daily(desk.second, 3, 9, 15, 21)
    wanted = desk.free(desk.first, 8)
    together = threading.Barrier(4)

    def create(text: str) -> str:
        accounts = desk.first, desk.second
        new = NewPost(text=text, account_ids=accounts, idempotency_key=text)
        together.wait(20)
        return desk.submit.create(new, None, now=False, queue=True).id

    ids: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        for number in range(8):
            (made,) = set(pool.map(create, [f"Round {number}"] * 4))
            ids.append(made)
    slots = [desk.targets(desk.posts.get(made))[desk.first].scheduled_at for made in ids]
    assert slots == wanted
    assert len(desk.stored("schedules")) == 16


def test_a_key_whose_first_use_died_before_the_slot_gets_one_now(desk: Desk) -> None:
    desk.daily(desk.first, 9)
    (slot,) = desk.free(desk.first, 1)
    new = NewPost(text="Once", account_ids=(desk.first,), idempotency_key="k")
    first = desk.submit.create(new, None, now=False)
    ids = {desk.submit.create(new, None, now=False, queue=True).id for _ in range(2)}
    assert ids == {first.id}
    assert desk.slot(first) == slot


def test_two_who_set_the_first_queue_at_once_make_one(desk: Desk) -> None:
    together = threading.Barrier(4)

    def make(hour: int) -> None:
        together.wait(20)
        desk.queues.set(desk.first, QueueChange(slots=(WeeklySlot(0, hour, 0),)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, range(4)))
    assert [document["rev"] for document in desk.stored("queues")] == [4]


def test_no_query_of_a_queue_scans_a_collection(desk: Desk) -> None:
    desk.daily(desk.first, 0, 6, 12, 18)
    desk.daily(desk.second, 9)
    for number in range(40):
        desk.queued(text=f"Post {number}")
        desk.world.plan(f"Another account's {number}", in_seconds=3600)
    sent = {"status": "published", "fromQueue": True}
    for number in range(60):
        target = desk.world.plan(f"Sent {number}", in_seconds=-3600)
        desk.world.set(target, socialAccountId=ObjectId(desk.first), **sent)
    desk.world.cluster.db.command("profile", 2)
    desk.queued(text="One more")
    desk.queues.show()
    desk.queues.set(desk.first, QueueChange(max_per_day=3))
    desk.world.cluster.db.command("profile", 0)
    seen = list(desk.world.cluster.db["system.profile"].find({"planSummary": {"$exists": True}}))
    asked = {entry["ns"].partition(".")[2] for entry in seen}
    assert {"queues", "schedules", "posts"} <= asked
    assert [_told(entry) for entry in seen if _is_bad(entry)] == []
    reads = [entry["docsExamined"] for entry in seen if entry["ns"].endswith(".schedules")]
    assert max(reads) <= 45, "what was sent before is read again"


def _is_bad(entry: dict[str, Any]) -> bool:
    return "COLLSCAN" in entry["planSummary"] or bool(entry.get("hasSortStage"))


def _told(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["ns"], entry["planSummary"], str(entry.get("command"))[:600]
