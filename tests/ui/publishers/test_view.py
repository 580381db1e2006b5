"""The board of publishers as people use it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.presence import PublisherKind
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.services.presence import Board
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import Look, current_theme
from postflow_desktop.ui.publishers.item import ago
from postflow_desktop.ui.publishers.view import PublishersView
from postflow_desktop.ui.publishers.viewmodel import PublishersViewModel
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.kit.walk import unnamed
from tests.ui.publishers.kit import board, presence, seen

PATIENCE = 5000
Make = Callable[[], PublishersView]


class BrokenBackend(FakeBackend):
    """Its cluster does not answer."""

    def board(self) -> Board:
        raise ClusterUnreachable("The database does not answer.", fix="Wait a little.")


@pytest.fixture
def backend() -> FakeBackend:
    made = FakeBackend()
    made.add_post("At night", at=NOW + timedelta(hours=14))
    made.add_post("Right now", at=NOW)
    agent = presence("m-2", "server", PublisherKind.AGENT, last=NOW - timedelta(minutes=5))
    laptop = presence(under_way=("p2-a1", "gone"))
    made.seen = board(agent, laptop, machines=(seen(8, 12),))
    return made


@pytest.fixture
def changes(qapp: object) -> Changes:
    return Changes()


@pytest.fixture
def make(backend: FakeBackend, changes: Changes, qtbot: QtBot) -> Make:
    def build(source: FakeBackend = backend) -> PublishersView:
        model = PublishersViewModel(source, Tasks(immediate=True), changes)
        view = PublishersView(model)
        model.setParent(view)
        qtbot.addWidget(view)
        view.resize(1000, 900)
        view.show()
        qtbot.waitUntil(view.isActiveWindow, timeout=PATIENCE)
        return view

    return build


def test_each_publisher_says_which_since_when_and_what(make: Make) -> None:
    view = make()
    server, laptop = view.items
    assert server.name.full_text() == "server"
    assert server.kind.text() == "Agent"
    assert server.here.isHidden()
    assert server.about.text() == "On since 10:00 · last post 12:55 · version 0.4.0"
    assert server.heard.text() == "heard 12 s ago"
    assert server.doing.text() == "Waiting for the next post"
    assert laptop.kind.text() == "Desktop"
    assert laptop.here.isVisible()
    assert laptop.doing.text() == "Publishing"
    assert laptop.posts[0].text() == "Right now"
    assert laptop.more.text() == "and 1 more"
    assert laptop.accessibleName() == (
        "mias-laptop, Desktop, this computer, Publishing Right now and 1 more"
    )


def test_a_post_under_way_is_opened(make: Make, qtbot: QtBot) -> None:
    view = make()
    with qtbot.waitSignal(view.post_selected) as shown:
        view.items[1].posts[0].click()
    assert shown.args == ["p2"]


def test_posts_with_nobody_awake_are_listed_and_opened_by_keyboard(
    make: Make, backend: FakeBackend, qtbot: QtBot
) -> None:
    backend.seen = board(presence(), machines=(seen(8, 12),))
    backend.add_post("By day", at=NOW + timedelta(hours=22))
    view = make()
    assert view.ahead.words.text() == "1 of 2 posts has nobody awake in the next 7 days."
    (line,) = view.ahead.lines
    assert line.accessibleName() == "At night, Sat 21 Nov, 03:00 CET"
    view.items[0].setFocus()
    QTest.keyClick(view, Qt.Key.Key_J)
    assert line.hasFocus()
    with qtbot.waitSignal(view.post_selected) as shown:
        QTest.keyClick(line, Qt.Key.Key_Space)
    assert shown.args == ["p1"]


def test_many_posts_come_in_pages(make: Make, backend: FakeBackend) -> None:
    backend.seen = board(presence())
    for number in range(20):
        backend.add_post(f"Night {number}", at=NOW + timedelta(hours=15, minutes=number))
    view = make()
    assert len(view.ahead.lines) == 8
    view.ahead.more_button.click()
    view.ahead.more_button.click()
    assert len(view.ahead.lines) == 21
    assert view.ahead.more_button.isHidden()


def test_all_is_well_with_an_agent(make: Make) -> None:
    view = make()
    assert view.ahead.words.text() == "Somebody will be awake for the 1 post of the next 7 days."
    assert view.ahead.lines == []


def test_nobody_is_awake(make: Make, backend: FakeBackend) -> None:
    backend.seen = board()
    view = make()
    assert view.items == ()
    assert view.nobody.isVisible()
    assert view.hours.hint.text() == "PostFlow was on nowhere in the last 14 days."


def test_the_usual_hours_can_be_read(make: Make) -> None:
    view = make()
    (strip,) = view.hours.strips
    assert strip.accessibleName() == "mias-laptop: 14 of 14 days, mostly 09–13"
    assert strip.tip(9) == "09:00 to 10:00: on 14 of 14 days"
    assert strip.tip(3) == "03:00 to 04:00: never on"
    spot = strip.cell(3).center().toPoint()
    event = QHelpEvent(QEvent.Type.ToolTip, spot, strip.mapToGlobal(QPoint(0, 0)))
    assert QApplication.sendEvent(strip, event)


def test_many_machines_and_publishers(make: Make, backend: FakeBackend) -> None:
    names = [f"laptop-{number:02}" for number in range(40)]
    backend.seen = board(
        *(presence(f"m-{name}", name) for name in names),
        machines=tuple(seen(8, 12, machine=f"m-{name}", name=name) for name in names),
    )
    view = make()
    assert [item.name.full_text() for item in view.items] == names
    assert len(view.hours.strips) == 40
    backend.seen = board(presence("m-laptop-39", "laptop-39"))
    last = view.items[-1]
    view.viewmodel.load()
    assert view.items == (last,), "who stays keeps its row"


def test_offline_says_since_when_and_of_when_the_board_is(
    make: Make, changes: Changes, qtbot: QtBot
) -> None:
    view = make()
    changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW + timedelta(minutes=2)))
    qtbot.waitUntil(view.offline_bar.isVisible, timeout=PATIENCE)
    assert view.offline_bar.text() == (
        "Offline since Fri 20 Nov, 13:02 CET. This is how it was at Fri 20 Nov, 13:00 CET."
    )
    assert len(view.items) == 2


def test_offline_from_the_start(make: Make, changes: Changes, qtbot: QtBot) -> None:
    with qtbot.waitSignal(changes.sync):
        changes.publish_sync(SyncState(link=Link.OFFLINE, since=NOW))
    view = make()
    assert view.failure.isVisible()
    assert view.failure.title.text() == "Offline"
    assert "since Fri 20 Nov, 13:00 CET" in view.failure.text.text()
    assert view.failure.button.isHidden()


def test_a_board_that_can_not_be_read_says_why(make: Callable[..., PublishersView]) -> None:
    view = make(BrokenBackend())
    assert view.failure.isVisible()
    assert view.failure.text.text() == "The database does not answer. Wait a little."
    assert view.failure.button.text() == "Try again"


def test_the_commands_for_an_agent_are_copied(make: Make, qtbot: QtBot) -> None:
    view = make()
    with qtbot.waitSignal(view.toast):
        view.agent.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.endswith("postflow agent")
    assert "--email ana@example.com" in copied


def test_it_is_read_while_it_can_be_seen(make: Make) -> None:
    view = make()
    assert view.viewmodel.watched
    view.hide()
    assert not view.viewmodel.watched


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_operated_has_a_name_in_both_themes_and_at_150_percent(
    make: Make, mode: str
) -> None:
    current_theme().set_look(
        Look(mode="dark" if mode == "dark" else "light", scale=1.5, motion="reduced")
    )
    view = make()
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert not view.grab().isNull()
    assert unnamed(view) == []


def test_how_long_ago_something_was_heard() -> None:
    assert ago(timedelta(seconds=2)) == "just now"
    assert ago(timedelta(seconds=40)) == "40 s ago"
    assert ago(timedelta(seconds=80)) == "1 min ago"
