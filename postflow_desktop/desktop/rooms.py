"""The screens beside the calendar: each is made when it is first asked for.

The window is painted with the calendar alone; what is not needed for that comes when somebody
looks at it, or when there is time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from postflow_desktop.desktop.backend import DesktopBackend
from postflow_desktop.desktop.page import Page
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.notices.bell import Bell
from postflow_desktop.ui.shell.window import MainWindow

if TYPE_CHECKING:
    from postflow_desktop.desktop.standby import Standby
    from postflow_desktop.services.ports.alerts import Alerter
    from postflow_desktop.ui.accounts.view import AccountsView
    from postflow_desktop.ui.accounts.viewmodel import AccountsViewModel
    from postflow_desktop.ui.attention.view import AttentionView
    from postflow_desktop.ui.attention.viewmodel import AttentionViewModel
    from postflow_desktop.ui.drafts.view import DraftsView
    from postflow_desktop.ui.drafts.viewmodel import DraftsViewModel
    from postflow_desktop.ui.inspector.view import InspectorView
    from postflow_desktop.ui.inspector.viewmodel import InspectorViewModel
    from postflow_desktop.ui.publishers.pausing import Pausing
    from postflow_desktop.ui.publishers.view import PublishersView
    from postflow_desktop.ui.publishers.viewmodel import PublishersViewModel
    from postflow_desktop.ui.settings.view import SettingsView
    from postflow_desktop.ui.settings.viewmodel import SettingsViewModel
    from postflow_desktop.ui.welcome.view import WelcomeView
    from postflow_desktop.ui.welcome.viewmodel import WelcomeViewModel

_LISTS = ("drafts", "attention", "accounts", "publishers")
_ALL = ("inspector", "drafts", "attention", "accounts", "publishers", "settings", "welcome")
_MODULES = tuple(f"postflow_desktop.ui.{name}.view" for name in (*_ALL, "composer"))
_PAUSE_MS = 20
"""Between two screens that are made ahead: input goes first."""


class Rooms(QObject):
    """The window with the places of its screens; what they ask for comes out as signals."""

    toast = Signal(str, str)
    offered = Signal(object)
    """An `inspector.viewmodel.Offer`."""
    deleted = Signal(str, str, object)
    """A draft: what to say, and the act that brings it back."""
    acted = Signal()
    """The inspector began or ended something."""
    post_selected = Signal(str)
    post_opened = Signal(str)
    draft_opened = Signal(str)
    compose_requested = Signal()
    unattended = Signal(str)
    """Nobody may be awake at a time that was chosen: what to say."""
    place_left = Signal()
    arrived = Signal(object)
    welcome_left = Signal()
    clipboard_asked = Signal()
    """A new post with what the clipboard holds."""
    today_asked = Signal()
    ended = Signal()
    """PostFlow is to end."""

    def __init__(
        self,
        backend: DesktopBackend,
        tasks: Tasks,
        changes: Changes,
        settings: Path,
        now: Callable[[], datetime] | None,
        make_alerter: Callable[[Alerter], Alerter],
        has_tray: Callable[[], bool],
    ) -> None:
        super().__init__()
        self.backend = backend
        self.tasks = tasks
        self.changes = changes
        self._clock: dict[str, Any] = {} if now is None else {"now": now}
        self._to_make = list(_ALL)
        self._making = QTimer(self)
        self._making.setInterval(_PAUSE_MS)
        self._making.timeout.connect(self._make_next)
        self._make_alerter, self._has_tray = make_alerter, has_tray
        self.window = MainWindow(backend, tasks, changes, settings)
        self.bell = Bell(self.window.toolbar)
        self.window.toolbar.add_fixed(self.bell)
        self._pages = {
            "drafts": Page(lambda: self.drafts_view),
            "attention": Page(lambda: self.attention_view),
            "accounts": Page(lambda: self.accounts_view),
            "publishers": Page(lambda: self.publishers_view),
            "settings": Page(lambda: self.settings_view),
        }

    def make(self, name: str) -> None:
        """Make a screen in its place, unless it is there."""
        page = self._pages.get(name)
        if page is not None:
            page.fill()
        else:
            getattr(self, f"{name}_view")

    def make_ahead(self) -> None:
        """Make all of them, one after another; their modules are read in the background."""
        self.tasks.run(lambda: [import_module(name) for name in _MODULES], self._begin_making)

    def stop_making(self) -> None:
        """The window closes."""
        self._to_make.clear()
        self._making.stop()

    def made_lists(
        self,
    ) -> list[DraftsViewModel | AttentionViewModel | AccountsViewModel | PublishersViewModel]:
        """The lists that are there."""
        return [getattr(self, name) for name in _LISTS if self.has(name)]

    def has(self, name: str) -> bool:
        """Whether a screen was made."""
        return name in self.__dict__

    def _begin_making(self, _: object) -> None:
        self._making.start()

    @Slot()
    def _make_next(self) -> None:
        if self._to_make:
            self.make(self._to_make.pop(0))
        else:
            self._making.stop()

    # --- the screens ------------------------------------------------------------------------

    @cached_property
    def drafts(self) -> DraftsViewModel:
        """What the drafts show."""
        from postflow_desktop.ui.drafts.viewmodel import DraftsViewModel

        model = DraftsViewModel(self.backend, self.tasks, self.changes, self)
        model.draft_opened.connect(self.draft_opened)
        model.post_opened.connect(self.post_opened)
        model.compose_requested.connect(self.compose_requested)
        return model

    @cached_property
    def drafts_view(self) -> DraftsView:
        """The drafts."""
        from postflow_desktop.ui.drafts.view import DraftsView

        view = DraftsView(self.drafts)
        view.toast.connect(self.toast)
        view.offer.connect(self.deleted)
        self.drafts.load()
        return view

    @cached_property
    def attention(self) -> AttentionViewModel:
        """What somebody should look at."""
        from postflow_desktop.ui.attention.viewmodel import AttentionViewModel

        model = AttentionViewModel(self.backend, self.tasks, self.changes, self)
        model.post_selected.connect(self.post_selected)
        return model

    @cached_property
    def attention_view(self) -> AttentionView:
        """Needs attention."""
        from postflow_desktop.ui.attention.view import AttentionView

        view = AttentionView(self.attention)
        view.toast.connect(self.toast)
        self.attention.load()
        return view

    @cached_property
    def accounts(self) -> AccountsViewModel:
        """What the accounts show."""
        from postflow_desktop.ui.accounts.viewmodel import AccountsViewModel

        return AccountsViewModel(self.backend, self.tasks, self.changes, self)

    @cached_property
    def accounts_view(self) -> AccountsView:
        """The accounts."""
        from postflow_desktop.ui.accounts.view import AccountsView

        view = AccountsView(self.accounts)
        view.toast.connect(self.toast)
        self.window.set_toolbar("accounts", right=view.connect_button)
        self.accounts.load()
        return view

    @cached_property
    def pausing(self) -> Pausing:
        """Whether publishing is paused here."""
        from postflow_desktop.ui.publishers.pausing import Pausing

        model = Pausing(self.backend, self.tasks, self.changes, self, **self._clock)
        model.toast.connect(self.toast)
        return model

    @cached_property
    def publishers(self) -> PublishersViewModel:
        """Who publishes here."""
        from postflow_desktop.ui.publishers.viewmodel import PublishersViewModel

        model = PublishersViewModel(self.backend, self.tasks, self.changes, self)
        model.post_selected.connect(self.post_selected)
        return model

    @cached_property
    def publishers_view(self) -> PublishersView:
        """The board of publishers; it reads while it can be seen."""
        from postflow_desktop.ui.publishers.banner import PauseButton
        from postflow_desktop.ui.publishers.view import PublishersView

        view = PublishersView(self.publishers)
        view.toast.connect(self.toast)
        self.window.set_toolbar("publishers", right=PauseButton(self.pausing))
        return view

    @cached_property
    def inspector(self) -> InspectorViewModel:
        """The post that is looked at."""
        from postflow_desktop.ui.inspector.viewmodel import InspectorViewModel

        model = InspectorViewModel(self.backend, self.tasks, self.changes, self, **self._clock)
        model.changed.connect(self.acted)
        model.unattended.connect(self.unattended)
        return model

    @cached_property
    def inspector_view(self) -> InspectorView:
        """The inspector, in the window."""
        from postflow_desktop.ui.inspector.view import InspectorView

        view = InspectorView(self.inspector)
        view.edit_requested.connect(self.post_opened)
        view.closed.connect(self.window.close_inspector)
        view.offered.connect(self.offered)
        view.withdrawn.connect(self.window.toasts.withdraw)
        view.toast.connect(self.toast)
        self.window.set_inspector(view)
        return view

    @cached_property
    def settings(self) -> SettingsViewModel:
        """What the settings show."""
        from postflow_desktop.ui.settings.viewmodel import SettingsViewModel

        memory = self.window.memory
        model = SettingsViewModel(self.backend, self.tasks, self.changes, self, memory=memory)
        model.left.connect(self.place_left)
        model.toast.connect(self.toast)
        model.problem.connect(self.window.show_problem)
        return model

    @cached_property
    def settings_view(self) -> SettingsView:
        """The settings."""
        from postflow_desktop.ui.settings.view import SettingsView

        return SettingsView(self.settings)

    @cached_property
    def welcome(self) -> WelcomeViewModel:
        """The ways to a workspace."""
        from postflow_desktop.ui.welcome.viewmodel import WelcomeViewModel

        model = WelcomeViewModel(self.backend, self.tasks, self.changes, self)
        model.done.connect(self.arrived)
        model.left.connect(self.welcome_left)
        return model

    @cached_property
    def welcome_view(self) -> WelcomeView:
        """The welcome page, in the window."""
        from postflow_desktop.ui.welcome.view import WelcomeView

        view = WelcomeView(self.welcome)
        self.window.set_welcome(view)
        return view

    # --- beside the window ------------------------------------------------------------------

    @cached_property
    def standby(self) -> Standby:
        """Tray, alerts, what is behind the bell, and closing the window."""
        from postflow_desktop.desktop.standby import Standby

        standby = Standby(
            self.backend,
            self.tasks,
            self.changes,
            self.window,
            self.bell,
            self,
            make_alerter=self._make_alerter,
            has_tray=self._has_tray,
            **self._clock,
        )
        standby.leaving.ended.connect(self.ended)
        standby.acted.connect(self.acted)
        standby.post_asked.connect(self.post_selected)
        standby.edit_asked.connect(self.post_opened)
        standby.reschedule_asked.connect(self._reschedule)
        standby.account_asked.connect(self._show_account)
        standby.reconnect_asked.connect(self._reconnect)
        standby.compose_asked.connect(self.compose_requested)
        standby.clipboard_asked.connect(self.clipboard_asked)
        standby.today_asked.connect(self.today_asked)
        standby.offered.connect(self.offered)
        standby.withdrawn.connect(self.window.toasts.withdraw)
        standby.toast.connect(self.toast)
        return standby

    @Slot(str)
    def _reschedule(self, post_id: str) -> None:
        self.post_selected.emit(post_id)
        self.inspector_view.ask_time()

    @Slot()
    def _show_account(self) -> None:
        self.window.show_screen("accounts", enter=True)

    @Slot(str)
    def _reconnect(self, account_id: str) -> None:
        self.window.show_screen("accounts")
        self.accounts_view.reconnect_soon(account_id)
