"""The settings' view model: every choice in force and on the disk at once; place and person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from postflow_desktop.domain.errors import Conflict
from postflow_desktop.services.ports.replica import Link
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.settings.licences import libraries
from postflow_desktop.ui.settings.viewmodel import SettingsViewModel
from tests.fakes.backend import PLACE, FakeBackend
from tests.ui.composer.held import HeldTasks
from tests.ui.conftest import FIXED_LOOK
from tests.ui.settings.conftest import Desk, MakeDesk

Choice = Callable[[SettingsViewModel], None]
CHOICES: list[tuple[str, Choice, object]] = [
    ("mode", lambda model: model.set_mode("dark"), "dark"),
    ("mode", lambda model: model.set_mode("system"), "system"),
    ("contrast", lambda model: model.set_contrast("on"), True),
    ("contrast", lambda model: model.set_contrast("system"), None),
    ("density", lambda model: model.set_density("compact"), "compact"),
    ("scale", lambda model: model.set_scale(1.25), 1.25),
    ("motion", lambda model: model.set_motion("full"), "full"),
]


@pytest.mark.parametrize(("name", "choose", "value"), CHOICES)
def test_a_choice_is_in_force_and_remembered_at_once(
    desk: Desk, name: str, choose: Choice, value: object
) -> None:
    choose(desk.model)
    wanted = replace(FIXED_LOOK, **{name: value})  # type: ignore[arg-type]  # one of its fields
    assert current_theme().look == wanted
    assert desk.model.look() == wanted
    assert desk.remembered().look() == wanted


def test_choices_do_not_undo_each_other(desk: Desk) -> None:
    desk.model.set_mode("dark")
    desk.model.set_scale(1.5)
    desk.model.set_contrast("on")
    look = desk.remembered().look()
    assert (look.mode, look.scale, look.contrast) == ("dark", 1.5, True)


def test_a_look_that_changes_elsewhere_is_told(desk: Desk) -> None:
    told: list[str] = []
    desk.model.look_changed.connect(lambda: told.append("look"))
    current_theme().set_mode("dark")
    assert told == ["look"]
    assert desk.model.look().mode == "dark"


# --- place ----------------------------------------------------------------------------------


def test_where_we_are_is_read_when_asked(desk: Desk) -> None:
    assert desk.model.place is None
    desk.model.refresh()
    assert desk.model.place == PLACE


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (Link.LIVE, "MongoDB; connected"),
        (Link.SYNCING, "MongoDB; connected"),
        (Link.OFFLINE, "MongoDB; not connected now"),
        (Link.STARTING, "MongoDB; not connected now"),
    ],
)
def test_the_database_is_told_in_words(desk: Desk, link: Link, words: str) -> None:
    desk.model.refresh()
    desk.link(link)
    assert desk.model.database() == words


def test_the_sample_says_that_nothing_of_it_goes_out(make_desk: MakeDesk) -> None:
    desk = make_desk(FakeBackend(here=replace(PLACE, is_sample=True)))
    desk.model.refresh()
    desk.link(Link.LIVE)
    assert "nothing of it is ever published" in desk.model.database()


def test_the_licences_are_read_once(desk: Desk) -> None:
    told: list[int] = []
    desk.model.libraries_changed.connect(lambda: told.append(len(desk.model.libraries)))
    desk.model.refresh()
    desk.model.refresh()
    assert len(told) == 1
    names = {library.name.lower() for library in desk.model.libraries}
    assert {"pymongo", "httpx", "cryptography"} <= names


def test_every_library_has_a_version_and_a_licence() -> None:
    found = libraries()
    assert [lib.name for lib in found if not lib.version or not lib.licence] == []
    names = [library.name.lower() for library in found]
    assert names == sorted(names)
    assert not {"pytest", "mypy", "ruff", "postflow-desktop"} & set(names)
    # What a library needs itself: httpx needs it, PostFlow does not ask for it by name.
    assert "certifi" in names


def test_of_what_is_not_installed_there_is_nothing_to_tell() -> None:
    assert libraries("there-is-no-such-thing") == []


# --- leaving --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leave", "command", "words"),
    [
        (SettingsViewModel.sign_out, "sign_out", "You are signed out on this computer."),
        (SettingsViewModel.remove_sample, "remove_sample", "The sample workspace is removed."),
    ],
)
def test_leaving_is_done_and_told(desk: Desk, leave: Choice, command: str, words: str) -> None:
    desk.model.refresh()
    leave(desk.model)
    assert desk.commands == [command]
    assert desk.left == ["left"]
    assert desk.toasts == [(words, "success")]
    assert not desk.model.busy


@pytest.mark.parametrize("leave", [SettingsViewModel.sign_out, SettingsViewModel.remove_sample])
def test_a_refusal_is_told_and_we_stay(desk: Desk, leave: Choice) -> None:
    desk.model.refresh()
    desk.backend.failure = Conflict("Not now.", code="busy")
    leave(desk.model)
    assert [error.message for error in desk.problems] == ["Not now."]
    assert desk.left == []
    assert desk.toasts == []
    assert not desk.model.busy


def test_while_one_act_runs_no_second_one_begins(desk: Desk) -> None:
    tasks = HeldTasks()
    model = SettingsViewModel(desk.backend, tasks, desk.changes, memory=desk.remembered())
    states: list[bool] = []
    model.busy_changed.connect(lambda: states.append(model.busy))
    model.sign_out()
    model.sign_out()
    model.remove_sample()
    assert len(tasks.waiting) == 1
    tasks.let_one_run()
    assert desk.commands == ["sign_out"]
    assert states == [True, False]


def test_without_a_place_there_is_none_to_show(make_desk: MakeDesk) -> None:
    desk = make_desk(FakeBackend(here=None))
    desk.model.refresh()
    assert desk.model.place is None
    assert desk.problems == []
