"""The navigation at the left: switcher, screens, channels, sync state and settings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import SIZES
from postflow_desktop.ui.kit.widgets import IconButton, Text
from postflow_desktop.ui.shell.rows import ChannelRow, NavItem, Switcher, SyncCell
from postflow_desktop.ui.shell.viewmodel import ShellViewModel


class Nav(QFrame):
    """220 px wide, or 56 when collapsed."""

    screen_chosen = Signal(str)
    connect_requested = Signal()

    def __init__(self, viewmodel: ShellViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewmodel = viewmodel
        self.collapsed = False
        self.setObjectName("nav")
        self.setAccessibleName("Navigation")
        self.setProperty("panel", "nav")
        self.items: dict[str, NavItem] = {}
        self._badges: dict[str, str] = {}
        self._rows: list[ChannelRow] = []
        self.switcher = Switcher(self)
        self.sync_cell = SyncCell(self)
        self.menu_button = IconButton("list", "Menu", self, size=28, shortcut="F10", name="menu")
        self.settings_button = IconButton(
            "gear-six", "Settings", self, size=28, shortcut="Ctrl+,", name="nav-settings"
        )
        self.settings_button.hide()
        self.settings_button.clicked.connect(self._open_settings)
        self.sync_cell.clicked.connect(self._open_publishers)
        self._head = self._make_head()
        self._channels = QVBoxLayout()
        self._channels.setSpacing(0)
        self._build()
        viewmodel.accounts_changed.connect(self._show_accounts)
        viewmodel.counts_changed.connect(self._show_counts)
        viewmodel.filter_changed.connect(self._show_filter)
        viewmodel.sync_changed.connect(self._show_sync)
        viewmodel.place_changed.connect(self._show_place)
        self._show_place()
        self._show_accounts()
        self._show_sync()

    def width_wanted(self) -> int:
        """How wide it wants to be."""
        theme = current_theme()
        return theme.px(SIZES.nav_collapsed if self.collapsed else SIZES.nav)

    def add_item(self, item: NavItem, badge: str) -> None:
        """Add a screen; `badge` names the number of `Counts` beside it."""
        self.items[item.screen_id] = item
        self._badges[item.screen_id] = badge
        item.urgent = badge == "attention"
        item.clicked.connect(self._choose)
        self._items.addWidget(item)
        item.set_collapsed(self.collapsed)
        self._show_counts()

    def mark(self, screen_id: str) -> None:
        """Show which screen is open."""
        for name, item in self.items.items():
            item.setAutoExclusive(False)
            item.setChecked(name == screen_id)
            item.setAutoExclusive(True)
        self.settings_button.setDown(False)

    def set_collapsed(self, collapsed: bool) -> None:
        """Icons only, or icons and words."""
        self.collapsed = collapsed
        for button in (self.switcher, *self.items.values(), *self._rows):
            button.set_collapsed(collapsed)
        self.sync_cell.set_collapsed(collapsed)
        self._head.setVisible(not collapsed)
        direction = QBoxLayout.Direction.TopToBottom if collapsed else None
        self._foot.setDirection(direction or QBoxLayout.Direction.LeftToRight)
        self._show_sync()
        self.update()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 1, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(8, 0, 7, 0)
        top.setSpacing(0)
        top.addWidget(self.switcher)
        top.addSpacing(10)
        self._items = QVBoxLayout()
        self._items.setSpacing(0)
        top.addLayout(self._items)
        top.addSpacing(12)
        top.addWidget(self._head)
        column.addLayout(top)
        column.addWidget(self._make_scroll(), 1)
        column.addWidget(self._make_foot())

    def _make_head(self) -> QWidget:
        head = QWidget(self)
        row = QHBoxLayout(head)
        row.setContentsMargins(10, 0, 4, 0)
        self._add = IconButton("plus", "Connect a channel", head, size=28, name="connect-channel")
        self._add.clicked.connect(self.connect_requested)
        row.addWidget(Text("CHANNELS", role="caption", tone="text2", parent=head), 1)
        row.addWidget(self._add)
        return head

    def _make_scroll(self) -> QScrollArea:
        scroll = QScrollArea(self)
        scroll.setObjectName("channels")
        scroll.setAccessibleName("Channels")
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget(scroll)
        column = QVBoxLayout(inner)
        column.setContentsMargins(8, 0, 7, 8)
        column.setSpacing(0)
        column.addLayout(self._channels)
        self._hint = Text(
            "No channel yet. Connect one to publish.", role="small", tone="text2", wraps=True
        )
        self._hint.setParent(inner)
        self._hint.setContentsMargins(10, 0, 10, 0)
        column.addWidget(self._hint)
        column.addStretch(1)
        scroll.setWidget(inner)
        return scroll

    def _make_foot(self) -> QWidget:
        foot = QFrame(self)
        foot.setProperty("panel", "navfoot")
        self._foot = QHBoxLayout(foot)
        self._foot.setContentsMargins(7, 6, 7, 6)
        self._foot.setSpacing(0)
        self._foot.addWidget(self.sync_cell, 1)
        self._foot.addWidget(self.menu_button, 0, Qt.AlignmentFlag.AlignCenter)
        self._foot.addWidget(self.settings_button, 0, Qt.AlignmentFlag.AlignCenter)
        return foot

    @Slot()
    def _choose(self) -> None:
        item = self.sender()
        if isinstance(item, NavItem):
            self.screen_chosen.emit(item.screen_id)

    @Slot()
    def _open_settings(self) -> None:
        self.screen_chosen.emit("settings")

    @Slot()
    def _open_publishers(self) -> None:
        """What stands to the cluster beside this window."""
        if "publishers" in self.items:
            self.screen_chosen.emit("publishers")

    @Slot()
    def _show_place(self) -> None:
        place = self._viewmodel.place
        if place is None:
            self.switcher.set_place("PostFlow", "")
            return
        below = "Sample workspace" if place.is_sample else place.workspace_name
        if below == place.organization_name:
            below = place.user_name or place.user_email
        self.switcher.set_place(place.organization_name, below)

    @Slot()
    def _show_accounts(self) -> None:
        accounts = self._viewmodel.accounts
        if tuple(row.row for row in self._rows) != tuple(accounts):
            self._replace_rows(accounts)
        self._hint.setVisible(self._viewmodel.none_connected and not self.collapsed)
        self._show_filter()

    def _replace_rows(self, accounts: Sequence[AccountRow]) -> None:
        focused = next((row.row.id for row in self._rows if row.hasFocus()), "")
        for old in self._rows:
            self._channels.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._rows = []
        for account in accounts:
            row = ChannelRow(account, self)
            row.set_collapsed(self.collapsed)
            row.picked.connect(self._pick)
            self._channels.addWidget(row)
            self._rows.append(row)
            if account.id == focused:
                row.setFocus()

    def channel_rows(self) -> Sequence[ChannelRow]:
        """The rows of the channels, in their order."""
        return tuple(self._rows)

    @Slot(str, bool)
    def _pick(self, account_id: str, add: bool) -> None:
        self._viewmodel.choose_channel(account_id, add=add)
        self._show_filter()

    @Slot()
    def _show_filter(self) -> None:
        for row in self._rows:
            row.setChecked(row.row.id in self._viewmodel.filter)

    @Slot()
    def _show_counts(self) -> None:
        for screen_id, item in self.items.items():
            badge = self._badges[screen_id]
            item.set_count(getattr(self._viewmodel.counts, badge) if badge else 0)

    @Slot()
    def _show_sync(self) -> None:
        self.sync_cell.set_sync(self._viewmodel.sync())
