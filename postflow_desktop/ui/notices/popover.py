"""The notices by day, 380 px wide under the bell; worked through by keyboard."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from postflow_desktop.domain.notice import Notice, NoticeAction
from postflow_desktop.ui.kit.buttons import Button
from postflow_desktop.ui.kit.focus import FocusRing
from postflow_desktop.ui.kit.marks import notice as notice_bar
from postflow_desktop.ui.kit.panels import EmptyState, Text
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.notices.row import NoticeItem
from postflow_desktop.ui.notices.viewmodel import NoticesViewModel, Stage
from postflow_desktop.ui.words import explain

WIDTH = 380
_HIGHEST = 560
_LOWEST = 260
_AIR = 6
"""Around rows, so that the ring of the focus has room."""
_PAGE = 20
"""So many rows at first, and with each "Show more"; rows are widgets."""
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_J: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_K: -1}
_LEAVES = frozenset(
    {
        NoticeAction.OPEN,
        NoticeAction.EDIT,
        NoticeAction.RESCHEDULE,
        NoticeAction.RECONNECT,
    }
)
"""What leads to another place of the window."""


class _Scroll(QScrollArea):
    """Leaves the arrow keys to the popover."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pages are scrolled here."""
        if event.key() in _STEPS:
            event.ignore()
        else:
            super().keyPressEvent(event)


class NoticesPopover(QFrame):
    """Dumb: shows the view model, asks it for everything. Esc and a click elsewhere close it."""

    closed = Signal()

    def __init__(self, viewmodel: NoticesViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("notices")
        self.setAccessibleName("Notifications")
        self.setProperty("panel", "popover")
        self.setProperty("ownFocus", True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.viewmodel = viewmodel
        self._items: dict[str, NoticeItem] = {}
        self._days: list[Text] = []
        self._limit = _PAGE
        self.heading = Text("Notifications", role="title", parent=self)
        self.read_button = Button(
            "Mark all read", self, kind="link", size="small", name="notices-read-all"
        )
        self.offline_bar = notice_bar(self, "warning", name="notices-offline")
        self.offline_bar.set_text("Offline: this is what was known last.")
        self._list = QWidget()
        self.more_button = Button("Show more", self._list, size="small", name="notices-more")
        self._column = QVBoxLayout()
        self._scroll = _Scroll(self)
        self._pages = QStackedWidget(self)
        self._blank = QWidget(self)
        self.empty = EmptyState(
            "bell",
            "Nothing to tell",
            "What fails, is missed or needs you comes here.",
            "",
            self,
        )
        self.failure = EmptyState(
            "warning-circle", "The notices can't be read", "", "Try again", self, kind="secondary"
        )
        self._lay_out()
        self._ring = FocusRing(self)
        self.read_button.clicked.connect(viewmodel.mark_all_read)
        self.more_button.clicked.connect(self._show_more)
        self.failure.acted.connect(viewmodel.load)
        viewmodel.changed.connect(self.refresh)
        current_theme().changed.connect(self._fit)
        self._fit()
        self.refresh()

    @property
    def items(self) -> tuple[NoticeItem, ...]:
        """The rows as shown, top to bottom."""
        return tuple(self._items[notice.key] for notice in self._shown())

    @property
    def days(self) -> tuple[str, ...]:
        """The headings of the groups."""
        return tuple(day.text() for day in self._days)

    def open_under(self, anchor: QWidget, *, by_keyboard: bool = True) -> None:
        """Show it with its far edge under the anchor's, wholly on the screen."""
        self._limit = _PAGE
        self.refresh()
        self._fit()
        side = anchor.width() - self.width() if not anchor.isRightToLeft() else 0
        at = anchor.mapToGlobal(QPoint(side, anchor.height() + 4))
        room = anchor.screen().availableGeometry()
        x = min(max(at.x(), room.left()), room.right() - self.width())
        y = min(max(at.y(), room.top()), room.bottom() - self.height())
        self.move(x, y)
        self.show()
        first = next(iter(self.items), None)
        target = first if first is not None and by_keyboard else self
        target.setFocus(Qt.FocusReason.PopupFocusReason)
        self._scroll.verticalScrollBar().setValue(0)

    @Slot()
    def refresh(self) -> None:
        """Show what the view model says; rows that stay keep focus and place."""
        model, notices = self.viewmodel, self._shown()
        self._drop_old({notice.key for notice in notices})
        self._clear_days()
        day = ""
        place = 0
        for notice in notices:
            if (its_day := model.day_of(notice)) != day:
                day = its_day
                self._column.insertWidget(place, self._make_day(day))
                place += 1
            item = self._items.get(notice.key) or self._make(notice)
            if self._column.indexOf(item) != place:
                self._column.insertWidget(place, item)
            place += 1
            self._fill(item, notice)
        self._keep_tab_order()
        self.read_button.setEnabled(model.unread > 0)
        self.offline_bar.setVisible(model.offline)
        self.more_button.setVisible(len(notices) < len(model.rows))
        if model.problem is not None:
            self.failure.text.setText(explain(model.problem))
        self._pages.setCurrentWidget(self._page(bool(notices)))
        if self.isVisible():
            # It grows with what comes, and does not jump under the pointer when something goes.
            self.setFixedSize(self.sizeHint().expandedTo(self.size()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, J, K, Home, End: go; Enter: look; Del: seen. Esc closes."""
        item = self._focused()
        key = Qt.Key(event.key())
        focused = QApplication.focusWidget()
        if key in _STEPS:
            self._step(_STEPS[key], item)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go(0 if key == Qt.Key.Key_Home else len(self.items) - 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            item.act()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and item is not None:
            self.viewmodel.mark_read(item.notice)
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """As high as its rows need, within limits."""
        theme = current_theme()
        wide = theme.px(WIDTH)
        self._inside.activate()
        rows = self._inside.totalHeightForWidth(wide - 2)
        head = theme.px(48) + (theme.px(40) if not self.offline_bar.isHidden() else 0)
        low, high = theme.px(_LOWEST), theme.px(_HIGHEST)
        return QSize(wide, min(max(rows + head + 12, low), high))

    # --- inside -----------------------------------------------------------------------------

    def _shown(self) -> tuple[Notice, ...]:
        return self.viewmodel.rows[: self._limit]

    def _page(self, any_rows: bool) -> QWidget:
        if any_rows:
            return self._scroll
        if self.viewmodel.stage is Stage.LOADING:
            return self._blank
        return self.failure if self.viewmodel.stage is Stage.FAILED else self.empty

    def _make_day(self, day: str) -> Text:
        heading = Text(day, role="caption", tone="text2", parent=self._list)
        heading.setContentsMargins(10, 8, 10, 0)
        self._days.append(heading)
        return heading

    def _clear_days(self) -> None:
        for heading in self._days:
            self._column.removeWidget(heading)
            heading.hide()
            heading.deleteLater()
        self._days.clear()

    def _make(self, notice: Notice) -> NoticeItem:
        item = self._items[notice.key] = NoticeItem(notice, self._list)
        item.acted.connect(self._on_act)
        return item

    def _fill(self, item: NoticeItem, notice: Notice) -> None:
        model = self.viewmodel
        item.show_notice(
            notice,
            time=model.time_of(notice),
            is_unread=model.is_unread(notice),
            can_act=notice.key not in model.busy,
        )

    def _drop_old(self, kept: set[str]) -> None:
        for key in set(self._items) - kept:
            item = self._items.pop(key)
            self._column.removeWidget(item)
            item.hide()
            item.deleteLater()

    def _keep_tab_order(self) -> None:
        chain: list[QWidget] = [self.read_button]
        for item in self.items:
            chain += [item, *(item.buttons[a] for a in item.notice.actions if a in item.buttons)]
        chain.append(self.more_button)
        for one, following in pairwise(chain):
            QWidget.setTabOrder(one, following)

    def _focused(self) -> NoticeItem | None:
        widget = QApplication.focusWidget()
        while widget is not None and widget is not self:
            if isinstance(widget, NoticeItem):
                return widget
            widget = widget.parentWidget()
        return None

    def _step(self, by: int, item: NoticeItem | None) -> None:
        items = self.items
        if item in items:
            self._go(items.index(item) + by)
        else:
            self._go(0 if by > 0 else len(items) - 1)

    def _go(self, place: int) -> None:
        items = self.items
        if items:
            target = items[min(max(place, 0), len(items) - 1)]
            target.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(target, 0, 24)

    @Slot(str, object)
    def _on_act(self, key: str, action: NoticeAction) -> None:
        notice = self.viewmodel.find(key)
        if notice is None:
            return
        if notice.withdrawn:
            # What is done can still be looked at.
            action = NoticeAction.OPEN
        if action in _LEAVES:
            self.close()
        self.viewmodel.act(notice, action)

    @Slot()
    def _show_more(self) -> None:
        self._limit += _PAGE
        self.refresh()

    @Slot()
    def _fit(self) -> None:
        self.setFixedSize(self.sizeHint())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 16, 6)
        head.addWidget(self.heading, 1)
        head.addWidget(self.read_button)
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 0, 8, 6)
        bar.addWidget(self.offline_bar)
        self._column.setSpacing(_AIR)
        self._inside = inside = QVBoxLayout(self._list)
        inside.setContentsMargins(_AIR, 0, _AIR, 8)
        inside.setSpacing(0)
        inside.addLayout(self._column)
        inside.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(1)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._list)
        for page in (self._scroll, self._blank, self.empty, self.failure):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(bar)
        column.addWidget(self._pages, 1)
