"""The shared widgets: names, focus, errors, notices, dialogs."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop.ui.kit.dialogs import confirm
from postflow_desktop.ui.kit.focus import FocusRing
from postflow_desktop.ui.kit.toasts import Toasts
from postflow_desktop.ui.kit.widgets import Badge, Button, Field, Segments, Select, Switch
from tests.ui.kit.gallery import gallery
from tests.ui.kit.walk import tab_order, unnamed, unreachable

PATIENCE = 5000


def test_qt_does_not_eat_references_to_none() -> None:
    # PySide6 6.12 on Python 3.11 takes one reference from None per call, until Python aborts.
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(1000):
        thing.setObjectName("x")
    assert sys.getrefcount(None) - before > -100


def test_everything_of_the_kit_has_a_name_and_is_reached_by_tab(qtbot: QtBot) -> None:
    window = gallery()
    qtbot.addWidget(window)
    window.show()
    assert unnamed(window) == []
    assert unreachable(window) == []
    assert len(tab_order(window)) > 10


def test_the_walker_finds_what_has_no_name(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    Button("", window)
    assert len(unnamed(window)) == 1


def test_a_field_shows_its_error_until_somebody_types(qtbot: QtBot) -> None:
    field = Field("Password", name="password", hint="12 characters at least")
    qtbot.addWidget(field)
    field.set_error("Too short.")
    assert field.error() == "Too short."
    assert field.edit.accessibleDescription() == "Too short."
    QTest.keyClicks(field.edit, "a")
    assert field.error() == ""
    assert field.edit.accessibleDescription() == "12 characters at least"


def test_a_choice_is_told_when_a_person_makes_it_only(qtbot: QtBot) -> None:
    segments = Segments("View", (("month", "Month"), ("week", "Week")))
    select = Select("Zone", (("a", "A"), ("b", "B")), name="zone")
    told: list[str] = []
    segments.chosen.connect(told.append)
    select.chosen.connect(told.append)
    for widget in (segments, select):
        qtbot.addWidget(widget)
        widget.show()
    segments.set_value("month")
    select.set_value("b")
    assert told == []
    week = segments.findChild(QWidget, "view-segments-week")
    assert week is not None
    QTest.mouseClick(week, Qt.MouseButton.LeftButton)
    QTest.keyClick(select, Qt.Key.Key_Up)
    assert told == ["week", "a"]
    select.set_options((("a", "A"), ("c", "C")))
    assert select.value() == "a"


def test_a_switch_is_pressed_with_the_space_bar(qtbot: QtBot) -> None:
    switch = Switch("On")
    qtbot.addWidget(switch)
    switch.show()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert switch.isChecked()


@pytest.mark.parametrize(
    "direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]
)
def test_icon_words_and_key_stand_together_in_the_middle(
    qtbot: QtBot, direction: Qt.LayoutDirection
) -> None:
    button = Button("New post", icon="plus", hint="C")
    qtbot.addWidget(button)
    button.setLayoutDirection(direction)
    button.resize(button.sizeHint().width() + 120, button.sizeHint().height())
    ground = Button("")
    qtbot.addWidget(ground)
    ground.resize(button.size())
    left, right = _painted(button.grab().toImage(), ground.grab().toImage())
    assert abs(left - (button.width() - 1 - right)) <= 3


def test_no_words_of_a_button_are_cut_where_it_has_its_size(qtbot: QtBot) -> None:
    for text in ("Today", "Filter", "New post", "Reconnect", "Disconnect…", "Publish now"):
        button = Button(text, icon="plus", hint="C")
        qtbot.addWidget(button)
        button.resize(button.sizeHint())
        exact = button.grab().toImage()
        button.resize(button.width() + 40, button.height())
        wide = button.grab().toImage()
        ground = Button("")
        qtbot.addWidget(ground)
        spans = []
        for picture in (exact, wide):
            ground.resize(picture.size())
            left, right = _painted(picture, ground.grab().toImage())
            spans.append(right - left)
        assert spans[0] == pytest.approx(spans[1], abs=1), text


def _painted(picture: QImage, ground: QImage) -> tuple[int, int]:
    """The first and last column in which the picture differs from the bare button."""
    columns = [
        x
        for x in range(picture.width())
        if any(picture.pixel(x, y) != ground.pixel(x, y) for y in range(picture.height()))
    ]
    return columns[0], columns[-1]


def test_a_badge_hides_when_there_is_nothing_to_count(qtbot: QtBot) -> None:
    badge = Badge()
    qtbot.addWidget(badge)
    assert badge.isHidden()
    badge.set_count(1500)
    assert badge.text() == "999+"
    assert not badge.isHidden()


def test_the_ring_shows_where_the_keyboard_is_and_not_where_the_mouse_was(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    first, second = Button("First"), Button("Second")
    row.addWidget(first)
    row.addWidget(second)
    ring = FocusRing(window)
    window.show()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert ring.target() is second
    assert ring.geometry().contains(second.geometry())
    QTest.mousePress(first, Qt.MouseButton.LeftButton)
    assert ring.target() is not second
    second.setFocus()
    second.hide()
    assert ring.isHidden() or ring.target() is not second


def test_notices_go_by_themselves_and_errors_stay(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 600)
    host.show()
    toasts = Toasts(host)
    toasts.show("Saved", seconds=0.01)
    toasts.show("Bluesky did not answer.", kind="error", seconds=0.01)
    qtbot.waitUntil(lambda: len(toasts.visible()) == 1, timeout=PATIENCE)
    assert toasts.visible()[0].text == "Bluesky did not answer."
    toasts.clear()
    assert toasts.visible() == ()


def test_a_notice_offers_to_take_it_back(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 600)
    host.show()
    undone: list[str] = []
    toasts = Toasts(host)
    toast = toasts.show("Moved", action="Undo", on_action=lambda: undone.append("yes"))
    assert toast.geometry().bottom() < 600
    QTest.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    assert undone == ["yes"]
    assert toasts.visible() == ()


def test_the_same_words_are_shown_once_and_there_are_three_at_most(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    toasts = Toasts(host)
    for text in ("one", "one", "two", "three", "four"):
        toasts.show(text)
    assert [toast.text for toast in toasts.visible()] == ["two", "three", "four"]


def test_a_dangerous_question_is_not_answered_by_enter(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    done: list[str] = []
    dialog = confirm(
        window,
        title="Remove?",
        text="All of it.",
        action="Remove",
        on_accept=lambda: done.append(""),
    )
    assert unnamed(dialog) == []
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert done == []
    again = confirm(
        window,
        title="Remove?",
        text="All of it.",
        action="Remove",
        on_accept=lambda: done.append(""),
    )
    QTest.mouseClick(again.accept_button, Qt.MouseButton.LeftButton)
    assert done == [""]
