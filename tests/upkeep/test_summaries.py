"""A publisher that died between a target's end and its post's: upkeep brings them in step."""

from __future__ import annotations

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.publishing.summaries import catch_up, refresh_summary
from tests.publishing.kit import World


def _ended(world: World, status: TargetStatus) -> Target:
    """A target that somebody settled, with a post that shows it."""
    target = world.plan(in_seconds=3600)
    world.set(target, status=status.value, updatedAt=world.targets.now())
    refresh_summary(world.posts, world.targets, world.organization_id, target.post_id)
    return target


def _status(world: World, target: Target) -> PostStatus:
    post = world.posts.get(world.organization_id, target.post_id)
    assert post is not None
    return post.status


def _caught_up(world: World) -> int:
    return catch_up(world.posts, world.targets, [world.organization_id])


def test_a_post_that_was_found_later_stops_saying_failed(world: World) -> None:
    target = _ended(world, TargetStatus.NEEDS_ATTENTION)
    assert _status(world, target) is PostStatus.FAILED
    world.set(target, status="published", updatedAt=world.targets.now())
    assert _caught_up(world) == 1
    assert _status(world, target) is PostStatus.PUBLISHED
    assert _caught_up(world) == 0


def test_a_post_that_turned_out_to_have_failed_stops_saying_published(world: World) -> None:
    target = _ended(world, TargetStatus.PUBLISHED)
    assert _status(world, target) is PostStatus.PUBLISHED
    world.set(target, status="failed", updatedAt=world.targets.now())
    assert _caught_up(world) == 1
    assert _status(world, target) is PostStatus.FAILED


def test_what_is_in_step_or_waits_or_ended_long_ago_is_left_alone(world: World) -> None:
    _ended(world, TargetStatus.PUBLISHED)
    _ended(world, TargetStatus.FAILED)
    world.plan(in_seconds=3600)
    old = _ended(world, TargetStatus.MISSED)
    world.set(old, status="published", updatedAt=old.created_at.replace(year=2020))
    assert _caught_up(world) == 0
