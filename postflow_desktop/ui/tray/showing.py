"""Alerter by the tray's own way, for computers without a notification service: no buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QSystemTrayIcon

from postflow_desktop.domain.notice import NoticeAction, Urgency
from postflow_desktop.services.ports.alerts import Alert

OnAction = Callable[[str, NoticeAction], None]

_LONG_MS, _USUAL_MS = 30_000, 10_000


class TrayAlerter(QObject):
    """Fits the Alerter port; called on any thread, shown on the main one."""

    _wanted = Signal(object, object)
    _settled = Signal(str)

    def __init__(self, icon: QSystemTrayIcon, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._last: tuple[str, OnAction] | None = None
        self._wanted.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._settled.connect(self._forget, Qt.ConnectionType.QueuedConnection)
        icon.messageClicked.connect(self._on_click)

    def show(self, alert: Alert, on_action: OnAction) -> None:
        """Show it; a click is OPEN. Without a tray it stands in the list only."""
        self._wanted.emit(alert, on_action)

    def withdraw(self, key: str) -> None:
        """It goes by itself; a click on it does nothing any more."""
        self._settled.emit(key)

    @Slot(object, object)
    def _show(self, alert: Alert, on_action: OnAction) -> None:
        if not self._icon.isVisible():
            return
        self._last = (alert.key, on_action)
        high = alert.urgency is Urgency.HIGH
        self._icon.showMessage(
            alert.title, alert.text, self._icon.icon(), _LONG_MS if high else _USUAL_MS
        )

    @Slot(str)
    def _forget(self, key: str) -> None:
        if self._last is not None and self._last[0] == key:
            self._last = None

    @Slot()
    def _on_click(self) -> None:
        last, self._last = self._last, None
        if last is not None:
            key, on_action = last
            on_action(key, NoticeAction.OPEN)
