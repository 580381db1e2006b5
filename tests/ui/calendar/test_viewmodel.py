"""The calendar's state: moves that show at once, undo, filter, what stays over a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import ClusterUnreachable, Conflict, MachineProblem
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.calendar.looks import look_of
from postflow_desktop.ui.calendar.navigation import Focus
from postflow_desktop.ui.calendar.state import ComposeRequest, Emptiness
from tests.fakes.backend import NOW, PLACE
from tests.ui.calendar.conftest import TODAY, Calendar

TOMORROW = TODAY + timedelta(days=1)
THURSDAY = date(2026, 11, 26)
GONE = Conflict("It is being sent.", code="under_way", fix="Wait a moment.")
AWAY = ClusterUnreachable("The workspace does not answer.", fix="Try again later.")


def offline(calendar: Calendar) -> None:
    """The cluster can't be reached."""
    calendar.changes._take_state(SyncState(link=Link.OFFLINE, since=NOW))


# --- moving -------------------------------------------------------------------------------------


def test_a_move_shows_at_once_and_is_kept_until_the_replica_says_the_same(
    calendar: Calendar,
) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.tasks.holding = True
    assert calendar.viewmodel.move(post, THURSDAY)
    assert calendar.wall(post) == "2026-11-26 09:30"
    assert calendar.moving() == {post}
    calendar.replica.lag()
    calendar.tasks.release()
    assert calendar.moving() == frozenset()
    calendar.tell()
    assert calendar.wall(post) == "2026-11-26 09:30", "a replica that lags changes nothing"
    calendar.replica.catch_up()
    calendar.tell()
    stored = calendar.backend.replica.posts[post]
    back = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    calendar.backend.replica.posts[post] = replace(stored, scheduled_at=back)
    calendar.tell()
    assert calendar.wall(post) == "2026-11-21 09:30", "from then on the replica counts"


def test_undo_before_the_replica_has_the_move_does_not_flicker(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.replica.lag()
    calendar.viewmodel.move(post, THURSDAY)
    calendar.viewmodel.undo()
    assert calendar.wall(post) == "2026-11-21 09:30"
    calendar.viewmodel.redo()
    calendar.tell()
    assert calendar.wall(post) == "2026-11-26 09:30"
    calendar.viewmodel.cancel(post)
    calendar.tell()
    assert calendar.viewmodel.row(post) is None
    calendar.replica.catch_up()
    calendar.tell()
    assert calendar.viewmodel.row(post) is None


def test_a_move_keeps_the_wall_time_and_says_where_it_went(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.move(post, THURSDAY)
    assert calendar.moved_to() == ["2026-11-26T09:30:00"]
    assert calendar.toasts == [("Moved to Thu 26, 09:30", "success", True)]


@pytest.mark.parametrize(
    ("day", "hour", "arrives"),
    [
        (date(2027, 3, 28), 9, "2027-03-28 09:00"),
        (date(2027, 3, 28), 2, "2027-03-28 03:00"),
        (date(2027, 10, 31), 2, "2027-10-31 02:00"),
    ],
)
def test_the_wall_time_stays_over_a_change_of_the_clocks(
    calendar: Calendar, day: date, hour: int, arrives: str
) -> None:
    post = calendar.post(day - timedelta(days=1), hour, 0)
    calendar.viewmodel.start()
    calendar.viewmodel.go_to(day)
    calendar.viewmodel.move(post, day)
    assert calendar.wall(post) == arrives
    note = calendar.toasts[-1][0]
    assert ("does not exist" in note or "comes twice" in note) == (hour == 2)


def test_a_refused_move_goes_back_and_says_why(calendar: Calendar, qtbot: QtBot) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.fail_next(GONE)
    with qtbot.waitSignal(calendar.viewmodel.mover.rolled_back):
        calendar.viewmodel.move(post, THURSDAY)
    assert calendar.wall(post) == "2026-11-21 09:30"
    text, kind, undo = calendar.toasts[-1]
    assert "stays where it was" in text
    assert "It is being sent." in text
    assert (kind, undo) == ("error", False)
    assert not calendar.viewmodel.mover.can_undo


def test_two_moves_while_the_cluster_is_slow_end_at_the_last_one(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.tasks.holding = True
    calendar.viewmodel.move(post, THURSDAY)
    calendar.viewmodel.move(post, THURSDAY + timedelta(days=1))
    calendar.tasks.release()
    assert calendar.wall(post) == "2026-11-27 09:30"
    calendar.tasks.release()
    assert calendar.moved_to() == ["2026-11-26T09:30:00", "2026-11-27T09:30:00"]
    assert calendar.wall(post) == "2026-11-27 09:30"
    assert [text for text, _, _ in calendar.toasts] == ["Moved to Fri 27, 09:30"]


def test_when_the_second_move_is_refused_the_first_one_counts(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.tasks.holding = True
    calendar.viewmodel.move(post, THURSDAY)
    calendar.viewmodel.move(post, THURSDAY + timedelta(days=1))
    calendar.tasks.release()
    calendar.fail_next(GONE)
    calendar.tasks.release()
    assert calendar.wall(post) == "2026-11-26 09:30"


def test_a_teammate_s_change_wins_over_what_was_agreed_before(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.move(post, THURSDAY)
    elsewhere = datetime(2026, 12, 1, 8, tzinfo=UTC)
    stored = calendar.backend.replica.posts[post]
    calendar.backend.replica.posts[post] = replace(stored, scheduled_at=elsewhere)
    calendar.tell("schedules")
    assert calendar.wall(post) == "2026-12-01 09:00"


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (PostStatus.PUBLISHING, "being published"),
        (PostStatus.PUBLISHED, "out already"),
        (PostStatus.FAILED, "failed"),
    ],
)
def test_what_is_on_its_way_or_out_is_not_moved(
    calendar: Calendar, status: PostStatus, word: str
) -> None:
    post = calendar.post(TOMORROW, status=status)
    calendar.viewmodel.start()
    assert not calendar.viewmodel.move(post, THURSDAY)
    assert word in calendar.toasts[-1][0]
    assert calendar.backend.calls == []


def test_a_post_whose_targets_are_partly_out_is_not_moved(calendar: Calendar) -> None:
    calendar.viewmodel.start()
    post = calendar.post(TOMORROW)
    calendar.viewmodel.refresh()
    row = replace(calendar.row(post), movable=False)
    assert "Part of it" in calendar.viewmodel.mover.refusal(row)


def test_nothing_moves_into_the_past(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW, 12, 30)
    calendar.viewmodel.start()
    assert not calendar.viewmodel.move(post, TODAY - timedelta(days=1))
    assert not calendar.viewmodel.move(post, TODAY), "12:30 is over today"
    assert calendar.backend.calls == []
    calendar.clock[0] = NOW - timedelta(hours=2)
    assert calendar.viewmodel.move(post, TODAY)


def test_the_lead_time_of_the_organization_is_kept(calendar: Calendar) -> None:
    calendar.backend.here = replace(PLACE, min_lead_minutes=120)
    post = calendar.post(TOMORROW, 14, 30)
    calendar.viewmodel.reload()
    assert not calendar.viewmodel.move(post, TODAY)
    assert "120 minutes" in calendar.toasts[-1][0]


def test_offline_nothing_moves_and_the_reason_is_said(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    offline(calendar)
    assert not calendar.viewmodel.move(post, THURSDAY)
    assert calendar.toasts[-1][0].startswith("Offline")
    assert calendar.wall(post) == "2026-11-21 09:30"


# --- undo and redo ------------------------------------------------------------------------------


def test_undo_and_redo_a_move(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.move(post, THURSDAY)
    calendar.viewmodel.undo()
    assert calendar.wall(post) == "2026-11-21 09:30"
    assert not calendar.viewmodel.mover.can_undo
    calendar.viewmodel.redo()
    assert calendar.wall(post) == "2026-11-26 09:30"
    assert not calendar.viewmodel.mover.can_redo
    assert len(calendar.moved_to()) == 3


def test_undo_goes_back_step_by_step_and_something_new_ends_redo(calendar: Calendar) -> None:
    one, other = calendar.post(TOMORROW), calendar.post(TOMORROW, 11)
    calendar.viewmodel.start()
    calendar.viewmodel.move(one, THURSDAY)
    calendar.viewmodel.move(other, THURSDAY)
    calendar.viewmodel.undo()
    assert (calendar.wall(one), calendar.wall(other)) == ("2026-11-26 09:30", "2026-11-21 11:30")
    calendar.viewmodel.move(other, THURSDAY + timedelta(days=1))
    assert not calendar.viewmodel.mover.can_redo
    calendar.viewmodel.undo()
    calendar.viewmodel.undo()
    assert calendar.wall(one) == "2026-11-21 09:30"


def test_undo_follows_the_post_to_its_month(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.move(post, THURSDAY)
    calendar.viewmodel.go_to(date(2027, 2, 1))
    calendar.viewmodel.undo()
    assert calendar.viewmodel.month == date(2026, 11, 1)
    assert calendar.wall(post) == "2026-11-21 09:30"
    assert calendar.viewmodel.focus == Focus(day=TOMORROW, post_id=post)


def test_a_canceled_post_is_gone_at_once_and_comes_back_by_undo(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.tasks.holding = True
    assert calendar.viewmodel.cancel(post)
    assert calendar.viewmodel.row(post) is None
    calendar.tasks.release()
    calendar.tasks.holding = False
    assert calendar.toasts[-1] == ("“Fresh bread” was taken out of the plan", "success", True)
    calendar.viewmodel.undo()
    assert calendar.wall(post) == "2026-11-21 09:30"
    assert calendar.moved_to() == ["2026-11-21T09:30:00"]


def test_a_cancellation_that_fails_brings_the_post_back(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.fail_next(GONE)
    calendar.viewmodel.cancel(post)
    assert calendar.wall(post) == "2026-11-21 09:30"
    assert calendar.toasts[-1][1] == "error"


def test_an_undo_the_cluster_could_not_be_asked_for_can_be_tried_again(
    calendar: Calendar,
) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.move(post, THURSDAY)
    calendar.fail_next(AWAY)
    calendar.viewmodel.undo()
    assert calendar.wall(post) == "2026-11-26 09:30"
    assert calendar.viewmodel.mover.can_undo
    calendar.viewmodel.undo()
    assert calendar.wall(post) == "2026-11-21 09:30"


def test_undo_leaves_alone_what_somebody_moved_meanwhile(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.move(post, THURSDAY)
    stored = calendar.backend.replica.posts[post]
    calendar.backend.replica.posts[post] = replace(
        stored, scheduled_at=datetime(2026, 11, 30, 8, tzinfo=UTC)
    )
    calendar.tell()
    calendar.viewmodel.undo()
    assert calendar.wall(post) == "2026-11-30 09:00"
    assert "meanwhile" in calendar.toasts[-1][0]
    assert not calendar.viewmodel.mover.can_undo


# --- month, focus, selection, filter ------------------------------------------------------------


def test_selection_and_focus_stay_over_a_change_and_follow_the_post(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.select(post)
    calendar.viewmodel.set_focus(Focus(day=TOMORROW, post_id=post))
    stored = calendar.backend.replica.posts[post]
    calendar.backend.replica.posts[post] = replace(
        stored, scheduled_at=datetime(2026, 11, 27, 8, tzinfo=UTC)
    )
    calendar.tell()
    assert calendar.viewmodel.selected == post
    assert calendar.viewmodel.focus == Focus(day=date(2026, 11, 27), post_id=post)


def test_focus_stays_on_the_day_when_its_post_is_deleted(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.set_focus(Focus(day=TOMORROW, post_id=post))
    calendar.backend.delete(post, everywhere=False)
    calendar.tell()
    assert calendar.viewmodel.focus == Focus(day=TOMORROW)


def test_paging_keeps_the_day_of_the_month(calendar: Calendar) -> None:
    calendar.viewmodel.start()
    calendar.viewmodel.set_focus(Focus(day=date(2026, 11, 30)))
    calendar.viewmodel.previous_month()
    assert calendar.viewmodel.focus.day == date(2026, 10, 30)
    calendar.viewmodel.go_to(date(2027, 1, 31))
    calendar.viewmodel.next_month()
    assert calendar.viewmodel.focus.day == date(2027, 2, 28)
    calendar.viewmodel.go_today()
    assert (calendar.viewmodel.month, calendar.viewmodel.focus.day) == (date(2026, 11, 1), TODAY)


def test_a_month_that_is_left_before_it_was_read_is_never_shown(calendar: Calendar) -> None:
    calendar.viewmodel.start()
    calendar.tasks.holding_reads = True
    calendar.viewmodel.next_month()
    calendar.viewmodel.next_month()
    assert calendar.viewmodel.snapshot is not None
    assert calendar.viewmodel.snapshot.month == date(2026, 11, 1)
    calendar.tasks.release()
    calendar.tasks.release()
    assert calendar.viewmodel.snapshot.month == date(2027, 1, 1)


def test_a_filter_shows_the_posts_of_its_accounts_only(calendar: Calendar) -> None:
    one, other = calendar.post(TOMORROW), calendar.post(TOMORROW, 11, accounts=("a2",))
    calendar.viewmodel.start()
    calendar.viewmodel.channels.toggle("a2")
    assert calendar.viewmodel.row(one) is None
    assert calendar.viewmodel.row(other) is not None
    calendar.viewmodel.channels.toggle("a2")
    assert calendar.viewmodel.row(one) is not None


def test_a_filter_on_an_account_that_is_gone_is_dropped(calendar: Calendar) -> None:
    calendar.viewmodel.start()
    calendar.viewmodel.channels.set_filter(frozenset({"a2"}))
    calendar.backend.disconnect("a2")
    calendar.tell("accounts")
    assert calendar.viewmodel.channels.filter is None


def test_why_the_month_is_empty(calendar: Calendar) -> None:
    calendar.viewmodel.start()
    seen = [calendar.viewmodel.emptiness]
    calendar.viewmodel.channels.set_filter(frozenset({"a1"}))
    seen.append(calendar.viewmodel.emptiness)
    calendar.backend.replica.account_rows.clear()
    calendar.tell("accounts")
    seen.append(calendar.viewmodel.emptiness)
    assert seen == [Emptiness.NOTHING, Emptiness.FILTERED, Emptiness.NO_CHANNELS]


def test_a_new_post_is_offered_for_today_and_later_only(calendar: Calendar) -> None:
    calendar.viewmodel.compose_on(TODAY)
    calendar.viewmodel.compose_on(TODAY - timedelta(days=1))
    assert calendar.composed == [ComposeRequest(day=TODAY)]
    assert calendar.toasts[-1][1] == "info"


def test_a_reading_that_fails_is_said_and_can_be_repeated(calendar: Calendar) -> None:
    calendar.replica.failure = MachineProblem("The local copy can't be read.", fix="Free space.")
    calendar.viewmodel.start()
    assert calendar.viewmodel.error is calendar.replica.failure
    calendar.replica.failure = None
    calendar.viewmodel.start()
    assert calendar.viewmodel.error is None


def test_a_slow_reading_says_so_after_a_while(calendar: Calendar, qtbot: QtBot) -> None:
    calendar.post(TOMORROW)
    calendar.tasks.holding_reads = True
    calendar.viewmodel.start()
    assert not calendar.viewmodel.loading
    qtbot.waitUntil(lambda: calendar.viewmodel.loading, timeout=2000)
    calendar.tasks.release()
    calendar.tasks.release()
    assert not calendar.viewmodel.loading
    assert calendar.viewmodel.snapshot is not None
    assert len(calendar.viewmodel.snapshot.rows) == 1


def test_another_place_forgets_everything_of_the_old_one(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.move(post, THURSDAY)
    calendar.viewmodel.select(post)
    calendar.backend.here = replace(PLACE, timezone="Asia/Tokyo")
    calendar.viewmodel.reload()
    assert calendar.viewmodel.zone.key == "Asia/Tokyo"
    assert not calendar.viewmodel.mover.can_undo
    assert calendar.viewmodel.selected == ""


def test_without_a_place_nothing_is_read(calendar: Calendar) -> None:
    calendar.backend.here = None
    calendar.viewmodel.reload()
    assert calendar.backend.replica.reads == 0


def test_shifting_moves_the_post_under_the_keyboard_and_follows_it(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.set_focus(Focus(day=TOMORROW, post_id=post))
    for days in (1, 7, -1):
        assert calendar.viewmodel.shift(days)
    assert calendar.wall(post) == "2026-11-28 09:30"
    assert calendar.viewmodel.focus == Focus(day=date(2026, 11, 28), post_id=post)


# --- who will be awake --------------------------------------------------------------------------


def unattended(calendar: Calendar) -> list[str]:
    """What is said from now on about hours with nobody awake."""
    said: list[str] = []
    calendar.viewmodel.unattended.connect(said.append)
    return said


def test_a_move_to_an_hour_with_nobody_awake_is_told_after_it(calendar: Calendar) -> None:
    calendar.backend.warning = "No computer was on at 09:30."
    said = unattended(calendar)
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.move(post, THURSDAY)
    assert said == ["No computer was on at 09:30."]
    assert [planned.local for planned in calendar.backend.asked] == ["2026-11-26T09:30:00"]
    calendar.viewmodel.undo()
    assert len(said) == 1, "where it was before is no news"


def test_a_move_that_is_covered_or_refused_says_nothing_of_it(calendar: Calendar) -> None:
    said = unattended(calendar)
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.move(post, THURSDAY)
    calendar.backend.warning = "No computer was on at 09:30."
    calendar.fail_next(GONE)
    calendar.viewmodel.move(post, THURSDAY + timedelta(days=1))
    assert said == []
    assert len(calendar.backend.asked) == 1


def test_no_answer_about_it_is_no_error(
    calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = unattended(calendar)
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    monkeypatch.setattr(calendar.backend, "coverage", _no_answer)
    calendar.viewmodel.move(post, THURSDAY)
    assert said == []
    assert [kind for _, kind, _ in calendar.toasts] == ["success"]


def _no_answer(_planned: object) -> str:
    raise AWAY


# --- what is paused -----------------------------------------------------------------------------

PAUSE = Pause(reason="Storm", by="u1", at=NOW)


def words(calendar: Calendar, post_id: str) -> str:
    """What the chip says of the post's status."""
    return look_of(calendar.row(post_id)).words


def test_posts_of_a_paused_account_look_paused_and_others_do_not(calendar: Calendar) -> None:
    mine, other = calendar.post(TOMORROW), calendar.post(TOMORROW, accounts=("a2",))
    out = calendar.post(TODAY, hour=8, status=PostStatus.PUBLISHED)
    draft = calendar.post(TOMORROW, status=PostStatus.DRAFT)
    first, second = calendar.replica.account_rows
    calendar.replica.account_rows = [replace(first, pause=PAUSE), second]
    calendar.viewmodel.start()
    assert [words(calendar, post) for post in (mine, other, out, draft)] == [
        "paused", "scheduled", "published", "draft",
    ]  # fmt: skip


def test_a_pause_of_everything_shows_and_goes(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.replica.paused = PAUSE
    calendar.tell("organizations")
    assert words(calendar, post) == "paused"
    calendar.replica.paused = None
    calendar.tell("organizations")
    assert words(calendar, post) == "scheduled"


def test_a_held_post_looks_paused_and_can_be_moved(calendar: Calendar) -> None:
    post = calendar.post(TOMORROW)
    calendar.replica.paused = PAUSE
    calendar.viewmodel.start()
    assert calendar.viewmodel.move(post, THURSDAY)
    assert calendar.wall(post) == "2026-11-26 09:30"
    assert words(calendar, post) == "paused"
