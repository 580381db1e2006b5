"""What the tray says for what stands before the workspaces."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from postflow_desktop.domain.errors import ClusterUnreachable, NotAllowed
from postflow_desktop.services.agenda import DuePost
from postflow_desktop.ui.backend import Outlook
from postflow_desktop.ui.tray.closing import Closing, Habit, closing, keeps_running, quitting
from postflow_desktop.ui.tray.state import (
    Due,
    Mark,
    Standing,
    TrayState,
    moment_words,
    standing_of,
    tray_state,
)
from tests.fakes.backend import NOW
from tests.ui.tray.figures import due, outlook


def state(*outlooks: Outlook, here: str = "w-1") -> TrayState:
    return tray_state([standing_of(one, None, NOW) for one in outlooks], here, NOW)


def test_where_nobody_is_signed_in_there_is_nothing_to_say() -> None:
    assert tray_state([], "", NOW) == TrayState()
    assert not TrayState().is_known


def test_next_post_and_how_many_today() -> None:
    shown = state(outlook(due(2.5), due(5), due(20)))
    assert (shown.mark, shown.status) == (Mark.NORMAL, "Publishing · next 15:30 · 2 today")
    assert shown.today == 2
    assert [post.label for post in shown.next] == [
        "15:30  Fresh bread",
        "18:00  Fresh bread",
        "Tomorrow 09:00  Fresh bread",
    ]


def test_nothing_planned_and_nothing_today() -> None:
    assert state(outlook()).status == "Publishing · nothing planned"
    assert state(outlook(due(20))).status == "Publishing · next Tomorrow 09:00"


def test_several_workspaces_are_named_and_merged_by_time() -> None:
    shop = outlook(due(1, "Roses"), workspace_id="w-2", name="Flower & Shop")
    shown = state(outlook(due(2), due(3), due(4)), shop)
    assert [(post.workspace_id, post.label) for post in shown.next] == [
        ("w-2", "14:00  Roses · Flower & Shop"),
        ("w-1", "15:00  Fresh bread · Corner Bakery"),
        ("w-1", "16:00  Fresh bread · Corner Bakery"),
    ]
    assert shown.today == 4


def test_what_needs_attention_is_a_dot_and_words() -> None:
    shown = state(outlook(due(2), attention=2))
    assert shown.has_dot
    assert shown.status == "2 posts need attention"
    assert state(outlook(attention=1)).status == "1 post needs attention"
    paused = state(outlook(attention=1, pause_reason="Closed"))
    assert paused.tip == "PostFlow: Paused: Closed\n1 post needs attention"


def test_accounts_that_need_somebody_are_a_dot_and_a_line() -> None:
    said = "@ana on LinkedIn: Its permission to post ends within a day."
    shown = state(outlook(due(2), accounts=(said,)))
    assert shown.has_dot
    assert shown.tip.endswith(said)
    assert shown.accounts_at == "w-1"
    more = state(outlook(accounts=(said, said)))
    assert more.tip.endswith("2 accounts need attention")
    assert more.attention == 0


def test_paused_everywhere_or_somewhere() -> None:
    shown = state(outlook(due(2), pause_reason="The shop is closed"))
    assert (shown.mark, shown.status) == (Mark.PAUSED, "Paused: The shop is closed")
    assert shown.paused
    other = outlook(due(2), workspace_id="w-2", name="Flowers", pause_reason="Storm")
    shown = state(outlook(due(2)), other)
    assert (shown.mark, shown.status) == (Mark.PAUSED, "Flowers is paused: Storm")
    assert not shown.paused


def test_offline_here_counts_offline_elsewhere_does_not() -> None:
    here = standing_of(outlook(due(2)), None, NOW)
    away = replace(here, away_since=NOW - timedelta(minutes=5))
    there = replace(here, workspace_id="w-2", name="Flowers")
    shown = tray_state([away, there], "w-1", NOW)
    assert (shown.mark, shown.status) == (Mark.OFFLINE, "Offline since 12:55")
    assert len(shown.next) == 2
    shown = tray_state([here, replace(there, away_since=NOW)], "w-1", NOW)
    assert shown.mark is Mark.NORMAL


def test_a_workspace_that_does_not_answer_keeps_what_was_known() -> None:
    known = standing_of(outlook(due(2), attention=1), None, NOW)
    silent = Outlook(
        workspace_id="w-1",
        name="Corner Bakery",
        timezone="Europe/Berlin",
        user_id="u1",
        problem=ClusterUnreachable("Away."),
    )
    away = standing_of(silent, known, NOW)
    assert (away.posts, away.attention, away.away_since) == (known.posts, 1, NOW)
    later = standing_of(silent, away, NOW + timedelta(hours=1))
    assert later.away_since == NOW
    back = standing_of(outlook(), later, NOW)
    assert back.away_since is None


def test_what_only_a_person_can_mend_is_an_error() -> None:
    locked = Outlook(
        workspace_id="w-2",
        name="Flowers",
        timezone="UTC",
        user_id="u1",
        problem=NotAllowed("Nobody is signed in.", code="not_signed_in"),
    )
    shown = state(outlook(due(2)), locked)
    assert (shown.mark, shown.status) == (Mark.ERROR, "Flowers: Nobody is signed in.")
    assert state(locked).status == "Nobody is signed in."


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (1, "14:00"),
        (11, "Tomorrow 00:00"),
        (47, "Sun 12:00"),
        (24 * 6, "Thu 13:00"),
        (24 * 7, "27 Nov 13:00"),
        (-24, "19 Nov 13:00"),
    ],
)
def test_moments_are_short(hours: float, words: str) -> None:
    assert moment_words(NOW + timedelta(hours=hours), "Europe/Berlin", NOW) == words


def test_long_and_missing_titles() -> None:
    shown = state(outlook(due(1, "x" * 90), due(2, "")))
    assert shown.next[0].label == f"14:00  {'x' * 39}…"
    assert shown.next[1].label == "15:00  Post without text"


def test_what_closing_would_leave_alone() -> None:
    shown = state(outlook(due(-1), due(2), due(30, covered=True), due(47, "Late"), due(49)))
    assert (shown.due.count, shown.due.uncovered, shown.due.until) == (4, 3, "Sunday")
    assert shown.due.lines == (
        "12:00  Fresh bread",
        "15:00  Fresh bread",
        "Sun 12:00  Late",
    )


def test_what_is_paused_waits_whoever_is_on() -> None:
    assert state(outlook(due(2), pause_reason="Closed")).due == Due()


def test_a_sample_keeps_nobody() -> None:
    shown = state(replace(outlook(due(2)), is_sample=True))
    assert shown.due == Due()
    assert len(shown.next) == 1


@pytest.mark.parametrize(
    ("posts", "has_tray", "habit", "told", "expected"),
    [
        ((), True, "keep", False, Closing.END),
        ((), False, "keep", False, Closing.END),
        ((due(2),), True, "keep", False, Closing.HIDE),
        ((due(2, covered=True),), True, "keep", True, Closing.HIDE),
        ((due(2),), True, "quit", False, Closing.ASK),
        ((due(2),), True, "quit", True, Closing.END),
        ((due(2, covered=True),), True, "quit", False, Closing.END),
        ((due(2),), False, "keep", False, Closing.ASK),
        ((due(2),), False, "quit", True, Closing.ASK),
        ((due(2, covered=True),), False, "keep", False, Closing.END),
        ((due(60),), False, "keep", False, Closing.END),
    ],
)
def test_what_closing_the_window_does(
    posts: tuple[DuePost, ...], has_tray: bool, habit: Habit, told: bool, expected: Closing
) -> None:
    left = state(outlook(*posts)).due
    assert closing(left, has_tray=has_tray, habit=habit, told_quit=told) is expected


def test_quitting_says_once_what_it_means() -> None:
    left = state(outlook(due(2))).due
    assert quitting(left, told_quit=False) is Closing.ASK
    assert quitting(left, told_quit=True) is Closing.END
    assert quitting(Due(), told_quit=False) is Closing.END


def test_the_word_about_running_on() -> None:
    assert (
        keeps_running(Due(count=4, until="Monday")) == "4 posts until Monday. Quit from the tray."
    )
    assert keeps_running(Due(count=1, until="today")) == "1 post today. Quit from the tray."


def test_a_standing_without_news_is_empty() -> None:
    assert Standing(workspace_id="w", name="n", timezone="UTC").posts == ()
