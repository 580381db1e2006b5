"""Exceptions that nobody caught, and a main thread that does not answer."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEventLoop, QMessageLogContext, QMetaObject, Qt, QTimer, QtMsgType
from pytestqt.qtbot import QtBot

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.ui.kit.failures import Failures, _on_qt_message
from postflow_desktop.ui.kit.watchdog import Watchdog
from tests.plugins.logfail import ExpectedLogs

PATIENCE = 5000


@pytest.fixture
def reported() -> list[BaseException]:
    return []


@pytest.fixture
def failures(reported: list[BaseException]) -> Iterator[Failures]:
    made = Failures(reported.append)
    made.install()
    yield made
    made.uninstall()


def _error(text: str) -> ValueError:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_a_fault_is_reported_and_told(
    failures: Failures,
    reported: list[BaseException],
    qtbot: QtBot,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.add("The window met a bug")
    error = _error("in a slot")
    with qtbot.waitSignal(failures.told, timeout=PATIENCE) as told:
        sys.excepthook(type(error), error, error.__traceback__)
    assert reported == [error]
    assert "What you typed is kept" in told.args[0]


def test_the_same_fault_in_a_row_is_told_once(
    failures: Failures,
    reported: list[BaseException],
    qtbot: QtBot,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.add("The window met a bug")
    with qtbot.waitSignal(failures.told, timeout=PATIENCE):
        for _ in range(50):
            failures.take(_error("while painting"))
    assert len(reported) == 1


def test_a_fault_in_a_thread_is_reported_on_the_main_thread(
    failures: Failures, qtbot: QtBot, expected_logs: ExpectedLogs
) -> None:
    expected_logs.add("The window met a bug")
    error = _error("in a thread")
    args = threading.ExceptHookArgs((ValueError, error, error.__traceback__, None))
    worker = threading.Thread(target=threading.excepthook, args=(args,))
    with qtbot.waitSignal(failures.told, timeout=PATIENCE):
        worker.start()
    worker.join()


def test_a_full_disk_does_not_make_it_worse(qtbot: QtBot, expected_logs: ExpectedLogs) -> None:
    expected_logs.add("The window met a bug")
    expected_logs.add("crash report could not be written: The disk is full.")

    def report(error: BaseException) -> None:
        raise MachineProblem("The disk is full.")

    failures = Failures(report)
    with qtbot.waitSignal(failures.told, timeout=PATIENCE):
        failures.take(_error("x"))


def test_former_hooks_are_put_back() -> None:
    before = sys.excepthook, threading.excepthook
    failures = Failures(_ignore)
    failures.install()
    assert sys.excepthook != before[0]
    failures.uninstall()
    assert (sys.excepthook, threading.excepthook) == before


def test_what_qt_says_goes_to_the_log(expected_logs: ExpectedLogs) -> None:
    expected_logs.add("something is odd")
    _on_qt_message(QtMsgType.QtWarningMsg, QMessageLogContext(), "something is odd")


def test_a_blocked_window_is_logged_with_its_stack(
    qtbot: QtBot, expected_logs: ExpectedLogs
) -> None:
    expected_logs.add("_work_long_on_the_main_thread")
    watchdog = Watchdog(limit=0.05)
    watchdog.start()
    done: list[bool] = []

    def work() -> None:
        _work_long_on_the_main_thread()
        done.append(True)

    QTimer.singleShot(0, work)
    qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE)
    watchdog.stop()


def test_an_idle_window_lets_the_watchdog_sleep(qtbot: QtBot) -> None:
    watchdog = Watchdog(limit=30, rest=0.1)
    watchdog.start()
    asleep = threading.Event()
    loop = QEventLoop()
    waiter = threading.Thread(target=_wait_until_asleep, args=(watchdog, asleep, loop))
    waiter.start()
    # Idle means to wait in Qt: outside its loop the main thread would be at work.
    loop.exec()
    waiter.join()
    assert asleep.is_set()
    watchdog.stop()
    assert not watchdog.is_running()


def _wait_until_asleep(watchdog: Watchdog, asleep: threading.Event, loop: QEventLoop) -> None:
    end = time.monotonic() + PATIENCE / 1000
    pause = threading.Event()
    while time.monotonic() < end and not watchdog.is_asleep():
        pause.wait(0.01)
    if watchdog.is_asleep():
        asleep.set()
    QMetaObject.invokeMethod(loop, "quit", Qt.ConnectionType.QueuedConnection)


def _work_long_on_the_main_thread() -> None:
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        sum(range(1000))


def _ignore(error: BaseException) -> None:
    """Takes anything."""
