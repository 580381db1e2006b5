"""The Qt application: one instance per home, the window with its screens, and a clean end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from postflow_desktop import __version__
from postflow_desktop.bootstrap import Machine
from postflow_desktop.desktop.backend import DesktopBackend
from postflow_desktop.desktop.filelinks import FileLinks
from postflow_desktop.desktop.screens import Screens
from postflow_desktop.machine.crash_reports import watch_for_native_faults, write_crash_report
from postflow_desktop.machine.home import Home, default_home_path
from postflow_desktop.machine.logs import configure_logging
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.collector import Collector
from postflow_desktop.ui.kit.failures import Failures, log_qt_messages
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.watchdog import Watchdog
from postflow_desktop.ui.shell.instance import Instance

if TYPE_CHECKING:
    from postflow_desktop.alerts.system import SystemAlerter
    from postflow_desktop.services.ports.alerts import Alerter

_SCREENLESS = frozenset({"offscreen", "minimal"})


def has_screen(environ: Mapping[str, str]) -> bool:
    """Whether a window can be shown (an offscreen platform counts: somebody asked for it)."""
    if not sys.platform.startswith("linux") or environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def make_application() -> QApplication:
    """The Qt application with its names and theme; the one that exists if there is one."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication([])
    QCoreApplication.setApplicationName("PostFlow")
    QCoreApplication.setOrganizationName("PostFlow")
    QCoreApplication.setApplicationVersion(__version__)
    application.setDesktopFileName("org.postflow.PostFlow")
    application.setQuitOnLastWindowClosed(False)
    current_theme().install(application)
    return application


def run_application(
    environ: Mapping[str, str], arguments: Sequence[str], *, sample: bool = False
) -> int:
    """Open the window and stay until it is closed; the exit code.

    A second start hands its arguments to the first and ends.
    """
    application = make_application()
    machine = Machine(environ, Home(default_home_path(environ)))
    instance = Instance(machine.home.machine_id)
    if not instance.claim(list(arguments)):
        machine.close()
        return 0
    undo_logs = configure_logging(machine.home, machine.redactor, verbosity=0, stderr=sys.stderr)
    undo_faults = watch_for_native_faults(machine.home)
    try:
        running = Running(machine)
        instance.called.connect(running.screens.open_link)
        FileLinks(application).opened.connect(running.screens.open_link)
        running.screens.finished.connect(application.quit)
        running.screens.start(sample=sample, words=arguments)
        return application.exec()
    finally:
        running.close()
        instance.release()
        undo_faults()
        undo_logs()
        machine.close()


class Running(QObject):
    """The screens with all that carries them: background work, news, failure hooks, watchdog."""

    def __init__(self, machine: Machine, *, now: Callable[[], datetime] | None = None) -> None:
        super().__init__()
        self._machine = machine
        self.tasks = Tasks()
        self.changes = Changes()
        self.backend = DesktopBackend(machine, self.changes.publish, self.changes.publish_sync)
        settings = machine.home.path / "window.ini"
        self._alerter: SystemAlerter | None = None
        self.screens = Screens(
            self.backend,
            self.tasks,
            self.changes,
            settings,
            now=now,
            make_alerter=self._make_alerter,
        )
        self.failures = Failures(self._report)
        self.failures.install()
        log_qt_messages()
        self.watchdog = Watchdog()
        self.watchdog.start()
        self.collector = Collector()
        self.collector.start()
        self.tasks.crashed.connect(self.failures.take)
        self.tasks.problem.connect(self.screens.window.show_problem)
        self.failures.told.connect(self.screens.window.show_failure)
        self.screens.settled.connect(self._begin)

    def close(self) -> None:
        """End background work in the order in which it depends on each other; joins threads."""
        self.watchdog.stop()
        self.backend.hurry()
        if self._alerter is not None:
            self._alerter.close()
        self.tasks.shutdown()
        self.backend.close()
        self.failures.uninstall()
        # Now and from the top, while Python still holds all of it: when the last reference to a
        # window goes first, Qt crashes; left to Python's collector, any order may come.
        for owned in (*self.screens.composers.all, self.screens.window, self.screens):
            if shiboken6.isValid(owned):
                shiboken6.delete(owned)
        self.collector.stop()

    @Slot()
    def _begin(self) -> None:
        """What follows the cluster brings much along, so the first paint goes before it."""
        self.tasks.run(self.backend.start, lambda _: None)

    def _make_alerter(self, fallback: Alerter) -> Alerter:
        """The system's notifications; where nobody has a screen, nobody reads them."""
        if QGuiApplication.platformName() in _SCREENLESS:
            return fallback
        from postflow_desktop.alerts.system import SystemAlerter

        self._alerter = SystemAlerter(fallback)
        return self._alerter

    def _report(self, error: BaseException) -> str:
        path = write_crash_report(
            self._machine.home,
            error,
            sys.argv[1:],
            redactor=self._machine.redactor,
            at=datetime.now(UTC),
        )
        return os.fspath(path)
