"""The main window: frame around the screens, menus, palette, notices, and what it remembers."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.commands import Command, Commands
from postflow_desktop.ui.kit.focus import FocusRing
from postflow_desktop.ui.kit.memory import Memory
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.toasts import Toasts
from postflow_desktop.ui.kit.tokens import SIZES
from postflow_desktop.ui.shell.actions import Actions
from postflow_desktop.ui.shell.altkey import AltKey
from postflow_desktop.ui.shell.body import Body
from postflow_desktop.ui.shell.builtin import builtin_commands
from postflow_desktop.ui.shell.finding import Finder
from postflow_desktop.ui.shell.links import Compose, OpenPost
from postflow_desktop.ui.shell.mainpane import MainPane
from postflow_desktop.ui.shell.nav import Nav
from postflow_desktop.ui.shell.palette import Palette
from postflow_desktop.ui.shell.panes import Panes
from postflow_desktop.ui.shell.places import PlaceMenu
from postflow_desktop.ui.shell.rows import NavItem
from postflow_desktop.ui.shell.sheet import ShortcutSheet
from postflow_desktop.ui.shell.taborder import arrange
from postflow_desktop.ui.shell.viewmodel import ShellViewModel
from postflow_desktop.ui.words import explain

_SIZE = (1280, 800)


class MainWindow(QMainWindow):
    """Give it screens with `add_screen`, an inspector, and at last `start`."""

    compose_requested = Signal(object)
    """A new post: None, or a `links.Compose` with words for it."""
    post_requested = Signal(str)
    """Show this post: chosen in the palette, or by a link."""
    connect_requested = Signal()
    """Connect an account."""
    add_place_requested = Signal()
    """Another workspace: create, join or sign in."""
    channels_filtered = Signal(object)
    """The account ids to show, a frozenset; empty for all."""
    screen_shown = Signal(str)
    place_changed = Signal()
    """Another workspace or organization, or the first; ask `backend.place()`."""
    quit_requested = Signal()
    closed = Signal()

    def __init__(
        self,
        backend: Backend,
        tasks: Tasks,
        changes: Changes,
        settings_path: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("main-window")
        self.setWindowTitle("PostFlow")
        self.setMinimumSize(SIZES.min_width, SIZES.min_height)
        self.memory = Memory(settings_path)
        current_theme().set_look(self.memory.look())
        self.viewmodel = ShellViewModel(backend, tasks, changes, self)
        self.commands = Commands(self)
        self._screens: dict[str, QWidget] = {}
        self._titles: dict[str, str] = {}
        self._current = ""
        self._was_offline = False
        self.nav = Nav(self.viewmodel)
        self.main = MainPane()
        self.body = Body(self.nav, self.main)
        self.toolbar = self.main.toolbar
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.body)
        self._welcome: QWidget | None = None
        self.setCentralWidget(self._pages)
        self.toasts = Toasts(self.body, room=self.body.free)
        self.actions_of = Actions(self, self.commands)
        self.finder = Finder(self.viewmodel, self.commands, self.open_post)
        self.palette_view = Palette(
            self,
            entries=self.finder.entries,
            search=self.finder.search,
            recent=self.memory.recent,
        )
        self.panes = Panes((self.nav, self.toolbar, self.main.stack, self.body.dock), self)
        self._places = PlaceMenu(self.viewmodel, self)
        self._ring = FocusRing(self)
        self._connect()
        self.commands.add(
            *builtin_commands(self, has_place=self.has_place, has_inspector=self.has_inspector)
        )
        self._restore()

    # --- for who wires it -------------------------------------------------------------------

    def add_screen(
        self,
        screen_id: str,
        title: str,
        icon: str,
        widget: QWidget,
        shortcut: str = "",
        badge: str = "",
    ) -> None:
        """Add a screen; `badge` names a number of `Counts`. "settings" stands in the foot."""
        widget.setParent(self.main.stack)
        self._screens[screen_id] = widget
        self._titles[screen_id] = title
        self.main.stack.addWidget(widget)
        if screen_id == "settings":
            self.nav.settings_button.show()
        else:
            self.nav.add_item(NavItem(screen_id, title, icon, self.nav), badge)
        self.commands.add(
            Command(
                f"go.{screen_id}",
                title,
                "Go",
                shortcut,
                partial(self.show_screen, screen_id, enter=True),
                self.has_place,
                icon=icon,
            )
        )

    def set_toolbar(
        self, screen_id: str, *, left: QWidget | None = None, right: QWidget | None = None
    ) -> None:
        """What a screen brings along to the toolbar."""
        self.toolbar.set_parts(screen_id, left, right)
        self.toolbar.show_parts(self._current)

    def set_title(self, screen_id: str, title: str) -> None:
        """The words at the head of a screen, as "November 2026"."""
        self._titles[screen_id] = title
        if screen_id == self._current:
            self.toolbar.title.setText(title)

    def show_screen(self, screen_id: str, *, enter: bool = False) -> None:
        """Open a screen, with the keyboard if it should; KeyError for an unknown one."""
        widget = self._screens[screen_id]
        focused = QApplication.focusWidget()
        takes_focus = enter or (focused is not None and self.main.isAncestorOf(focused))
        self._current = screen_id
        self.finder.scope = screen_id
        self.main.stack.setCurrentWidget(widget)
        self.nav.mark(screen_id)
        self.toolbar.title.setText(self._titles[screen_id])
        self.toolbar.show_parts(screen_id)
        self.main.open_screen(screen_id)
        self.actions_of.set_scope(screen_id)
        if takes_focus:
            self.panes.enter(self.main.stack)
        self.screen_shown.emit(screen_id)

    def current_screen(self) -> str:
        """The id of the screen that is open."""
        return self._current

    def set_inspector(self, widget: QWidget) -> None:
        """What the inspector holds."""
        self.body.dock.set_content(widget)

    @Slot()
    def open_inspector(self) -> None:
        """Show the inspector."""
        self.body.set_inspector_open(True)

    @Slot()
    def close_inspector(self) -> None:
        """Hide the inspector."""
        self.body.set_inspector_open(False)

    def set_welcome(self, widget: QWidget) -> None:
        """What stands in the window as long as there is no workspace."""
        self._welcome = widget
        self._pages.addWidget(widget)
        self._show_place()

    def show_welcome(self, *, shown: bool = True) -> None:
        """Show the ways to another workspace, or go back to the one that is open."""
        if shown and self._welcome is not None:
            self._pages.setCurrentWidget(self._welcome)
        else:
            self._show_place()

    def start(self) -> None:
        """Read where we are, and open the screen that was open last."""
        self.viewmodel.refresh()
        last = self.memory.text("window/screen")
        if last not in self._screens:
            last = next(iter(self._screens), "")
        if last:
            self.show_screen(last)
            self.panes.enter(self.main.stack)

    @Slot()
    def refresh_place(self) -> None:
        """After a sign-in, a new workspace or a sign-out."""
        self.viewmodel.refresh()

    def open_link(self, link: OpenPost | Compose) -> None:
        """What a link or a second start asks for; brings the window to the front."""
        self.bring_to_front()
        if isinstance(link, OpenPost):
            self.open_post(link.post_id)
        elif self.has_place():
            self.compose_requested.emit(link)

    def open_post(self, post_id: str) -> None:
        """Ask for a post to be shown."""
        if self.has_place():
            self.post_requested.emit(post_id)

    def bring_to_front(self) -> None:
        """Show the window over others, as far as the system lets us."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    @Slot(object)
    def show_problem(self, error: PostFlowError) -> None:
        """Tell an error; it stays until it is closed."""
        self.toasts.show(explain(error), kind="error")

    @Slot(str)
    def show_failure(self, text: str) -> None:
        """Tell that something of ours broke (`Failures.told`)."""
        self.toasts.show(text, kind="error")

    def has_place(self) -> bool:
        """Whether there is a workspace."""
        return self.viewmodel.place is not None

    def has_inspector(self) -> bool:
        """Whether there is an inspector to show."""
        return self.has_place() and self.body.dock.content is not None

    # --- acts of the commands ---------------------------------------------------------------

    @Slot()
    def compose(self) -> None:
        """Begin a new post."""
        self.compose_requested.emit(None)

    @Slot()
    def open_palette(self) -> None:
        """Open the palette."""
        self.palette_view.open()

    def open_search(self) -> None:
        """Open the palette to look for a post."""
        self.palette_view.open()

    @Slot()
    def connect_channel(self) -> None:
        """Begin to connect an account."""
        self.connect_requested.emit()

    def toggle_nav(self) -> None:
        """Collapse or widen the navigation."""
        self.nav.set_collapsed(not self.nav.collapsed)
        self.body.place()
        self.toasts.place()
        self.memory.keep("window/nav_collapsed", self.nav.collapsed)

    def toggle_inspector(self) -> None:
        """Open or close the inspector."""
        self.body.set_inspector_open(not self.body.is_inspector_open())

    def toggle_menu_bar(self) -> None:
        """Show or hide the menu bar."""
        bar = self.menuBar()
        bar.setVisible(bar.isHidden())
        self.memory.keep("window/menu_bar", not bar.isHidden())

    @Slot()
    def open_menu(self) -> None:
        """Open the ☰ menu."""
        button = self.nav.menu_button
        menu = self.actions_of.menu
        spot = button.mapToGlobal(QPoint(0, 0))
        menu.popup(spot - QPoint(0, menu.sizeHint().height()))

    def toggle_full_screen(self) -> None:
        """Fill the screen, or not any more."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def toggle_theme(self) -> None:
        """From light to dark, or back."""
        theme = current_theme()
        theme.set_mode("light" if theme.dark else "dark")
        self.memory.keep_look(theme.look)

    def next_pane(self) -> None:
        """To the next part of the window."""
        self._arrange_tabs()
        self.panes.step(1)

    def previous_pane(self) -> None:
        """To the part before."""
        self._arrange_tabs()
        self.panes.step(-1)

    def open_shortcuts(self) -> None:
        """Show the shortcut sheet."""
        ShortcutSheet(self.commands.all(), self).open()

    def show_all_channels(self) -> None:
        """Take the channel filter away."""
        self.viewmodel.set_filter(frozenset())

    def close_window(self) -> None:
        """Close the window."""
        self.close()

    def ask_to_quit(self) -> None:
        """End the program."""
        self.quit_requested.emit()

    # --- Qt ---------------------------------------------------------------------------------

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, N802 - Qt's signature
        """Tab goes through the parts of the window in the order in which they are read."""
        self._arrange_tabs()
        return super().focusNextPrevChild(next)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember how it stood."""
        self.memory.keep("window/geometry", self.saveGeometry())
        self.memory.keep("window/screen", self._current)
        self.memory.save()
        super().closeEvent(event)
        self.closed.emit()

    # --- inside -----------------------------------------------------------------------------

    def _connect(self) -> None:
        AltKey(self).pressed_alone.connect(self.toggle_menu_bar)
        self.body.inspector_toggled.connect(self.toasts.place)
        self.body.inspector_left.connect(self._leave_inspector)
        self.nav.screen_chosen.connect(self.show_screen)
        self.nav.connect_requested.connect(self.connect_channel)
        self.nav.menu_button.clicked.connect(self.open_menu)
        self.nav.switcher.clicked.connect(self._places.open)
        self.toolbar.new_post.clicked.connect(self.compose)
        self._places.add_requested.connect(self.add_place_requested)
        self.palette_view.ran.connect(self.memory.used)
        self.viewmodel.place_changed.connect(self._show_place)
        self.viewmodel.place_changed.connect(self.place_changed)
        self.viewmodel.filter_changed.connect(self.channels_filtered)
        self.viewmodel.sync_changed.connect(self._show_offline)
        self.viewmodel.problem.connect(self.show_problem)

    def _restore(self) -> None:
        geometry = self.memory.data("window/geometry")
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            self.resize(*_SIZE)
        self.nav.set_collapsed(self.memory.flag("window/nav_collapsed"))
        bar = self.menuBar()
        bar.setObjectName("menu-bar")
        if not bar.isNativeMenuBar():
            bar.setVisible(self.memory.flag("window/menu_bar"))

    @Slot()
    def _show_place(self) -> None:
        page = self.body if self.has_place() or self._welcome is None else self._welcome
        self._pages.setCurrentWidget(page)
        place = self.viewmodel.place
        self.setWindowTitle(f"{place.organization_name} – PostFlow" if place else "PostFlow")
        self.toasts.clear()

    def _arrange_tabs(self) -> None:
        arrange(self, self.panes.all, (self.nav, self.toolbar))

    @Slot()
    def _leave_inspector(self) -> None:
        self.panes.enter(self.main.stack)

    @Slot()
    def _show_offline(self) -> None:
        offline = self.viewmodel.is_offline()
        if offline != self._was_offline:
            self._was_offline = offline
            self.main.show_offline(offline)
