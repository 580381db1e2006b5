"""A tray on a desktop that is only thought of: offscreen there is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.tray.view import Tray
from postflow_desktop.ui.tray.viewmodel import TrayViewModel
from tests.fakes.backend import NOW, FakeBackend


class ShownIcon(QSystemTrayIcon):
    """Remembers whether it is shown and what it said."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = False
        self.said: list[tuple[str, str, int]] = []

    def setVisible(self, visible: bool) -> None:  # noqa: N802 - Qt's name
        self.shown = visible

    def isVisible(self) -> bool:  # noqa: N802 - Qt's name
        return self.shown

    def showMessage(  # type: ignore[override]  # noqa: N802 - the form that is used
        self, title: str, msg: str, icon: QIcon, msecs: int
    ) -> None:
        self.said.append((title, msg, msecs))


class Desk:
    """A tray with everything around it."""

    def __init__(self, backend: FakeBackend, changes: Changes, window: QWidget) -> None:
        self.backend = backend
        self.changes = changes
        self.has_tray = True
        self.toasts: list[tuple[str, str]] = []
        self.model = TrayViewModel(backend, Tasks(immediate=True), changes, window, now=lambda: NOW)
        self.model.toast.connect(lambda text, kind: self.toasts.append((text, kind)))
        self.icon = ShownIcon()
        self.tray = Tray(
            self.model, window, window, is_available=lambda: self.has_tray, icon=self.icon
        )

    def link(self, link: Link) -> None:
        """How the window stands to the cluster."""
        self.changes._take_state(SyncState(link=link, since=NOW))

    @property
    def rows(self) -> list[str]:
        """The menu as it is read, lines aside."""
        actions = self.tray.menu.actions()
        return [a.text() for a in actions if a.isVisible() and not a.isSeparator()]


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def desk(backend: FakeBackend, qtbot: QtBot) -> Iterator[Desk]:
    window = QWidget()
    qtbot.addWidget(window)
    made = Desk(backend, Changes(window), window)
    yield made
    made.model.stop()
