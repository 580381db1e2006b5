"""Posts in queues on a real cluster: which slot they get, who keeps it, when it is free again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.domain.queue import Queue, WeeklySlot, parse_slots
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.ports.organizations import Role
from postflow_desktop.services.ports.targets import Settlement
from postflow_desktop.services.posts import NewPost
from postflow_desktop.services.queueing import QueueChange
from tests.fakes.people import refusal
from tests.planning.kit import Desk
from tests.publishing.kit import World


def test_posts_get_the_free_slots_in_turn(filled: Desk) -> None:
    wanted = filled.free(filled.first, 3)
    posts = [filled.queued(text=f"Post {n}") for n in range(3)]
    assert [filled.slot(post) for post in posts] == wanted
    shown = filled.posts.show(posts[0].id)
    assert (shown.post.status, shown.post.scheduled_at) == (PostStatus.QUEUED, wanted[0])
    (target,) = shown.targets
    assert (target.from_queue, target.timezone) == (True, "Europe/Berlin")
    assert target.not_before == target.scheduled_at
    assert not set(filled.free(filled.first, 10)) & set(wanted)


def test_each_account_has_a_slot_of_its_own_queue(filled: Desk) -> None:
    filled.queued()
    wanted = {a: filled.free(a, 1)[0] for a in (filled.first, filled.second)}
    post = filled.queued(filled.first, filled.second)
    assert {a: t.scheduled_at for a, t in filled.targets(post).items()} == wanted
    assert {a: t.timezone for a, t in filled.targets(post).items()} == {
        filled.first: "Europe/Berlin",
        filled.second: "America/New_York",
    }


def _cancel(desk: Desk, post: Post) -> None:
    desk.posts.cancel(post.id)


def _delete(desk: Desk, post: Post) -> None:
    desk.posts.delete(post.id, everywhere=False)


def _fail(desk: Desk, post: Post) -> None:
    (target,) = desk.targets(post).values()
    assert desk.world.targets.settle_hold(target, Settlement(status=TargetStatus.FAILED))


def _move(desk: Desk, post: Post) -> None:
    desk.submit.schedule(post.id, desk.at(minutes=1))


def _publish(desk: Desk, post: Post) -> None:
    desk.submit.publish(post.id)


def _take_away(desk: Desk, post: Post) -> None:
    desk.submit.update(
        post.id, NewPost(text="x", account_ids=(desk.second,)), {}, desk.at(hours=1), now=False
    )


def test_a_slot_that_is_freed_goes_to_the_next_who_asks(filled: Desk) -> None:
    first, second, third = (filled.queued(text=f"Post {n}") for n in range(3))
    slots = [filled.slot(post) for post in (first, second, third)]
    for free in (_cancel, _delete, _fail, _move, _publish, _take_away):
        free(filled, second)
        assert [filled.slot(first), filled.slot(third)] == [slots[0], slots[2]], free
        assert filled.free(filled.first, 1) == [slots[1]], free
        second = filled.queued(text="Next")
        assert filled.slot(second) == slots[1], free


def test_moved_by_hand_it_is_a_scheduled_post_until_it_is_queued_again(filled: Desk) -> None:
    post = filled.queued()
    slot = filled.slot(post)
    filled.submit.schedule(post.id, filled.at(minutes=1))
    (target,) = filled.targets(post).values()
    assert not target.from_queue
    assert filled.posts.get(post.id).status is PostStatus.SCHEDULED
    filled.submit.queue(post.id)
    assert filled.slot(post) == slot
    assert filled.posts.get(post.id).status is PostStatus.QUEUED


def test_queued_again_it_keeps_its_slot(filled: Desk) -> None:
    post, earlier = filled.queued(), filled.queued(text="Second")
    slots = [filled.slot(post), filled.slot(earlier)]
    filled.posts.cancel(post.id)
    (target,) = filled.submit.queue(earlier.id)
    assert target.scheduled_at == slots[1]
    filled.submit.queue(post.id)
    assert filled.slot(post) == slots[0]


def test_a_draft_and_what_failed_can_be_queued(filled: Desk) -> None:
    draft = filled.submit.create(
        NewPost(text="Draft", account_ids=(filled.first,)), None, now=False
    )
    slot = filled.free(filled.first, 1)[0]
    filled.submit.queue(draft.id)
    _fail(filled, draft)
    filled.submit.queue(draft.id)
    assert filled.slot(draft) == slot
    assert filled.posts.get(draft.id).status is PostStatus.QUEUED


def test_what_is_out_can_not_be_queued(filled: Desk) -> None:
    post = filled.submit.create(NewPost(text="Out", account_ids=(filled.first,)), None, now=True)
    filled.world.machine().drain()
    assert refusal(lambda: filled.submit.queue(post.id)).code == "nothing_to_plan"


def test_new_words_keep_the_slot_of_every_account(filled: Desk) -> None:
    post = filled.queued(filled.first, filled.second)
    before = {a: t.scheduled_at for a, t in filled.targets(post).items()}
    new = NewPost(text="New", account_ids=(filled.first, filled.second))
    filled.submit.update(post.id, new, {}, None, now=False)
    after = filled.targets(post)
    assert {a: t.scheduled_at for a, t in after.items()} == before
    assert all(target.from_queue for target in after.values())
    assert filled.posts.get(post.id).status is PostStatus.QUEUED
    payloads = {filled.world.payloads.get(t.content_hash) for t in after.values()}
    assert {payload.text for payload in payloads if payload} == {"New"}


def test_an_account_that_joins_a_queued_post_goes_by_its_queue(filled: Desk) -> None:
    post = filled.queued()
    slots = filled.slot(post), filled.free(filled.second, 1)[0]
    both = NewPost(text="Both", account_ids=(filled.first, filled.second))
    filled.submit.update(post.id, both, {}, None, now=False)
    targets = filled.targets(post)
    assert (targets[filled.first].scheduled_at, targets[filled.second].scheduled_at) == slots


def test_an_account_without_a_queue_changes_nothing(desk: Desk) -> None:
    desk.daily(desk.first, 9)
    both = NewPost(text="Both", account_ids=(desk.first, desk.second))
    refused = refusal(lambda: desk.submit.create(both, None, now=False, queue=True))
    assert (refused.code, "second.test" in refused.message) == ("no_queue", True)
    assert desk.posts.page(status=None, cursor=None, limit=5).posts == ()
    post = desk.queued()
    assert refusal(lambda: desk.submit.update(post.id, both, {}, None, now=False)) is not None
    assert desk.posts.get(post.id).text == "Hello"


def test_a_queue_that_is_off_takes_nothing_and_keeps_what_it_has(filled: Desk) -> None:
    post = filled.queued()
    slot = filled.slot(post)
    view = filled.queues.set(filled.first, QueueChange(enabled=False))
    assert (view.queue.enabled, view.waiting) == (False, 1)
    assert refusal(filled.queued).code == "queue_off"
    assert filled.slot(post) == slot
    filled.queues.set(filled.first, QueueChange(enabled=True))
    assert filled.slot(filled.queued()) > slot


def test_a_slot_at_which_another_post_goes_out_is_not_free(filled: Desk) -> None:
    first, second = filled.free(filled.first, 2)
    new = NewPost(text="By hand", account_ids=(filled.first,))
    filled.submit.create(new, plan_instant(first, "Europe/Berlin"), now=False)
    assert filled.slot(filled.queued()) == second


def test_the_lead_time_counts_for_slots_too(world: World) -> None:
    desk = Desk(world, lead=24 * 60)
    desk.daily(desk.first, *range(24))
    assert desk.slot(desk.queued()) >= world.targets.now() + timedelta(hours=24) - timedelta(
        seconds=5
    )


def test_other_slots_move_nothing_that_is_queued(filled: Desk) -> None:
    posts = [filled.queued(text=f"Post {n}") for n in range(2)]
    slots = [filled.slot(post) for post in posts]
    filled.daily(filled.first, 7, zone="Asia/Kolkata")
    assert [filled.slot(post) for post in posts] == slots
    later = filled.queued(text="Later")
    (target,) = filled.targets(later).values()
    assert (target.local_time or "")[11:] == "07:00:00"
    assert target.timezone == "Asia/Kolkata"


def test_a_limit_per_day_is_kept(filled: Desk) -> None:
    filled.queues.set(filled.first, QueueChange(max_per_day=1))
    slots = [filled.slot(filled.queued(text=f"Post {n}")) for n in range(3)]
    assert [later - earlier for earlier, later in pairwise(slots)] == [timedelta(days=1)] * 2
    unlimited = filled.queues.set(filled.first, QueueChange(max_per_day=0))
    assert unlimited.queue.max_per_day is None


def test_posted_again_after_doubt_it_does_not_fight_for_its_old_slot(filled: Desk) -> None:
    post = filled.queued()
    slot = filled.slot(post)
    store = filled.world.targets
    (target,) = filled.targets(post).values()
    unsure = store.settle_hold(target, Settlement(status=TargetStatus.NEEDS_ATTENTION))
    assert unsure is not None
    other = filled.queued(text="Other")
    assert filled.slot(other) == slot
    again = Settlement(status=TargetStatus.PENDING, delay=0.0, asked=True)
    assert store.settle_hold(unsure, again) is not None
    assert filled.slot(other) == slot


def test_what_is_set_is_shown_and_the_rest_stays(desk: Desk) -> None:
    made = desk.queues.set(desk.first, QueueChange(slots=parse_slots("mon 09:00,sun 17:30")))
    assert made.queue.timezone == "Europe/Berlin"
    desk.queues.set(desk.first, QueueChange(timezone="Asia/Kolkata", max_per_day=2))
    (view,) = desk.queues.show()
    assert view.queue.slots == (WeeklySlot(0, 9, 0), WeeklySlot(6, 17, 30))
    assert (view.queue.timezone, view.queue.max_per_day, view.waiting) == ("Asia/Kolkata", 2, 0)
    assert view.next is not None
    assert desk.queues.show(desk.first) == [view]
    (stored,) = desk.stored("queues")
    assert (stored["rev"], stored["daysOfWeek"]) == (2, [0, 1])
    desk.accounts.remove(desk.world.organization_id, desk.first)
    assert desk.queues.show() == []
    assert desk.stored("queues") == []


def test_queues_as_others_may_have_stored_them_are_read(desk: Desk) -> None:
    desk.daily(desk.first, 9)
    plain = {"timeSlots": [{"hour": 9, "minute": 30}], "daysOfWeek": [0, 1]}
    (stored,) = desk.stored("queues")
    queues, this = desk.world.cluster.db["queues"], {"_id": stored["_id"]}
    queues.update_one(this, {"$set": plain})
    assert desk.queues.of_account(desk.first).slots == parse_slots("sun 09:30,mon 09:30")
    queues.update_one(this, {"$set": {"daysOfWeek": []}})
    assert len(desk.queues.of_account(desk.first).slots) == 7
    queues.update_one(this, {"$unset": {"timeSlots": 1}})
    assert refusal(lambda: desk.queues.of_account(desk.first)).code == "no_queue"


def test_a_slot_in_the_hour_that_is_skipped_or_comes_twice_has_one_instant(desk: Desk) -> None:
    """Half past two on Sundays, over a year: once an hour later by the clock, never twice."""
    queue = _sundays(desk, "02:30", "Europe/Berlin")
    start = datetime(2027, 1, 1, tzinfo=UTC)
    slots = desk.queues.next_slots(queue, start, 52)
    gap = next(slot for slot in slots if slot.local.startswith("2027-03-28"))
    fold = [slot for slot in slots if slot.local.startswith("2027-10-31")]
    assert (gap.local, gap.utc) == ("2027-03-28T03:30:00", datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
    assert "does not exist" in gap.note
    assert [slot.utc for slot in fold] == [datetime(2027, 10, 31, 0, 30, tzinfo=UTC)]
    assert "comes twice" in fold[0].note
    assert all(later.utc > earlier.utc for earlier, later in pairwise(slots))


def test_half_an_hour_is_skipped_on_lord_howe(desk: Desk) -> None:
    queue = _sundays(desk, "02:15", "Australia/Lord_Howe")
    slots = desk.queues.next_slots(queue, datetime(2027, 9, 1, tzinfo=UTC), 8)
    assert [slot.local for slot in slots if "02:15" not in slot.local] == ["2027-10-03T02:45:00"]


def test_posts_in_a_queue_meet_the_hour_that_is_skipped(desk: Desk) -> None:
    """The slot of that Sunday is a real one, with one post in it, at the time that is shown.

    Every year has such a Sunday, whenever it begins.
    """
    sundays = 53
    queue = _sundays(desk, "02:30", "Europe/Berlin")
    wanted = desk.free(desk.first, sundays)
    posts = [desk.queued(text=f"Sunday {n}") for n in range(sundays)]
    targets = [next(iter(desk.targets(post).values())) for post in posts]
    assert [target.scheduled_at for target in targets] == wanted
    walls = [target.local_time or "" for target in targets]
    assert len({wall[:10] for wall in walls}) == sundays, "a Sunday with two posts"
    moved = [wall for wall in walls if not wall.endswith("02:30:00")]
    assert {wall[10:] for wall in moved} == {"T03:30:00"}
    again = [plan_instant(t.scheduled_at, queue.timezone).local for t in targets]
    assert again == walls


def _sundays(desk: Desk, at: str, zone: str) -> Queue:
    change = QueueChange(slots=parse_slots(f"sun {at}"), timezone=zone)
    return desk.queues.set(desk.first, change).queue


def test_mistakes_are_said(desk: Desk) -> None:
    slots = parse_slots("mon 09:00")
    set_first = desk.queues.set
    cases: list[tuple[str, Callable[[], object]]] = [
        ("unknown_account", lambda: set_first("nobody", QueueChange(slots=slots))),
        ("slots_missing", lambda: set_first(desk.first, QueueChange())),
        ("unknown_zone", lambda: set_first(desk.first, QueueChange(slots=slots, timezone="Mars"))),
        (
            "bad_max_per_day",
            lambda: set_first(desk.first, QueueChange(slots=slots, max_per_day=51)),
        ),
        ("no_queue", lambda: desk.queues.show(desk.first)),
        ("unknown_account", lambda: desk.queues.of_account("nobody")),
    ]
    assert [(code, refusal(act).code) for code, act in cases] == [(c, c) for c, _ in cases]
    assert desk.queues.show() == []
    desk.daily(desk.first, 9)
    with pytest.raises(InvalidInput, match="listed"):
        desk.free(desk.first, 0)


def test_a_viewer_may_look_but_not_set(world: World) -> None:
    Desk(world).daily(Desk(world).first, 9)
    viewer = Desk(world, role=Role.VIEWER)
    assert len(viewer.queues.show()) == 1
    change = QueueChange(enabled=False)
    assert refusal(lambda: viewer.queues.set(viewer.first, change)).code == "role_too_small"


def test_another_organization_sees_nothing_of_it(filled: Desk, world: World) -> None:
    stranger = Desk(World(world.cluster, world.folder))
    assert stranger.queues.show() == []
    assert refusal(lambda: stranger.queues.show(filled.first)).code == "unknown_account"
    assert stranger.store.of_account(stranger.world.organization_id, filled.first) is None
