"""PostFlow beside its window: tray, bell, alerts, and what closing the window means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication

from postflow_desktop.desktop.alerting import Alerting
from postflow_desktop.desktop.leaving import Leaving
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.notice import Notice, NoticeAction, NoticeKind, Urgency
from postflow_desktop.domain.telling import NoticeWishes
from postflow_desktop.services.notifications.delivering import SUMMARY_KEY
from postflow_desktop.services.ports.alerts import Alert, Alerter
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.backend import Backend, Outlook, Place
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.commands import Command
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.notices.acts import NoticeActs
from postflow_desktop.ui.notices.bell import KEYS, Bell
from postflow_desktop.ui.notices.popover import NoticesPopover
from postflow_desktop.ui.notices.viewmodel import NoticesViewModel
from postflow_desktop.ui.publishers.dialog import ask_reason
from postflow_desktop.ui.shell.window import MainWindow
from postflow_desktop.ui.tray.showing import TrayAlerter
from postflow_desktop.ui.tray.view import Tray
from postflow_desktop.ui.tray.viewmodel import TrayViewModel

CLOSING_KEY = "closing"
_PAUSE_WORDS = (
    "Nothing of {places} goes out, from any computer, until somebody resumes. What is being sent "
    "this moment is finished."
)


class Standby(QObject):
    """Made after the first paint; what it asks for comes out as signals."""

    post_asked = Signal(str)
    edit_asked = Signal(str)
    reschedule_asked = Signal(str)
    account_asked = Signal(str)
    reconnect_asked = Signal(str)
    compose_asked = Signal()
    clipboard_asked = Signal()
    """A new post with what the clipboard holds."""
    today_asked = Signal()
    toast = Signal(str, str)
    offered = Signal(object)
    withdrawn = Signal(str)
    acted = Signal()
    """An act that somebody asked for has ended."""

    def __init__(
        self,
        backend: Backend,
        tasks: Tasks,
        changes: Changes,
        window: MainWindow,
        bell: Bell,
        parent: QObject | None = None,
        *,
        make_alerter: Callable[[Alerter], Alerter],
        has_tray: Callable[[], bool],
        **clock: Any,
    ) -> None:
        """`make_alerter` gives the system's alerts; the tray's, which it gets, are its fallback."""
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self._window = window
        self._ending = self._begun = False
        self.bell = bell
        self.notices = NoticesViewModel(backend, tasks, changes, self, **clock)
        self.acts = NoticeActs(backend, tasks, changes, self, **clock)
        self.popover = NoticesPopover(self.notices, window)
        self.model = TrayViewModel(backend, tasks, changes, self, **clock)
        self.tray = Tray(self.model, window, self, is_available=has_tray)
        self._alerter = make_alerter(TrayAlerter(self.tray.icon, self))
        self.alerting = Alerting(self._alerter, self, is_watched=self._is_watched, **clock)
        self.leaving = Leaving(window, self.model, self.tray, self._tell_leaving, self)
        self._connect_notices()
        self._connect_tray()
        window.commands.add(*self._commands())

    def begin(self) -> None:
        """Read and look."""
        if self._ending:
            return
        self._begun = True
        self.notices.load()
        self.model.start()
        self.leaving.start()

    def enter(self) -> None:
        """Another place is open, or none."""
        self.popover.close()
        self.notices.forget()
        if self._begun:
            self.notices.load()
            self.model.forget()

    def finish(self) -> None:
        """The end: what was promised is done at once, and nothing stands any more."""
        self._ending = True
        self.leaving.stop()
        self.model.stop()
        self.popover.close()
        self.acts.finish()
        self.alerting.close()
        self.tray.set_on(False)

    def go_on(self) -> None:
        """Somebody opened the window again before the end."""
        if self._ending:
            self._ending = False
            self.tray.set_on(True)
            self.begin()

    # --- the tray ---------------------------------------------------------------------------

    def _connect_tray(self) -> None:
        tray, window = self.tray, self._window
        tray.toggled.connect(self._toggle)
        tray.open_asked.connect(self._open)
        tray.compose_asked.connect(self.compose_asked)
        tray.clipboard_asked.connect(self.clipboard_asked)
        tray.post_asked.connect(self._show_post)
        tray.today_asked.connect(self._show_today)
        tray.accounts_asked.connect(self._show_accounts)
        tray.settings_asked.connect(self._show_settings)
        tray.pause_asked.connect(self._ask_to_pause)
        tray.quit_asked.connect(self.leaving.ask_to_quit)
        self.model.looked.connect(self._looked)
        self.model.toast.connect(self.toast)
        self.model.problem.connect(window.show_problem)
        self._changes.sync.connect(self._on_sync)

    @Slot()
    def _toggle(self) -> None:
        window = self._window
        if window.isVisible() and not window.isMinimized() and self.tray.icon.isVisible():
            self.popover.close()
            window.hide()
        else:
            window.bring_to_front()

    @Slot()
    def _open(self) -> None:
        self._window.bring_to_front()

    @Slot(str, str)
    def _show_post(self, workspace_id: str, post_id: str) -> None:
        self._window.bring_to_front()
        self._go(workspace_id, partial(self.post_asked.emit, post_id))

    @Slot()
    def _show_today(self) -> None:
        self._window.bring_to_front()
        self.today_asked.emit()

    @Slot(str)
    def _show_accounts(self, workspace_id: str) -> None:
        self._window.bring_to_front()
        self._go(workspace_id, partial(self._window.show_screen, "accounts"))

    @Slot()
    def _show_settings(self) -> None:
        self._window.bring_to_front()
        self._window.show_screen("settings", enter=True)

    @Slot()
    def _ask_to_pause(self) -> None:
        self._window.bring_to_front()
        ask_reason(
            self._window,
            title="Pause all publishing?",
            text=_PAUSE_WORDS.format(places=self.model.places),
            on_accept=self.model.pause,
        )

    def _go(self, workspace_id: str, then: Callable[[], object]) -> None:
        """To that workspace, unless the window is there; then the rest."""
        place = self._backend.place()
        if place is not None and place.workspace_id == workspace_id:
            then()
            return
        self._tasks.run(
            partial(self._backend.switch, workspace_id),
            partial(self._arrived, then),
            self._window.show_problem,
            key="standby-go",
        )

    def _arrived(self, then: Callable[[], object], _place: Place) -> None:
        self._window.refresh_place()
        then()

    # --- notices and alerts -----------------------------------------------------------------

    def _connect_notices(self) -> None:
        self.bell.clicked.connect(self._ring)
        self.notices.changed.connect(self._show_count)
        self.notices.loaded.connect(self._loaded)
        self.notices.acted.connect(self.acts.do)
        self.notices.toast.connect(self.toast)
        acts = self.acts
        acts.began.connect(self._began)
        acts.ended.connect(self._act_ended)
        acts.toast.connect(self.toast)
        acts.offered.connect(self.offered)
        acts.withdrawn.connect(self.withdrawn)
        acts.post_asked.connect(self.post_asked)
        acts.edit_asked.connect(self.edit_asked)
        acts.reschedule_asked.connect(self.reschedule_asked)
        acts.account_asked.connect(self.account_asked)
        acts.reconnect_asked.connect(self.reconnect_asked)
        self.alerting.answered.connect(self._answered)
        self.alerting.came_back.connect(self._open)

    def _commands(self) -> Sequence[Command]:
        here = self._window.has_place
        return (
            Command(
                "go.notices", "Notifications", "Go", KEYS, self.open_notices, here,
                icon="bell", keywords="notices alerts messages",
            ),
            Command(
                "app.sync", "Sync now", "File", "Ctrl+R", self.model.sync, here,
                icon="arrows-clockwise", keywords="refresh reload update",
            ),
        )  # fmt: skip

    @Slot()
    def _ring(self) -> None:
        self.open_notices(by_keyboard=self.bell.hasFocus())

    def open_notices(self, *, by_keyboard: bool = True) -> None:
        """The list under the bell, or away with it."""
        if self.popover.isVisible():
            self.popover.close()
        else:
            self.notices.load()
            self.popover.open_under(self.bell, by_keyboard=by_keyboard)

    @Slot()
    def _show_count(self) -> None:
        self.bell.set_count(self.notices.unread)

    @Slot(str)
    def _began(self, key: str) -> None:
        self.notices.set_busy(key, busy=True)

    @Slot(str)
    def _act_ended(self, key: str) -> None:
        self.notices.set_busy(key, busy=False)
        self.acted.emit()

    @Slot()
    def _loaded(self) -> None:
        """Alerts of the open place follow its copy, as soon as that is up to date."""
        place = self._backend.place()
        if place is None or self._changes.state.link is not Link.LIVE or self._ending:
            return
        work = partial(self._backend.replica.notice_wishes, place.user_id)
        self._tasks.read(work, partial(self._feed_here, place), _nothing, key="standby-wishes")

    def _feed_here(self, place: Place, wishes: NoticeWishes) -> None:
        here = self._backend.place()
        if here is not None and here.workspace_id == place.workspace_id and not self._ending:
            self.alerting.feed(place.workspace_id, place.user_id, self.notices.rows, wishes)

    @Slot(object)
    def _looked(self, outlooks: Sequence[Outlook]) -> None:
        """Alerts of the other workspaces follow their clusters."""
        place = self._backend.place()
        here = "" if place is None else place.workspace_id
        self.alerting.keep_only({here, *(one.workspace_id for one in outlooks)})
        for one in outlooks:
            if one.workspace_id != here and one.agenda is not None and not self._ending:
                self.alerting.feed(one.workspace_id, one.user_id, one.notices, one.wishes)

    @Slot(object)
    def _on_sync(self, state: SyncState) -> None:
        if state.link is Link.LIVE and self._begun:
            self.notices.load()

    def _is_watched(self, workspace_id: str, notice: Notice) -> bool:
        """Who looks at the window is told there."""
        place = self._backend.place()
        active = QApplication.activeWindow()
        if place is None or place.workspace_id != workspace_id or active is None:
            return False
        if active not in (self._window, self.popover):
            return False
        if notice.urgency is Urgency.HIGH and not notice.withdrawn and not self.popover.isVisible():
            self._tell(notice)
        return True

    def _tell(self, notice: Notice) -> None:
        action = notice.actions[0]
        failed = notice.kind is NoticeKind.FAILED
        self._window.toasts.show(
            notice.title,
            kind="error" if failed else "warning",
            action=action.words,
            on_action=partial(self.notices.act, notice, action),
            seconds=0,
        )

    def _tell_leaving(self, title: str, text: str) -> None:
        alert = Alert(key=CLOSING_KEY, title=title, text=text, urgency=Urgency.NORMAL)
        self._alerter.show(alert, self.alerting.come_back)

    @Slot(str, str, object)
    def _answered(self, workspace_id: str, key: str, action: NoticeAction) -> None:
        self._window.bring_to_front()
        self._go(workspace_id, partial(self._answer, workspace_id, key, action))

    def _answer(self, workspace_id: str, key: str, action: NoticeAction) -> None:
        if key == SUMMARY_KEY:
            self.popover.open_under(self.bell)
            return
        notice = self.alerting.notice(workspace_id, key)
        if notice is not None:
            self.notices.act(notice, action)


def _nothing(_error: PostFlowError) -> None:
    """The list says what is wrong; alerts wait."""
