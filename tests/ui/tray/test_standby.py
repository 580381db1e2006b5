"""PostFlow beside its window: the whole window with a tray, alerts, and closing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from postflow_desktop.desktop import standby as standby_module
from postflow_desktop.desktop.backend import DesktopBackend
from postflow_desktop.desktop.screens import Screens
from postflow_desktop.desktop.standby import Standby
from postflow_desktop.domain.notice import Notice, NoticeAction, NoticeKind
from postflow_desktop.domain.telling import NoticeWishes
from postflow_desktop.services.ports.alerts import Alert
from postflow_desktop.services.ports.replica import Change, Link, SyncState
from postflow_desktop.ui.accounts.connecting import ConnectDialog
from postflow_desktop.ui.backend import Outlook, Place
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.publishers.dialog import PauseDialog
from postflow_desktop.ui.tray.closing import HABIT_KEY
from postflow_desktop.ui.tray.view import Tray
from tests.fakes.backend import NOW, PLACE
from tests.ui.notices.figures import notice
from tests.ui.shell.test_whole_window import HoldingBackend, press
from tests.ui.tray.conftest import ShownIcon
from tests.ui.tray.figures import due, outlook

PATIENCE = 5000
OnAction = Callable[[str, NoticeAction], None]


class TwoPlaces(HoldingBackend):
    """A machine with a second workspace."""

    def switch(self, workspace_id: str) -> Place:
        self._called("switch", workspace_id)
        self.here = replace(PLACE, workspace_id=workspace_id, organization_name="Flowers")
        return self.here


@dataclass
class Alerts:
    """The system's notifications, as a person sees them."""

    shown: dict[str, tuple[Alert, OnAction]] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)

    def show(self, alert: Alert, on_action: OnAction) -> None:
        self.shown[alert.key] = alert, on_action
        self.history.append(alert.title)

    def withdraw(self, key: str) -> None:
        self.shown.pop(key, None)

    def press(self, key: str, action: NoticeAction) -> None:
        alert, on_action = self.shown.pop(key)
        on_action(alert.key, action)


class Desk:
    """The window with everything beside it."""

    def __init__(self, folder: Path) -> None:
        self.backend = TwoPlaces()
        self.alerts = Alerts()
        self.changes = Changes()
        self.has_tray = True
        self.ended: list[bool] = []
        self.screens = Screens(
            cast("DesktopBackend", self.backend),
            Tasks(immediate=True),
            self.changes,
            folder / "window.ini",
            now=lambda: NOW,
            make_alerter=lambda fallback: self.alerts,
            has_tray=lambda: self.has_tray,
        )
        self.window = self.screens.window
        self.screens.finished.connect(lambda: self.ended.append(True))

    @property
    def standby(self) -> Standby:
        return self.screens.standby

    @property
    def toasts(self) -> list[str]:
        return [toast.text for toast in self.window.toasts.visible()]

    def raise_notice(self, *notices: Notice) -> None:
        """The copy on this machine has these now."""
        for one in notices:
            known = [n for n in self.backend.replica.notice_list if n.key != one.key]
            self.backend.replica.notice_list = [*known, one]
        self.changes._gather(Change(noun="notifications", ids=frozenset()))
        self.changes._flush()

    def live(self) -> None:
        self.changes._take_state(SyncState(link=Link.LIVE, since=NOW))

    def plan(self, *hours: float) -> None:
        """Posts so many hours from now; the tray knows of them."""
        for number in hours:
            self.backend.add_post(f"Bread {number}", at=NOW + timedelta(hours=number))
        self.standby.model.look()


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(standby_module, "Tray", partial(Tray, icon=ShownIcon()))
    made = Desk(tmp_path)
    made.screens.start()
    with qtbot.waitSignal(made.screens.settled, timeout=PATIENCE):
        made.screens._patience.start(0)
    assert made.screens.has("standby")
    qtbot.waitUntil(made.window.isActiveWindow, timeout=PATIENCE)
    made.live()
    yield made
    made.screens.close()


def hide(desk: Desk) -> None:
    """As to the tray."""
    desk.window.hide()


# --- the bell -----------------------------------------------------------------------------------


def test_the_bell_counts_and_opens_by_key(desk: Desk, qtbot: QtBot) -> None:
    desk.raise_notice(notice(NoticeKind.FAILED, 1))
    assert desk.standby.bell.count == 1
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    press(desk.window, Qt.Key.Key_N, held=held)
    assert desk.standby.popover.isVisible()
    assert desk.standby.popover.items[0].hasFocus()
    desk.window.commands.run("go.notices")
    assert not desk.standby.popover.isVisible()


def test_retry_in_the_list_is_done_and_said(desk: Desk) -> None:
    desk.backend.add_post("Bread")
    desk.raise_notice(notice(NoticeKind.FAILED, 1))
    QTest.mouseClick(desk.standby.bell, Qt.MouseButton.LeftButton)
    desk.standby.popover.items[0].buttons[NoticeAction.RETRY].click()
    assert ("retry", "p1") in desk.backend.calls
    assert "Trying again what is not out." in desk.toasts
    assert desk.standby.bell.count == 0


def test_open_shows_the_post(desk: Desk) -> None:
    desk.backend.add_post("Bread")
    desk.raise_notice(notice(NoticeKind.FAILED, 1))
    desk.standby.open_notices()
    desk.standby.popover.items[0].act()
    assert desk.screens.inspector.post_id == "p1"
    assert desk.window.body.is_inspector_open()


def test_reschedule_opens_the_editor_for_the_time(desk: Desk) -> None:
    desk.backend.add_post("Bread")
    missed = notice(NoticeKind.MISSED, 1)
    desk.raise_notice(missed)
    desk.standby.notices.act(missed, NoticeAction.RESCHEDULE)
    assert desk.screens.inspector_view.body.timing.editing


def test_reconnect_asks_for_the_account(desk: Desk) -> None:
    gone = notice(NoticeKind.ACCOUNT_EXPIRED, 1)
    desk.raise_notice(gone)
    desk.standby.notices.act(gone, NoticeAction.RECONNECT)
    assert desk.window.current_screen() == "accounts"
    assert desk.window.findChild(ConnectDialog) is not None


def test_edit_opens_the_composer(desk: Desk) -> None:
    desk.backend.add_post("Bread")
    ahead = notice(NoticeKind.PREFLIGHT, 1, due_at=NOW + timedelta(minutes=10))
    desk.raise_notice(ahead)
    desk.standby.notices.act(ahead, NoticeAction.EDIT)
    assert [composer.subject for composer in desk.screens.composers.all] == ["p1"]


# --- alerts -------------------------------------------------------------------------------------


def test_nothing_is_alerted_that_the_window_tells(desk: Desk) -> None:
    desk.backend.add_post("Bread")
    desk.raise_notice(notice(NoticeKind.FAILED, 1, title="Not published: Bread"))
    assert desk.alerts.shown == {}
    assert "Not published: Bread" in desk.toasts
    toast = desk.window.toasts.visible()[0]
    assert toast.action.text() == "Retry"
    toast.action.click()
    assert ("retry", "p1") in desk.backend.calls


def test_beside_the_window_it_is_alerted_and_taken_away(desk: Desk) -> None:
    hide(desk)
    failed = notice(NoticeKind.FAILED, 1)
    desk.raise_notice(failed)
    (alert,) = [alert for alert, _ in desk.alerts.shown.values()]
    assert (alert.key, alert.actions) == (
        "w-1/target:p1-a1",
        (NoticeAction.RETRY, NoticeAction.OPEN),
    )
    desk.raise_notice(replace(failed, withdrawn=True))
    assert desk.alerts.shown == {}


def test_who_does_not_want_it_is_left_alone(desk: Desk) -> None:
    hide(desk)
    desk.backend.replica.wishes = NoticeWishes(channels={NoticeKind.FAILED: frozenset()})
    desk.raise_notice(notice(NoticeKind.FAILED, 1))
    assert desk.alerts.shown == {}


@pytest.mark.parametrize(
    ("action", "call"),
    [
        (NoticeAction.HOLD, ("keep_back", "p1-a1", "")),
        (NoticeAction.LATER, ("postpone", "p1-a1", 60)),
    ],
)
def test_before_a_post_goes_out_it_is_held_or_put_off_from_the_alert(
    desk: Desk, qtbot: QtBot, action: NoticeAction, call: tuple[object, ...]
) -> None:
    hide(desk)
    desk.backend.add_post("Bread")
    desk.raise_notice(notice(NoticeKind.PREFLIGHT, 1, due_at=NOW + timedelta(minutes=10)))
    desk.alerts.press("w-1/target:p1-a1", action)
    qtbot.waitUntil(lambda: call in desk.backend.calls, timeout=PATIENCE)
    assert desk.window.isVisible()
    assert desk.window.toasts.visible()[-1].action.text() == "Undo"


def test_a_click_brings_the_post_up(desk: Desk, qtbot: QtBot) -> None:
    hide(desk)
    desk.backend.add_post("Bread")
    desk.raise_notice(notice(NoticeKind.FAILED, 1))
    desk.alerts.press("w-1/target:p1-a1", NoticeAction.OPEN)
    qtbot.waitUntil(desk.window.isVisible, timeout=PATIENCE)
    assert desk.screens.inspector.post_id == "p1"


def test_an_alert_of_another_workspace_leads_there(desk: Desk, qtbot: QtBot) -> None:
    desk.backend.add_post("Roses")
    quiet = outlook(workspace_id="w-2", name="Flowers")
    desk.backend.outlooks = (outlook(), quiet)
    desk.standby.model.look()
    failed = notice(NoticeKind.FAILED, 1)
    desk.backend.outlooks = (outlook(), replace(quiet, notices=(failed,)))
    desk.standby.model.look()
    assert list(desk.alerts.shown) == ["w-2/target:p1-a1"]
    desk.alerts.press("w-2/target:p1-a1", NoticeAction.OPEN)
    qtbot.waitUntil(lambda: ("switch", "w-2") in desk.backend.calls, timeout=PATIENCE)
    assert desk.window.viewmodel.place is not None
    assert desk.window.viewmodel.place.workspace_id == "w-2"
    assert desk.screens.inspector.post_id == "p1"


def test_alerts_of_a_workspace_that_was_left_go(desk: Desk) -> None:
    flowers = outlook(workspace_id="w-2", name="Flowers")
    desk.backend.outlooks = (flowers,)
    desk.standby.model.look()
    desk.backend.outlooks = (replace(flowers, notices=(notice(NoticeKind.FAILED, 1),)),)
    desk.standby.model.look()
    assert desk.alerts.shown
    desk.backend.outlooks = ()
    desk.standby.model.look()
    assert desk.alerts.shown == {}


def test_a_summary_opens_the_list(desk: Desk, qtbot: QtBot) -> None:
    hide(desk)
    desk.raise_notice(*(notice(NoticeKind.FAILED, n, ago=n) for n in range(1, 7)))
    assert len(desk.alerts.shown) == 4
    desk.alerts.press("w-1/summary", NoticeAction.OPEN)
    qtbot.waitUntil(desk.standby.popover.isVisible, timeout=PATIENCE)


# --- the tray -----------------------------------------------------------------------------------


def test_a_post_of_another_workspace_is_shown_there(desk: Desk) -> None:
    desk.backend.add_post("Roses", at=NOW + timedelta(hours=1))
    desk.standby.tray.post_asked.emit("w-2", "p1")
    assert ("switch", "w-2") in desk.backend.calls
    assert desk.screens.inspector.post_id == "p1"


def test_a_click_hides_and_shows_the_window(desk: Desk) -> None:
    icon = desk.standby.tray.icon
    icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert not desk.window.isVisible()
    icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert desk.window.isVisible()


def test_the_rows_of_the_menu_lead_into_the_window(desk: Desk, qtbot: QtBot) -> None:
    desk.plan(2)
    tray = desk.standby.tray
    tray.action("tray-settings").trigger()
    assert desk.window.current_screen() == "settings"
    tray.action("tray-today").trigger()
    assert desk.window.current_screen() == "calendar"
    QGuiApplication.clipboard().setText("Fresh bread!")
    tray.action("tray-clipboard").trigger()
    assert desk.screens.composers.all[-1].sheet.editor.toPlainText() == "Fresh bread!"
    picture = QImage(40, 30, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(picture)
    tray.action("tray-clipboard").trigger()
    composer = desk.screens.composers.all[-1]
    qtbot.waitUntil(lambda: len(composer.model.draft.media) == 1, timeout=PATIENCE)
    tray.action("tray-new").trigger()
    assert desk.screens.composers.all[-1].sheet.editor.toPlainText() == ""


def test_pausing_asks_why(desk: Desk) -> None:
    desk.plan(2)
    desk.standby.tray.action("tray-pause").trigger()
    (dialog,) = desk.window.findChildren(PauseDialog)
    dialog.reason.set_text("The shop is closed")
    dialog.submit()
    assert ("pause_everywhere", "The shop is closed") in desk.backend.calls


def test_sync_now_by_key(desk: Desk) -> None:
    press(desk.window, Qt.Key.Key_R, held=Qt.KeyboardModifier.ControlModifier)
    assert ("sync_now",) in desk.backend.calls


# --- closing ------------------------------------------------------------------------------------


def test_with_nothing_due_closing_ends(desk: Desk) -> None:
    desk.window.close()
    assert desk.ended == [True]


def test_with_posts_due_it_runs_on_in_the_tray_and_says_so_once(desk: Desk) -> None:
    desk.plan(2, 30)
    desk.window.close()
    assert not desk.window.isVisible()
    assert desk.ended == []
    alert, _ = desk.alerts.shown["closing"]
    assert (alert.title, alert.text) == (
        "PostFlow keeps running",
        "2 posts until tomorrow. Quit from the tray.",
    )
    desk.standby.tray.action("tray-open").trigger()
    desk.window.close()
    assert desk.alerts.history == ["PostFlow keeps running"]
    assert desk.ended == []


def test_the_word_about_it_brings_the_window_back(desk: Desk, qtbot: QtBot) -> None:
    desk.plan(2)
    desk.window.close()
    desk.alerts.press("closing", NoticeAction.OPEN)
    qtbot.waitUntil(desk.window.isVisible, timeout=PATIENCE)


def test_without_a_tray_it_asks_and_stays(desk: Desk) -> None:
    desk.has_tray = False
    desk.plan(2)
    desk.window.close()
    dialog = desk.standby.leaving.dialog
    assert dialog is not None
    assert desk.window.isVisible()
    desk.window.close()
    assert desk.standby.leaving.dialog is dialog
    dialog.cancel_button.click()
    assert desk.ended == []
    assert desk.standby.leaving.dialog is None


def test_without_a_tray_it_closes_anyway(desk: Desk) -> None:
    desk.has_tray = False
    desk.plan(2)
    desk.window.close()
    dialog = desk.standby.leaving.dialog
    assert dialog is not None
    dialog.accept_button.click()
    assert desk.ended == [True]


def test_where_another_computer_covers_nothing_is_asked(desk: Desk) -> None:
    desk.has_tray = False
    desk.backend.outlooks = (outlook(due(2, covered=True, name="p1")),)
    desk.plan(2)
    desk.window.close()
    assert desk.ended == [True]


def test_who_chose_to_quit_is_told_once_what_it_means(desk: Desk) -> None:
    desk.plan(2)
    desk.window.memory.keep(HABIT_KEY, "quit")
    desk.window.close()
    dialog = desk.standby.leaving.dialog
    assert dialog is not None
    assert dialog.accept_button.text() == "Quit anyway"
    dialog.reject()
    desk.window.close()
    assert desk.ended == [True]


def test_quit_from_the_tray_asks_once(desk: Desk) -> None:
    desk.plan(2)
    hide(desk)
    quit_row = desk.standby.tray.action("tray-quit")
    quit_row.trigger()
    assert desk.window.isVisible()
    assert desk.standby.leaving.dialog is not None
    desk.standby.leaving.dialog.reject()
    hide(desk)
    quit_row.trigger()
    assert desk.ended == [True]


def test_quit_with_nothing_due_ends(desk: Desk) -> None:
    desk.window.commands.run("app.quit")
    assert desk.ended == [True]
    assert not cast("ShownIcon", desk.standby.tray.icon).shown


def test_the_end_of_the_session_is_not_stood_in_the_way_of(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.plan(2)
    monkeypatch.setattr("postflow_desktop.desktop.leaving._session_ends", lambda: True)
    desk.window.close()
    assert desk.ended == [True]


def test_a_tray_that_goes_gives_the_window_back(desk: Desk) -> None:
    desk.plan(2)
    desk.window.close()
    assert not desk.window.isVisible()
    desk.has_tray = False
    desk.standby.leaving.look_after()
    assert desk.window.isVisible()


def test_a_promise_is_kept_before_the_end(desk: Desk) -> None:
    desk.backend.add_post("Bread")
    missed = notice(NoticeKind.MISSED, 1)
    desk.raise_notice(missed)
    desk.standby.notices.act(missed, NoticeAction.PUBLISH_NOW)
    assert ("retry", "p1") not in desk.backend.calls
    desk.screens.close()
    assert ("retry", "p1") in desk.backend.calls
    assert desk.ended == [True]


def test_outlooks_know_no_place_of_the_window(desk: Desk) -> None:
    """What the clusters say of the open place is not alerted: its copy speaks for it."""
    hide(desk)
    failed = notice(NoticeKind.FAILED, 1)
    here: Outlook = replace(outlook(), notices=(failed,))
    desk.backend.outlooks = (here,)
    desk.standby.model.look()
    desk.standby.model.look()
    assert desk.alerts.shown == {}
