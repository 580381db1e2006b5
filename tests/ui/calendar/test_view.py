"""The calendar's widgets under mouse and keyboard."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.calendar.commands import calendar_commands
from postflow_desktop.ui.calendar.layout import CellBox, MonthLayout
from postflow_desktop.ui.calendar.menu import PostMenu
from postflow_desktop.ui.calendar.month import Month
from postflow_desktop.ui.calendar.navigation import Focus
from postflow_desktop.ui.calendar.popover import DayPopover
from postflow_desktop.ui.calendar.state import ComposeRequest
from postflow_desktop.ui.calendar.view import CalendarView
from postflow_desktop.ui.kit.commands import Commands
from postflow_desktop.ui.kit.theme import current_theme
from tests.fakes.backend import NOW
from tests.ui.calendar.conftest import TODAY, Calendar

TOMORROW = TODAY + timedelta(days=1)
THURSDAY = date(2026, 11, 26)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(calendar: Calendar, qtbot: QtBot) -> CalendarView:
    made = CalendarView(calendar.viewmodel)
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    qtbot.waitExposed(made)
    made.month.setFocus()
    return made


def layout_of(month: Month) -> MonthLayout:
    assert month.month_layout is not None
    return month.month_layout


def cell_of(month: Month, day: date) -> CellBox:
    found = layout_of(month).cell(day)
    assert found is not None
    return found


def middle(month: Month, thing: str | date) -> QPoint:
    """The middle of a post's chip, or a free spot of a day."""
    if isinstance(thing, date):
        box = cell_of(month, thing).box
        return QPoint(box.x + box.width // 2, box.bottom - 6)
    chip = layout_of(month).chip(thing)
    assert chip is not None
    return QPoint(chip.box.x + chip.box.width // 2, chip.box.y + chip.box.height // 2)


def lift(month: Month, post: str, over: date) -> QPoint:
    """Press a chip and carry it over a day."""
    start, end = middle(month, post), middle(month, over)
    QTest.mousePress(month, LEFT, pos=start)
    QTest.mouseMove(month, start + QPoint(QApplication.startDragDistance() + 1, 0))
    QTest.mouseMove(month, end)
    return end


def drag(month: Month, post: str, over: date) -> None:
    """Carry a chip to a day and let it go."""
    QTest.mouseRelease(month, LEFT, pos=lift(month, post, over))


# --- mouse --------------------------------------------------------------------------------------


def test_dragging_a_chip_to_another_day_moves_the_post(
    calendar: Calendar, view: CalendarView
) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    drag(view.month, post, THURSDAY)
    assert calendar.moved_to() == ["2026-11-26T09:30:00"]
    chip = layout_of(view.month).chip(post)
    assert chip is not None
    assert chip.day == THURSDAY
    assert view.month.drag is None
    assert calendar.selected == []


def test_the_pill_says_where_a_dragged_chip_would_go(
    calendar: Calendar, view: CalendarView
) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    end = lift(view.month, post, THURSDAY)
    held = view.month.drag
    assert held is not None
    assert (held.text, held.forbidden) == ("Thu 26, 09:30", False)
    assert view.month.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    over_past = middle(view.month, TODAY - timedelta(days=2))
    QTest.mouseMove(view.month, over_past)
    assert (held.text, held.forbidden) == ("That time is over.", True)
    assert view.month.cursor().shape() == Qt.CursorShape.ForbiddenCursor
    QTest.mouseRelease(view.month, LEFT, pos=over_past)
    assert view.month.drag is None
    assert calendar.backend.calls == []
    assert end != over_past


def test_what_is_out_already_says_so_in_the_hand_and_does_not_move(
    calendar: Calendar, view: CalendarView
) -> None:
    post = calendar.post(TODAY, 7, status=PostStatus.PUBLISHED)
    calendar.viewmodel.start()
    drag(view.month, post, THURSDAY)
    assert calendar.backend.calls == []
    assert calendar.toasts[-1][0] == "It is out already."


def test_a_refused_drop_goes_back_visibly(calendar: Calendar, view: CalendarView) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calm = view.month.grab().toImage()
    calendar.fail_next(Conflict("Taken up by a publisher.", fix="Look at it again."))
    drag(view.month, post, THURSDAY)
    chip = layout_of(view.month).chip(post)
    assert chip is not None
    assert chip.day == TOMORROW
    assert calendar.toasts[-1][1] == "error"
    assert view.month.grab().toImage() != calm, "the chip is ringed for a moment"


@pytest.mark.parametrize("way", ["escape", "right button", "hidden"])
def test_a_drag_that_is_given_up_changes_nothing(
    calendar: Calendar, view: CalendarView, way: str
) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    end = lift(view.month, post, THURSDAY)
    if way == "escape":
        QTest.keyClick(view.month, Qt.Key.Key_Escape)
    elif way == "right button":
        QTest.mousePress(view.month, Qt.MouseButton.RightButton, pos=end)
    else:
        view.hide()
    assert view.month.drag is None
    QTest.mouseRelease(view.month, LEFT, pos=end)
    assert calendar.backend.calls == []
    assert calendar.wall(post) == "2026-11-21 09:30"
    assert calendar.composed == []


def test_with_motion_the_chip_glides_home(
    calendar: Calendar, view: CalendarView, qtbot: QtBot
) -> None:
    current_theme().set_motion("full")
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    lift(view.month, post, THURSDAY)
    QTest.keyClick(view.month, Qt.Key.Key_Escape)
    held = view.month.drag
    assert held is not None
    assert held.returning
    qtbot.waitUntil(lambda: view.month.drag is None, timeout=2000)


def test_offline_a_chip_refuses_with_the_reason(calendar: Calendar, view: CalendarView) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.changes._take_state(SyncState(link=Link.OFFLINE, since=NOW))
    lift(view.month, post, THURSDAY)
    assert view.month.drag is not None
    assert view.month.drag.text.startswith("Offline")
    QTest.keyClick(view.month, Qt.Key.Key_Escape)


def test_a_post_that_moves_while_it_is_held_slips_out_of_the_hand(
    calendar: Calendar, view: CalendarView
) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    lift(view.month, post, THURSDAY)
    calendar.viewmodel.move(post, date(2026, 11, 30))
    assert view.month.drag is None


def test_holding_a_chip_over_an_arrow_pages(calendar: Calendar, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 900)
    view = CalendarView(calendar.viewmodel, window)
    toolbar = view.toolbar_widget()
    toolbar.setParent(window)
    toolbar.setGeometry(0, 0, 1000, 56)
    view.setGeometry(0, 56, 1000, 800)
    window.show()
    qtbot.waitExposed(window)
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    lift(view.month, post, THURSDAY)
    over = view.month.mapFromGlobal(toolbar.next.mapToGlobal(toolbar.next.rect().center()))
    QTest.mouseMove(view.month, over)
    qtbot.waitUntil(lambda: calendar.viewmodel.month == date(2026, 12, 1), timeout=3000)
    end = middle(view.month, date(2026, 12, 24))
    QTest.mouseMove(view.month, end)
    QTest.mouseRelease(view.month, LEFT, pos=end)
    assert calendar.moved_to() == ["2026-12-24T09:30:00"]


def test_a_click_on_a_post_selects_it_and_two_open_it(
    calendar: Calendar, view: CalendarView
) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    QTest.mouseClick(view.month, LEFT, pos=middle(view.month, post))
    assert calendar.selected == [post]
    assert calendar.opened == []
    QTest.mouseDClick(view.month, LEFT, pos=middle(view.month, post))
    assert calendar.opened == [post]


def test_a_click_on_a_day_opens_the_composer_with_that_day(
    calendar: Calendar, view: CalendarView
) -> None:
    calendar.viewmodel.start()
    QTest.mouseClick(view.month, LEFT, pos=middle(view.month, THURSDAY))
    assert calendar.composed == [ComposeRequest(day=THURSDAY)]
    assert calendar.viewmodel.focus == Focus(day=THURSDAY)


def test_files_dropped_on_a_day_come_with_the_request(
    calendar: Calendar, view: CalendarView, tmp_path: Path
) -> None:
    calendar.viewmodel.start()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png"))])
    _drop(view.month, data, THURSDAY)
    words = QMimeData()
    words.setText(" https://example.com/bread ")
    _drop(view.month, words, THURSDAY)
    _drop(view.month, words, TODAY - timedelta(days=3))
    assert calendar.composed == [
        ComposeRequest(day=THURSDAY, files=(tmp_path / "a.png",)),
        ComposeRequest(day=THURSDAY, text="https://example.com/bread"),
    ]


def _drop(month: Month, data: QMimeData, day: date) -> None:
    event = QDropEvent(
        QPointF(middle(month, day)),
        Qt.DropAction.CopyAction,
        data,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    month.dropEvent(event)


# --- keyboard -----------------------------------------------------------------------------------


def test_the_keyboard_reaches_moves_cancels_and_undoes_a_post(
    calendar: Calendar, view: CalendarView
) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    alt, shift, control = (
        Qt.KeyboardModifier.AltModifier,
        Qt.KeyboardModifier.ShiftModifier,
        Qt.KeyboardModifier.ControlModifier,
    )
    QTest.keyClick(view.month, Qt.Key.Key_Right)
    QTest.keyClick(view.month, Qt.Key.Key_Down)
    assert calendar.viewmodel.focus == Focus(day=TOMORROW, post_id=post)
    QTest.keyClick(view.month, Qt.Key.Key_Return)
    assert calendar.selected == [post]
    QTest.keyClick(view.month, Qt.Key.Key_E)
    assert calendar.opened == [post]
    QTest.keyClick(view.month, Qt.Key.Key_Right, alt)
    assert calendar.wall(post) == "2026-11-22 09:30"
    QTest.keyClick(view.month, Qt.Key.Key_Right, alt | shift)
    assert calendar.wall(post) == "2026-11-29 09:30"
    QTest.keyClick(view.month, Qt.Key.Key_Left, alt)
    assert calendar.wall(post) == "2026-11-28 09:30"
    QTest.keyClick(view.month, Qt.Key.Key_Z, control)
    assert calendar.wall(post) == "2026-11-29 09:30"
    QTest.keyClick(view.month, Qt.Key.Key_Z, control | shift)
    assert calendar.wall(post) == "2026-11-28 09:30"
    QTest.keyClick(view.month, Qt.Key.Key_Delete)
    assert calendar.viewmodel.row(post) is None
    QTest.keyClick(view.month, Qt.Key.Key_Z, control)
    assert calendar.wall(post) == "2026-11-28 09:30"


@pytest.mark.parametrize(
    ("key", "month"),
    [
        (Qt.Key.Key_PageDown, date(2026, 12, 1)),
        (Qt.Key.Key_J, date(2026, 12, 1)),
        (Qt.Key.Key_PageUp, date(2026, 10, 1)),
        (Qt.Key.Key_K, date(2026, 10, 1)),
    ],
)
def test_keys_page_and_come_back_to_today(
    calendar: Calendar, view: CalendarView, key: Qt.Key, month: date
) -> None:
    calendar.viewmodel.start()
    QTest.keyClick(view.month, key)
    assert layout_of(view.month).month == month
    QTest.keyClick(view.month, Qt.Key.Key_T)
    assert layout_of(view.month).month == date(2026, 11, 1)
    assert calendar.viewmodel.focus == Focus(day=TODAY)


def test_arrows_past_the_edge_bring_the_month_that_is_there(
    calendar: Calendar, view: CalendarView
) -> None:
    calendar.viewmodel.start()
    for _ in range(3):
        QTest.keyClick(view.month, Qt.Key.Key_Down)
    assert calendar.viewmodel.focus.day == date(2026, 12, 11)
    assert layout_of(view.month).month == date(2026, 12, 1)
    assert view.month.hasFocus()


def test_enter_and_c_on_a_day_start_a_post(calendar: Calendar, view: CalendarView) -> None:
    calendar.viewmodel.start()
    QTest.keyClick(view.month, Qt.Key.Key_Return)
    QTest.keyClick(view.month, Qt.Key.Key_Right)
    QTest.keyClick(view.month, Qt.Key.Key_C)
    assert [request.day for request in calendar.composed] == [TODAY, TOMORROW]


def test_escape_clears_the_selection_and_then_the_filter(
    calendar: Calendar, view: CalendarView
) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.select(post)
    calendar.viewmodel.channels.set_filter(frozenset({"a1"}))
    QTest.keyClick(view.month, Qt.Key.Key_Escape)
    assert calendar.viewmodel.selected == ""
    assert calendar.viewmodel.channels.filter is not None
    QTest.keyClick(view.month, Qt.Key.Key_Escape)
    assert calendar.viewmodel.channels.filter is None


def test_tab_goes_through_the_posts_and_leaves_the_month(
    calendar: Calendar, view: CalendarView
) -> None:
    first, second = calendar.post(TODAY, 18), calendar.post(TOMORROW)
    calendar.viewmodel.start()
    month = view.month
    seen: list[str | None] = []
    while month.focusNextPrevChild(True) and len(seen) < 5:
        seen.append(calendar.viewmodel.focus.post_id)
        if seen[-1] == second:
            break
    assert seen == [first, second]
    assert calendar.viewmodel.focus.post_id == second
    QTest.keyClick(month, Qt.Key.Key_Backtab)
    assert calendar.viewmodel.focus.post_id == first


# --- what lies around ---------------------------------------------------------------------------


def test_more_opens_the_day_and_its_posts_can_be_reached_by_keys(
    calendar: Calendar, view: CalendarView, qtbot: QtBot
) -> None:
    posts = [calendar.post(THURSDAY, 8 + n) for n in range(9)]
    calendar.viewmodel.start()
    more = cell_of(view.month, THURSDAY).more
    assert more is not None
    QTest.mouseClick(view.month, LEFT, pos=QPoint(more.box.x + 5, more.box.y + 5))
    popover = view.month.findChild(DayPopover)
    assert popover is not None
    assert popover.isVisible()
    assert popover.accessibleName() == "Thursday 26 November 2026, 9 posts"
    for _ in range(8):
        QTest.keyClick(popover.list, Qt.Key.Key_Down)
    QTest.keyClick(popover.list, Qt.Key.Key_Up)
    assert "15:30" in popover.list.accessibleName()
    QTest.keyClick(popover.list, Qt.Key.Key_Return)
    assert calendar.selected == [posts[7]]
    qtbot.waitUntil(lambda: view.month.findChild(DayPopover) is None)


def test_the_menu_of_a_post_says_why_it_can_t_be_moved(
    calendar: Calendar, view: CalendarView
) -> None:
    post = calendar.post(TODAY, 7, status=PostStatus.PUBLISHED)
    calendar.viewmodel.start()
    menu = PostMenu(calendar.viewmodel, post, view.month)
    texts = {action.text().split("\t")[0]: action.isEnabled() for action in menu.actions()}
    assert texts["Edit"]
    assert not texts["Move a day later"]
    assert not texts["Take out of the plan"]
    assert "It is out already." in texts


def test_the_menu_moves_a_post(calendar: Calendar, view: CalendarView) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    calendar.viewmodel.set_focus(Focus(day=TOMORROW, post_id=post))
    menu = PostMenu(calendar.viewmodel, post, view.month)
    next(a for a in menu.actions() if a.text().startswith("Move a week later")).trigger()
    assert calendar.wall(post) == "2026-11-28 09:30"


def test_the_toolbar_pages_and_shows_the_filter(calendar: Calendar, view: CalendarView) -> None:
    calendar.viewmodel.start()
    toolbar = view.toolbar_widget()
    assert toolbar is view.toolbar_widget()
    assert toolbar.title.text() == "November 2026"
    QTest.mouseClick(toolbar.next, LEFT)
    assert toolbar.title.text() == "December 2026"
    QTest.mouseClick(toolbar.today, LEFT)
    assert toolbar.title.text() == "November 2026"
    calendar.viewmodel.channels.set_filter(frozenset({"a1"}))
    assert toolbar.filter.text() == "@bakery1.test"
    assert not toolbar.clear.isHidden()
    QTest.mouseClick(toolbar.clear, LEFT)
    assert calendar.viewmodel.channels.filter is None
    assert toolbar.clear.isHidden()


def test_the_notice_says_why_there_is_nothing(
    calendar: Calendar, view: CalendarView, qtbot: QtBot
) -> None:
    calendar.viewmodel.start()
    assert "Nothing planned" in view.notice.text.text()
    calendar.viewmodel.channels.set_filter(frozenset({"a1"}))
    assert view.notice.button.text() == "Clear filters"
    QTest.mouseClick(view.notice.button, LEFT)
    assert calendar.viewmodel.channels.filter is None
    calendar.backend.replica.account_rows.clear()
    calendar.tell("accounts")
    with qtbot.waitSignal(calendar.viewmodel.connect_requested):
        QTest.mouseClick(view.notice.button, LEFT)
    calendar.post(TOMORROW)
    calendar.backend.replica.account_rows = []
    calendar.tell()
    assert view.notice.isVisible()


def test_a_month_with_posts_has_no_notice(calendar: Calendar, view: CalendarView) -> None:
    calendar.post(TOMORROW)
    calendar.viewmodel.start()
    assert not view.notice.isVisible()


def test_the_calendar_s_commands_do_not_want_the_same_keys(
    calendar: Calendar, view: CalendarView
) -> None:
    post = calendar.post(TOMORROW)
    calendar.viewmodel.start()
    commands = Commands()
    commands.add(*calendar_commands(calendar.viewmodel))
    assert not commands.run("calendar.cancel"), "no post is under the keyboard"
    calendar.viewmodel.set_focus(Focus(day=TOMORROW, post_id=post))
    assert commands.run("calendar.week-later")
    assert calendar.wall(post) == "2026-11-28 09:30"
    assert commands.run("calendar.undo")
    assert calendar.wall(post) == "2026-11-21 09:30"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_another_look_is_painted_at_once(calendar: Calendar, view: CalendarView, mode: str) -> None:
    calendar.post(TOMORROW)
    calendar.viewmodel.start()
    before = view.month.grab().toImage()
    current_theme().set_mode("dark" if mode == "light" else "light")
    current_theme().set_mode(mode)  # type: ignore[arg-type]  # one of both
    current_theme().set_scale(1.5)
    after = view.month.grab().toImage()
    assert after != before
    dark = after.pixelColor(3, 3).lightness() < 128
    assert dark == (mode == "dark")


def test_a_mirrored_window_mirrors_the_month(calendar: Calendar, view: CalendarView) -> None:
    calendar.post(TOMORROW)
    calendar.viewmodel.start()
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    cells = layout_of(view.month).cells
    assert cells[0].box.x > cells[6].box.x
    assert view.month.grab().toImage() != QImage()


def test_hovering_a_day_shows_that_a_post_can_be_started_there(
    calendar: Calendar, view: CalendarView
) -> None:
    calendar.viewmodel.start()
    before = view.month.grab().toImage()
    QTest.mouseMove(view.month, middle(view.month, THURSDAY))
    assert view.month.grab().toImage() != before
    QTest.mouseMove(view.month, middle(view.month, TODAY - timedelta(days=2)))
    assert view.month.grab().toImage() == before
