"""The month's layout: a pure function from rows to boxes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.ui.calendar.boxes import Box
from postflow_desktop.ui.calendar.chips import ChipBox
from postflow_desktop.ui.calendar.days import add_months, day_begins, first_shown
from postflow_desktop.ui.calendar.layout import Localization, MonthLayout, MonthSpec, month_layout
from postflow_desktop.ui.calendar.sizes import sizes_for
from tests.ui.calendar.figures import BERLIN, LETTER, EqualLetters, row, spec, wall

NOVEMBER = date(2026, 11, 1)
MEASURE = EqualLetters()
THREE = (Network.BLUESKY, Network.X, Network.LINKEDIN)


def one_chip(chip_width: int, **values: object) -> ChipBox:
    """The only chip of a month whose chips have this width."""
    cell = chip_width + 12
    networks = values.pop("networks", THREE)
    at = wall(date(2026, 11, 12), 9, 30)
    only = row("p", at, networks=networks, **values)  # type: ignore[arg-type]  # passed on
    return month_layout([only], spec(NOVEMBER, width=7 * cell), MEASURE).chips[0]


@pytest.mark.parametrize("month", [date(2026, number, 1) for number in range(1, 13)])
@pytest.mark.parametrize("week_start", [0, 5, 6])
def test_six_weeks_begin_on_the_week_s_first_day_and_hold_the_month(
    month: date, week_start: int
) -> None:
    layout = month_layout([], spec(month, local=Localization(week_start=week_start)), MEASURE)
    days = [cell.day for cell in layout.cells]
    assert len(days) == 42
    assert days[0].weekday() == week_start
    assert days[0] <= month < days[0] + timedelta(days=7)
    assert days == [days[0] + timedelta(days=n) for n in range(42)]
    assert {cell.day for cell in layout.cells if cell.in_month} == {
        month + timedelta(days=n) for n in range((add_months(month, 1) - month).days)
    }


def test_months_of_2026_begin_on_every_weekday() -> None:
    assert {date(2026, number, 1).weekday() for number in range(1, 13)} == set(range(7))


def test_a_february_of_four_weeks_still_has_six_lines() -> None:
    layout = month_layout([], spec(date(2027, 2, 1)), MEASURE)
    assert layout.cells[0].day == date(2027, 2, 1)
    assert layout.cells[41].day == date(2027, 3, 14)


def test_cells_cover_the_width_and_height_to_the_last_pixel() -> None:
    layout = month_layout([], spec(NOVEMBER, width=1001, height=777), MEASURE)
    assert sum(cell.box.width for cell in layout.cells[:7]) == 1001
    assert layout.cells[41].box.right == 1001
    assert layout.cells[41].box.bottom == 777


def test_a_height_too_small_is_stretched_so_that_days_can_be_counted() -> None:
    layout = month_layout([], spec(NOVEMBER, height=10), MEASURE)
    assert layout.height == spec(NOVEMBER).sizes.least_height


def test_weekends_and_today_and_past_are_marked() -> None:
    layout = month_layout([], spec(NOVEMBER), MEASURE)
    assert [cell.weekend for cell in layout.cells[:7]] == [False] * 5 + [True] * 2
    assert [cell.day for cell in layout.cells if cell.today] == [date(2026, 11, 20)]
    assert layout.cell(date(2026, 11, 19)) is not None
    assert [c.past for c in layout.cells if c.day.day in (19, 20, 21) and c.in_month] == [
        True, False, False,
    ]  # fmt: skip


def test_the_first_of_a_month_names_it() -> None:
    labels = [cell.label for cell in month_layout([], spec(NOVEMBER), MEASURE).cells]
    assert labels[5:8] == ["31", "Nov 1", "2"]
    assert "Dec 1" in labels


def test_posts_stand_on_their_wall_day_in_order_of_time() -> None:
    late = row("late", wall(date(2026, 11, 3), 23, 59))
    early = row("early", wall(date(2026, 11, 3), 0, 0))
    next_day = row("next", wall(date(2026, 11, 4), 0, 0))
    layout = month_layout([early, late, next_day], spec(NOVEMBER), MEASURE)
    shown = {chip.row.post_id: (chip.day.day, chip.time) for chip in layout.chips}
    assert shown == {"early": (3, "00:00"), "late": (3, "23:59"), "next": (4, "00:00")}


@pytest.mark.parametrize(
    ("zone_name", "day", "hours"),
    [
        ("Europe/Berlin", date(2027, 3, 28), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Africa/Cairo", date(2026, 4, 24), 23),
        ("Asia/Beirut", date(2026, 3, 29), 23),
        ("America/Havana", date(2026, 11, 1), 25),
        ("Asia/Tokyo", date(2026, 11, 1), 24),
    ],
)
def test_days_on_which_the_clocks_change_keep_their_own_posts(
    zone_name: str, day: date, hours: int
) -> None:
    zone = ZoneInfo(zone_name)
    begin, end = day_begins(day, zone), day_begins(day + timedelta(days=1), zone)
    assert end - begin == timedelta(hours=hours)
    moments = [begin - timedelta(minutes=1), begin, end - timedelta(minutes=1), end]
    rows = [row(f"p{n}", moment) for n, moment in enumerate(moments)]
    layout = month_layout(rows, spec(day.replace(day=1), zone=zone), MEASURE)
    assert [chip.row.post_id for chip in layout.chips if chip.day == day] == ["p1", "p2"]
    assert all(chip.day == chip.row.at.astimezone(zone).date() for chip in layout.chips)


@pytest.mark.parametrize(
    ("width", "icons", "extra", "has_title"),
    [
        (60, 1, "", False),
        (89, 1, "", False),
        (90, 1, "", True),
        (129, 1, "", True),
        (130, 1, "+2", True),
        (169, 1, "+2", True),
        (170, 2, "+1", True),
        (228, 2, "+1", True),
    ],
)
def test_the_parts_of_a_chip_follow_its_width(
    width: int, icons: int, extra: str, has_title: bool
) -> None:
    chip = one_chip(width)
    assert len(chip.icons) == icons
    assert chip.extra == extra
    assert bool(chip.title) == has_title
    assert chip.time == "09:30"


@pytest.mark.parametrize("cell_width", range(80, 241, 4))
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("status", [PostStatus.SCHEDULED, PostStatus.FAILED])
def test_the_parts_of_a_chip_neither_overlap_nor_leave_it(
    cell_width: int, mirrored: bool, status: PostStatus
) -> None:
    only = row("p", wall(date(2026, 11, 12), 9, 30), networks=THREE, status=status)
    local = Localization(right_to_left=mirrored)
    layout = month_layout([only], spec(NOVEMBER, width=7 * cell_width, local=local), MEASURE)
    chip = layout.chips[0]
    icon = spec(NOVEMBER).sizes.icon
    spans = [(chip.bar_x, 3), (chip.time_x, LETTER * 5)]
    spans += [(x, icon) for _, x in chip.icons]
    if chip.status_x is not None:
        spans.append((chip.status_x, icon))
    if chip.extra:
        spans.append((chip.extra_x, LETTER * 2))
    if chip.title:
        spans.append((chip.title_x, LETTER * len(chip.title)))
    spans.sort()
    assert spans[0][0] >= chip.box.x
    assert sum(spans[-1]) <= chip.box.right
    assert all(sum(one) <= other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize("width", [56, 68, 80, 100, 160])
def test_what_went_wrong_shows_by_an_icon_at_every_width(width: int) -> None:
    assert one_chip(width, status=PostStatus.FAILED).status_x is not None


def test_scheduled_and_published_posts_need_no_icon() -> None:
    assert one_chip(200).status_x is None
    assert one_chip(200, status=PostStatus.PUBLISHED).status_x is None


def test_missed_and_unclear_posts_look_different_from_failed_ones() -> None:
    looks = {
        code: one_chip(200, status=PostStatus.FAILED, failure_code=code).look
        for code in ("failed", "missed", "needs_attention", "partial")
    }
    assert len({(look.icon, look.line, look.words) for look in looks.values()}) == 4


def test_a_post_without_words_says_so() -> None:
    assert one_chip(220, title="", networks=(Network.X,)).title.startswith("No words")


@pytest.mark.parametrize(
    ("count", "chips", "more"), [(0, 0, 0), (3, 3, 0), (4, 3, 1), (5, 3, 2), (300, 3, 297)]
)
def test_posts_without_room_are_counted(count: int, chips: int, more: int) -> None:
    day = date(2026, 11, 12)
    rows = [row(f"p{n}", wall(day, 8) + timedelta(seconds=n)) for n in range(count)]
    cell = month_layout(rows, spec(NOVEMBER), MEASURE).cell(day)
    assert cell is not None
    assert len(cell.chips) == chips
    assert (cell.more.count if cell.more else 0) == more
    assert (cell.more.text if cell.more else "") == (f"+{more} more" if more else "")


def test_a_mirrored_month_is_the_month_seen_in_a_mirror() -> None:
    rows = [row("p", wall(date(2026, 11, 12), 9, 30), networks=THREE)]
    plain = month_layout(rows, spec(NOVEMBER), MEASURE)
    local = Localization(right_to_left=True)
    mirrored = month_layout(rows, spec(NOVEMBER, local=local), MEASURE)
    width = plain.width
    for one, other in zip(plain.cells, mirrored.cells, strict=True):
        assert one.box.mirrored(width) == other.box
        assert one.pill.mirrored(width) == other.pill
    one_chip, other_chip = plain.chips[0], mirrored.chips[0]
    assert other_chip.bar_x == width - one_chip.bar_x - 3
    assert other_chip.time_x == width - one_chip.time_x - 5 * LETTER
    assert other_chip.title == one_chip.title


def test_a_point_finds_what_stands_there() -> None:
    day = date(2026, 11, 12)
    rows = [row(f"p{n}", wall(day, 8) + timedelta(seconds=n)) for n in range(9)]
    layout = month_layout(rows, spec(NOVEMBER), MEASURE)
    cell = layout.cell(day)
    assert cell is not None
    assert cell.more is not None
    chip = cell.chips[1]
    assert layout.chip_at(chip.box.x + 1, chip.box.y + 1) is chip
    assert layout.more_at(cell.more.box.x, cell.more.box.y) is cell.more
    assert layout.chip_at(cell.box.x, cell.box.y) is None
    assert layout.cell_at(-1, 50) is None


def test_text_size_and_density_make_chips_higher() -> None:
    heights = [sizes_for(name).chip for name in ("compact", "default", "relaxed")]
    assert heights == sorted(set(heights))
    assert sizes_for("default", 1.5).chip == 33


ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"])


@st.composite
def months(draw: st.DrawFn) -> tuple[MonthLayout, MonthSpec, int]:
    """Any month with any posts, on any screen."""
    zone = ZoneInfo(draw(ZONES))
    month = date(draw(st.integers(2000, 2100)), draw(st.integers(1, 12)), 1)
    local = Localization(week_start=draw(st.integers(0, 6)), right_to_left=draw(st.booleans()))
    where = spec(
        month,
        width=draw(st.integers(7 * 60, 7 * 300)),
        height=draw(st.integers(100, 1600)),
        zone=zone,
        local=local,
    )
    start = day_begins(first_shown(month, local.week_start), zone)
    minutes = draw(st.lists(st.integers(0, 42 * 24 * 60 - 120), max_size=60))
    rows = [
        row(f"p{n}", start + timedelta(minutes=minute), networks=THREE)
        for n, minute in enumerate(sorted(minutes))
    ]
    end = day_begins(first_shown(month, local.week_start) + timedelta(days=42), zone)
    inside = [one for one in rows if one.at < end]
    return month_layout(inside, where, MEASURE), where, len(inside)


@settings(max_examples=150, deadline=None)
@given(months())
def test_every_post_is_a_chip_or_counted_and_nothing_overlaps(
    drawn: tuple[MonthLayout, MonthSpec, int],
) -> None:
    layout, where, count = drawn
    assert len(layout.chips) + sum(more.count for more in layout.more) == count
    for cell in layout.cells:
        boxes: list[Box] = [chip.box for chip in cell.chips]
        boxes += [cell.more.box] if cell.more else []
        assert all(cell.box.holds(box) for box in [*boxes, cell.pill])
        assert not any(one.meets(other) for one, other in combinations([*boxes, cell.pill], 2))
        assert len(cell.rows) == len(cell.chips) + (cell.more.count if cell.more else 0)
        assert all(chip.row.at.astimezone(where.zone).date() == cell.day for chip in cell.chips)
    ordered = [chip.row.at for chip in layout.chips]
    assert ordered == sorted(ordered)
    cells = [cell.box for cell in layout.cells]
    assert not any(one.meets(other) for one, other in combinations(cells, 2))


def test_rows_outside_the_six_weeks_are_left_out() -> None:
    rows = [
        row("before", datetime(2026, 10, 25, 20, tzinfo=UTC)),
        row("inside", wall(date(2026, 11, 2), 9)),
        row("after", datetime(2026, 12, 7, 20, tzinfo=UTC)),
    ]
    layout = month_layout(rows, spec(NOVEMBER, zone=BERLIN), MEASURE)
    assert [chip.row.post_id for chip in layout.chips] == ["inside"]
