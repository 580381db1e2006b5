"""Writing, changing and taking back threads: what is out stays as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postflow_desktop.domain.errors import Conflict, InvalidInput
from postflow_desktop.domain.post import Post, PostStatus, Variant
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.posts import NewPost
from tests.planning.kit import Desk


def a_thread(desk: Desk) -> NewPost:
    return NewPost(
        text="One", parts=("Two", "Three"), first_comment="More", account_ids=(desk.first,)
    )


def failed_half_way(desk: Desk) -> Post:
    """The second part was refused."""
    post = desk.submit.create(a_thread(desk), None, now=True)
    desk.world.network.script.extend(["ok", "422"])
    desk.world.machine().drain()
    (target,) = desk.posts.show(post.id).targets
    assert (target.status, target.step) == (TargetStatus.FAILED, 1)
    return post


def out(desk: Desk) -> list[str]:
    network = desk.world.network
    return [network.posts[key].split('"text": "')[1].split('"')[0] for key in network.accepted]


def test_a_thread_is_kept_with_its_post(desk: Desk) -> None:
    draft = desk.submit.create(a_thread(desk), None, now=False)
    known = desk.posts.get(draft.id)
    assert (known.parts, known.first_comment) == (("Two", "Three"), "More")
    desk.submit.update(draft.id, NewPost(text="One", account_ids=(desk.first,)), {}, None, now=True)
    assert desk.posts.get(draft.id).parts == ()
    (target,) = desk.posts.show(draft.id).targets
    assert target.steps == ()


def test_retry_sends_the_rest_and_only_to_accounts_that_lack_it(desk: Desk) -> None:
    new = replace(a_thread(desk), account_ids=(desk.first, desk.second))
    desk.world.network.script.extend(["ok", "ok", "422"])
    post = desk.submit.create(new, None, now=True)
    desk.world.machine().drain()
    states = sorted(t.status.value for t in desk.posts.show(post.id).targets)
    assert states == ["failed", "published"]
    assert desk.posts.get(post.id).failure_code == "partial"
    desk.submit.retry(post.id)
    desk.world.machines[0].drain()
    assert sorted(out(desk)) == sorted(["One", "Two", "Three", "More"] * 2)
    assert desk.posts.get(post.id).status is PostStatus.PUBLISHED


def test_what_is_not_out_yet_can_be_written_anew(desk: Desk) -> None:
    post = failed_half_way(desk)
    new = replace(a_thread(desk), parts=("2",), first_comment=None)
    desk.submit.update(post.id, new, {}, None, now=True)
    desk.world.machines[0].drain()
    assert out(desk) == ["One", "2"]
    assert desk.posts.get(post.id).status is PostStatus.PUBLISHED


@pytest.mark.parametrize("change", ["text", "variant", "link"])
def test_what_is_out_can_not_be_written_anew(desk: Desk, change: str) -> None:
    post = failed_half_way(desk)
    variant = Variant(account_id=desk.first, text="Other")
    new = {
        "text": replace(a_thread(desk), text="Other"),
        "variant": replace(a_thread(desk), variants=(variant,)),
        "link": replace(a_thread(desk), link_url="https://example.com"),
    }[change]
    with pytest.raises(Conflict) as caught:
        desk.submit.update(post.id, new, {}, None, now=False)
    assert caught.value.code == "already_out"
    assert desk.posts.get(post.id).text == "One"


def test_between_two_parts_nothing_can_be_changed(desk: Desk) -> None:
    post = desk.submit.create(a_thread(desk), None, now=True)
    desk.world.machine().engine.work_once()
    with pytest.raises(Conflict) as caught:
        desk.submit.update(post.id, a_thread(desk), {}, None, now=False)
    assert caught.value.code == "already_out"


def test_canceled_half_way_is_out_and_is_not_planned_again(desk: Desk) -> None:
    post = desk.submit.create(a_thread(desk), None, now=True)
    desk.world.machine().engine.work_once()
    (canceled,) = desk.posts.cancel(post.id)
    assert canceled.status is TargetStatus.PUBLISHED
    assert desk.posts.get(post.id).status is PostStatus.PUBLISHED
    with pytest.raises(Conflict) as caught:
        desk.submit.publish(post.id)
    assert caught.value.code == "nothing_to_plan"
    desk.world.machines[0].drain()
    assert out(desk) == ["One"]


def test_what_is_out_in_part_is_deleted_everywhere_or_not_at_all(desk: Desk) -> None:
    post = failed_half_way(desk)
    desk.world.network.script.extend(["ok", "422"])
    desk.submit.retry(post.id)
    desk.world.machines[0].drain()
    assert out(desk) == ["One", "Two"]
    with pytest.raises(Conflict) as caught:
        desk.posts.delete(post.id, everywhere=False)
    assert caught.value.code == "published"
    desk.posts.delete(post.id, everywhere=True)
    assert desk.world.network.posts == {}


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ({"parts": ("Two", " ")}, "empty_part"),
        ({"parts": ("x",) * 25}, "too_many_parts"),
        ({"parts": ("x" * 100_001,)}, "text_too_long"),
        ({"first_comment": "x" * 100_001}, "text_too_long"),
        ({"parts": ("\ud800",)}, "broken_text"),
    ],
)
def test_what_can_not_be_kept_is_refused(desk: Desk, new: dict[str, object], code: str) -> None:
    plain = NewPost(text="One", account_ids=(desk.first,))
    written = replace(plain, **new)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as caught:
        desk.submit.create(written, None, now=False)
    assert caught.value.code == code


def test_what_the_network_does_not_take_is_not_planned(desk: Desk) -> None:
    long = replace(a_thread(desk), parts=("Two", "x" * 301))
    with pytest.raises(InvalidInput) as caught:
        desk.submit.create(long, None, now=True)
    assert caught.value.message.startswith("Part 3 of 3: ")
    draft = desk.submit.create(long, None, now=False)
    assert draft.status is PostStatus.DRAFT
