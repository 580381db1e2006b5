"""Writing, planning and changing posts on a real cluster, as window and command line do it."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.errors import Conflict, InvalidInput, NotAllowed, Refused
from postflow_desktop.domain.post import Media, MediaKind, PostStatus, Variant
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.ports.media import HeldContent
from postflow_desktop.services.ports.organizations import (
    Membership,
    Role,
)
from postflow_desktop.services.posts import NewPost, PostService
from tests.media.pictures import encode, scene
from tests.planning.kit import Desk
from tests.publishing.kit import Machine, World


def publisher(desk: Desk) -> Machine:
    return desk.world.machine()


def test_changing_a_planned_post_sends_the_new_words_at_the_old_time(desk: Desk) -> None:
    planned = desk.at(hours=1)
    post = desk.submit.create(NewPost(text="Old", account_ids=(desk.first,)), planned, now=False)
    new = NewPost(text="New", account_ids=(desk.first,))
    desk.submit.update(post.id, new, {}, None, now=False)
    view = desk.posts.show(post.id)
    assert view.post.text == "New"
    assert [target.scheduled_at for target in view.targets] == [
        planned.utc.replace(microsecond=planned.utc.microsecond // 1000 * 1000)
    ]
    desk.submit.publish(post.id)
    publisher(desk).drain()
    assert [_sent(desk, target.id) for target in view.targets] == ["New"]


def test_accounts_can_be_added_and_taken_away(desk: Desk) -> None:
    new = NewPost(text="For first", account_ids=(desk.first,))
    post = desk.submit.create(new, desk.at(hours=1), now=False)
    other = NewPost(text="For second", account_ids=(desk.second,))
    desk.submit.update(post.id, other, {}, None, now=False)
    states = {t.account_id: t.status for t in desk.posts.show(post.id).targets}
    assert states == {desk.first: TargetStatus.CANCELED, desk.second: TargetStatus.PENDING}


def test_a_draft_is_changed_and_stays_a_draft(desk: Desk) -> None:
    post = desk.submit.create(NewPost(text="a" * 400, account_ids=(desk.first,)), None, now=False)
    desk.submit.update(post.id, NewPost(text="b" * 400, account_ids=()), {}, None, now=False)
    view = desk.posts.show(post.id)
    assert (view.post.text, view.post.status, view.targets) == ("b" * 400, PostStatus.DRAFT, ())


def test_two_who_change_at_once_are_told(desk: Desk) -> None:
    post = desk.submit.create(NewPost(text="One", account_ids=()), None, now=False)
    stale = desk.posts.get(post.id)
    desk.posts.rewrite(stale, NewPost(text="Hers", account_ids=()), {})
    with pytest.raises(Conflict, match="meanwhile"):
        desk.posts.rewrite(stale, NewPost(text="His", account_ids=()), {})
    assert desk.posts.get(post.id).text == "Hers"


def test_what_is_out_cannot_be_changed(desk: Desk) -> None:
    post = desk.submit.create(NewPost(text="Out", account_ids=(desk.first,)), None, now=True)
    publisher(desk).drain()
    with pytest.raises(Conflict, match="can't be changed"):
        desk.submit.update(
            post.id, NewPost(text="No", account_ids=(desk.first,)), {}, None, now=False
        )


def test_only_what_failed_is_tried_again(desk: Desk) -> None:
    desk.world.network.script.append("422")
    both = NewPost(text="Both", account_ids=(desk.first, desk.second))
    post = desk.submit.create(both, None, now=True)
    machine = publisher(desk)
    machine.drain()
    assert sorted(t.status for t in desk.posts.show(post.id).targets) == ["failed", "published"]
    assert desk.posts.get(post.id).failure_code == "partial"
    moved = desk.submit.retry(post.id)
    assert len(moved) == 1
    machine.drain()
    assert desk.posts.get(post.id).status is PostStatus.PUBLISHED
    assert len(desk.world.network.accepted) == 2
    with pytest.raises(Conflict):
        desk.submit.retry(post.id)


def test_pictures_read_before_go_along(desk: Desk) -> None:
    data = encode(scene(), "PNG")
    media = Media(
        kind=MediaKind.IMAGE,
        sha256=hashlib.sha256(data).hexdigest(),
        mime="image/png",
        size=len(data),
        width=64,
        height=48,
        alt="Corners",
    )
    new = NewPost(text="", account_ids=(desk.first,), media=(media,))
    post = desk.submit.compose(new, {media.sha256: HeldContent(data)}, desk.at(hours=1), now=False)
    assert desk.posts.get(post.id).media == (media,)
    again = replace(new, text="With words")
    desk.submit.update(post.id, again, {}, None, now=False)
    assert desk.posts.get(post.id).media == (media,)


def test_variants_only_for_accounts_of_the_post(desk: Desk) -> None:
    stray = NewPost(
        text="x", account_ids=(desk.first,), variants=(Variant(account_id=desk.second, text="y"),)
    )
    with pytest.raises(InvalidInput, match="variant"):
        desk.submit.create(stray, None, now=False)


def test_lead_time_is_kept_and_a_viewer_writes_nothing(world: World) -> None:
    strict = Desk(world, lead=30)
    new = NewPost(text="x", account_ids=(strict.first,))
    with pytest.raises(InvalidInput) as soon:
        strict.submit.create(new, strict.at(minutes=10), now=False)
    assert soon.value.code == "too_soon"
    strict.submit.create(new, strict.at(minutes=31), now=False)
    with pytest.raises(InvalidInput) as past:
        strict.submit.create(new, strict.at(minutes=-1), now=False)
    assert past.value.code == "time_in_past"


def test_a_viewer_may_look_but_not_write(world: World) -> None:
    member = Desk(world)
    post = member.submit.create(NewPost(text="x", account_ids=()), None, now=False)
    viewer = PostService(
        replace(
            member.posts._parts,
            actor=Membership(
                user_id=world.targets.new_id(),
                organization_id=world.organization_id,
                role=Role.VIEWER,
            ),
        )
    )
    assert viewer.show(post.id).post.text == "x"
    for act in (
        lambda: viewer.compose(NewPost(text="y", account_ids=())),
        lambda: viewer.cancel(post.id),
        lambda: viewer.delete(post.id, everywhere=False),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_unplannable_account_is_named(desk: Desk) -> None:
    desk.accounts.mark(
        desk.world.organization_id, desk.first, AccountStatus.EXPIRED, "expired", "Signed out."
    )
    new = NewPost(text="x", account_ids=(desk.first,))
    with pytest.raises(Refused) as refused:
        desk.submit.create(new, desk.at(hours=1), now=False)
    assert refused.value.code == "account_not_connected"
    assert "first.test" in refused.value.message
    assert desk.posts.page(status=None, cursor=None, limit=10).posts == ()


def test_one_key_used_by_many_at_once_makes_one_planned_post(desk: Desk) -> None:
    together = threading.Barrier(4)

    def create(text: str) -> str:
        new = NewPost(text=text, account_ids=(desk.first, desk.second), idempotency_key=text)
        together.wait(20)
        return desk.submit.create(new, None, now=True).id

    machine = publisher(desk)
    for number in range(12):
        with ThreadPoolExecutor(4) as pool:
            ids = set(pool.map(create, [f"Round {number}"] * 4))
        machine.drain()
        assert len(ids) == 1
        view = desk.posts.show(ids.pop())
        assert [target.status for target in view.targets] == [TargetStatus.PUBLISHED] * 2
    assert len(desk.world.network.accepted) == 24
    assert desk.world.cluster.db["posts"].count_documents({}) == 12


def test_deleted_posts_are_not_looked_at_again(desk: Desk) -> None:
    organization = desk.world.organization_id
    new = NewPost(text="Gone", account_ids=(desk.first,))
    due = [desk.submit.create(new, desk.at(seconds=-30), now=False).id for _ in range(2)]
    assert desk.world.posts.overdue(organization, limit=5) == due
    desk.posts.delete(due[0], everywhere=False)
    # As an older version left it: deleted, and still called scheduled.
    desk.world.posts.delete(organization, due[1])
    assert desk.world.posts.overdue(organization, limit=5) == []
    stored = [d["status"] for d in desk.world.cluster.db["posts"].find().sort("_id", 1)]
    assert stored == ["draft", "scheduled"]
    machine = publisher(desk)
    machine.drain()
    assert [t.status for t in desk.world.targets.of_posts(organization, due[:1])] == ["canceled"]


def test_a_published_post_that_is_deleted_everywhere_stays_published_in_its_tombstone(
    desk: Desk,
) -> None:
    post = desk.submit.create(NewPost(text="Out", account_ids=(desk.first,)), None, now=True)
    publisher(desk).drain()
    desk.posts.delete(post.id, everywhere=True)
    stored = desk.world.cluster.db["posts"].find_one()
    assert stored is not None
    assert (stored["status"], stored["deletedAt"] is not None) == ("published", True)


def _sent(desk: Desk, target_id: str) -> str:
    import json

    text: str = json.loads(desk.world.network.posts[target_id])["text"]
    return text
