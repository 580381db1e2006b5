"""The clock and the timers of a screen, in one place so that tests hold them."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal


class Alarm(QObject):
    """Rings once, some milliseconds after it was armed; arming again starts anew."""

    rang = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.rang)

    @property
    def armed(self) -> bool:
        """Whether it is going to ring."""
        return self._timer.isActive()

    def arm(self, milliseconds: int) -> None:
        """Ring after that long."""
        self._timer.start(milliseconds)

    def disarm(self) -> None:
        """Don't ring."""
        self._timer.stop()


class Moments:
    """The real clock and real timers."""

    def now(self) -> datetime:
        """This machine's clock, aware, UTC; what is due is decided elsewhere."""
        return datetime.now(UTC)

    def alarm(self, parent: QObject) -> Alarm:
        """A new alarm that belongs to `parent`."""
        return Alarm(parent)
