"""Pausing and resuming all publishing in the window: at once, confirmed or taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.pause import Pause
from postflow_desktop.services.ports.organizations import Role
from postflow_desktop.services.ports.replica import Change, Link, SyncState
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.publishers.banner import (
    PauseBanner,
    PauseButton,
    ask_to_pause,
    pause_commands,
)
from postflow_desktop.ui.publishers.dialog import PauseDialog
from postflow_desktop.ui.publishers.pausing import NOT_ALLOWED, OFFLINE, Pausing
from tests.fakes.backend import NOW, PLACE, FakeBackend
from tests.ui.composer.held import HeldTasks
from tests.ui.kit.walk import unnamed

BEN = Pause(reason="Storm warning", by="u2", at=NOW - timedelta(hours=3))


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


def make(backend: FakeBackend, changes: Changes, tasks: Tasks | None = None) -> Pausing:
    model = Pausing(backend, tasks or Tasks(immediate=True), changes, now=lambda: NOW)
    model.load()
    return model


@pytest.fixture
def pausing(backend: FakeBackend, changes: Changes) -> Pausing:
    return make(backend, changes)


def said(pausing: Pausing) -> list[tuple[str, str]]:
    toasts: list[tuple[str, str]] = []
    pausing.toast.connect(lambda text, kind: toasts.append((text, kind)))
    return toasts


def test_a_pause_shows_at_once_and_who_made_it(backend: FakeBackend, changes: Changes) -> None:
    tasks = HeldTasks()
    pausing = make(backend, changes, tasks)
    toasts = said(pausing)
    pausing.pause_all("Storm warning")
    assert pausing.words == "“Storm warning” · Ana, since 13:00"
    assert backend.replica.paused is None
    tasks.let_one_run()
    assert backend.calls == [("pause_all", "Storm warning")]
    assert pausing.pause == backend.replica.paused
    assert toasts == [("Publishing is paused.", "success")]


def test_a_refused_pause_is_taken_back_and_told(pausing: Pausing, backend: FakeBackend) -> None:
    toasts = said(pausing)
    backend.failure = ClusterUnreachable("The database does not answer.", fix="Try again.")
    pausing.pause_all("Storm warning")
    assert pausing.pause is None
    assert toasts == [("The database does not answer. Try again.", "error")]


def test_a_refused_resume_leaves_the_pause(backend: FakeBackend, changes: Changes) -> None:
    backend.replica.paused = BEN
    pausing = make(backend, changes)
    backend.failure = ClusterUnreachable("Away.", fix="Try again.")
    pausing.resume_all()
    assert pausing.pause == BEN


def test_what_a_teammate_did_is_shown(
    pausing: Pausing, backend: FakeBackend, changes: Changes, qtbot: QtBot
) -> None:
    backend.replica.paused = BEN
    with qtbot.waitSignal(pausing.changed):
        changes.publish(Change(noun="organizations", ids=frozenset({"o1"})))
    assert pausing.words == "“Storm warning” · Ben, since 10:00"


class LaggingBackend(FakeBackend):
    """What it agrees to comes into the replica later."""

    def pause_all(self, reason: str) -> Pause:
        agreed = super().pause_all(reason)
        self.replica.paused = None
        return agreed


def test_a_replica_that_lags_does_not_take_it_back(changes: Changes) -> None:
    pausing = make(LaggingBackend(), changes)
    pausing.pause_all("Storm warning")
    pausing.load()
    assert pausing.pause is not None, "the replica does not know of it yet"
    changes.changed.emit(Change(noun="organizations", ids=frozenset({"o1"})))
    assert pausing.pause is None, "somebody resumed it meanwhile"


def test_news_that_come_before_the_answer_count(backend: FakeBackend, changes: Changes) -> None:
    tasks = HeldTasks()
    pausing = make(backend, changes, tasks)
    pausing.pause_all("Storm warning")
    changes.changed.emit(Change(noun="organizations", ids=frozenset({"o1"})))
    assert pausing.pause is not None, "the answer is still to come"
    tasks.let_one_run()
    assert pausing.pause == backend.replica.paused


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_members_see_why_they_can_not(backend: FakeBackend, changes: Changes, role: Role) -> None:
    backend.replica.roles["u1"] = role
    pausing = make(backend, changes)
    assert pausing.why_not == NOT_ALLOWED
    pausing.pause_all("Storm warning")
    assert backend.calls == []


def test_offline_it_waits(pausing: Pausing, changes: Changes, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pausing.changed):
        changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    assert pausing.why_not == OFFLINE
    assert not pausing.can_pause()


def test_another_place_has_its_own(backend: FakeBackend, changes: Changes) -> None:
    tasks = HeldTasks()
    pausing = make(backend, changes, tasks)
    pausing.pause_all("Storm warning")
    backend.here = replace(PLACE, organization_id="o2")
    pausing.forget()
    assert pausing.pause is None
    tasks.let_one_run()
    assert pausing.pause is None


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_dialog_wants_a_reason(
    pausing: Pausing, backend: FakeBackend, host: QWidget, qtbot: QtBot
) -> None:
    dialog = ask_to_pause(host, pausing)
    assert isinstance(dialog, PauseDialog)
    assert unnamed(dialog) == []
    QTest.keyClick(dialog.reason.edit, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.reason.error() == "Say why, in some words."
    QTest.keyClicks(dialog.reason.edit, " Storm  warning ")
    with qtbot.waitSignal(dialog.accepted):
        QTest.keyClick(dialog.reason.edit, Qt.Key.Key_Return)
    assert backend.calls == [("pause_all", "Storm warning")]


def test_the_banner_is_there_while_it_is_paused(
    pausing: Pausing, backend: FakeBackend, host: QWidget
) -> None:
    banner = PauseBanner(pausing, host)
    assert banner.isHidden()
    pausing.pause_all("Storm warning")
    assert not banner.isHidden()
    assert banner.text() == (
        "Publishing is paused: nothing goes out. “Storm warning” · Ana, since 13:00"
    )
    banner.button.click()
    assert backend.calls[-1] == ("resume_all",)
    assert banner.isHidden()


def test_who_may_not_resume_sees_why(backend: FakeBackend, changes: Changes, host: QWidget) -> None:
    backend.replica.paused = BEN
    backend.replica.roles["u1"] = Role.MEMBER
    banner = PauseBanner(make(backend, changes), host)
    assert not banner.isHidden()
    assert not banner.button.isEnabled()
    assert banner.button.toolTip() == NOT_ALLOWED


def test_the_boards_button_does_what_is_next(pausing: Pausing, host: QWidget) -> None:
    button = PauseButton(pausing, host)
    assert button.text() == "Pause publishing…"
    pausing.pause_all("Storm warning")
    assert button.text() == "Resume publishing"
    button.click()
    assert pausing.pause is None


def test_the_commands_are_on_when_they_can_be_run(pausing: Pausing, host: QWidget) -> None:
    pause, resume = pause_commands(host, pausing)
    assert (pause.enabled(), resume.enabled()) == (True, False)
    pausing.pause_all("Storm warning")
    assert (pause.enabled(), resume.enabled()) == (False, True)
    resume.run()
    assert (pause.enabled(), resume.enabled()) == (True, False)
