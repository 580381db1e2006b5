"""Which day it is in a place, and a word when another one begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal

from postflow_desktop.ui.calendar.days import wall_day

_SLACK_MS = 500
_LONGEST_MS = 3_600_000
"""Timers stand still while a machine sleeps, so midnight is looked for every hour."""


class DayClock(QObject):
    """This machine's clock, read in one zone."""

    day_changed = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QObject) -> None:
        super().__init__(parent)
        self._now = now
        self.zone = ZoneInfo("UTC")
        self._day = self.today()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        self._wait()

    def now(self) -> datetime:
        """Aware, UTC; never decides what is due."""
        return self._now()

    def today(self) -> date:
        """The wall day."""
        return wall_day(self._now(), self.zone)

    def set_zone(self, zone: ZoneInfo) -> None:
        """Read it in another zone."""
        self.zone = zone
        self._day = self.today()
        self._wait()

    def _look(self) -> None:
        self._wait()
        if self._day != self.today():
            self._day = self.today()
            self.day_changed.emit()

    def _wait(self) -> None:
        now = self._now().astimezone(self.zone)
        left = 86_400_000 - (now.hour * 3600 + now.minute * 60 + now.second) * 1000
        self._timer.start(min(left + _SLACK_MS, _LONGEST_MS))
