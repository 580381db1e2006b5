"""Whether somebody will be awake at the chosen time: asked later, said, never in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.composer.awake import ASK_MS
from postflow_desktop.ui.composer.sending import Act
from postflow_desktop.ui.composer.view import ComposerWindow
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import NOW, PLACE, FakeBackend
from tests.ui.composer.conftest import Desk, make_desk
from tests.ui.composer.held import HeldMoments, HeldTasks

WARNING = "No computer was on at 07:00 in the last 14 days. Start an agent."
SEVEN = datetime.fromisoformat("2026-11-22T07:00")
EIGHT = datetime.fromisoformat("2026-11-22T08:00")


class SleepyBackend(FakeBackend):
    """Nobody is awake at seven; on demand it does not answer."""

    away = False

    def coverage(self, planned: PlannedTime) -> str:
        super().coverage(planned)
        if self.away:
            raise ClusterUnreachable("Away.", fix="Wait.")
        return WARNING if planned.local.endswith("T07:00:00") else ""


@pytest.fixture
def desk(qapp: object) -> Desk:
    made = make_desk(SleepyBackend())
    made.model.open_new(None)
    made.model.set_text("Hello")
    return made


def asked(desk: Desk) -> list[str]:
    return [planned.local for planned in desk.backend.asked]


def test_a_time_that_nobody_chose_is_not_asked_about(desk: Desk) -> None:
    desk.moments.pass_ms(ASK_MS)
    assert asked(desk) == []


def test_a_chosen_hour_with_nobody_awake_is_told_and_can_be_taken(desk: Desk) -> None:
    desk.model.set_wall(SEVEN)
    assert desk.model.awake.warning == ""
    desk.moments.pass_ms(ASK_MS)
    assert desk.model.awake.warning == WARNING
    assert desk.model.why_not(Act.SCHEDULE) == ""
    assert desk.model.schedule()
    assert "schedule" in desk.commands


def test_turning_through_the_hours_asks_once(desk: Desk) -> None:
    for hour in range(1, 8):
        desk.model.set_wall(SEVEN.replace(hour=hour))
        desk.moments.pass_ms(ASK_MS - 1)
    desk.moments.pass_ms(1)
    assert asked(desk) == ["2026-11-22T07:00:00"]


def test_another_time_takes_the_warning_back(desk: Desk) -> None:
    desk.model.set_wall(SEVEN)
    desk.moments.pass_ms(ASK_MS)
    desk.model.set_wall(EIGHT)
    assert desk.model.awake.warning == ""
    desk.moments.pass_ms(ASK_MS)
    assert desk.model.awake.warning == ""
    assert len(asked(desk)) == 2


def test_a_late_answer_for_another_time_is_dropped(qapp: object) -> None:
    tasks = HeldTasks()
    desk = make_desk(SleepyBackend(), tasks)
    desk.model.open_new(None)
    desk.model.set_wall(SEVEN)
    desk.moments.pass_ms(ASK_MS)
    ask = tasks.waiting.pop()
    desk.model.set_wall(EIGHT)
    ask()
    assert asked(desk) == ["2026-11-22T07:00:00"]
    assert desk.model.awake.warning == ""


def test_a_time_that_is_over_is_not_asked_about(desk: Desk) -> None:
    desk.model.set_wall(SEVEN.replace(day=19))
    desk.moments.pass_ms(ASK_MS)
    assert asked(desk) == []


def test_offline_nothing_is_asked_and_back_it_is(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.changes.sync):
        desk.changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    desk.model.set_wall(SEVEN)
    desk.moments.pass_ms(ASK_MS)
    assert asked(desk) == []
    with qtbot.waitSignal(desk.changes.sync):
        desk.changes.publish_sync(SyncState(link=Link.LIVE, since=NOW))
    desk.moments.pass_ms(ASK_MS)
    assert desk.model.awake.warning == WARNING


def test_no_answer_says_nothing_and_is_asked_for_again(desk: Desk, qtbot: QtBot) -> None:
    assert isinstance(desk.backend, SleepyBackend)
    desk.backend.away = True
    desk.model.set_wall(SEVEN)
    desk.moments.pass_ms(ASK_MS)
    assert desk.model.awake.warning == ""
    assert desk.toasts == []
    desk.backend.away = False
    with qtbot.waitSignal(desk.changes.sync):
        desk.changes.publish_sync(SyncState(link=Link.LIVE, since=NOW))
    desk.moments.pass_ms(ASK_MS)
    assert desk.model.awake.warning == WARNING


@pytest.fixture
def compose(tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[[HeldMoments], ComposerWindow]]:
    made: list[ComposerWindow] = []

    def open_one(moments: HeldMoments) -> ComposerWindow:
        backend = SleepyBackend(here=replace(PLACE, timezone="UTC"))
        window = ComposerWindow(
            backend, Tasks(immediate=True), Changes(), tmp_path / "w.ini", moments=moments
        )
        window.open_new(None, [], "Hello")
        made.append(window)
        return window

    yield open_one
    for window in made:
        window.close()


def test_the_line_stands_over_the_time_and_leads_to_the_board(
    compose: Callable[[HeldMoments], ComposerWindow], qtbot: QtBot
) -> None:
    moments = HeldMoments()
    composer = compose(moments)
    acts = composer.bottom.acts
    assert acts.awake.isHidden()
    composer.model.set_wall(SEVEN)
    moments.pass_ms(ASK_MS)
    assert acts.awake.isVisible()
    assert acts.awake.text() == WARNING
    assert acts.schedule.isEnabled()
    with qtbot.waitSignal(composer.board_asked):
        acts.awake.button.click()
