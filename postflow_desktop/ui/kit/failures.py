"""One hook for exceptions that nobody caught: logged, reported, and told to the person.

Exceptions in slots and in threads end here; PySide6 passes the former to `sys.excepthook`. The
same fault in a row is told once in ten seconds, so that a fault in painting can't flood the disk.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)

from postflow_desktop.domain.errors import PostFlowError

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("postflow_desktop.ui.qt")
_PAUSE = 10.0
"""Seconds in which the same fault is told once."""
_MESSAGE = "Something went wrong in PostFlow. What you typed is kept."

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Failures(QObject):
    """Hears of every uncaught exception; `report` writes the crash report."""

    told = Signal(str)
    """A sentence for a toast; on the main thread."""
    _came = Signal(object)

    def __init__(
        self, report: Callable[[BaseException], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._report = report
        self._last: dict[tuple[type[BaseException], str, int], float] = {}
        self._before = (sys.excepthook, threading.excepthook)
        self._came.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Become the program's hook."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        """Put the former hooks back."""
        sys.excepthook, threading.excepthook = self._before

    @Slot(object)
    def take(self, error: BaseException) -> None:
        """Hear of an exception that somebody else caught, as `Tasks.crashed`."""
        if self._is_new(error):
            _log.error("The window met a bug", exc_info=error)
            self._came.emit(error)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        self.take(error)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.take(args.exc_value)

    def _is_new(self, error: BaseException) -> bool:
        place = ("", 0)
        trace = error.__traceback__
        while trace is not None:
            place = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
            trace = trace.tb_next
        key = (type(error), *place)
        now = time.monotonic()
        if now - self._last.get(key, -_PAUSE) < _PAUSE:
            return False
        self._last[key] = now
        return True

    @Slot(object)
    def _tell(self, error: BaseException) -> None:
        try:
            self._report(error)
        except PostFlowError as problem:
            _log.warning("The crash report could not be written: %s", problem.message)
        self.told.emit(_MESSAGE)


def log_qt_messages() -> None:
    """Bring what Qt says into PostFlow's log."""
    qInstallMessageHandler(_on_qt_message)


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category, message)
