"""Icon and menu, and alerts by the tray's own way."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.notice import NoticeAction, Urgency
from postflow_desktop.services.ports.alerts import Alert, Alerter
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.tray.icon import panel_is_dark, tray_icon
from postflow_desktop.ui.tray.showing import TrayAlerter
from postflow_desktop.ui.tray.state import Mark
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.tray.conftest import Desk
from tests.ui.tray.figures import due, outlook

ALERT = Alert(key="k", title="A post did not go out", text="Why.", urgency=Urgency.HIGH)


def image(mark: Mark, *, has_dot: bool = False, dark: bool = False, mask: bool = False) -> QImage:
    icon = tray_icon(mark, has_dot=has_dot, dark=dark, template=mask)
    return icon.pixmap(32, 32).toImage().convertToFormat(QImage.Format.Format_ARGB32)


def inks(picture: QImage) -> set[str]:
    """The colours that are wholly there."""
    found = set()
    for x in range(picture.width()):
        for y in range(picture.height()):
            color = QColor.fromRgba(picture.pixel(x, y))
            if color.alpha() == 255:
                found.add(color.name())
    return found


def test_the_menu_reads_as_it_should(desk: Desk, backend: FakeBackend) -> None:
    for hours, text in ((2, "Fresh bread & butter"), (3, "Cake"), (20, "Tea"), (30, "Soup")):
        backend.add_post(text, at=NOW + timedelta(hours=hours))
    desk.model.start()
    assert desk.rows == [
        "Publishing · next 15:00 · 2 today",
        "New post…",
        "New from clipboard",
        "15:00  Fresh bread && butter",
        "16:00  Cake",
        "Tomorrow 09:00  Tea",
        "Queue today (2)",
        "Pause all publishing…",
        "Sync now",
        "Open PostFlow",
        "Settings…",
        "Quit",
    ]
    assert not desk.tray.action("tray-status").isEnabled()


def test_with_nothing_planned_no_rows_stand_empty(desk: Desk) -> None:
    desk.model.start()
    assert desk.rows[:4] == [
        "Publishing · nothing planned",
        "New post…",
        "New from clipboard",
        "Queue today (0)",
    ]


def test_before_anybody_signed_in_only_the_window_is_offered(
    desk: Desk, backend: FakeBackend
) -> None:
    backend.here = None
    desk.model.start()
    actions = desk.tray.menu.actions()
    usable = [a.text() for a in actions if a.isVisible() and a.isEnabled() and a.text()]
    assert usable == ["Open PostFlow", "Settings…", "Quit"]


def test_paused_offers_to_resume(desk: Desk, backend: FakeBackend) -> None:
    backend.here = None
    backend.outlooks = (outlook(due(2), pause_reason="Closed"),)
    desk.model.start()
    assert "Resume publishing" in desk.rows
    assert "Pause all publishing…" not in desk.rows
    desk.tray.action("tray-resume").trigger()
    assert backend.calls == [("resume_everywhere",)]


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("tray-new", "compose_asked"),
        ("tray-clipboard", "clipboard_asked"),
        ("tray-today", "today_asked"),
        ("tray-pause", "pause_asked"),
        ("tray-open", "open_asked"),
        ("tray-settings", "settings_asked"),
        ("tray-quit", "quit_asked"),
    ],
)
def test_what_is_chosen_is_asked_for(desk: Desk, qtbot: QtBot, name: str, signal: str) -> None:
    desk.model.start()
    with qtbot.waitSignal(getattr(desk.tray, signal), timeout=1000):
        desk.tray.action(name).trigger()


def test_a_post_is_asked_for_with_its_workspace(
    desk: Desk, backend: FakeBackend, qtbot: QtBot
) -> None:
    backend.outlooks = (outlook(due(1, name="p9"), workspace_id="w-2", name="Flowers"),)
    desk.model.start()
    with qtbot.waitSignal(desk.tray.post_asked, timeout=1000) as asked:
        desk.tray.action("tray-next-0").trigger()
    assert asked.args == ["w-2", "p9"]


def test_a_click_toggles_the_window(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.tray.toggled, timeout=1000):
        desk.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    with qtbot.assertNotEmitted(desk.tray.toggled):
        desk.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)


def test_a_tray_that_comes_later_is_used(desk: Desk) -> None:
    desk.has_tray = False
    desk.tray.refresh()
    assert not desk.icon.shown
    desk.has_tray = True
    desk.tray.refresh()
    assert desk.icon.shown
    desk.tray.set_on(False)
    assert not desk.icon.shown


def test_the_number_is_told_to_the_system(
    desk: Desk, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(
        QGuiApplication, "setBadgeNumber", lambda self, count: told.append(count), raising=True
    )
    backend.here = None
    backend.outlooks = (outlook(attention=4),)
    desk.model.start()
    assert told[-1] == 4
    assert "4 posts need attention" in desk.icon.toolTip()
    desk.tray.set_on(False)
    assert told[-1] == 0


def test_accounts_that_need_somebody_are_in_the_menu(desk: Desk, backend: FakeBackend) -> None:
    row = desk.tray.action("tray-accounts")
    desk.model.read()
    assert not row.isVisible()
    backend.replica.account_rows[0] = replace(
        backend.replica.account_rows[0], renews=False, token_expires_at=NOW + timedelta(days=6)
    )
    desk.model.read()
    assert row.isVisible()
    assert row.text() == "1 account needs attention…"
    assert "ends in 6 days" in desk.icon.toolTip()
    asked: list[str] = []
    desk.tray.accounts_asked.connect(asked.append)
    row.trigger()
    assert asked == ["w-1"]


def test_each_state_looks_different_on_either_panel() -> None:
    for dark in (False, True):
        seen = [image(mark, has_dot=dot, dark=dark) for mark in Mark for dot in (False, True)]
        for place, one in enumerate(seen):
            assert all(one != other for other in seen[place + 1 :])
    assert inks(image(Mark.NORMAL)).isdisjoint(inks(image(Mark.NORMAL, dark=True)))


def test_where_the_system_tints_it_is_one_colour() -> None:
    for mark in Mark:
        assert inks(image(mark, has_dot=True, mask=True)) == {"#000000"}
    assert tray_icon(Mark.NORMAL, has_dot=False, dark=True, template=True).isMask()


def test_the_panel_of_some_desktops_is_always_dark() -> None:
    current_theme().set_mode("light")
    assert panel_is_dark({"XDG_CURRENT_DESKTOP": "ubuntu:GNOME"})
    assert not panel_is_dark({"XDG_CURRENT_DESKTOP": "KDE"})
    current_theme().set_mode("dark")
    assert panel_is_dark({"XDG_CURRENT_DESKTOP": "KDE"})


def test_alerts_without_a_service_go_over_the_tray(desk: Desk, qtbot: QtBot) -> None:
    alerter = TrayAlerter(desk.icon, desk.tray)
    checked: Alerter = alerter
    heard: list[tuple[str, NoticeAction]] = []
    thread = threading.Thread(
        target=checked.show, args=(ALERT, lambda key, action: heard.append((key, action)))
    )
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: desk.icon.said == [("A post did not go out", "Why.", 30_000)])
    desk.icon.messageClicked.emit()
    desk.icon.messageClicked.emit()
    assert heard == [("k", NoticeAction.OPEN)]


def test_a_click_on_what_is_settled_does_nothing(desk: Desk, qtbot: QtBot) -> None:
    alerter = TrayAlerter(desk.icon, desk.tray)
    heard: list[str] = []
    alerter.show(ALERT, lambda key, _: heard.append(key))
    qtbot.waitUntil(lambda: bool(desk.icon.said))
    alerter.withdraw("another")
    alerter.withdraw("k")
    qtbot.waitUntil(lambda: alerter._last is None)
    desk.icon.messageClicked.emit()
    assert heard == []


def test_without_a_tray_nothing_is_said(desk: Desk, qtbot: QtBot) -> None:
    desk.has_tray = False
    desk.tray.refresh()
    alerter = TrayAlerter(desk.icon, desk.tray)
    with qtbot.waitSignal(alerter._wanted, timeout=1000):
        alerter.show(ALERT, lambda *_: None)
    assert desk.icon.said == []
