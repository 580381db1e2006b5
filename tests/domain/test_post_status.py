"""A post's status as its targets make it; the first rule that matches wins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.target import (
    Target,
    TargetError,
    TargetStatus,
    derive_post_status,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def make(status: str, *, queue: bool = False, hours: int = 0) -> Target:
    moment = NOW + timedelta(hours=hours)
    return Target(
        id=f"t{hours}",
        organization_id="o",
        post_id="p",
        account_id=f"a{hours}",
        network=Network.BLUESKY,
        status=TargetStatus(status),
        scheduled_at=moment,
        not_before=moment,
        content_hash="0" * 64,
        created_at=NOW,
        updated_at=NOW,
        from_queue=queue,
        published_at=moment if status == "published" else None,
        last_error=TargetError(code="x", message="Because.") if status == "failed" else None,
    )


@pytest.mark.parametrize(
    ("states", "status", "code"),
    [
        ([], "draft", None),
        (["canceled"], "draft", None),
        (["pending"], "scheduled", None),
        (["pending", "published"], "scheduled", None),
        (["pending", "failed"], "scheduled", None),
        (["pending", "claimed"], "publishing", None),
        (["published", "sending"], "publishing", None),
        (["failed", "processing"], "publishing", None),
        (["reconciling"], "publishing", None),
        (["failed"], "failed", "failed"),
        (["missed"], "failed", "missed"),
        (["needs_attention"], "failed", "needs_attention"),
        (["published", "failed"], "failed", "partial"),
        (["published", "missed", "canceled"], "failed", "partial"),
        (["published"], "published", None),
        (["published", "canceled"], "published", None),
    ],
)
def test_status_of_the_post(states: list[str], status: str, code: str | None) -> None:
    summary = derive_post_status([make(state, hours=n) for n, state in enumerate(states)])
    assert (summary.status.value, summary.failure_code) == (status, code)


def test_queued_only_if_all_that_wait_come_from_queues() -> None:
    assert derive_post_status([make("pending", queue=True)]).status.value == "queued"
    mixed = [make("pending", queue=True), make("pending", hours=1)]
    assert derive_post_status(mixed).status.value == "scheduled"


def test_the_post_shows_its_next_time_and_its_last_publication() -> None:
    waiting = [make("published"), make("pending", hours=3), make("pending", hours=2)]
    assert derive_post_status(waiting).scheduled_at == NOW + timedelta(hours=2)
    out = [make("published"), make("published", hours=5)]
    assert derive_post_status(out).published_at == NOW + timedelta(hours=5)


def test_the_reason_of_a_failure_reaches_the_post() -> None:
    assert derive_post_status([make("failed")]).failure_reason == "Because."
