"""The command palette: type a few letters, press Enter. It lies over the window with a scrim."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import SIZES
from postflow_desktop.ui.kit.widgets import IconLabel, Separator, Text
from postflow_desktop.ui.shell.entries import Entry, parse_wish, rank
from postflow_desktop.ui.shell.palette_list import EntryModel, RowDelegate

_TOP = 110
_INPUT = 52
_HIGHEST = 392
_SEARCH_MS = 60
"""Pause after a key before posts are searched."""
_KEYS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})
Search = Callable[[str, Callable[[Sequence[Entry]], object]], object]


class Palette(QWidget):
    """Opens over its parent; `entries` gives what can be done, `search` finds posts."""

    ran = Signal(str)
    """The id of the entry that was run."""

    def __init__(
        self,
        parent: QWidget,
        *,
        entries: Callable[[], Sequence[Entry]],
        search: Search,
        recent: Callable[[], Sequence[str]],
    ) -> None:
        super().__init__(parent)
        self._entries_of = entries
        self._search = search
        self._recent_of = recent
        self._entries: Sequence[Entry] = ()
        self._posts: Sequence[Entry] = ()
        self._recent: Sequence[str] = ()
        self._before: QWidget | None = None
        self.setObjectName("palette")
        self.setAccessibleName("Command palette")
        self.hide()
        self.panel = QFrame(self)
        self.panel.setObjectName("palette-panel")
        self.panel.setProperty("panel", "dialog")
        self.input = QLineEdit(self.panel)
        self.list = QListView(self.panel)
        self.model = EntryModel(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_SEARCH_MS)
        self._pause.timeout.connect(self._ask)
        self._moved = False
        """The person left the first row: what comes late does not take that back."""
        self._build()
        parent.installEventFilter(self)

    def open(self, text: str = "") -> None:
        """Show it with these words typed; the focus returns where it was when it closes."""
        window = self.parentWidget()
        if self.isHidden() and window is not None:
            self._before = window.focusWidget()
        self._entries = self._entries_of()
        self._recent = self._recent_of()
        self._posts = ()
        self._moved = False
        self.input.setText(text)
        self._show_entries()
        self._cover()
        self.show()
        self.raise_()
        self.input.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def dismiss(self) -> None:
        """Close it."""
        self._pause.stop()
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
            self._before = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size; take the list's keys from the line."""
        if watched is self.input and isinstance(event, QKeyEvent):
            return event.type() == QEvent.Type.KeyPress and self._on_key(event)
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self._cover()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the panel closes it."""
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The scrim."""
        painter = QPainter(self)
        try:
            painter.fillRect(event.rect(), current_theme().color("scrim"))
        finally:
            painter.end()

    def _build(self) -> None:
        self.input.setObjectName("palette-input")
        self.input.setAccessibleName("Search commands and posts")
        self.input.setPlaceholderText("Search commands, posts and channels")
        self.input.setProperty("bare", True)
        self.input.setProperty("role", "title")
        self.input.installEventFilter(self)
        self.input.textChanged.connect(self._on_text)
        self.list.setObjectName("palette-list")
        self.list.setAccessibleName("What was found")
        self.list.setModel(self.model)
        self.list.setItemDelegate(RowDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._run)
        self.list.entered.connect(self.list.setCurrentIndex)
        self._nothing = Text("Nothing found. Try fewer letters.", tone="text2", parent=self.panel)
        self._nothing.setContentsMargins(18, 10, 18, 10)
        row = QHBoxLayout()
        row.setContentsMargins(18, 0, 18, 0)
        row.setSpacing(10)
        row.addWidget(IconLabel("magnifying-glass", self.panel))
        row.addWidget(self.input, 1)
        column = QVBoxLayout(self.panel)
        column.setContentsMargins(1, 1, 1, 8)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(Separator(self.panel))
        column.addSpacing(6)
        column.addWidget(self._nothing)
        column.addWidget(self.list, 1)

    def _cover(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        self.setGeometry(parent.rect())
        theme = current_theme()
        self.input.setFixedHeight(theme.px(_INPUT))
        wide = min(theme.px(SIZES.palette), self.width() - 32)
        rows = sum(self.list.sizeHintForRow(row) for row in range(self.model.rowCount()))
        wanted = theme.px(_INPUT) + max(rows, theme.px(40)) + 20
        top = min(_TOP, max(8, self.height() // 8))
        high = min(wanted, theme.px(_HIGHEST), self.height() - top - 16)
        self.panel.setGeometry((self.width() - wide) // 2, top, wide, high)

    def _on_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            # The first Esc takes back what was typed, the next one closes.
            if self.input.text():
                self.input.clear()
            else:
                self.dismiss()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentIndex())
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._step(1 if key == Qt.Key.Key_Tab else -1)
        elif key in _KEYS:
            steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -6}
            self._step(steps.get(Qt.Key(key), 6))
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        rows = self.model.entry_rows()
        if not rows:
            return
        self._moved = True
        now = self.list.currentIndex().row()
        place = rows.index(now) + by if now in rows else 0
        if abs(by) == 1:
            place %= len(rows)
        self._select(rows[max(0, min(place, len(rows) - 1))])

    def _select(self, row: int) -> None:
        self.list.setCurrentIndex(self.model.index(row, 0))
        first = self.model.entry_rows()[:1] == [row]
        if first:
            self.list.scrollToTop()

    @Slot(str)
    def _on_text(self, text: str) -> None:
        if self.isHidden():
            return
        self._moved = False
        wish = parse_wish(text)
        if wish.section or not wish.words:
            self._posts = ()
            self._pause.stop()
        else:
            self._pause.start()
        self._show_entries()
        self._cover()

    @Slot()
    def _ask(self) -> None:
        words = parse_wish(self.input.text()).words

        def take(posts: Sequence[Entry]) -> None:
            if self.isVisible() and parse_wish(self.input.text()).words == words:
                self._posts = posts
                self._show_entries()
                self._cover()

        self._search(words, take)

    def _show_entries(self) -> None:
        chosen = self.model.entry(self.list.currentIndex())
        shown = rank(self._entries, self.input.text(), self._recent, self._posts)
        self.model.set_entries(shown)
        self._nothing.setVisible(not shown)
        self.list.setVisible(bool(shown))
        rows = self.model.entry_rows()
        if rows:
            same = [row for row in rows if chosen and self.model.row_id(row) == chosen.id]
            waiting = self._moved and same
            self._select(same[0] if waiting else rows[0])

    @Slot(QModelIndex)
    def _run(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry is not None:
            self.dismiss()
            self.ran.emit(entry.id)
            entry.run()
