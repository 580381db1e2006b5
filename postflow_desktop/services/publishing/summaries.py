"""Keeping a post's status in step with its targets; the protocol itself never reads it."""

from __future__ import annotations

from collections.abc import Sequence

from postflow_desktop.domain.target import PostSummary, derive_post_status
from postflow_desktop.services.ports.posts import PostStore
from postflow_desktop.services.ports.targets import TargetStore

_ROUNDS = 20
LATELY_SECONDS = 2 * 3600.0
_AT_ONCE = 200


def refresh_summary(
    posts: PostStore, targets: TargetStore, organization_id: str, post_id: str
) -> PostSummary | None:
    """Derive and store the post's status; None where the post is gone.

    The post is read before its targets and written only at the rev that was read, so that of two
    machines that settle at once the later one sees both results.
    """
    for _ in range(_ROUNDS):
        post = posts.get(organization_id, post_id)
        if post is None:
            return None
        summary = derive_post_status(targets.of_posts(organization_id, [post_id]))
        shown = PostSummary(
            status=post.status,
            failure_code=post.failure_code,
            failure_reason=post.failure_reason,
            scheduled_at=post.scheduled_at,
            published_at=post.published_at,
        )
        if summary == shown or posts.save_summary(organization_id, post_id, post.rev, summary):
            return summary
    return None


def catch_up(posts: PostStore, targets: TargetStore, organization_ids: Sequence[str]) -> int:
    """Bring posts in step whose target ended while its publisher died; how many were looked at.

    A post that still waits for its time is found by the publishers themselves. This finds those
    that looked settled already: somebody looked for a failed post, found it, and died.
    """
    looked_at = 0
    for organization_id in organization_ids:
        for post_id in posts.behind(organization_id, seconds=LATELY_SECONDS, limit=_AT_ONCE):
            refresh_summary(posts, targets, organization_id, post_id)
            looked_at += 1
    return looked_at
