"""Commands as Qt's actions: their keys on the window, their places in the menus.

Every command stands in the menu bar, which macOS shows always and other systems on Alt or Ctrl+M,
and in the ☰ menu. A command that can't be run now is grey there and its key does nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu

from postflow_desktop.ui.kit.commands import Command, Commands

SECTIONS = ("File", "Edit", "View", "Post", "Go", "Window", "Help")
_ROLES = {
    "app.quit": QAction.MenuRole.QuitRole,
    "go.settings": QAction.MenuRole.PreferencesRole,
    "help.about": QAction.MenuRole.AboutRole,
}


_LAST = ("window.close", "app.quit")
"""Stand at the end of their menu, whatever is added later."""


class Actions(QObject):
    """Follows the registry; `scope` is the screen whose keys are in force."""

    def __init__(self, window: QMainWindow, commands: Commands) -> None:
        super().__init__(window)
        self._window = window
        self._commands = commands
        self._scope = ""
        self._actions: dict[str, QAction] = {}
        self.menu = QMenu("Menu", window)
        self.menu.setObjectName("main-menu")
        self.menu.setAccessibleName("Menu")
        self._menus = [self._fill_menus(window.menuBar().addMenu), self._fill_menus(self._sub)]
        commands.changed.connect(self._follow)
        self._follow()

    def set_scope(self, screen_id: str) -> None:
        """Another screen is open: its keys are in force."""
        self._scope = screen_id
        for command_id, action in self._actions.items():
            action.setEnabled(self._in_scope(self._commands.get(command_id)))

    def get(self, command_id: str) -> QAction:
        """A command's action."""
        return self._actions[command_id]

    def _sub(self, title: str) -> QMenu:
        return self.menu.addMenu(title)

    def _fill_menus(self, add: Callable[[str], QMenu]) -> dict[str, QMenu]:
        menus = {}
        for section in SECTIONS:
            menus[section] = menu = add(f"&{section}")
            menu.setObjectName(f"menu-{section.lower()}")
            menu.aboutToShow.connect(self._before_menu)
            menu.aboutToHide.connect(self._after_menu)
        return menus

    @Slot()
    def _follow(self) -> None:
        wanted = {command.id: command for command in self._commands.all()}
        for gone in set(self._actions) - set(wanted):
            action = self._actions.pop(gone)
            self._window.removeAction(action)
            for menus in self._menus:
                for menu in menus.values():
                    menu.removeAction(action)
            action.deleteLater()
        for command_id, command in wanted.items():
            if command_id not in self._actions:
                self._actions[command_id] = self._make(command)
        for menus in self._menus:
            for menu in menus.values():
                menu.menuAction().setVisible(bool(menu.actions()))

    def _make(self, command: Command) -> QAction:
        action = QAction(command.title.replace("&", "&&"), self)
        action.setObjectName(command.id)
        action.setData(command.id)
        action.setShortcuts(list(command.sequences()))
        action.setMenuRole(_ROLES.get(command.id, QAction.MenuRole.NoRole))
        action.setEnabled(self._in_scope(command))
        action.triggered.connect(self._run)
        self._window.addAction(action)
        for menus in self._menus:
            menu = menus.get(command.section, menus["Post"])
            last = next((a for a in menu.actions() if a.objectName() in _LAST), None)
            if last is None or command.id in _LAST:
                menu.addAction(action)
            else:
                menu.insertAction(last, action)
        return action

    def _in_scope(self, command: Command) -> bool:
        return command.scope in ("", self._scope)

    @Slot()
    def _run(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._commands.run(str(action.data()))

    @Slot()
    def _before_menu(self) -> None:
        for command_id, action in self._actions.items():
            command = self._commands.get(command_id)
            action.setEnabled(self._in_scope(command) and command.enabled())

    @Slot()
    def _after_menu(self) -> None:
        self.set_scope(self._scope)
