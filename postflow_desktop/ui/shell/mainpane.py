"""The main column: toolbar, notices, and the screen that is open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import SIZES
from postflow_desktop.ui.kit.widgets import Button, InfoBar, Text

_NEW_POST = "New post"
_NARROW = 720
_TELL_THEMSELVES = frozenset({"attention", "accounts", "publishers"})
"""Screens that say themselves what can't be done offline."""


class Toolbar(QFrame):
    """56 px: the title, what the screen brings along, and New post."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.setAccessibleName("Toolbar")
        self.setProperty("panel", "toolbar")
        self.title = Text("", role="h2", parent=self)
        self.title.setObjectName("screen-title")
        self.new_post = Button(
            _NEW_POST, self, kind="primary", icon="plus", hint="C", name="new-post"
        )
        self._narrow = False
        self._left: dict[str, QWidget] = {}
        self._right: dict[str, QWidget] = {}
        self._left_row = QHBoxLayout()
        self._right_row = QHBoxLayout()
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(self.title)
        row.addLayout(self._left_row, 1)
        # Where a screen brings nothing along, the room goes here and not into the buttons.
        row.addStretch(0)
        row.addLayout(self._right_row)
        row.addWidget(self.new_post)
        current_theme().changed.connect(self._resize)
        self._resize()

    def add_fixed(self, part: QWidget) -> None:
        """Something that every screen has, beside New post."""
        self._row.insertWidget(self._row.indexOf(self.new_post), part)

    def set_parts(self, screen_id: str, left: QWidget | None, right: QWidget | None) -> None:
        """What a screen brings along, beside the title and beside New post."""
        for part, known, row in (
            (left, self._left, self._left_row),
            (right, self._right, self._right_row),
        ):
            if part is not None:
                known[screen_id] = part
                row.addWidget(part)
                part.hide()

    def show_parts(self, screen_id: str) -> None:
        """Show what this screen brought along and hide the others'.

        A left part says itself where one is, so the title makes room for it.
        """
        self.title.setHidden(screen_id in self._left)
        for known in (self._left, self._right):
            for name, part in known.items():
                part.setVisible(name == screen_id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, New post is an icon only."""
        super().resizeEvent(event)
        narrow = self.width() < current_theme().px(_NARROW)
        if narrow != self._narrow:
            self._narrow = narrow
            self.new_post.setText("" if narrow else _NEW_POST)
            self.new_post.setAccessibleName(_NEW_POST)
            self.new_post.setToolTip(f"{_NEW_POST}  C" if narrow else "")
            self.new_post.set_hint("" if narrow else "C")

    def _resize(self) -> None:
        self.setFixedHeight(current_theme().px(SIZES.toolbar))


class MainPane(QFrame):
    """Toolbar over notices over the screens."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("main")
        self.setProperty("panel", "surface")
        self.toolbar = Toolbar(self)
        self.offline = InfoBar(
            "You are offline. You see the last state known here; what you write is kept.",
            self,
            kind="warning",
            closable=True,
        )
        self.offline.setObjectName("offline-bar")
        self.offline.hide()
        self.notices = QVBoxLayout()
        self.notices.setSpacing(0)
        self.stack = QStackedWidget(self)
        self.stack.setObjectName("screens")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addLayout(self.notices)
        column.addWidget(self.offline)
        column.addWidget(self.stack, 1)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._offline = False
        self._screen_tells = False
        self.offline.closed.connect(self._forget_offline)

    def show_offline(self, offline: bool) -> None:
        """The cluster went or came back."""
        self._offline = offline
        self._show_bar()

    def open_screen(self, screen_id: str) -> None:
        """Another screen is open; some have words of their own about being offline."""
        self._screen_tells = screen_id in _TELL_THEMSELVES
        self._show_bar()

    @Slot()
    def _forget_offline(self) -> None:
        self._offline = False

    def _show_bar(self) -> None:
        self.offline.setVisible(self._offline and not self._screen_tells)
