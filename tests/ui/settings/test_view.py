"""The settings on the screen: pressed by a person, in force at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop import __version__
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.services.ports.replica import Link
from postflow_desktop.ui.kit.dialogs import Confirm
from postflow_desktop.ui.kit.theme import SCALES, Mode, current_theme
from postflow_desktop.ui.kit.widgets import Button, Segments, Select, Text
from postflow_desktop.ui.settings.view import SettingsView
from tests.fakes.backend import PLACE, FakeBackend
from tests.ui.kit.walk import unnamed, unreachable
from tests.ui.settings.conftest import Desk, MakeDesk

Show = Callable[[Desk], SettingsView]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    def make(desk: Desk) -> SettingsView:
        made = SettingsView(desk.model)
        qtbot.addWidget(made)
        made.resize(900, 900)
        made.show()
        qtbot.waitExposed(made)
        return made

    return make


@pytest.fixture
def view(desk: Desk, show: Show) -> SettingsView:
    return show(desk)


@pytest.fixture
def sample(make_desk: MakeDesk) -> Desk:
    return make_desk(FakeBackend(here=replace(PLACE, is_sample=True)))


def button(view: QWidget, name: str) -> Button:
    found = view.findChild(Button, name)
    assert found is not None, name
    return found


def words(view: QWidget) -> list[str]:
    """Every word that shows."""
    return [text.text() for text in view.findChildren(Text) if text.isVisible()]


def question(view: SettingsView) -> Confirm:
    """The question that is being asked."""
    (found,) = [box for box in view.findChildren(Confirm) if box.isVisible()]
    return found


@pytest.mark.parametrize(
    ("group", "value", "field", "wanted"),
    [
        ("theme", "dark", "mode", "dark"),
        ("theme", "system", "mode", "system"),
        ("contrast", "on", "contrast", True),
        ("density", "relaxed", "density", "relaxed"),
        ("motion", "full", "motion", "full"),
    ],
)
def test_a_press_is_in_force_and_remembered(
    view: SettingsView, desk: Desk, group: str, value: str, field: str, wanted: object
) -> None:
    choice = view.findChild(QPushButton, f"{group}-{value}")
    assert choice is not None
    choice.click()
    assert getattr(current_theme().look, field) == wanted
    assert getattr(desk.remembered().look(), field) == wanted


def test_arrows_lead_to_the_other_choices(view: SettingsView) -> None:
    chosen = view.findChild(QPushButton, "theme-light")
    assert chosen is not None
    chosen.setFocus()
    QTest.keyClick(chosen, Qt.Key.Key_Right)
    assert current_theme().look.mode == "dark"


def test_the_text_size_is_chosen_from_all_there_are(view: SettingsView, desk: Desk) -> None:
    sizes = view.findChild(Select, "text-size")
    assert sizes is not None
    assert [float(str(sizes.itemData(n))) for n in range(sizes.count())] == list(SCALES)
    assert sizes.currentText() == "100%"
    sizes.setFocus()
    QTest.keyClick(sizes, Qt.Key.Key_Down)
    assert current_theme().look.scale == SCALES[2]
    assert desk.remembered().look().scale == SCALES[2]


def test_the_controls_follow_a_look_that_was_chosen_elsewhere(view: SettingsView) -> None:
    theme = view.findChild(Segments, "theme")
    assert theme is not None
    assert theme.value() == "light"
    current_theme().set_mode("dark")
    assert theme.value() == "dark"


def test_what_closing_the_window_does_is_chosen(view: SettingsView, desk: Desk, show: Show) -> None:
    assert desk.model.closing_habit() == "keep"
    quits = view.findChild(QPushButton, "closing-habit-quit")
    assert quits is not None
    QTest.mouseClick(quits, Qt.MouseButton.LeftButton)
    assert desk.remembered().text("closing/habit") == "quit"
    second = show(desk)
    again = second.findChild(Segments, "closing-habit")
    assert again is not None
    assert again.value() == "quit"


def test_the_place_and_the_person_are_shown(view: SettingsView) -> None:
    shown = words(view)
    for wanted in ("Corner Bakery", "Europe/Berlin", "Ana", "ana@example.com"):
        assert wanted in shown
    assert f"Version {__version__}" in shown


@pytest.mark.parametrize(
    ("link", "wanted"),
    [(Link.LIVE, "MongoDB; connected"), (Link.OFFLINE, "MongoDB; not connected now")],
)
def test_the_database_is_told_when_the_screen_opens(
    desk: Desk, show: Show, link: Link, wanted: str
) -> None:
    desk.link(link)
    view = show(desk)
    assert wanted in words(view)


def test_the_licences_are_listed(view: SettingsView, desk: Desk) -> None:
    shown = view.findChild(QListWidget, "libraries")
    assert shown is not None
    lines = [shown.item(n).text() for n in range(shown.count())]
    assert len(lines) == len(desk.model.libraries)
    assert [line for line in lines if line.startswith("pymongo ") and "Apache" in line]
    assert f"{len(lines)} libraries, each under its own licence" in words(view)


# --- leaving --------------------------------------------------------------------------------


def test_signing_out_is_asked_first(view: SettingsView, desk: Desk) -> None:
    button(view, "sign-out").click()
    assert desk.commands == []
    asked = question(view)
    assert asked.windowTitle() == "Sign out on this computer?"
    asked.accept_button.click()
    assert desk.commands == ["sign_out"]
    assert desk.left == ["left"]


def test_a_question_that_is_taken_back_does_nothing(view: SettingsView, desk: Desk) -> None:
    button(view, "sign-out").click()
    question(view).cancel_button.click()
    assert desk.commands == []


def test_the_sample_is_removed_after_a_question(sample: Desk, show: Show) -> None:
    view = show(sample)
    assert not button(view, "sign-out").isEnabled()
    remove = button(view, "remove-sample")
    assert remove.isVisible()
    remove.click()
    assert sample.commands == []
    question(view).accept_button.click()
    assert sample.commands == ["remove_sample"]


def test_outside_the_sample_nothing_can_be_removed(view: SettingsView) -> None:
    assert not button(view, "remove-sample").isVisible()
    assert button(view, "sign-out").isEnabled()


def test_after_a_refusal_it_can_be_tried_again(view: SettingsView, desk: Desk) -> None:
    desk.backend.failure = Conflict("Not now.", code="busy")
    button(view, "sign-out").click()
    question(view).accept_button.click()
    assert [error.message for error in desk.problems] == ["Not now."]
    assert button(view, "sign-out").isEnabled()


# --- for everybody --------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_has_a_name_and_is_reached(view: SettingsView, mode: Mode) -> None:
    current_theme().set_mode(mode)
    assert unnamed(view) == []
    # Of a row of choices Tab reaches the one that is on; arrows lead to the others.
    assert [lost for lost in unreachable(view) if "«theme-" not in lost] == []
    assert not view.grab().isNull()
