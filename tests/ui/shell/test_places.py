"""Where we are: the switcher, the welcome page, being offline, and notices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import Unreachable
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.backend import Place, WorkspaceChoice
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.shell.links import Compose, OpenPost
from postflow_desktop.ui.shell.window import MainWindow
from tests.fakes.backend import NOW, PLACE, FakeBackend

OTHER = replace(
    PLACE,
    workspace_id="w-2",
    workspace_name="Agency",
    organization_id="o2",
    organization_name="North Wind & Co",
)
Tell = Callable[[Link], None]


@dataclass
class TwoPlaces(FakeBackend):
    """Two workspaces on this machine."""

    def workspaces(self) -> Sequence[WorkspaceChoice]:
        here = self.here.workspace_id if self.here else ""
        return [
            WorkspaceChoice(id=place.workspace_id, name=name, current=place.workspace_id == here)
            for place, name in ((PLACE, "Corner Bakery"), (OTHER, "North Wind & Co"))
        ]

    def switch(self, workspace_id: str) -> Place:
        self._called("switch", workspace_id)
        self.here = OTHER if workspace_id == "w-2" else PLACE
        return self.here


@pytest.fixture
def backend() -> FakeBackend:
    return TwoPlaces()


@pytest.fixture
def tell(changes: Changes, window: MainWindow, qtbot: QtBot) -> Tell:
    """Tells how the replica stands to the cluster, and waits until the window knows."""

    def publish(link: Link) -> None:
        with qtbot.waitSignal(changes.sync):
            changes.publish_sync(SyncState(link=link, since=NOW, message=""))

    return publish


def switcher(window: MainWindow) -> dict[str, QAction]:
    """The rows of the switcher, opened by a click."""
    window.nav.switcher.click()
    menu = window.findChild(QMenu, "workspaces-menu")
    assert menu is not None
    assert menu.isVisible()
    menu.close()
    return {action.text(): action for action in menu.actions() if action.text()}


# --- switcher -------------------------------------------------------------------------------


def test_the_switcher_lists_the_workspaces_and_marks_ours(window: MainWindow) -> None:
    rows = switcher(window)
    assert list(rows) == ["Corner Bakery", "North Wind && Co", "Add a workspace…"]
    assert rows["Corner Bakery"].isChecked()
    assert not rows["North Wind && Co"].isChecked()


def test_another_workspace_is_gone_to(window: MainWindow, backend: FakeBackend) -> None:
    moved: list[str] = []
    window.place_changed.connect(lambda: moved.append("moved"))
    window.viewmodel.set_filter(frozenset({"a1"}))
    window.toasts.show("Said in the former place")
    switcher(window)["North Wind && Co"].trigger()
    assert backend.calls == [("switch", "w-2")]
    assert moved == ["moved"]
    assert window.windowTitle() == "North Wind & Co – PostFlow"
    assert window.nav.switcher.accessibleName() == "Workspace: North Wind & Co, Agency"
    assert window.viewmodel.filter == frozenset()
    assert window.toasts.visible() == ()
    assert switcher(window)["North Wind && Co"].isChecked()


def test_ours_is_not_gone_to_again(window: MainWindow, backend: FakeBackend) -> None:
    switcher(window)["Corner Bakery"].trigger()
    assert backend.calls == []


def test_a_workspace_that_cannot_be_opened_is_told_and_we_stay(
    window: MainWindow, backend: FakeBackend
) -> None:
    backend.failure = Unreachable("It can't be reached.", code="x", fix="Look at the network.")
    switcher(window)["North Wind && Co"].trigger()
    (toast,) = window.toasts.visible()
    assert (toast.text, toast.kind) == ("It can't be reached. Look at the network.", "error")
    assert window.windowTitle() == "Corner Bakery – PostFlow"


def test_another_one_can_be_added(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.add_place_requested):
        switcher(window)["Add a workspace…"].trigger()


def test_the_sample_says_that_it_is_one(window: MainWindow, backend: FakeBackend) -> None:
    backend.here = replace(PLACE, is_sample=True)
    window.refresh_place()
    assert window.nav.switcher.accessibleName() == "Workspace: Corner Bakery, Sample workspace"


# --- nowhere --------------------------------------------------------------------------------


def test_without_a_workspace_the_welcome_page_is_there(
    window: MainWindow, backend: FakeBackend
) -> None:
    welcome = QLabel("Welcome")
    window.set_welcome(welcome)
    assert not welcome.isVisible()
    backend.here = None
    window.refresh_place()
    assert welcome.isVisible()
    assert not window.nav.isVisible()
    assert window.windowTitle() == "PostFlow"
    backend.here = PLACE
    window.refresh_place()
    assert not welcome.isVisible()
    assert window.nav.isVisible()


def test_nowhere_nothing_of_a_workspace_can_be_asked_for(
    window: MainWindow, backend: FakeBackend
) -> None:
    asked: list[object] = []
    window.compose_requested.connect(asked.append)
    window.post_requested.connect(asked.append)
    backend.here = None
    window.refresh_place()
    window.open_link(Compose("Hello"))
    window.open_link(OpenPost("p1"))
    assert not window.commands.run("post.new")
    assert not window.commands.run("go.drafts")
    assert asked == []


# --- offline --------------------------------------------------------------------------------


def test_offline_a_bar_says_so_until_we_are_back(window: MainWindow, tell: Tell) -> None:
    tell(Link.LIVE)
    assert not window.main.offline.isVisible()
    assert window.nav.sync_cell.text() == "All changes synced"
    tell(Link.OFFLINE)
    assert window.main.offline.isVisible()
    assert window.nav.sync_cell.text().startswith("Offline since ")
    tell(Link.LIVE)
    assert not window.main.offline.isVisible()
    assert window.nav.sync_cell.text() == "All changes synced"


def test_a_bar_that_was_closed_stays_closed_until_the_next_time(
    window: MainWindow, tell: Tell
) -> None:
    tell(Link.OFFLINE)
    window.main.offline.close_button.click()
    tell(Link.OFFLINE)
    assert not window.main.offline.isVisible()
    tell(Link.LIVE)
    tell(Link.OFFLINE)
    assert window.main.offline.isVisible()


def test_only_a_longer_synchronisation_is_mentioned(
    window: MainWindow, tell: Tell, qtbot: QtBot
) -> None:
    tell(Link.SYNCING)
    assert window.nav.sync_cell.text() == "All changes synced"
    qtbot.waitUntil(lambda: window.nav.sync_cell.text() == "Syncing…", timeout=5000)
    tell(Link.LIVE)
    assert window.nav.sync_cell.text() == "All changes synced"


# --- notices --------------------------------------------------------------------------------


def test_a_notice_can_be_undone_once(window: MainWindow) -> None:
    undone: list[str] = []
    toast = window.toasts.show(
        "Deleted “Market day”", action="Undo", on_action=lambda: undone.append("undo")
    )
    assert toast.isVisible()
    assert toast.action.accessibleName() == "Undo"
    QTest.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    assert undone == ["undo"]
    assert window.toasts.visible() == ()


def test_a_notice_that_is_closed_is_not_undone(window: MainWindow) -> None:
    undone: list[str] = []
    toast = window.toasts.show("Moved", action="Undo", on_action=lambda: undone.append("undo"))
    toast.dismiss()
    assert undone == []
    assert window.toasts.visible() == ()


def test_each_undo_belongs_to_its_own_notice(window: MainWindow) -> None:
    undone: list[int] = []
    toasts = [
        window.toasts.show(f"Notice {n}", action="Undo", on_action=partial(undone.append, n))
        for n in (1, 2, 3)
    ]
    toasts[1].action.click()
    assert undone == [2]
    assert [toast.text for toast in window.toasts.visible()] == ["Notice 1", "Notice 3"]


def test_a_problem_is_told_with_what_to_do(window: MainWindow) -> None:
    window.show_problem(Unreachable("It can't be reached.", code="x", fix="Look again."))
    (toast,) = window.toasts.visible()
    assert (toast.text, toast.kind) == ("It can't be reached. Look again.", "error")


def test_notices_lie_inside_the_screen_and_not_over_each_other(window: MainWindow) -> None:
    toasts = [window.toasts.show(f"Notice {n}") for n in (1, 2, 3)]
    first, second, third = (toast.geometry() for toast in toasts)
    assert window.main.rect().contains(first.united(third))
    assert not first.intersects(second)
    assert not second.intersects(third)
    assert third.top() > second.top() > first.top()
