"""The view model of the drafts: which rows, in which order, opened and deleted with a way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import (
    Conflict,
    MachineProblem,
    NotFound,
    PostFlowError,
    Unreachable,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import Change, PostDetail, PostHit
from postflow_desktop.ui.composer.autosave import LOCAL_DRAFTS
from postflow_desktop.ui.drafts.viewmodel import PAGE, DraftsViewModel, Stage
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import PLACE, FakeBackend, MemoryDrafts, MemoryReplica
from tests.ui.drafts.conftest import Desk

HOUR = timedelta(hours=1)


# --- which rows -----------------------------------------------------------------------------


def test_both_kinds_stand_in_one_list_last_edited_first(desk: Desk) -> None:
    desk.stored("Stored, newest")
    desk.local("d1", "Local, older", ago=HOUR)
    desk.stored("Stored, oldest", ago=3 * HOUR)
    desk.local("d2", "Local, old", ago=2 * HOUR)
    desk.model.load()
    assert desk.titles == ["Stored, newest", "Local, older", "Local, old", "Stored, oldest"]
    assert [row.in_workspace for row in desk.model.rows] == [True, False, False, True]
    assert desk.model.stage is Stage.READY
    assert not desk.model.more


def test_planned_posts_are_no_drafts(desk: Desk) -> None:
    desk.backend.add_post("Planned")
    desk.model.load()
    assert desk.model.rows == ()


def test_a_row_says_where_it_goes_and_what_is_in_it(desk: Desk) -> None:
    picture = desk.backend.read_image(b"bytes", "")
    desk.local("d1", "\n  First line \nsecond", accounts=("a2", "a1", "gone"), media=(picture,))
    desk.model.load()
    (row,) = desk.model.rows
    assert row.title == "First line"
    assert row.networks == (Network.X, Network.BLUESKY)
    assert row.media == (picture,)


def test_words_for_one_account_only_are_a_title_too(desk: Desk) -> None:
    draft = desk.local("d1", "")
    desk.backend.drafts.put(replace(draft, variants={"a1": "Only for Bluesky"}))
    desk.local("d2", "", ago=HOUR)
    desk.model.load()
    assert desk.titles == ["Only for Bluesky", ""]


def test_a_draft_of_the_workspace_that_is_changed_here_is_one_row(desk: Desk) -> None:
    post = desk.stored("As stored", ago=2 * HOUR)
    desk.stored("Between", ago=HOUR)
    desk.local("d1", "As changed here", post_id=post.id)
    desk.model.load()
    assert desk.titles == ["As changed here", "Between"]
    row = desk.model.rows[0]
    assert (row.post_id, row.draft_id) == (post.id, "d1")


@pytest.mark.parametrize(
    ("status", "note"),
    [
        (PostStatus.SCHEDULED, "Changes to a planned post"),
        (PostStatus.FAILED, "Changes to a post"),
        (None, "Its post was deleted"),
    ],
)
def test_changes_to_a_post_that_is_no_draft_say_so(
    desk: Desk, status: PostStatus | None, note: str
) -> None:
    post = desk.backend.add_post("Planned", status=status or PostStatus.SCHEDULED)
    if status is None:
        del desk.backend.replica.posts[post.id]
    desk.local("d1", "Better words", post_id=post.id)
    desk.model.load()
    (row,) = desk.model.rows
    assert row.note == note
    assert not row.in_workspace


def test_a_draft_of_a_newer_version_has_its_row(desk: Desk) -> None:
    desk.backend.replica = NewerReplica()
    desk.stored("Words")
    desk.model.load()
    (row,) = desk.model.rows
    assert (row.title, row.note) == ("Words", "A newer PostFlow wrote it")


class NewerReplica(MemoryReplica):
    """Its posts were written by a newer version."""

    def post(self, organization_id: str, post_id: str) -> PostDetail | None:
        raise Unreachable("A newer PostFlow wrote this post.", code="newer_document")


def test_a_draft_that_goes_while_it_is_read_is_left_out(desk: Desk) -> None:
    desk.backend.replica = LeakyReplica()
    desk.model.load()
    assert desk.model.rows == ()


class LeakyReplica(MemoryReplica):
    """Lists a draft that is gone a moment later."""

    def drafts(self, organization_id: str) -> Sequence[PostHit]:
        return [PostHit(post_id="p9", title="Gone", status=PostStatus.DRAFT, at=None)]


def test_many_drafts_come_in_pages_and_in_order(desk: Desk) -> None:
    for number in range(PAGE + 5):
        desk.stored(f"Stored {number}", ago=number * HOUR)
    desk.local("d1", "Old and local", ago=(PAGE + 0.5) * HOUR)
    desk.model.load()
    assert len(desk.model.rows) == PAGE
    assert desk.model.more
    assert "Old and local" not in desk.titles
    desk.model.show_more()
    assert len(desk.model.rows) == PAGE + 6
    assert not desk.model.more
    assert desk.titles[PAGE : PAGE + 3] == [
        f"Stored {PAGE}",
        "Old and local",
        f"Stored {PAGE + 1}",
    ]


def test_there_is_more_of_one_kind_alone(desk: Desk) -> None:
    for number in range(PAGE + 1):
        desk.stored(f"Stored {number}", ago=number * HOUR)
    desk.model.load()
    assert len(desk.model.rows) == PAGE
    assert desk.model.more


def test_an_old_draft_that_is_changed_here_stands_on_top(desk: Desk) -> None:
    for number in range(PAGE + 1):
        desk.stored(f"Stored {number}", ago=(number + 1) * HOUR)
    desk.local("d1", "Just changed", post_id=f"p{PAGE + 1}")
    desk.model.load()
    assert desk.titles[0] == "Just changed"


# --- reading --------------------------------------------------------------------------------


@pytest.mark.parametrize("noun", ["posts", "socialAccounts", LOCAL_DRAFTS])
def test_news_are_shown_by_themselves(desk: Desk, qtbot: QtBot, noun: str) -> None:
    desk.model.load()
    desk.local("d1")
    desk.changes.publish(Change(noun=noun, ids=frozenset({"x"})))
    qtbot.waitUntil(lambda: desk.titles == ["Local words"])


def test_news_of_something_else_read_nothing(desk: Desk) -> None:
    desk.model.load()
    desk.local("d1")
    desk.changes.changed.emit(Change(noun="publishAttempts", ids=frozenset()))
    assert desk.model.rows == ()


def test_a_list_that_cannot_be_read_is_told_and_tried_again(desk: Desk) -> None:
    desk.local("d1")
    good, desk.backend.replica = desk.backend.replica, BrokenReplica()
    desk.model.load()
    assert desk.model.stage is Stage.FAILED
    assert desk.model.problem is not None
    desk.backend.replica = good
    desk.model.load()
    assert desk.titles == ["Local words"]
    assert desk.model.problem is None


def test_a_later_failure_leaves_what_was_read(desk: Desk) -> None:
    desk.local("d1")
    desk.model.load()
    desk.backend.replica = BrokenReplica()
    desk.model.load()
    assert desk.titles == ["Local words"]
    assert desk.model.stage is Stage.READY
    assert desk.model.problem is not None


class BrokenReplica(MemoryReplica):
    """Its disk is broken."""

    def drafts(self, organization_id: str) -> Sequence[PostHit]:
        raise MachineProblem("The disk can't be read.")


def test_nothing_is_read_where_we_are_nowhere(desk: Desk) -> None:
    desk.local("d1")
    desk.backend.here = None
    desk.model.load()
    assert desk.model.stage is Stage.LOADING
    assert desk.model.rows == ()


def test_nothing_of_a_former_place_stays(desk: Desk) -> None:
    desk.local("d1")
    desk.model.load()
    desk.model.forget()
    assert desk.model.rows == ()
    assert desk.model.stage is Stage.LOADING


def test_an_answer_for_a_place_that_was_left_is_dropped(qapp: object) -> None:
    backend, tasks = FakeBackend(), LateTasks()
    backend.add_post("Former place", at=None, status=PostStatus.DRAFT)
    model = DraftsViewModel(backend, tasks, Changes())
    model.load()
    backend.here = replace(PLACE, organization_id="o2")
    model.forget()
    tasks.answer()
    assert model.rows == ()
    assert model.stage is Stage.LOADING


class LateTasks(Tasks):
    """Reads at once, and answers when the test says so."""

    def __init__(self) -> None:
        super().__init__(immediate=True)
        self._answers: list[Callable[[], object]] = []

    def read(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], object],
        failed: Callable[[PostFlowError], object] | None = None,
        *,
        key: str | None = None,
    ) -> None:
        self._answers.append(partial(done, work()))

    def answer(self) -> None:
        self._answers.pop(0)()


# --- opening --------------------------------------------------------------------------------


def test_each_kind_is_opened_as_what_it_is(desk: Desk) -> None:
    post = desk.stored(ago=HOUR)
    desk.local("d1")
    changed = desk.stored("Changed here", ago=2 * HOUR)
    desk.local("d2", post_id=changed.id, ago=3 * HOUR)
    desk.model.load()
    for row in desk.model.rows:
        desk.model.open(row.key)
    desk.model.open("nothing")
    assert desk.opened == [("draft", "d1"), ("post", post.id), ("post", changed.id)]


def test_beginning_a_post_is_asked_for(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.model.compose_requested):
        desk.model.compose()


# --- deleting on this computer --------------------------------------------------------------


def test_a_local_draft_goes_at_once_and_comes_back_whole(desk: Desk) -> None:
    picture = desk.backend.read_image(b"bytes", "")
    draft = desk.local("d1", media=(picture,))
    forgetful = ForgetfulDrafts()
    forgetful.kept, forgetful.blobs = desk.backend.drafts.kept, desk.backend.drafts.blobs
    desk.backend.drafts = forgetful
    desk.model.load()
    desk.model.delete("local-d1")
    assert desk.model.rows == ()
    assert forgetful.kept == {}
    assert forgetful.blobs == {}
    assert desk.offers[-1][:2] == ("Deleted “Local words”", "Undo")
    desk.take_offer()
    assert forgetful.kept == {"d1": draft}
    assert forgetful.media(picture.sha256) == b"bytes"
    assert desk.titles == ["Local words"]
    desk.take_offer()
    assert desk.toasts == [("Too late to undo.", "info")]


class ForgetfulDrafts(MemoryDrafts):
    """Forgets pictures with their draft, as the real one does."""

    def delete(self, draft_id: str) -> None:
        gone = self.kept.get(draft_id)
        super().delete(draft_id)
        for item in gone.media if gone else ():
            self.blobs.pop(item.sha256, None)


def test_a_deleted_row_does_not_flash_up_until_the_list_is_read_again(qapp: object) -> None:
    backend, tasks = FakeBackend(), LateTasks()
    backend.drafts.put(LocalDraft(id="d1", organization_id="o1", post_id=None, text="Words"))
    model = DraftsViewModel(backend, tasks, Changes())
    shown: list[int] = []
    model.load()
    tasks.answer()
    model.changed.connect(lambda: shown.append(len(model.rows)))
    model.delete("local-d1")
    tasks.answer()
    model.changed.emit()
    tasks.answer()
    assert shown == [0, 0, 0]


def test_undo_of_a_local_draft_works_as_long_as_its_notice_stands(desk: Desk) -> None:
    desk.local("d1")
    desk.model.load()
    desk.model.delete("local-d1")
    desk.time_passes()
    desk.take_offer()
    assert desk.titles == ["Local words"]


def test_the_other_screens_hear_of_it(desk: Desk, qtbot: QtBot) -> None:
    desk.local("d1")
    desk.model.load()
    told: list[Change] = []
    desk.changes.changed.connect(told.append)
    desk.model.delete("local-d1")
    qtbot.waitUntil(lambda: told == [Change(noun=LOCAL_DRAFTS, ids=frozenset({"d1"}))])


def test_two_deletions_have_two_ways_back(desk: Desk) -> None:
    desk.local("d1", "One", ago=HOUR)
    desk.local("d2", "Two")
    desk.model.load()
    desk.model.delete("local-d1")
    desk.model.delete("local-d2")
    assert [offer[0] for offer in desk.offers] == ["Deleted “One”", "Deleted “Two”"]
    desk.offers[0][2]()
    assert desk.titles == ["One"]


def test_changes_to_a_planned_post_are_discarded_not_the_post(desk: Desk) -> None:
    post = desk.backend.add_post("Planned")
    desk.local("d1", "Better", post_id=post.id)
    desk.model.load()
    desk.model.delete("local-d1")
    desk.time_passes()
    assert desk.offers[-1][0] == "Discarded your changes to “Better”"
    assert desk.deleted == []
    assert post.id in desk.backend.replica.posts


def test_a_local_draft_that_is_gone_already_needs_no_undo(desk: Desk) -> None:
    desk.local("d1")
    desk.model.load()
    desk.backend.drafts.kept.clear()
    desk.model.delete("local-d1")
    assert desk.model.rows == ()
    assert desk.offers == []


def test_a_disk_that_refuses_leaves_the_draft(desk: Desk) -> None:
    desk.local("d1")
    desk.model.load()
    stuck = StuckDrafts()
    stuck.kept = desk.backend.drafts.kept
    desk.backend.drafts = stuck
    desk.model.delete("local-d1")
    assert desk.titles == ["Local words"]
    assert desk.toasts == [("The draft is still there. The disk is full.", "error")]
    stuck.stuck = False
    desk.model.delete("local-d1")
    stuck.stuck = True
    desk.take_offer()
    assert desk.offers[-1][:2] == ("The draft can't be put back. The disk is full.", "Try again")
    stuck.stuck = False
    desk.take_offer()
    assert desk.titles == ["Local words"]


class StuckDrafts(MemoryDrafts):
    """Its disk is full."""

    stuck = True

    def put(self, draft: LocalDraft) -> None:
        self._check()
        super().put(draft)

    def delete(self, draft_id: str) -> None:
        self._check()
        super().delete(draft_id)

    def _check(self) -> None:
        if self.stuck:
            raise MachineProblem("The disk is full.")


# --- deleting in the workspace --------------------------------------------------------------


def test_a_stored_draft_hides_at_once_and_is_deleted_after_the_notice(desk: Desk) -> None:
    post = desk.stored()
    desk.model.load()
    desk.model.delete(f"post-{post.id}")
    assert desk.model.rows == ()
    assert desk.offers[-1][:2] == ("Deleted “Stored words”", "Undo")
    desk.moments.pass_ms(8_000)
    assert desk.deleted == []
    desk.time_passes()
    assert desk.deleted == [post.id]
    desk.take_offer()
    assert desk.toasts == [("Too late to undo.", "info")]


def test_undo_leaves_the_stored_draft_alone(desk: Desk) -> None:
    post = desk.stored()
    desk.model.load()
    returned: list[str] = []
    desk.model.returned.connect(returned.append)
    desk.model.delete(f"post-{post.id}")
    desk.take_offer()
    assert desk.titles == ["Stored words"]
    assert returned == [f"post-{post.id}"]
    desk.time_passes()
    assert desk.deleted == []


def test_a_row_changed_here_goes_with_its_changes(desk: Desk) -> None:
    post = desk.stored()
    desk.local("d1", post_id=post.id)
    desk.model.load()
    desk.model.delete(f"post-{post.id}")
    assert "d1" in desk.backend.drafts.kept
    desk.time_passes()
    assert desk.deleted == [post.id]
    assert desk.backend.drafts.kept == {}
    assert desk.model.rows == ()


def test_a_refusal_brings_the_row_back_with_everything(desk: Desk) -> None:
    post = desk.stored()
    desk.local("d1", post_id=post.id)
    desk.model.load()
    desk.model.delete(f"post-{post.id}")
    desk.backend.failure = Conflict("You may not delete.", code="role_too_small", fix="Ask Ana.")
    desk.time_passes()
    assert desk.titles == ["Local words"]
    assert "d1" in desk.backend.drafts.kept
    assert desk.toasts == [("The draft is still there. You may not delete. Ask Ana.", "error")]


def test_what_somebody_else_deleted_first_is_gone_all_the_same(desk: Desk) -> None:
    post = desk.stored()
    desk.model.load()
    desk.model.delete(f"post-{post.id}")
    desk.backend.failure = NotFound("There is no such post.", code="unknown_post")
    desk.time_passes()
    assert desk.model.rows == ()
    assert desk.toasts == []


def test_a_draft_that_was_planned_meanwhile_is_not_deleted(desk: Desk) -> None:
    post = desk.stored()
    desk.model.load()
    desk.model.delete(f"post-{post.id}")
    desk.backend.replica.posts[post.id] = replace(post, status=PostStatus.SCHEDULED)
    desk.time_passes()
    assert desk.deleted == []
    assert desk.toasts[0][1] == "warning"


def test_offline_a_stored_draft_stays_and_a_local_one_can_go(desk: Desk) -> None:
    post = desk.stored(ago=HOUR)
    desk.local("d1")
    desk.model.load()
    desk.go_offline()
    desk.model.delete(f"post-{post.id}")
    desk.model.delete("local-d1")
    assert desk.titles == ["Stored words"]
    assert [kind for _, kind in desk.toasts] == ["warning"]


def test_another_place_deletes_nothing_of_the_former_one_and_says_so(desk: Desk) -> None:
    post = desk.stored()
    desk.model.load()
    desk.model.delete(f"post-{post.id}")
    desk.backend.here = replace(PLACE, organization_id="o2")
    desk.model.forget()
    desk.time_passes()
    desk.take_offer()
    assert desk.deleted == []
    assert desk.toasts == [
        ("What you had just deleted is kept in the workspace you left.", "info"),
        ("Too late to undo.", "info"),
    ]


def test_a_local_draft_is_not_put_into_another_place(desk: Desk) -> None:
    desk.local("d1")
    desk.model.load()
    desk.model.delete("local-d1")
    desk.backend.here = replace(PLACE, organization_id="o2")
    desk.model.forget()
    desk.take_offer()
    assert desk.backend.drafts.kept == {}


def test_at_the_end_what_waits_is_deleted(desk: Desk) -> None:
    post = desk.stored()
    desk.model.load()
    desk.model.delete(f"post-{post.id}")
    desk.model.finish()
    assert desk.deleted == [post.id]
    desk.time_passes()
    assert desk.deleted == [post.id]


def test_what_is_not_there_cannot_be_deleted(desk: Desk) -> None:
    desk.model.load()
    desk.model.delete("local-d1")
    assert desk.offers == []


# --- pictures -------------------------------------------------------------------------------


def test_a_picture_that_could_not_be_had_is_asked_for_again_when_back_online(desk: Desk) -> None:
    thumbs = desk.model.thumbs
    assert thumbs.get("0" * 64) is None
    desk.backend.drafts.blobs["0" * 64] = PNG
    assert thumbs.get("0" * 64) is None
    desk.go_online()
    image = thumbs.get("0" * 64)
    assert image is not None
    assert image.width() == image.height()


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)
