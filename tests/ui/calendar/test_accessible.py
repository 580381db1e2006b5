"""What a screen reader finds in the month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from PySide6.QtGui import QAccessible
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.ui.calendar.accessible import MonthInterface, spots_of
from postflow_desktop.ui.calendar.navigation import Focus
from postflow_desktop.ui.calendar.view import CalendarView
from tests.ui.calendar.conftest import TODAY, Calendar

THURSDAY = date(2026, 11, 26)


@pytest.fixture
def view(calendar: Calendar, qtbot: QtBot) -> CalendarView:
    made = CalendarView(calendar.viewmodel)
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    qtbot.waitExposed(made)
    made.month.setFocus()
    return made


@pytest.fixture
def reader() -> Iterator[None]:
    """A screen reader is running."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def interface_of(view: CalendarView) -> MonthInterface:
    found = QAccessible.queryAccessibleInterface(view.month)
    assert isinstance(found, MonthInterface)
    return found


@pytest.mark.usefixtures("reader")
def test_days_posts_and_counts_are_children_with_whole_names(
    calendar: Calendar, view: CalendarView
) -> None:
    calendar.post(TODAY, 18, text="Evening rolls", accounts=("a1", "a2"))
    for hour in range(9):
        calendar.post(THURSDAY, 8 + hour, status=PostStatus.FAILED)
    calendar.viewmodel.start()
    interface = interface_of(view)
    names = [
        interface.child(n).text(QAccessible.Text.Name)  # type: ignore[union-attr]  # in range
        for n in range(interface.childCount())
    ]
    assert "Friday 20 November 2026, today, 1 post" in names
    assert "Evening rolls, Friday 20 November 2026, 18:30, Bluesky and X, scheduled" in names
    assert any(name.endswith("more posts on Thursday 26 November 2026") for name in names)
    assert any(name.endswith("Bluesky, failed") for name in names)
    assert interface.role() is QAccessible.Role.List


@pytest.mark.usefixtures("reader")
def test_the_child_under_the_keyboard_has_the_focus(calendar: Calendar, view: CalendarView) -> None:
    post = calendar.post(TODAY, 18)
    calendar.viewmodel.start()
    interface = interface_of(view)
    calendar.viewmodel.set_focus(Focus(day=TODAY, post_id=post))
    child = interface.focusChild()
    assert child is not None
    assert child.state().focused
    assert child.text(QAccessible.Text.Name).startswith("Fresh bread")
    assert interface.childAt(child.rect().center().x(), child.rect().center().y()) is child


@pytest.mark.usefixtures("reader")
def test_children_follow_the_month(calendar: Calendar, view: CalendarView) -> None:
    calendar.viewmodel.start()
    interface = interface_of(view)
    assert interface.childCount() == 42
    calendar.post(TODAY + timedelta(days=2))
    calendar.tell()
    assert interface.childCount() == 43
    calendar.viewmodel.next_month()
    first = interface.child(0)
    assert first is not None
    assert first.text(QAccessible.Text.Name).startswith("Monday 30 November 2026")


def test_no_children_are_made_while_nobody_reads(calendar: Calendar, view: CalendarView) -> None:
    calendar.post(TODAY, 18)
    calendar.viewmodel.start()
    assert len(spots_of(view.month)) == 43
    view.month.setFocus()
    calendar.viewmodel.set_focus(Focus(day=TODAY))
    assert view.month.accessibleName() == "Calendar month"
