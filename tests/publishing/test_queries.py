"""Every query of the publish protocol and of the post lists is answered by an index."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import Intent, TargetStatus, attempt_id
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.ports.targets import Settlement
from tests.publishing.kit import World


def test_no_query_scans_a_collection_or_sorts_in_memory(world: World) -> None:
    for number in range(30):
        world.plan(f"Past {number}")
        world.plan(f"Future {number}", in_seconds=3600)
    world.cluster.db.command("profile", 2)
    _ask_everything(world)
    world.cluster.db.command("profile", 0)
    seen = list(
        world.cluster.db["system.profile"].find(
            {"op": {"$in": ["query", "update", "remove", "command"]}}
        )
    )
    planned = [entry for entry in seen if "planSummary" in entry]
    assert len(planned) >= 20
    assert [_told(entry) for entry in planned if _is_bad(entry)] == []
    claims = [
        entry["docsExamined"]
        for entry in planned
        if entry.get("command", {}).get("findAndModify") == "schedules"
    ]
    assert max(claims) <= 2, "a claim reads more than it takes"


def _is_bad(entry: dict[str, Any]) -> bool:
    return "COLLSCAN" in entry["planSummary"] or bool(entry.get("hasSortStage"))


def _told(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["ns"], entry["planSummary"], str(entry.get("command"))[:600]


def _ask_everything(world: World) -> None:
    machine = world.machine()
    scope, targets, posts = machine.parts.scope, world.targets, world.posts
    organization = world.organization_id
    claimed = targets.claim(scope, "p", 60)
    assert claimed is not None
    targets.extend(claimed, 60)
    attempt = attempt_id(claimed.id, 0, claimed.fence)
    intent = Intent(attempt_id=attempt, step=0, machine="m", process="p", at=claimed.updated_at)
    assert targets.barrier(claimed, intent, "{}", need=1, lease_seconds=60) is not None
    targets.settle_attempt(
        organization, attempt, Settlement(status=TargetStatus.RECONCILING, delay=0)
    )
    taken = targets.take_ambiguous(scope, "p", lease_seconds=60, quiet_seconds=0)
    assert taken is not None
    targets.settle_hold(taken, Settlement(status=TargetStatus.PENDING, delay=0))
    targets.held_by_machine(scope)
    targets.unfinished(scope)
    targets.next_wake(scope, 75)
    pending = targets.claim(scope, "p", 60)
    assert pending is not None
    targets.cancel(pending)
    targets.get(organization, pending.id)
    targets.of_posts(organization, [pending.post_id])
    targets.of_account(organization, pending.account_id)
    later = plan_instant(targets.now() + timedelta(hours=1), "UTC")
    now = targets.get(organization, pending.id)
    assert now is not None
    targets.plan(now, later, now.content_hash)
    posts.get(organization, pending.post_id)
    posts.by_key(organization, "key")
    posts.overdue(organization, limit=10)
    posts.behind(organization, seconds=60, limit=10)
    first = posts.page(organization, status=None, cursor=None, limit=5)
    posts.page(organization, status=None, cursor=first.next, limit=5)
    posts.page(organization, status=PostStatus.DRAFT, cursor=None, limit=5)
    world.payloads.get(pending.content_hash)
    world.attempts.of_targets(organization, [pending.id])
    posts.delete(organization, pending.post_id)
