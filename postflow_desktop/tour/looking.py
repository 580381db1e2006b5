"""A look at every screen, in the sample workspace where there is something to see."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QScrollArea

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.ports.replica import CalendarRow
from postflow_desktop.tour.album import Album
from postflow_desktop.tour.arriving import go_to
from postflow_desktop.tour.desk import Desk
from postflow_desktop.tour.hands import CONTROL, bring_to_front, click, press
from postflow_desktop.tour.planning import select
from postflow_desktop.tour.steps import NotObserved, observe
from postflow_desktop.tour.waiting import wait_until

_SCREENS = (
    ("drafts", "GD"),
    ("attention", "GN"),
    ("accounts", "GA"),
    ("publishers", "GP"),
    ("settings", ""),
)
_SAMPLE_ROWS = 20
"""A month of posts has more than this."""


def explore(desk: Desk) -> None:
    """The sample workspace by the first button of the welcome page."""
    welcome = desk.screens.welcome_view
    click(welcome.start.explore.button)
    wait_until(
        lambda: desk.screens.backend.place() is not None or _problem(desk),
        "the sample workspace was not made",
    )
    observe(not _problem(desk), _problem(desk))
    wait_until(desk.screens.calendar_view.isVisible, "the calendar did not come")
    desk.wait_live()
    wait_until(lambda: len(_rows(desk)) > _SAMPLE_ROWS, "the month stayed empty")
    place = desk.screens.backend.place()
    observe(place is not None and place.is_sample, "The window is in another workspace.")


def take_pictures(desk: Desk, album: Album) -> None:
    """Every screen in light and dark."""
    window = desk.window
    shown = _with_picture(desk)
    scenes: dict[str, Callable[[], object]] = {
        "calendar": partial(_show, desk, "calendar", "GC"),
        "inspector": partial(_inspect, desk, shown),
    }
    for screen, keys in _SCREENS:
        scenes[screen] = partial(_show, desk, screen, keys)
    scenes["palette"] = partial(_open_palette, desk)
    scenes["shortcuts"] = partial(_open_sheet, desk)
    album.take_all(window, scenes)
    _tidy(desk)
    go_to(desk, "calendar", "GC")


def _tidy(desk: Desk) -> None:
    """Close what lies over the screens."""
    window = desk.window
    window.toasts.clear()
    if window.palette_view.isVisible():
        press(window.palette_view.input, Qt.Key.Key_Escape)
    for dialog in window.findChildren(QDialog):
        if dialog.isVisible():
            press(dialog, Qt.Key.Key_Escape)
    if window.body.is_inspector_open():
        click(desk.screens.inspector_view.close_button)
        desk.screens.calendar.select("")
    bring_to_front(window)


def _show(desk: Desk, screen: str, keys: str) -> None:
    _tidy(desk)
    go_to(desk, screen, keys)
    for area in desk.window.main.stack.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(0)


def _inspect(desk: Desk, row: CalendarRow) -> None:
    _tidy(desk)
    select(desk, row.post_id)
    pictures = desk.screens.inspector.pictures
    wait_until(lambda: any(pictures.values()), "the inspector did not show the picture")


def _open_palette(desk: Desk) -> None:
    _tidy(desk)
    go_to(desk, "calendar", "GC")
    press(desk.window, Qt.Key.Key_K, CONTROL)
    wait_until(desk.window.palette_view.isVisible, "the palette did not open")


def _open_sheet(desk: Desk) -> None:
    _tidy(desk)
    press(desk.window, Qt.Key.Key_Question, Qt.KeyboardModifier.ControlModifier)
    wait_until(
        lambda: [d for d in desk.window.findChildren(QDialog) if d.isVisible()],
        "the shortcuts did not open",
    )


def _with_picture(desk: Desk) -> CalendarRow:
    """A published post with a picture whose chip can be clicked."""
    layout = desk.screens.calendar_view.month.month_layout
    for row in _rows(desk):
        shown = layout is not None and layout.chip(row.post_id) is not None
        if shown and row.has_media and row.status is PostStatus.PUBLISHED:
            return row
    raise NotObserved("No published post with a picture is on the calendar.")


def _rows(desk: Desk) -> tuple[CalendarRow, ...]:
    snapshot = desk.screens.calendar.snapshot
    return tuple(snapshot.rows) if snapshot else ()


def _problem(desk: Desk) -> str:
    error = desk.screens.welcome.problem
    return error.message if error else ""
