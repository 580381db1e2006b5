"""The list under the switcher: the workspaces of this machine, and a way to another one."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from postflow_desktop.ui.shell.viewmodel import ShellViewModel


class PlaceMenu(QObject):
    """Filled anew each time it opens."""

    add_requested = Signal()

    def __init__(self, viewmodel: ShellViewModel, window: QMainWindow) -> None:
        super().__init__(window)
        self._viewmodel = viewmodel
        self.menu = QMenu("Workspaces", window)
        self.menu.setObjectName("workspaces-menu")
        self.menu.setAccessibleName("Workspaces")

    @Slot()
    def open(self) -> None:
        """Show it under what was pressed."""
        self.fill()
        button = self.sender()
        if isinstance(button, QWidget):
            self.menu.popup(button.mapToGlobal(QPoint(4, button.height() + 2)))

    def fill(self) -> None:
        """Ask for the workspaces and list them."""
        self.menu.clear()
        for choice in self._viewmodel.workspaces():
            action = self.menu.addAction(choice.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(choice.current)
            action.setData("" if choice.current else choice.id)
            action.triggered.connect(self._switch)
        self.menu.addSeparator()
        add = self.menu.addAction("Add a workspace…")
        add.setObjectName("add-workspace")
        add.triggered.connect(self.add_requested)

    @Slot()
    def _switch(self) -> None:
        action = self.sender()
        if isinstance(action, QAction) and action.data():
            self._viewmodel.switch(str(action.data()))
