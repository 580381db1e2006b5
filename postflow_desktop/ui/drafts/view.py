"""The drafts, row by row; J, K, arrows, Home and End go through them, Enter opens, Del deletes."""

from __future__ import annotations

from itertools import chain, pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from postflow_desktop.ui.drafts.item import DraftItem
from postflow_desktop.ui.drafts.listing import DraftRow, edited_words
from postflow_desktop.ui.drafts.viewmodel import DraftsViewModel, Stage
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.marks import Progress
from postflow_desktop.ui.kit.panels import EmptyState, InfoBar
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.words import explain

_WIDEST = 880
_NARROW = 560
_STEPS = {Qt.Key.Key_J: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_K: -1, Qt.Key.Key_Up: -1}
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Scroll(QScrollArea):
    """Leaves the arrow keys to the list, which scrolls to the row they lead to."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows may have to give way."""
        super().resizeEvent(event)
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pages are scrolled here."""
        if event.key() in _STEPS:
            event.ignore()
        else:
            super().keyPressEvent(event)


class DraftsView(QFrame):
    """Dumb: shows the view model, asks it for everything."""

    toast = Signal(str, str)
    """Passed on from the view model."""
    offer = Signal(str, str, object)
    """Passed on from the view model."""

    def __init__(self, viewmodel: DraftsViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drafts")
        self.setAccessibleName("Drafts")
        self.setProperty("panel", "canvas")
        self.viewmodel = viewmodel
        self._items: dict[str, DraftItem] = {}
        self._returning = ""
        self._narrow = False
        self.empty = EmptyState(
            "pencil-simple",
            "No drafts",
            "What you write is kept here by itself until you plan or delete it. Press C to begin.",
            "New post",
            self,
        )
        self.failure = EmptyState(
            "warning-circle", "The drafts can't be read", "", "Try again", self, kind="secondary"
        )
        self.progress = Progress(self)
        self._list = QWidget()
        self.stale_bar = InfoBar("", self._list, kind="danger", action="Try again", boxed=True)
        self.more_button = Button("Show more", self._list, name="drafts-more")
        self._pages = QStackedWidget(self)
        self._loading = QWidget(self)
        self._scroll = _Scroll(self)
        self._column = QVBoxLayout()
        self._lay_out()
        self._connect()
        self.refresh()

    @property
    def items(self) -> tuple[DraftItem, ...]:
        """The rows as shown, top to bottom."""
        return tuple(self._items[row.key] for row in self.viewmodel.rows if row.key in self._items)

    @Slot()
    def refresh(self) -> None:
        """Show what the view model says; rows that stay keep the focus and their place."""
        model = self.viewmodel
        rows = model.rows
        self._drop_old(rows)
        before = list(self._items)
        for place, row in enumerate(rows):
            item = self._items.get(row.key) or self._make(row)
            if self._column.indexOf(item) != place:
                self._column.insertWidget(place, item)
                # A layout shows what is new only later; the focus may be meant for it now.
                item.show()
            item.show_row(row, edited=self._edited(row), narrow=self._narrow)
        if before != [row.key for row in rows]:
            self._keep_tab_order()
        self.more_button.setVisible(model.more)
        problem = explain(model.problem) if model.problem else ""
        self.stale_bar.set_text(problem)
        self.stale_bar.setVisible(bool(problem))
        self.failure.text.setText(problem)
        self._pages.setCurrentWidget(self._page(bool(rows)))
        self._welcome_back()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through the rows, open, delete."""
        item = self._focused()
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in _STEPS:
            self._step(_STEPS[key], item)
        elif key in _ENDS and self.items:
            self._go_to(self.items[_ENDS[key]])
        elif item is not None and key in _ENTER:
            item.press(QApplication.focusWidget())
        elif item is not None and key == Qt.Key.Key_Delete:
            self.viewmodel.delete(item.row.key)
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_resize(self) -> None:
        narrow = self._scroll.viewport().width() < current_theme().px(_NARROW)
        if narrow != self._narrow:
            self._narrow = narrow
            self.refresh()

    def _edited(self, row: DraftRow) -> str:
        if row.edited_at is None:
            return ""
        return edited_words(row.edited_at, self.viewmodel.timezone, self.viewmodel.moments.now())

    def _page(self, any_rows: bool) -> QWidget:
        loading = self.viewmodel.stage is Stage.LOADING and not any_rows
        if loading:
            self.progress.start("Reading the drafts…")
            return self._loading
        self.progress.stop()
        if any_rows or self.viewmodel.more:
            return self._scroll
        return self.failure if self.viewmodel.stage is Stage.FAILED else self.empty

    def _make(self, row: DraftRow) -> DraftItem:
        item = self._items[row.key] = DraftItem(row, self.viewmodel.thumbs, self._list)
        item.open_asked.connect(self.viewmodel.open)
        item.delete_asked.connect(self.viewmodel.delete)
        return item

    def _drop_old(self, rows: tuple[DraftRow, ...]) -> None:
        """Rows that are gone go; the focus goes on to the row that takes their place."""
        kept = {row.key for row in rows}
        before = list(self._items)
        focused = self._focused()
        heir = None
        if focused is not None and focused.row.key not in kept:
            place = before.index(focused.row.key)
            after = [key for key in [*before[place:], *reversed(before[:place])] if key in kept]
            heir = self._items[after[0]] if after else self.empty.button
        for key in set(before) - kept:
            item = self._items.pop(key)
            self._column.removeWidget(item)
            item.hide()
            item.deleteLater()
        if heir is not None:
            heir.setFocus(Qt.FocusReason.TabFocusReason)

    def _keep_tab_order(self) -> None:
        items = self.items
        self._items = {item.row.key: item for item in items}
        for one, following in pairwise(chain.from_iterable(item.stops() for item in items)):
            QWidget.setTabOrder(one, following)

    def _focused(self) -> DraftItem | None:
        widget = QApplication.focusWidget()
        while widget is not None and widget is not self:
            if isinstance(widget, DraftItem):
                return widget
            widget = widget.parentWidget()
        return None

    def _step(self, by: int, item: DraftItem | None) -> None:
        items = self.items
        if items:
            start = items.index(item) + by if item in items else (0 if by > 0 else len(items) - 1)
            self._go_to(items[min(max(start, 0), len(items) - 1)])

    def _go_to(self, item: DraftItem) -> None:
        item.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(item, 0, 24)

    @Slot(str)
    def _on_returned(self, key: str) -> None:
        self._returning = key
        self._welcome_back()

    def _welcome_back(self) -> None:
        """The focus goes to a draft that was brought back, as soon as it is there."""
        item = self._items.get(self._returning)
        if item is not None and self.isVisible():
            self._returning = ""
            self._go_to(item)

    def _connect(self) -> None:
        model = self.viewmodel
        self._scroll.resized.connect(self._on_resize)
        self.more_button.clicked.connect(model.show_more)
        self.failure.acted.connect(model.load)
        self.stale_bar.acted.connect(model.load)
        self.empty.acted.connect(model.compose)
        model.changed.connect(self.refresh)
        model.returned.connect(self._on_returned)
        model.toast.connect(self.toast)
        model.offer.connect(self.offer)

    def _lay_out(self) -> None:
        self._list.setMaximumWidth(current_theme().px(_WIDEST))
        self._column.setSpacing(8)
        inside = QVBoxLayout(self._list)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addWidget(self.stale_bar)
        inside.addLayout(self._column)
        inside.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(1)
        holder = QWidget()
        middle = QHBoxLayout(holder)
        middle.setContentsMargins(24, 24, 24, 24)
        middle.addStretch(1)
        middle.addWidget(self._list, 100)
        middle.addStretch(1)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(holder)
        waiting = QVBoxLayout(self._loading)
        waiting.addWidget(self.progress, 0, Qt.AlignmentFlag.AlignCenter)
        for page in (self._scroll, self._loading, self.empty, self.failure):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
