"""Keeping a post's status in step with its targets; the protocol itself never reads it."""

from __future__ import annotations

from postflow_desktop.domain.target import PostSummary, derive_post_status
from postflow_desktop.services.ports.posts import PostStore
from postflow_desktop.services.ports.targets import TargetStore

_ROUNDS = 20


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
