"""One fresh process of the start and memory figures: `bare`, or `app <home>`; tells on stdout.

A `MARK name seconds` line gives the system's monotonic clock, which the parent reads too.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

SIZE = (1280, 800)
_MONTHS = 8
_REST_SECONDS = 5.0
_IDLE_SECONDS = 10.0


def main(kind: str, *rest: str) -> None:
    """Paint a window; with `stay`, go on to use it and to rest."""
    stay = "stay" in rest
    if kind == "bare":
        _bare(stay=stay)
    else:
        _app(Path(rest[0]), stay=stay)
    sys.stdout.flush()
    # What runs in the background is not waited for: the figures are told.
    os._exit(0)


def mark(name: str) -> None:
    """Tell the moment."""
    print(f"MARK {name} {time.monotonic():.6f}", flush=True)


def _bare(*, stay: bool) -> None:
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication([])
    window = QWidget()
    window.resize(*SIZE)
    window.show()
    app.processEvents()
    window.repaint()
    mark("painted")
    if stay:
        _tell_memory()
        _tell_idle(_turn(app))


def _app(home: Path, *, stay: bool) -> None:
    from PySide6.QtCore import QEventLoop

    from postflow_desktop.bootstrap import Machine
    from postflow_desktop.desktop.app import Running, make_application
    from postflow_desktop.machine.home import Home

    app = make_application()
    running = Running(Machine({"POSTFLOW_KEYRING": "memory"}, Home(home)))
    screens = running.screens
    screens.start()
    calendar, month = screens.calendar, screens.calendar_view.month
    while not (calendar.snapshot and calendar.snapshot.rows):
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    month.repaint()
    mark("painted")
    if not stay:
        return
    turn = _turn(app)
    turn(_REST_SECONDS)
    for _ in range(_MONTHS):
        calendar.next_month()
        turn(0.3)
    for screen in ("drafts", "attention", "accounts", "settings", "calendar"):
        screens.window.show_screen(screen)
        turn(0.3)
    _tell_memory()
    turn(_REST_SECONDS)
    _tell_idle(turn)


def _turn(app: object) -> Callable[[float], None]:
    """Lets the event loop run for so long."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    del app

    def turn(seconds: float) -> None:
        loop = QEventLoop()
        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.setSingleShot(True)
        timer.timeout.connect(loop.quit)
        timer.start(round(seconds * 1000))
        loop.exec()

    return turn


def _tell_memory() -> None:
    from tests.bench.window_process import resident_megabytes

    print(f"MEMORY {resident_megabytes():.1f}", flush=True)


def _tell_idle(turn: Callable[[float], None]) -> None:
    """Turns of the main loop and waits of any thread, per second."""
    from PySide6.QtCore import QAbstractEventDispatcher

    from tests.bench.window_process import voluntary_switches

    turns = 0

    def count() -> None:
        nonlocal turns
        turns += 1

    QAbstractEventDispatcher.instance().awake.connect(count)
    before = voluntary_switches()
    turn(_IDLE_SECONDS)
    waits = voluntary_switches() - before
    print(f"IDLE {turns / _IDLE_SECONDS:.2f} {waits / _IDLE_SECONDS:.2f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
