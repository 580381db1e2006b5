"""The welcome page as people use it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import ClusterUnreachable, MachineProblem, NotAllowed
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.welcome.view import WelcomeView
from postflow_desktop.ui.welcome.viewmodel import WelcomeViewModel
from tests.fakes.backend import FakeBackend
from tests.ui.inspector.names import nameless

FILLED = {
    "workspace": "Corner Bakery",
    "name": "Ana",
    "email": "ana@example.com",
    "password": "sourdough and rye",
    "again": "sourdough and rye",
}


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend(here=None)


@pytest.fixture
def chosen() -> list[str]:
    """Where the code is to be saved; empty: the person changes their mind."""
    return []


@pytest.fixture
def view(backend: FakeBackend, qtbot: QtBot, chosen: list[str]) -> WelcomeView:
    def choose(parent: QWidget, suggested: str) -> str:
        return chosen[0] if chosen else ""

    model = WelcomeViewModel(backend, Tasks(immediate=True), Changes())
    made = WelcomeView(model, choose_file=choose)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    qtbot.waitExposed(made)
    return made


def fill(view: WelcomeView, **other: str) -> None:
    for key, text in {**FILLED, **other}.items():
        view.create_form.fields[key].set_text(text)


def secrets_in(view: WelcomeView) -> str:
    fields = [*view.create_form.fields.items(), *view.sign_in_form.fields.items()]
    return "".join(f.text() for key, f in fields if key in {"password", "again", "recovery", "uri"})


def test_exploring_takes_one_click(view: WelcomeView, backend: FakeBackend, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.done) as done:
        view.start.explore.button.click()
    assert done.args == [backend.here]


def test_creating_by_keyboard_leads_to_the_code_and_on(
    view: WelcomeView, backend: FakeBackend, qtbot: QtBot
) -> None:
    view.start.new.button.click()
    fill(view)
    QTest.keyClick(view.create_form.fields["again"].edit, Qt.Key.Key_Return)
    assert view.code.isVisible()
    assert "AAAAA-BBBBB-CCCCC" in view.code.code.text()
    assert secrets_in(view) == ""
    assert not view.code.go_on.isEnabled()
    view.code.mark.click()
    with qtbot.waitSignal(view.done):
        view.code.go_on.click()
    assert view.code.code.text() == ""


def test_the_organization_follows_the_workspace_until_it_is_typed(view: WelcomeView) -> None:
    view.start.new.button.click()
    fields = view.create_form.fields
    fields["workspace"].set_text("Corner")
    assert fields["organization"].text() == "Corner"
    fields["organization"].edit.clear()
    fields["organization"].edit.insert("The Bakers")
    fields["workspace"].set_text("Corner Bakery")
    assert fields["organization"].text() == "The Bakers"


def test_a_missing_field_gets_the_focus_and_nothing_is_asked(
    view: WelcomeView, backend: FakeBackend
) -> None:
    view.start.new.button.click()
    fill(view, email="nobody")
    view.create_form.submit_button.click()
    email = view.create_form.fields["email"]
    assert email.error() == "Write it as name@example.com."
    assert email.edit.hasFocus()
    assert backend.calls == []
    email.set_text("ana@example.com")
    assert email.error() == ""


def test_a_failure_is_shown_with_its_fix_and_nothing_typed_is_lost(
    view: WelcomeView, backend: FakeBackend
) -> None:
    view.start.new.button.click()
    choice = view.create_form.where.findChild(QPushButton, "create-where-address")
    assert isinstance(choice, QPushButton)
    choice.click()
    fill(view, uri="mongodb://db.example.com/bakery")
    backend.failure = ClusterUnreachable("It does not answer.", fix="Check the address.")
    view.create_form.submit_button.click()
    assert view.create_form.problem.text() == "It does not answer. Check the address."
    assert view.create_form.fields["password"].text() == FILLED["password"]
    assert view.create_form.fields["uri"].text() == "mongodb://db.example.com/bakery"
    view.create_form.submit_button.click()
    assert view.code.isVisible()


def test_an_address_that_is_not_wanted_is_not_sent(view: WelcomeView, backend: FakeBackend) -> None:
    view.start.new.button.click()
    fill(view, uri="mongodb://db.example.com/bakery")
    view.create_form.submit_button.click()
    assert backend.calls[0][:3] == ("create_place", "Corner Bakery", "")


def test_esc_goes_back_and_leaves_no_secret_behind(view: WelcomeView, qtbot: QtBot) -> None:
    view.start.new.button.click()
    fill(view)
    QTest.keyClick(view.create_form.fields["email"].edit, Qt.Key.Key_Escape)
    assert view.start.isVisible()
    assert secrets_in(view) == ""
    assert view.create_form.fields["email"].text() == "ana@example.com"


def test_signing_in_to_a_workspace_of_this_computer_needs_no_address(
    view: WelcomeView, backend: FakeBackend, qtbot: QtBot
) -> None:
    view.start.sign_in.button.click()
    fields = view.sign_in_form.fields
    fields["email"].set_text("ana@example.com")
    fields["password"].set_text("sourdough and rye")
    backend.failure = NotAllowed("No secret here.", code="recovery_needed", fix="--recovery CODE")
    view.sign_in_form.submit_button.click()
    assert "recovery code" in view.sign_in_form.problem.text()
    assert "--recovery" not in view.sign_in_form.problem.text()
    with qtbot.waitSignal(view.done):
        view.sign_in_form.submit_button.click()
    assert backend.calls[-1][:3] == ("sign_in", "Corner Bakery", "")
    assert secrets_in(view) == ""


def test_the_code_can_be_copied_and_saved(
    view: WelcomeView, chosen: list[str], tmp_path: Path
) -> None:
    view.start.new.button.click()
    fill(view)
    view.create_form.submit_button.click()
    view.code.copy_button.click()
    assert QGuiApplication.clipboard().text().startswith("AAAAA-BBBBB")
    view.code.save_button.click()
    assert view.code.said.text() == "Copied."
    chosen.append(str(tmp_path / "code.txt"))
    view.code.save_button.click()
    assert view.code.said.text() == "Saved."
    assert (tmp_path / "code.txt").exists()
    chosen[0] = str(tmp_path / "nowhere" / "code.txt")
    view.code.save_button.click()
    assert "could not be written" in view.code.problem.text()


def test_the_bar_of_patience_waits_its_time(view: WelcomeView, qtbot: QtBot) -> None:
    progress = view.create_form.progress
    view.start.new.button.click()
    progress.start("Creating…")
    assert progress.isHidden()
    qtbot.waitUntil(progress.isVisible)
    progress.stop()
    assert progress.isHidden()


def test_exploring_that_fails_says_so(view: WelcomeView, backend: FakeBackend) -> None:
    backend.failure = MachineProblem("The disk is full.", fix="Free some space.")
    view.start.explore.button.click()
    assert view.start.problem.text() == "The disk is full. Free some space."
    assert view.start.explore.button.isEnabled()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_has_a_name_in_both_themes(view: WelcomeView, mode: str) -> None:
    current_theme().set_mode(mode)  # type: ignore[arg-type]  # one of its words
    assert nameless(view) == []
    assert not view.grab().isNull()
