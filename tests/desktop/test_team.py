"""What others change comes into the open window; what is moved here reaches them, or comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from postflow_desktop.cluster import target_expressions
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.replica import AccountRow
from tests.desktop.kit import Desk, Teammate, add_account, instant, noon, until


@pytest.fixture
def account(desk: Desk, sandbox: SandboxServer) -> AccountRow:
    """The account that everybody posts to."""
    return add_account(desk, sandbox.url)


def test_changes_of_others_appear_and_nothing_of_mine_is_lost(
    desk: Desk, teammate: Teammate, account: AccountRow
) -> None:
    kept = teammate.plan("Kept", noon(1), account.id)
    moved = teammate.plan("Moved", noon(2), account.id)
    gone = teammate.plan("Canceled", noon(3), account.id)
    until(lambda: desk.titles == ["Kept", "Moved", "Canceled"], "the posts")
    _click(desk, "Kept")
    until(lambda: desk.screens.inspector.detail, "the inspector")
    composer = desk.screens.compose(text="What I am writing")
    until(lambda: composer.model.text, "the composer")

    teammate.seat.submit.schedule(moved.id, instant(noon(4)))
    teammate.seat.posts.cancel(gone.id)

    until(lambda: desk.titles == ["Kept", "Moved"], "the cancellation")
    until(lambda: desk.row("Moved").at == noon(4), "the move")
    assert desk.screens.calendar.selected == kept.id
    assert desk.screens.inspector.post_id == kept.id
    assert composer.sheet.editor.words() == "What I am writing"
    assert composer.isVisible()


def test_a_list_stays_where_it_was_scrolled_to(
    desk: Desk, teammate: Teammate, account: AccountRow
) -> None:
    for number in range(20):
        teammate.plan(f"Draft {number}", noon(1), account.id)
    until(lambda: len(desk.rows) == 20, "the posts")
    for row in desk.rows:
        teammate.seat.posts.cancel(row.post_id)
    desk.screens.window.show_screen("drafts")
    until(lambda: len(desk.screens.drafts.rows) == 20, "the drafts")
    bar = desk.screens.drafts_view._scroll.verticalScrollBar()
    until(lambda: bar.maximum() > 300, "a list that is too long")
    bar.setValue(200)

    teammate.plan("On the calendar", noon(2), account.id)

    until(lambda: desk.titles == ["On the calendar"], "the news")
    assert bar.value() == 200


def test_a_move_is_undone_and_done_again_on_the_cluster(
    desk: Desk, teammate: Teammate, account: AccountRow
) -> None:
    post = teammate.plan("Loaf", noon(1), account.id)
    until(lambda: desk.titles == ["Loaf"], "the post")

    desk.drag("Loaf", noon(2).date())
    until(lambda: _planned(teammate, post.id) == noon(2), "the move")
    assert desk.row("Loaf").at == noon(2)
    until(lambda: any(text.startswith("Moved to") for text in desk.toasts), "the word about it")

    _press(desk, Qt.KeyboardModifier.ControlModifier)
    until(lambda: _planned(teammate, post.id) == noon(1), "the undo")
    _press(desk, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    until(lambda: _planned(teammate, post.id) == noon(2), "the redo")
    until(lambda: not desk.screens.calendar.mover.sending(), "the answer")
    assert desk.row("Loaf").at == noon(2)


def test_a_move_that_comes_too_late_goes_back_and_says_so(
    desk: Desk, teammate: Teammate, account: AccountRow
) -> None:
    post = teammate.plan("Loaf", noon(1), account.id)
    until(lambda: desk.titles == ["Loaf"], "the post")
    # The news of the claim is still on its way when the post is carried to another day.
    desk.place_parts().sync.stop()
    _claim(teammate, post.id)

    desk.drag("Loaf", noon(2).date())
    assert desk.row("Loaf").at == noon(2)
    until(lambda: desk.row("Loaf").at == noon(1), "the way back")
    assert [text.partition(". ")[0] for text in desk.toasts] == ["“Loaf” stays where it was"]
    assert not desk.screens.calendar.mover.can_undo
    assert _planned(teammate, post.id) == noon(1)


def test_a_post_that_is_being_sent_can_not_be_dragged(
    desk: Desk, teammate: Teammate, account: AccountRow
) -> None:
    post = teammate.plan("Loaf", noon(1), account.id)
    until(lambda: desk.titles == ["Loaf"], "the post")
    _claim(teammate, post.id)
    until(lambda: not desk.row("Loaf").movable, "the news")

    desk.drag("Loaf", noon(2).date())

    assert desk.row("Loaf").at == noon(1)
    assert not desk.screens.calendar.mover.sending()
    assert _planned(teammate, post.id) == noon(1)
    assert desk.row("Loaf").status is not PostStatus.DRAFT


def _click(desk: Desk, title: str) -> None:
    box = desk.chip(title).box
    spot = desk.screens.calendar_view.month.rect().topLeft()
    spot.setX(box.x + box.width // 2)
    spot.setY(box.y + box.height // 2)
    QTest.mouseClick(desk.screens.calendar_view.month, Qt.MouseButton.LeftButton, pos=spot)


def _press(desk: Desk, modifiers: Qt.KeyboardModifier) -> None:
    """Z with these, once what was asked before has been answered."""
    until(lambda: not desk.screens.calendar.mover.sending(), "the answer")
    QTest.keyClick(desk.screens.window, Qt.Key.Key_Z, modifiers)


def _planned(teammate: Teammate, post_id: str) -> object:
    """When the post goes out, as the cluster has it."""
    targets = teammate.seat.posts.show(post_id).targets
    (at,) = {target.scheduled_at for target in targets}
    return at


def _claim(teammate: Teammate, post_id: str) -> None:
    """Another machine takes the post up, ahead of its time."""
    (target,) = teammate.seat.posts.show(post_id).targets
    lease = target_expressions.lease("p-other", "m-other", timedelta(minutes=2).total_seconds())
    claimed = teammate.workspace.cluster.targets._update(
        {"_id": ObjectId(target.id)},
        {
            "status": "claimed",
            "claimedAt": "$$NOW",
            "fence": {"$add": ["$fence", 1]},
            "lease": lease,
        },
    )
    assert claimed is not None
    assert claimed.status is TargetStatus.CLAIMED
