"""Icon and menu of the tray. Where the system has no tray nothing shows, and nothing is lost."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget
from shiboken6 import isValid

from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.tray.icon import panel_is_dark, tray_icon
from postflow_desktop.ui.tray.state import NEXT, accounts_words
from postflow_desktop.ui.tray.viewmodel import TrayViewModel


class Tray(QObject):
    """Dumb: shows the view model; what is chosen comes out as signals."""

    toggled = Signal()
    """Show the window, or hide it."""
    compose_asked = Signal()
    clipboard_asked = Signal()
    """A new post with what the clipboard holds."""
    post_asked = Signal(str, str)
    """A workspace's id and a post's."""
    today_asked = Signal()
    accounts_asked = Signal(str)
    """The workspace whose accounts need somebody."""
    pause_asked = Signal()
    open_asked = Signal()
    settings_asked = Signal()
    quit_asked = Signal()

    def __init__(
        self,
        viewmodel: TrayViewModel,
        window: QWidget,
        parent: QObject | None = None,
        *,
        is_available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
        icon: QSystemTrayIcon | None = None,
    ) -> None:
        """`window` keeps the menu; it need not be shown. `icon` instead of one of its own."""
        super().__init__(parent)
        self.viewmodel = viewmodel
        self.is_available = is_available
        self._is_on = True
        self.menu = QMenu(window)
        self.menu.setObjectName("tray-menu")
        self.menu.setAccessibleName("PostFlow")
        self.icon = QSystemTrayIcon(self) if icon is None else icon
        self._fill()
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._on_activated)
        viewmodel.changed.connect(self.refresh)
        current_theme().changed.connect(self.refresh)
        self.refresh()

    def set_on(self, is_on: bool) -> None:
        """Show icon and number, or take them away: PostFlow ends."""
        self._is_on = is_on
        self.refresh()

    def action(self, name: str) -> QAction:
        """A row of the menu; StopIteration for an unknown one."""
        return next(action for action in self.menu.actions() if action.objectName() == name)

    @Slot()
    def refresh(self) -> None:
        """Show what the view model says; a tray that came later is used."""
        if not isValid(self.menu):
            # The window went first.
            return
        state = self.viewmodel.state
        self.icon.setIcon(
            tray_icon(state.mark, has_dot=state.has_dot, dark=panel_is_dark(os.environ))
        )
        self.icon.setToolTip(state.tip)
        self.icon.setVisible(self._is_on and self.is_available())
        self._status.setText(_escaped(state.status))
        for place, action in enumerate(self._next):
            known = place < len(state.next)
            action.setVisible(known)
            if known:
                action.setText(_escaped(state.next[place].label))
        self._today.setText(f"Queue today ({state.today})")
        self._accounts.setText(f"{accounts_words(len(state.accounts))}…")
        self._accounts.setVisible(bool(state.accounts))
        self._pause.setVisible(not state.paused)
        self._resume.setVisible(state.paused)
        for action in (self._compose, self._clipboard, self._today, self._pause, self._sync):
            action.setEnabled(state.is_known)
        self._show_number(state.attention if self._is_on else 0)

    def _fill(self) -> None:
        self._status = self._add("tray-status", "")
        self._status.setEnabled(False)
        self._compose = self._add("tray-new", "New post…", self.compose_asked.emit)
        self._clipboard = self._add(
            "tray-clipboard", "New from clipboard", self.clipboard_asked.emit
        )
        self.menu.addSeparator()
        self._next = [
            self._add(f"tray-next-{place}", "", partial(self._ask_post, place))
            for place in range(NEXT)
        ]
        self._today = self._add("tray-today", "", self.today_asked.emit)
        self._accounts = self._add("tray-accounts", "", self._ask_accounts)
        self.menu.addSeparator()
        self._pause = self._add("tray-pause", "Pause all publishing…", self.pause_asked.emit)
        self._resume = self._add("tray-resume", "Resume publishing", self.viewmodel.resume)
        self._sync = self._add("tray-sync", "Sync now", self.viewmodel.sync)
        self.menu.addSeparator()
        self._add("tray-open", "Open PostFlow", self.open_asked.emit)
        self._add("tray-settings", "Settings…", self.settings_asked.emit)
        self._add("tray-quit", "Quit", self.quit_asked.emit)

    def _add(self, name: str, words: str, act: Callable[[], object] | None = None) -> QAction:
        action = QAction(words, self.menu)
        action.setObjectName(name)
        # Else macOS moves rows named Settings and Quit to its own menu.
        action.setMenuRole(QAction.MenuRole.NoRole)
        if act is not None:
            action.triggered.connect(_Call(act, action).run)
        self.menu.addAction(action)
        return action

    def _ask_post(self, place: int) -> None:
        known = self.viewmodel.state.next
        if place < len(known):
            self.post_asked.emit(known[place].workspace_id, known[place].post_id)

    def _ask_accounts(self) -> None:
        self.accounts_asked.emit(self.viewmodel.state.accounts_at)

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # On macOS a click opens the menu.
        if reason is QSystemTrayIcon.ActivationReason.Trigger and sys.platform != "darwin":
            self.toggled.emit()

    def _show_number(self, count: int) -> None:
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.setBadgeNumber(count)


class _Call(QObject):
    """An act without the `checked` that Qt hands along."""

    def __init__(self, act: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._act = act

    @Slot()
    def run(self) -> None:
        """Do it."""
        self._act()


def _escaped(words: str) -> str:
    """In a menu a single & marks a key."""
    return words.replace("&", "&&")
