"""Keys inside the month: where arrows and Tab lead."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from postflow_desktop.ui.calendar.layout import Localization, MonthLayout, month_layout
from postflow_desktop.ui.calendar.navigation import Direction, Focus, arrow, next_post, settled
from tests.ui.calendar.figures import EqualLetters, row, spec, wall

DAY = date(2026, 11, 12)


def month(*, right_to_left: bool = False) -> MonthLayout:
    """Two posts on the 12th, one on the 13th, nine on the 19th."""
    rows = [row("a", wall(DAY, 8)), row("b", wall(DAY, 9)), row("c", wall(date(2026, 11, 13), 8))]
    rows += [row(f"n{n}", wall(date(2026, 11, 19), 8, n)) for n in range(9)]
    local = Localization(right_to_left=right_to_left)
    return month_layout(rows, spec(date(2026, 11, 1), local=local), EqualLetters())


@pytest.mark.parametrize(
    ("start", "direction", "end"),
    [
        (Focus(day=DAY), Direction.DOWN, Focus(day=DAY, post_id="a")),
        (Focus(day=DAY, post_id="a"), Direction.DOWN, Focus(day=DAY, post_id="b")),
        (Focus(day=DAY, post_id="b"), Direction.DOWN, Focus(day=date(2026, 11, 19))),
        (Focus(day=DAY, post_id="a"), Direction.UP, Focus(day=DAY)),
        (Focus(day=DAY), Direction.UP, Focus(day=date(2026, 11, 5))),
        (Focus(day=date(2026, 11, 19)), Direction.UP, Focus(day=DAY, post_id="b")),
        (
            Focus(day=date(2026, 11, 19), post_id="n2"),
            Direction.DOWN,
            Focus(day=date(2026, 11, 19), more=True),
        ),
        (
            Focus(day=date(2026, 11, 19), more=True),
            Direction.DOWN,
            Focus(day=date(2026, 11, 26)),
        ),
        (
            Focus(day=DAY, post_id="b"),
            Direction.RIGHT,
            Focus(day=date(2026, 11, 13), post_id="c"),
        ),
        (Focus(day=DAY, post_id="b"), Direction.LEFT, Focus(day=date(2026, 11, 11))),
        (Focus(day=date(2026, 10, 26)), Direction.LEFT, Focus(day=date(2026, 10, 25))),
        (Focus(day=date(2026, 12, 6)), Direction.DOWN, Focus(day=date(2026, 12, 13))),
    ],
)
def test_arrows_go_by_day_and_through_the_posts_of_a_day(
    start: Focus, direction: Direction, end: Focus
) -> None:
    assert arrow(start, direction, month()) == end


def test_in_a_mirrored_month_left_is_later() -> None:
    there = arrow(Focus(day=DAY), Direction.LEFT, month(right_to_left=True))
    assert there.day == DAY + timedelta(days=1)


def walked(start: Focus, *, forward: bool) -> list[str]:
    """What Tab passes until it leaves."""
    layout, seen = month(), []
    focus = next_post(start, layout, forward=forward)
    while focus is not None:
        seen.append("more" if focus.more else focus.post_id or "")
        focus = next_post(focus, layout, forward=forward)
    return seen


def test_tab_goes_through_all_posts_in_order_of_time_and_leaves() -> None:
    seen = walked(Focus(day=date(2026, 11, 1)), forward=True)
    assert seen == ["a", "b", "c", "n0", "n1", "n2", "more"]


def test_shift_tab_comes_back_and_leaves_before_the_first() -> None:
    assert walked(Focus(day=date(2026, 11, 14)), forward=False) == ["c", "b", "a"]


def test_a_post_that_has_no_room_any_more_gives_its_place_to_the_count() -> None:
    hidden = Focus(day=date(2026, 11, 19), post_id="n7")
    assert settled(hidden, month()) == Focus(day=date(2026, 11, 19), more=True)
