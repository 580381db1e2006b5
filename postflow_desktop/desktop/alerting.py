"""Alerts of every workspace of this machine; their answers come back on the main thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from postflow_desktop.domain.notice import Notice, NoticeAction
from postflow_desktop.domain.telling import NoticeWishes
from postflow_desktop.services.notifications.delivering import AlertDesk, DeskParts
from postflow_desktop.services.ports.alerts import Alert, Alerter

_TICK_MS = 60_000
OnAction = Callable[[str, NoticeAction], None]


class Alerting(QObject):
    """One desk for each person in a workspace; keys of alerts begin with the workspace's id."""

    answered = Signal(str, str, object)
    """A workspace's id, a notice's key, a NoticeAction."""
    came_back = Signal()
    """The window was asked for."""
    _came = Signal(str, str, object)
    _back = Signal()

    def __init__(
        self,
        alerter: Alerter,
        parent: QObject | None = None,
        *,
        is_watched: Callable[[str, Notice], bool],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`is_watched(workspace_id, notice)`: the focused window tells it itself."""
        super().__init__(parent)
        self._alerter = alerter
        self._is_watched = is_watched
        self._now = now
        self._desks: dict[str, tuple[str, AlertDesk]] = {}
        self._notices: dict[tuple[str, str], Notice] = {}
        self._came.connect(self.answered, Qt.ConnectionType.QueuedConnection)
        self._back.connect(self.came_back, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def feed(
        self,
        workspace_id: str,
        user_id: str,
        notices: Sequence[Notice],
        wishes: NoticeWishes | None,
    ) -> None:
        """What the notices of a workspace are now."""
        known = self._desks.get(workspace_id)
        if known is None or known[0] != user_id:
            self._clear(workspace_id)
            known = self._desks[workspace_id] = user_id, self._desk(workspace_id, user_id)
        for notice in notices:
            self._notices[workspace_id, notice.key] = notice
        desk = known[1]
        if wishes is not None:
            desk.wish(wishes)
        desk.feed(notices)

    def keep_only(self, workspace_ids: Collection[str]) -> None:
        """Nobody is signed in elsewhere any more."""
        for workspace_id in set(self._desks) - set(workspace_ids):
            self._clear(workspace_id)

    def notice(self, workspace_id: str, key: str) -> Notice | None:
        """What was told last under this key."""
        return self._notices.get((workspace_id, key))

    def come_back(self, _key: str, _action: NoticeAction) -> None:
        """The answer to an alert that is about PostFlow itself; on any thread."""
        self._back.emit()

    def close(self) -> None:
        """Take everything away."""
        for workspace_id in list(self._desks):
            self._clear(workspace_id)

    def _desk(self, workspace_id: str, user_id: str) -> AlertDesk:
        return AlertDesk(
            DeskParts(
                alerter=_Prefixed(self._alerter, f"{workspace_id}/"),
                user_id=user_id,
                now=self._now,
                on_action=partial(self._came.emit, workspace_id),
                is_watched=partial(self._is_watched, workspace_id),
            )
        )

    def _clear(self, workspace_id: str) -> None:
        known = self._desks.pop(workspace_id, None)
        if known is not None:
            known[1].clear()
        self._notices = {k: n for k, n in self._notices.items() if k[0] != workspace_id}

    @Slot()
    def _tick(self) -> None:
        for _, desk in self._desks.values():
            desk.tick()


class _Prefixed:
    """The same alerter, with keys that no other workspace has."""

    def __init__(self, alerter: Alerter, prefix: str) -> None:
        self._alerter = alerter
        self._prefix = prefix

    def show(self, alert: Alert, on_action: OnAction) -> None:
        """Show or replace."""

        def act(_: str, action: NoticeAction) -> None:
            on_action(alert.key, action)

        self._alerter.show(
            Alert(
                key=self._prefix + alert.key,
                title=alert.title,
                text=alert.text,
                urgency=alert.urgency,
                actions=alert.actions,
            ),
            act,
        )

    def withdraw(self, key: str) -> None:
        """Take it away."""
        self._alerter.withdraw(self._prefix + key)
