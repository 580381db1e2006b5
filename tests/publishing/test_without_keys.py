"""After an answer got lost: what may be sent again, what is looked for, what a person is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from postflow_desktop.domain.network import ResendClass
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.ports.publisher import Finding, Presence
from postflow_desktop.services.ports.targets import Settlement
from postflow_desktop.services.publishing.timings import MAX_RECONCILIATIONS
from tests.publishing.kit import World

LOOKING = (ResendClass.LISTING, ResendClass.DUPLICATE)


def lose(
    world: World,
    behaviour: str,
    resend_class: ResendClass,
    *,
    finding: Presence | None = None,
) -> Target:
    """A target whose answer got lost, as it is once the quiet time is over."""
    world.network.resend_class = resend_class
    if finding is not None:
        found = Finding(presence=finding)
        world.network.find = lambda session, wire: found  # type: ignore[method-assign]
    world.network.script.append(behaviour)
    target = world.plan()
    machine = world.machine()
    machine.drain()
    assert world.look(target).status is TargetStatus.RECONCILING
    world.set(target, notBefore=world.targets.now() - timedelta(seconds=1))
    machine.drain()
    return target


@pytest.mark.parametrize("resend_class", LOOKING)
def test_what_is_found_is_published_and_never_sent_again(
    world: World, resend_class: ResendClass
) -> None:
    target = lose(world, "lost_after", resend_class)
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert world.network.requests == 1


@pytest.mark.parametrize("resend_class", LOOKING)
def test_what_is_not_found_is_a_question_and_never_sent_again(
    world: World, resend_class: ResendClass
) -> None:
    target = lose(world, "lost_before", resend_class)
    asked = world.look(target)
    assert asked.status is TargetStatus.NEEDS_ATTENTION
    assert asked.last_error is not None
    assert asked.last_error.code == "may_be_out"
    assert world.network.requests == 1


def test_a_post_that_appears_later_settles_the_question_by_itself(world: World) -> None:
    target = lose(world, "lost_before", ResendClass.LISTING)
    wire = world.look(target).wire
    assert wire is not None
    machine = world.machine("b")
    machine.drain()
    assert world.look(target).status is TargetStatus.NEEDS_ATTENTION, "it is not time to look yet"
    wait = machine.engine.next_wake()
    assert wait is not None
    assert 0 < wait <= machine.parts.timings.watch[0]
    world.set(target, watchAt=world.targets.now() - timedelta(seconds=1))
    machine.drain()
    assert world.look(target).status is TargetStatus.NEEDS_ATTENTION
    world.network.posts[target.id] = wire  # the network took it late
    world.set(target, watchAt=world.targets.now() - timedelta(seconds=1))
    machine.drain()
    found = world.look(target)
    assert found.status is TargetStatus.PUBLISHED
    assert found.result is not None
    assert world.network.requests == 1


def test_looking_ends_after_a_day(world: World) -> None:
    target = lose(world, "lost_before", ResendClass.LISTING)
    machine = world.machine("b")
    looks = 0
    while machine.engine.next_wake() is not None:
        world.set(target, watchAt=world.targets.now() - timedelta(seconds=1))
        machine.drain()
        looks += 1
        assert looks < 100
    assert looks == len(machine.parts.timings.watch)
    assert sum(machine.parts.timings.watch) == pytest.approx(86_400, rel=0.05)


def test_a_post_of_another_target_is_not_taken_for_this_one(world: World) -> None:
    world.network.resend_class = ResendClass.LISTING
    first = world.plan("Same words")
    machine = world.machine()
    machine.drain()
    out = world.look(first)
    assert out.result is not None
    found = Finding(presence=Presence.PRESENT, result=out.result)
    world.network.find = lambda session, wire: found  # type: ignore[method-assign]
    target = world.plan("Same words")
    from bson import ObjectId

    world.set(target, socialAccountId=ObjectId(first.account_id))
    world.network.script.append("lost_before")
    machine.drain()
    world.set(target, notBefore=world.targets.now() - timedelta(seconds=1))
    machine.drain()
    assert world.look(target).status is TargetStatus.NEEDS_ATTENTION


def test_of_two_with_the_same_words_that_are_unclear_none_is_taken_to_be_out(
    world: World,
) -> None:
    world.network.resend_class = ResendClass.LISTING
    world.network.script += ["lost_after", "lost_before"]
    first = world.plan("Same words")
    # Other content all the same: it has a second part.
    second = world.plan("Same  words", parts=("More",), account_id=first.account_id)
    targets = [first, second]
    machine = world.machine()
    machine.drain()
    posts = dict(world.network.posts)
    assert len(posts) == 1
    (post,) = posts
    found = Finding(
        presence=Presence.PRESENT, result=PublishResult(external_id=post, url="https://a.example")
    )
    world.network.find = lambda session, wire: found  # type: ignore[method-assign]
    for target in targets:
        world.set(target, notBefore=world.targets.now() - timedelta(seconds=1))
    machine.drain()
    for target in targets:
        asked = world.look(target)
        assert asked.status is TargetStatus.NEEDS_ATTENTION
        assert asked.last_error is not None
        assert "same words" in asked.last_error.message


def test_when_the_twin_is_settled_the_other_one_is_found_by_a_later_look(world: World) -> None:
    world.network.resend_class = ResendClass.LISTING
    world.network.script += ["lost_after", "lost_before"]
    first = world.plan("Same words")
    second = world.plan("Same words", account_id=first.account_id)
    machine = world.machine()
    machine.drain()
    (post,) = world.network.posts
    found = Finding(
        presence=Presence.PRESENT, result=PublishResult(external_id=post, url="https://a.example")
    )
    world.network.find = lambda session, wire: found  # type: ignore[method-assign]
    due_again(world, first)
    machine.drain()
    asked = world.look(first)
    assert asked.status is TargetStatus.NEEDS_ATTENTION
    stored = world.cluster.db["schedules"].find_one({"_id": ObjectId(first.id)})
    assert stored is not None
    assert stored["watchAt"] is not None, "it is looked for again"
    # The twin's own request turns out to have been refused.
    world.set(second, status=TargetStatus.FAILED.value)
    world.set(first, watchAt=world.targets.now() - timedelta(seconds=1))
    machine.drain()
    settled = world.look(first)
    assert settled.status is TargetStatus.PUBLISHED
    assert settled.result is not None
    assert settled.result.external_id == post


def test_a_twin_that_a_person_dropped_may_be_out_all_the_same(world: World) -> None:
    world.network.resend_class = ResendClass.LISTING
    world.network.script += ["lost_after", "lost_before"]
    first = world.plan("Same words")
    second = world.plan("Same words", account_id=first.account_id)
    machine = world.machine()
    machine.drain()
    (post,) = world.network.posts
    found = Finding(
        presence=Presence.PRESENT, result=PublishResult(external_id=post, url="https://a.example")
    )
    world.network.find = lambda session, wire: found  # type: ignore[method-assign]
    world.set(first, status=TargetStatus.CANCELED.value)
    due_again(world, second)
    machine.drain()
    assert world.look(second).status is TargetStatus.NEEDS_ATTENTION


def test_two_posts_that_look_alike_are_a_question_at_once(world: World) -> None:
    other = Finding(presence=Presence.OTHER, message="Two posts there have these words.")
    world.network.find = lambda session, wire: other  # type: ignore[method-assign]
    target = lose(world, "lost_after", ResendClass.LISTING)
    asked = world.look(target)
    assert (asked.status, asked.reconciliations) == (TargetStatus.NEEDS_ATTENTION, 1)


def test_where_nothing_can_be_asked_a_person_is_asked_at_once(world: World) -> None:
    world.network.find = _never  # type: ignore[method-assign]
    target = lose(world, "lost_after", ResendClass.NOTHING)
    asked = world.look(target)
    assert (asked.status, asked.reconciliations) == (TargetStatus.NEEDS_ATTENTION, 1)
    assert world.machine("b").engine.next_wake() is None, "there is nothing to look for"


def _never(session: object, wire: str) -> Finding:
    raise AssertionError("it can't be asked")


def due_again(world: World, target: Target) -> None:
    world.set(target, notBefore=world.targets.now() - timedelta(seconds=1))


@pytest.mark.parametrize("resend_class", [ResendClass.KEY, ResendClass.CONTAINER])
def test_what_makes_one_post_of_two_requests_is_sent_again(
    world: World, resend_class: ResendClass
) -> None:
    target = lose_and_look(world, "lost_before", resend_class)
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert world.network.requests == 2
    assert world.network.accepted == [target.id]


def lose_and_look(world: World, behaviour: str, resend_class: ResendClass) -> Target:
    world.network.resend_class = resend_class
    world.network.script.append(behaviour)
    target = world.plan()
    machine = world.machine()
    machine.drain()
    if world.look(target).status is TargetStatus.RECONCILING:
        due_again(world, target)
        machine.drain()
    return target


@pytest.mark.parametrize("answer", ["429", "refused", "401"])
def test_a_second_request_that_is_put_off_keeps_the_doubt_about_the_first(
    world: World, answer: str
) -> None:
    world.network.script.extend(["lost_before", answer])
    target = world.plan()
    machine = world.machine()
    machine.engine.work_once()
    due_again(world, target)
    machine.engine.work_once()
    assert world.look(target).status is TargetStatus.RECONCILING, "never back to where it can fail"
    due_again(world, target)
    machine.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert world.network.accepted == [target.id]


def test_a_second_request_that_is_refused_is_a_question(world: World) -> None:
    world.network.script.extend(["lost_before", "422"])
    target = world.plan()
    machine = world.machine()
    machine.engine.work_once()
    due_again(world, target)
    machine.engine.work_once()
    asked = world.look(target)
    assert asked.status is TargetStatus.NEEDS_ATTENTION
    assert asked.last_error is not None
    assert "first one may be out" in asked.last_error.message


def test_a_container_that_ended_gets_a_successor(world: World) -> None:
    target = lose(world, "lost_before", ResendClass.CONTAINER, finding=Presence.OTHER)
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert world.network.accepted == [target.id]


def test_what_is_out_without_an_address_is_looked_for_and_then_published(world: World) -> None:
    world.network.resend_class = ResendClass.CONTAINER
    world.network.script.append("lost_after")
    nameless = Finding(presence=Presence.PRESENT)
    world.network.find = lambda session, wire: nameless  # type: ignore[method-assign]
    target = world.plan()
    machine = world.machine()
    machine.engine.work_once()
    for _ in range(MAX_RECONCILIATIONS):
        due_again(world, target)
        machine.engine.work_once()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert world.network.requests == 1


def test_after_a_persons_answer_the_count_begins_anew(world: World) -> None:
    target = lose(world, "lost_before", ResendClass.LISTING)
    asked = world.look(target)
    world.targets.settle_hold(
        asked, Settlement(status=TargetStatus.PENDING, delay=-1.0, asked=True)
    )
    world.network.script.append("422")
    world.machine("b").drain()
    assert world.look(target).status is TargetStatus.FAILED
