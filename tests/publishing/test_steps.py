"""Threads and first comments: each step behind its own barrier, what is out never sent again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from postflow_desktop.cluster.documents import new_id
from postflow_desktop.domain.network import ResendClass
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.step import steps_for
from postflow_desktop.domain.target import Target, TargetStatus, derive_post_status
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.attention import Answer, AttentionService
from postflow_desktop.services.ports.organizations import Membership, Role
from postflow_desktop.services.ports.publisher import Finding, Presence
from postflow_desktop.services.ports.targets import Settlement
from tests.publishing.kit import World

PARTS = ("Two", "Three")


def a_thread(world: World) -> Target:
    return world.plan("One", parts=PARTS, first_comment="Read more")


def sent(world: World) -> list[dict[str, str]]:
    """What the network took, in order."""
    return [json.loads(world.network.posts[key]) for key in world.network.accepted]


def texts(world: World) -> list[str]:
    return [wire["text"] for wire in sent(world)]


def due_again(world: World, target: Target) -> None:
    world.set(target, notBefore=world.targets.now() - timedelta(seconds=1))


def states(target: Target) -> list[str]:
    return [target.state_of(step) for step in target.steps]


def test_each_part_answers_the_one_before_and_the_comment_the_post(world: World) -> None:
    target = a_thread(world)
    world.machine().drain()
    done = world.look(target)
    assert done.status is TargetStatus.PUBLISHED
    assert texts(world) == ["One", "Two", "Three", "Read more"]
    keys = [f"{target.id}", f"{target.id}/1", f"{target.id}/2", f"{target.id}/3"]
    assert world.network.accepted == keys
    parents = [(wire.get("root"), wire.get("parent"), wire.get("kind")) for wire in sent(world)]
    assert parents == [
        (None, None, None),
        (keys[0], keys[0], "reply"),
        (keys[0], keys[1], "reply"),
        (keys[0], keys[0], "first_comment"),
    ]
    assert done.result is not None
    assert done.result.external_id == keys[0], "the result of the target is the post"
    assert [step.external_id for step in done.steps] == keys
    assert [step.kind.value for step in done.steps] == [
        "publish",
        "reply",
        "reply",
        "first_comment",
    ]
    attempts = world.attempts.of_targets(world.organization_id, [target.id])
    assert [(one.step, one.letter) for one in attempts] == [(n, "+") for n in range(4)]
    assert [step.attempt for step in done.steps] == [one.id for one in attempts]


def test_a_refused_part_keeps_what_is_out_and_names_itself(world: World) -> None:
    target = a_thread(world)
    world.network.script.extend(["ok", "ok", "422"])
    world.machine().drain()
    failed = world.look(target)
    assert failed.status is TargetStatus.FAILED
    assert states(failed) == ["published", "published", "failed", "pending"]
    assert failed.last_error is not None
    assert failed.last_error.message.startswith("Part 3 of 3: ")
    assert failed.result is not None
    assert failed.published_at is not None
    summary = derive_post_status([failed])
    assert (summary.status, summary.failure_code) == (PostStatus.FAILED, "partial")
    assert (summary.failure_reason or "").startswith("Part 3 of 3: ")


def again(world: World, target: Target, payload: Payload | None = None) -> Target:
    """Plan it for now, as `retry` does; with other content where some is given."""
    known = world.look(target)
    content = payload or world.payloads.get(known.content_hash)
    assert content is not None
    now = plan_instant(world.targets.now(), "UTC")
    hash_ = world.payloads.put(content)
    steps = steps_for(content, known.steps)
    planned = world.targets.plan(known, now, hash_, steps)
    assert planned is not None
    return planned


def test_retry_goes_on_where_it_failed_with_the_same_content(world: World) -> None:
    target = a_thread(world)
    world.network.script.extend(["ok", "ok", "422"])
    machine = world.machine()
    machine.drain()
    again(world, target)
    machine.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert texts(world) == ["One", "Two", "Three", "Read more"]


def test_retry_goes_on_with_other_words_for_what_is_not_out(world: World) -> None:
    target = a_thread(world)
    world.network.script.extend(["ok", "ok", "422"])
    machine = world.machine()
    machine.drain()
    known = world.payloads.get(target.content_hash)
    assert known is not None
    again(world, target, replace(known, parts=("Two", "3", "Four"), first_comment=None))
    machine.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert texts(world) == ["One", "Two", "3", "Four"]


def test_a_thread_whose_rest_was_taken_away_is_out(world: World) -> None:
    target = a_thread(world)
    world.network.script.extend(["ok", "422"])
    machine = world.machine()
    machine.drain()
    known = world.payloads.get(target.content_hash)
    assert known is not None
    again(world, target, replace(known, parts=(), first_comment=None))
    machine.drain()
    done = world.look(target)
    assert (done.status, texts(world)) == (TargetStatus.PUBLISHED, ["One"])


def test_a_plan_of_somebody_who_saw_less_out_changes_nothing(world: World) -> None:
    """Between the look and the write another machine sent a part."""
    target = a_thread(world)
    machine = world.machine()
    machine.engine.work_once()
    seen = world.look(target)
    assert (seen.status, seen.step) == (TargetStatus.PENDING, 1)
    machine.engine.work_once()
    now = plan_instant(world.targets.now(), "UTC")
    assert world.targets.plan(seen, now, seen.content_hash, seen.steps) is None
    machine.drain()
    assert texts(world) == ["One", "Two", "Three", "Read more"]


@pytest.mark.parametrize("resend_class", [ResendClass.KEY, ResendClass.CONTAINER])
@pytest.mark.parametrize("behaviour", ["lost_before", "lost_after"])
def test_a_lost_answer_to_a_part_is_asked_again_with_its_own_key(
    world: World, resend_class: ResendClass, behaviour: str
) -> None:
    world.network.resend_class = resend_class
    target = a_thread(world)
    world.network.script.extend(["ok", behaviour])
    machine = world.machine()
    machine.drain()
    due_again(world, target)
    machine.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert texts(world) == ["One", "Two", "Three", "Read more"]


def test_a_part_that_may_be_out_is_a_question_about_that_part(world: World) -> None:
    world.network.resend_class = ResendClass.NOTHING
    target = a_thread(world)
    world.network.script.extend(["ok", "lost_before"])
    machine = world.machine()
    machine.drain()
    due_again(world, target)
    machine.drain()
    asked = world.look(target)
    assert asked.status is TargetStatus.NEEDS_ATTENTION
    assert asked.last_error is not None
    assert asked.last_error.message.startswith("Part 2 of 3: ")
    assert states(asked) == ["published", "needs_attention", "pending", "pending"]
    assert texts(world) == ["One"]


@pytest.mark.parametrize(
    ("answer", "then"),
    [
        (Answer.POST_AGAIN, ["One", "Two", "Three", "Read more"]),
        (Answer.IT_IS_THERE, ["One", "Three", "Read more"]),
        (Answer.DROP, ["One"]),
    ],
)
def test_an_answer_is_about_the_part_in_question_alone(
    world: World, answer: Answer, then: list[str]
) -> None:
    world.network.resend_class = ResendClass.NOTHING
    target = a_thread(world)
    world.network.script.extend(["ok", "lost_before"])
    machine = world.machine()
    machine.drain()
    due_again(world, target)
    machine.drain()
    actor = Membership(organization_id=world.organization_id, user_id=new_id(), role=Role.OWNER)
    service = AttentionService(actor, world.posts, world.targets)
    service.answer(target.id, answer, url="https://testnet.example/two")
    machine.drain()
    done = world.look(target)
    assert done.status is TargetStatus.PUBLISHED, "what is out is never as if it were not"
    assert texts(world) == then
    if answer is Answer.DROP:
        assert states(done) == ["published", "canceled", "canceled", "canceled"]
    if answer is Answer.IT_IS_THERE:
        assert done.steps[1].url == "https://testnet.example/two"
        assert sent(world)[1]["parent"] == "https://testnet.example/two"
        assert done.result is not None
        assert done.result.external_id == target.id


def test_a_part_that_is_found_later_leads_to_the_next(world: World) -> None:
    world.network.resend_class = ResendClass.LISTING
    target = a_thread(world)
    world.network.script.extend(["ok", "lost_before"])
    machine = world.machine()
    machine.drain()
    due_again(world, target)
    machine.drain()
    asked = world.look(target)
    assert asked.status is TargetStatus.NEEDS_ATTENTION
    assert asked.wire is not None
    world.network.posts[f"{target.id}/1"] = asked.wire  # the network took it late
    world.set(target, watchAt=world.targets.now() - timedelta(seconds=1))
    machine.drain()
    done = world.look(target)
    assert (done.status, texts(world)) == (TargetStatus.PUBLISHED, ["One", "Three", "Read more"])
    assert [step.external_id for step in done.steps][1] == f"{target.id}/1"


def test_a_part_without_an_address_ends_what_follows_and_says_so(world: World) -> None:
    """It is out, and nobody told where: nothing can answer it."""
    world.network.resend_class = ResendClass.CONTAINER
    nameless = Finding(presence=Presence.PRESENT)
    world.network.find = lambda session, wire: nameless  # type: ignore[method-assign]
    target = a_thread(world)
    world.network.script.extend(["ok", "lost_after"])
    machine = world.machine()
    machine.drain()
    for _ in range(13):
        due_again(world, target)
        machine.drain()
    failed = world.look(target)
    assert failed.status is TargetStatus.FAILED
    assert failed.last_error is not None
    assert failed.last_error.code == "parent_unknown"
    assert failed.last_error.message.startswith("Part 3 of 3: ")
    assert states(failed) == ["published", "published", "failed", "pending"]


def test_what_is_out_in_part_is_finished_however_late(world: World) -> None:
    target = a_thread(world)
    world.machine().engine.work_once()
    world.set(target, scheduledAt=world.targets.now() - timedelta(days=2))
    world.machine("b").drain()
    assert world.look(target).status is TargetStatus.PUBLISHED


def test_each_part_has_all_its_tries_to_itself(world: World) -> None:
    target = a_thread(world)
    world.network.script.extend(["429"] * 5 + ["ok"] + ["429"] * 5)
    machine = world.machine()
    for _ in range(20):
        due_again(world, target)
        machine.drain()
    assert world.look(target).status is TargetStatus.PUBLISHED
    assert texts(world) == ["One", "Two", "Three", "Read more"]


def test_between_two_parts_the_post_is_being_published(world: World) -> None:
    target = a_thread(world)
    world.machine().engine.work_once()
    now = world.look(target)
    assert (now.status, now.wire, now.intent) == (TargetStatus.PENDING, None, None)
    assert derive_post_status([now]).status is PostStatus.PUBLISHING
    post = world.posts.get(world.organization_id, target.post_id)
    assert post is not None
    assert post.status is PostStatus.PUBLISHING


def test_canceled_half_way_is_out_without_the_rest(world: World) -> None:
    target = a_thread(world)
    machine = world.machine()
    machine.engine.work_once()
    canceled = world.targets.cancel(world.look(target))
    assert canceled is not None
    assert canceled.status is TargetStatus.PUBLISHED
    machine.drain()
    assert texts(world) == ["One"]
    assert states(world.look(target)) == ["published", "canceled", "canceled", "canceled"]


def test_evidence_of_a_part_that_is_known_to_be_out_changes_nothing(world: World) -> None:
    """The next part may be under way: its request and its doubts are its own."""
    target = a_thread(world)
    world.network.script.extend(["ok", "ok", "lost_before"])
    machine = world.machine()
    for _ in range(3):
        machine.engine.work_once()
    before = world.look(target)
    assert (before.status, before.step) == (TargetStatus.RECONCILING, 2)
    old = next(step for step in before.steps if step.n == 1)
    assert old.attempt is not None
    told = Settlement(status=TargetStatus.PUBLISHED)
    assert not machine.engine._settler.by_evidence(before, old.attempt, told)
    assert world.look(target) == before
