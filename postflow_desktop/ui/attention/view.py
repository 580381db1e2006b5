"""What needs a person, row by row; J and K go through it, Enter looks, R tries again."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.attention import Answer
from postflow_desktop.services.ports.replica import AttentionRow
from postflow_desktop.ui.attention.row import AttentionItem
from postflow_desktop.ui.attention.viewmodel import AttentionViewModel, Stage
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.marks import notice
from postflow_desktop.ui.kit.panels import Column, EmptyState
from postflow_desktop.ui.words import explain, when

_WIDEST = 880
_PAGE = 50
"""So many rows at first, and with each "Show more"; rows are widgets."""
_STEPS = {Qt.Key.Key_J: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_K: -1, Qt.Key.Key_Up: -1}


class _Scroll(QScrollArea):
    """Leaves the arrow keys to the list, which scrolls to the row they lead to."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pages are scrolled here."""
        if event.key() in _STEPS:
            event.ignore()
        else:
            super().keyPressEvent(event)


class AttentionView(QFrame):
    """Dumb: shows the view model, asks it for everything."""

    post_selected = Signal(str)
    count_changed = Signal(int)
    toast = Signal(str, str)

    def __init__(self, viewmodel: AttentionViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attention")
        self.setAccessibleName("Needs attention")
        self.setProperty("panel", "canvas")
        self.viewmodel = viewmodel
        self._items: dict[str, AttentionItem] = {}
        self._limit = _PAGE
        self.empty = EmptyState(
            "check-circle",
            "All caught up.",
            "What fails, or may be out or not, comes here.",
            "",
            self,
        )
        self.failure = EmptyState(
            "warning-circle", "The list can't be read", "", "Try again", self, kind="secondary"
        )
        self._list = QWidget()
        self.offline_bar = notice(self._list, "warning", name="attention-offline")
        self.offline_bar.set_text("Offline: nothing can be sent or settled until PostFlow is back.")
        self.more_button = Button("Show more", self._list, name="attention-more")
        self._pages = QStackedWidget(self)
        self._blank = QWidget(self)
        self._scroll = _Scroll(self)
        self._column = QVBoxLayout()
        self._lay_out()
        self.more_button.clicked.connect(self._show_more)
        self.failure.acted.connect(viewmodel.load)
        viewmodel.changed.connect(self.refresh)
        viewmodel.post_selected.connect(self.post_selected)
        viewmodel.count_changed.connect(self.count_changed)
        viewmodel.toast.connect(self.toast)
        self.refresh()

    @property
    def items(self) -> tuple[AttentionItem, ...]:
        """The rows as shown, top to bottom."""
        return tuple(self._items[row.target_id] for row in self._shown())

    @Slot()
    def refresh(self) -> None:
        """Show what the view model says; rows that stay keep focus, place and what was typed."""
        rows = self._shown()
        self._drop_old(rows)
        for place, row in enumerate(rows):
            item = self._items.get(row.target_id) or self._make(row)
            if self._column.indexOf(item) != place:
                self._column.insertWidget(place, item)
            self._fill(item, row)
        self._keep_tab_order()
        self.offline_bar.setVisible(self.viewmodel.offline)
        self.more_button.setVisible(len(rows) < len(self.viewmodel.rows))
        if self.viewmodel.problem is not None:
            self.failure.text.setText(explain(self.viewmodel.problem))
        self._pages.setCurrentWidget(self._page(bool(rows)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """J, K, arrows: go; Enter: look; R: try again. Typing in a field never comes here."""
        item = self._focused()
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._step(_STEPS[key], item)
        elif item is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = QApplication.focusWidget()
            if isinstance(focused, QAbstractButton):
                focused.click()
            else:
                item.look()
        elif item is not None and key == Qt.Key.Key_R and not item.retry_button.isHidden():
            item.retry_button.click()
        else:
            super().keyPressEvent(event)

    def _shown(self) -> tuple[AttentionRow, ...]:
        return self.viewmodel.rows[: self._limit]

    def _page(self, any_rows: bool) -> QWidget:
        if any_rows:
            return self._scroll
        if self.viewmodel.stage is Stage.LOADING:
            return self._blank
        return self.failure if self.viewmodel.stage is Stage.FAILED else self.empty

    def _make(self, row: AttentionRow) -> AttentionItem:
        item = self._items[row.target_id] = AttentionItem(row, self._list)
        item.retry_asked.connect(self._on_retry)
        item.look_asked.connect(self._on_look)
        item.answered.connect(self._on_answer)
        return item

    def _fill(self, item: AttentionItem, row: AttentionRow) -> None:
        model = self.viewmodel
        item.show_row(
            row,
            when=when(row.at, model.timezone, model.now()),
            can_act=not model.offline and row.target_id not in model.busy,
            problem=model.problems.get(row.target_id),
        )

    def _drop_old(self, rows: tuple[AttentionRow, ...]) -> None:
        """Rows that are settled go; the focus goes on to the row that takes their place."""
        kept = {row.target_id for row in rows}
        before = list(self._items)
        focused = self._focused()
        heir = None
        if focused is not None and focused.row.target_id not in kept:
            place = before.index(focused.row.target_id)
            after = [key for key in [*before[place:], *reversed(before[:place])] if key in kept]
            heir = after[0] if after else None
        for key in set(before) - kept:
            item = self._items.pop(key)
            self._column.removeWidget(item)
            item.hide()
            item.deleteLater()
        if heir is not None:
            self._items[heir].setFocus(Qt.FocusReason.TabFocusReason)

    def _keep_tab_order(self) -> None:
        items = self.items
        self._items = {item.row.target_id: item for item in items}
        chain = [widget for item in items for widget in _reached_in(item)]
        for one, following in pairwise(chain):
            QWidget.setTabOrder(one, following)

    def _focused(self) -> AttentionItem | None:
        widget = QApplication.focusWidget()
        while widget is not None and widget is not self:
            if isinstance(widget, AttentionItem):
                return widget
            widget = widget.parentWidget()
        return None

    def _step(self, by: int, item: AttentionItem | None) -> None:
        items = self.items
        if not items:
            return
        start = items.index(item) + by if item in items else (0 if by > 0 else len(items) - 1)
        target = items[min(max(start, 0), len(items) - 1)]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(target, 0, 24)

    def _row(self, target_id: str) -> AttentionRow | None:
        return next((row for row in self.viewmodel.rows if row.target_id == target_id), None)

    @Slot()
    def _show_more(self) -> None:
        self._limit += _PAGE
        self.refresh()

    @Slot(str)
    def _on_retry(self, target_id: str) -> None:
        row = self._row(target_id)
        if row is not None and row.status != TargetStatus.NEEDS_ATTENTION.value:
            self.viewmodel.retry(row)

    @Slot(str)
    def _on_look(self, target_id: str) -> None:
        row = self._row(target_id)
        if row is not None:
            self.viewmodel.look(row)

    @Slot(str, object, str)
    def _on_answer(self, target_id: str, answer: Answer, address: str) -> None:
        row = self._row(target_id)
        if row is not None:
            self.viewmodel.answer(row, answer, address)

    def _lay_out(self) -> None:
        self._column.setSpacing(12)
        inside = QVBoxLayout(self._list)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addWidget(self.offline_bar)
        inside.addLayout(self._column)
        inside.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(1)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(Column(_WIDEST, content=self._list))
        for page in (self._scroll, self._blank, self.empty, self.failure):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)


def _reached_in(item: AttentionItem) -> list[QWidget]:
    """A row and what Tab reaches inside it, in order of reading."""
    inside = [w for w in item.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    return [item, *inside]
