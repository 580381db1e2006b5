"""Clock, timers and workers that a test holds in its hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QObject

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.ui.composer.moments import Alarm, Moments
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import NOW


class HeldAlarm(Alarm):
    """Rings when the test's time has come."""

    def __init__(self, moments: HeldMoments, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._moments = moments
        self.due: datetime | None = None

    @property
    def armed(self) -> bool:
        return self.due is not None

    def arm(self, milliseconds: int) -> None:
        self.due = self._moments.now() + timedelta(milliseconds=milliseconds)

    def disarm(self) -> None:
        self.due = None


class HeldMoments(Moments):
    """Time stands until `pass_ms`, which rings what is due on the way, in order."""

    def __init__(self, start: datetime = NOW) -> None:
        self._now = start
        self._alarms: list[HeldAlarm] = []

    def now(self) -> datetime:
        return self._now

    def alarm(self, parent: QObject) -> Alarm:
        made = HeldAlarm(self, parent)
        self._alarms.append(made)
        return made

    def pass_ms(self, milliseconds: int) -> None:
        end = self._now + timedelta(milliseconds=milliseconds)
        while due := [a for a in self._alarms if a.due is not None and a.due <= end]:
            first = min(due, key=lambda alarm: alarm.due or end)
            self._now = first.due or end
            first.disarm()
            first.rang.emit()
        self._now = end


class HeldTasks(Tasks):
    """Work waits until the test lets it run, one piece after the other."""

    def __init__(self) -> None:
        super().__init__(immediate=True)
        self.waiting: list[Callable[[], None]] = []

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], object],
        failed: Callable[[PostFlowError], object] | None = None,
        *,
        key: str | None = None,
    ) -> None:
        start = super().run
        self.waiting.append(lambda: start(work, done, failed, key=key))

    def let_one_run(self) -> None:
        self.waiting.pop(0)()
