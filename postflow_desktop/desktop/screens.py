"""The window with its screens, put together; what a signal of one asks of another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon

from postflow_desktop.desktop.backend import DesktopBackend
from postflow_desktop.desktop.composers import Composers
from postflow_desktop.desktop.openplace import PLACE, PLACE_NOUNS
from postflow_desktop.desktop.rooms import Rooms
from postflow_desktop.services.ports.alerts import Alerter
from postflow_desktop.services.ports.replica import Change
from postflow_desktop.ui.calendar.commands import calendar_commands
from postflow_desktop.ui.calendar.state import ComposeRequest
from postflow_desktop.ui.calendar.view import CalendarView
from postflow_desktop.ui.calendar.viewmodel import CalendarViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.toasts import ToastKind
from postflow_desktop.ui.publishers.banner import PauseBanner, pause_commands
from postflow_desktop.ui.shell.links import Compose, first_link
from postflow_desktop.ui.shell.placecommands import place_commands

if TYPE_CHECKING:
    from postflow_desktop.ui.composer.view import ComposerWindow
    from postflow_desktop.ui.inspector.offer import Offer

_KINDS: dict[str, ToastKind] = {"success": "success", "warning": "warning", "error": "error"}
_SETTLE_MS = 60
"""After the first rows: the system shows the window, and input goes first."""
_PATIENCE_MS = 1000
"""Rows that have not come by then are not waited for."""


class Screens(Rooms):
    """One main window and the composers it opened; `finished` when the last of them has ended."""

    finished = Signal()
    settled = Signal()
    """The window has been painted; what that did not need may begin."""

    def __init__(
        self,
        backend: DesktopBackend,
        tasks: Tasks,
        changes: Changes,
        settings: Path,
        *,
        now: Callable[[], datetime] | None = None,
        make_alerter: Callable[[Alerter], Alerter] = lambda fallback: fallback,
        has_tray: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
    ) -> None:
        """`make_alerter` gives the system's alerts; the tray's, which it gets, are its fallback."""
        super().__init__(backend, tasks, changes, settings, now, make_alerter, has_tray)
        self._closed = self._ended = False
        self.composers = Composers(backend, tasks, changes, settings, self)
        self.calendar = CalendarViewModel(backend, tasks, changes, self, **self._clock)
        self.calendar_view = CalendarView(self.calendar)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._settle)
        self._add_screens()
        self._add_commands()
        self._connect_window()
        self._connect_screens()

    def start(self, *, sample: bool = False, words: Sequence[str] = ()) -> None:
        """Show the window and read; `sample` goes to the sample workspace, made where it lacks."""
        place = self.backend.place()
        if place is None:
            self.make("welcome")
        self._fill_last()
        self.window.start()
        self.window.show()
        if place is None:
            self._enter()
        if sample and (place is None or not place.is_sample):
            self.make("welcome")
            self.window.show_welcome()
            self.welcome.explore()
        link = first_link(words)
        if link is not None:
            self.window.open_link(link)
        self.calendar.snapshot_changed.connect(self._first_rows)
        self._patience.start(_PATIENCE_MS)

    @Slot(list)
    def open_link(self, words: Sequence[str]) -> None:
        """What a second start or a link asks for; the window comes to the front."""
        self._closed = False
        if self.has("standby"):
            self.standby.go_on()
        self.window.bring_to_front()
        link = first_link(words)
        if link is not None:
            self.window.open_link(link)

    def compose(
        self, day: date | None = None, files: Sequence[Path] = (), text: str = ""
    ) -> ComposerWindow:
        """A composer for a new post."""
        return self.composers.new(day, files, text)

    @Slot()
    def close(self) -> None:
        """Close everything; composers keep what they hold, then `finished`."""
        if self._closed:
            return
        self._closed = True
        self.stop_making()
        if self.has("standby"):
            self.standby.finish()
        if self.has("inspector"):
            self.inspector.publish_at_once()
        if self.has("drafts"):
            self.drafts.finish()
        self.composers.close_all()
        if self.window.isVisible():
            self.window.close()
        self._finish()

    # --- building ---------------------------------------------------------------------------

    def _add_screens(self) -> None:
        window = self.window
        window.add_screen("calendar", "Calendar", "calendar-blank", self.calendar_view, "G, C")
        for screen_id, title, icon, keys, badge in (
            ("drafts", "Drafts", "pencil-simple", "G, D", "drafts"),
            ("attention", "Needs attention", "warning-circle", "G, N", "attention"),
            ("accounts", "Accounts", "plugs-connected", "G, A", ""),
            ("publishers", "Publishers", "broadcast", "G, P", ""),
            ("settings", "Settings", "gear-six", "Ctrl+,", ""),
        ):
            window.add_screen(screen_id, title, icon, self._pages[screen_id], keys, badge)
        window.set_toolbar("calendar", left=self.calendar_view.toolbar_widget())

    def _add_commands(self) -> None:
        self.window.main.notices.addWidget(PauseBanner(self.pausing))
        self.window.commands.add(*calendar_commands(self.calendar))
        self.window.commands.add(*pause_commands(self.window, self.pausing))
        self.window.commands.add(
            *place_commands(
                self.backend,
                add=self._add_place,
                remove_sample=self._remove_sample,
            )
        )

    def _connect_window(self) -> None:
        window = self.window
        window.compose_requested.connect(self._compose_from_shell)
        window.post_requested.connect(self._show_post)
        window.connect_requested.connect(self._connect_account)
        window.add_place_requested.connect(self._add_place)
        window.channels_filtered.connect(self.calendar.channels.set_filter)
        window.place_changed.connect(self._enter)
        self.changes.changed.connect(self._on_change)
        window.quit_requested.connect(self._ask_to_quit)
        window.closed.connect(self.close)
        self.composers.toast.connect(self._toast)
        self.composers.offer.connect(self._offer_act)
        self.composers.one_closed.connect(self._finish)
        self.composers.board_asked.connect(self._show_board)
        self.acted.connect(self._finish)
        self.ended.connect(self.close)
        self.clipboard_asked.connect(self._compose_clipboard)
        self.today_asked.connect(self._show_today)

    def _connect_screens(self) -> None:
        self.post_selected.connect(self._show_post)
        self.post_opened.connect(self.composers.edit_post)
        self.draft_opened.connect(self.composers.edit_draft)
        self.compose_requested.connect(self._compose_from_shell)
        self.offered.connect(self._offer)
        self.deleted.connect(self._offer_act)
        self.toast.connect(self._toast)
        self.arrived.connect(self._arrived)
        self.welcome_left.connect(self._leave_welcome)
        self.place_left.connect(self._left_place)
        self.calendar.post_selected.connect(self._show_post)
        self.calendar.post_opened.connect(self.composers.edit_post)
        self.calendar.compose_requested.connect(self._compose_on_day)
        self.calendar.connect_requested.connect(self._connect_account)
        self.calendar.toast.connect(self._toast_with_undo)
        self.calendar.unattended.connect(self._warn_unattended)
        self.unattended.connect(self._warn_unattended)

    # --- the first paint --------------------------------------------------------------------

    def _fill_last(self) -> None:
        """The screen that was open last is shown first; the focus goes into it."""
        last = self.window.memory.text("window/screen")
        if last in self._pages:
            self.make(last)

    @Slot()
    def _first_rows(self) -> None:
        self._patience.start(_SETTLE_MS)

    @Slot()
    def _settle(self) -> None:
        self.calendar.snapshot_changed.disconnect(self._first_rows)
        self.make_ahead()
        name = "postflow_desktop.desktop.standby"
        self.tasks.run(lambda: import_module(name), self._stand_by)
        self.settled.emit()

    def _stand_by(self, _: object) -> None:
        if not self._closed:
            self.standby.begin()

    @Slot()
    def _ask_to_quit(self) -> None:
        if self.has("standby"):
            self.standby.leaving.ask_to_quit()
        else:
            self.close()

    # --- places -----------------------------------------------------------------------------

    @Slot()
    def _enter(self) -> None:
        """Another place, or the first, or none: every screen reads anew."""
        self.composers.follow()
        if self.has("inspector"):
            self.inspector.clear()
        self.window.close_inspector()
        if self.has("settings"):
            self.settings.refresh()
        for screen in (self.pausing, *self.made_lists()):
            screen.forget()
        self.calendar.reload()
        if self.has("standby"):
            self.standby.enter()
        if self.backend.place() is None:
            self.make("welcome")
            return
        for screen in (self.pausing, *self.made_lists()):
            screen.load()

    @Slot(object)
    def _arrived(self, place: object) -> None:
        del place
        self.window.refresh_place()
        self.window.show_welcome(shown=False)
        self.window.show_screen("calendar")

    @Slot(object)
    def _on_change(self, change: Change) -> None:
        if change.noun == PLACE:
            self.window.refresh_place()
        elif change.noun in PLACE_NOUNS:
            self.tasks.run(self.backend.look_again, _nothing, _nothing, key="place")

    @Slot()
    def _left_place(self) -> None:
        self.window.refresh_place()

    @Slot()
    def _add_place(self) -> None:
        self.welcome_view.open_start()
        self.window.show_welcome()

    def _remove_sample(self) -> None:
        self.settings_view.ask_to_remove_sample()

    @Slot()
    def _leave_welcome(self) -> None:
        self.window.show_welcome(shown=False)

    # --- posts ------------------------------------------------------------------------------

    @Slot(str)
    def _show_post(self, post_id: str) -> None:
        if post_id:
            self.make("inspector")
            self.inspector.show_post(post_id)
            self.window.open_inspector()

    @Slot()
    def _compose_clipboard(self) -> None:
        self.composers.new_from(QGuiApplication.clipboard().mimeData())

    @Slot()
    def _show_today(self) -> None:
        self.window.show_screen("calendar", enter=True)
        self.calendar.go_today()

    @Slot()
    @Slot(object)
    def _compose_from_shell(self, link: object = None) -> None:
        self.compose(text=link.text if isinstance(link, Compose) else "")

    @Slot(object)
    def _compose_on_day(self, request: ComposeRequest) -> None:
        self.compose(request.day, request.files, request.text)

    @Slot()
    def _connect_account(self) -> None:
        self.window.show_screen("accounts")
        self.accounts_view.open_connect()

    @Slot()
    def _show_board(self) -> None:
        self.window.bring_to_front()
        self.window.show_screen("publishers", enter=True)

    @Slot()
    def _finish(self) -> None:
        """The end, once nothing is under way that somebody asked for."""
        acting = self.has("inspector") and bool(self.inspector.busy)
        promised = self.has("standby") and self.standby.acts.busy
        under_way = acting or promised or bool(self.composers.all)
        if self._closed and not self._ended and not under_way:
            self._ended = True
            self.finished.emit()

    # --- words ------------------------------------------------------------------------------

    @Slot(str, str)
    def _toast(self, text: str, kind: str) -> None:
        self.window.toasts.show(text, kind=_KINDS.get(kind, "info"))

    @Slot(str, str, bool)
    def _toast_with_undo(self, text: str, kind: str, undo: bool) -> None:
        if undo:
            self.window.toasts.show(
                text,
                kind=_KINDS.get(kind, "info"),
                action="Undo",
                on_action=self.calendar.undo,
            )
        else:
            self._toast(text, kind)

    @Slot(str)
    def _warn_unattended(self, warning: str) -> None:
        self.window.toasts.show(
            warning, kind="warning", action="Publishers", on_action=self._show_board
        )

    @Slot(object)
    def _offer(self, offer: Offer) -> None:
        self.window.toasts.show(
            offer.text, action=offer.action, on_action=offer.run, seconds=offer.seconds
        )

    @Slot(str, str, object)
    def _offer_act(self, text: str, action: str, run: Callable[[], None]) -> None:
        self.window.toasts.show(text, action=action, on_action=run)


def _nothing(_: object) -> None:
    """There is nothing to show; what is unreachable is told by the sync."""
