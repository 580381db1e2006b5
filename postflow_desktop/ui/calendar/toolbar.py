"""The calendar's part of the tool bar: month, paging, today, filter of channels."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from postflow_desktop.ui.calendar.localization import month_title
from postflow_desktop.ui.calendar.viewmodel import CalendarViewModel
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.widgets import Button, IconButton, Text
from postflow_desktop.ui.words import count_of, network_title


class CalendarToolbar(QWidget):
    """Placed by the window above the month."""

    def __init__(self, viewmodel: CalendarViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("calendar-toolbar")
        self._viewmodel = viewmodel
        self.title = Text("", role="h2", parent=self)
        self.title.setObjectName("calendar-title")
        self.title.setMinimumWidth(self._widest_title())
        self.previous = IconButton(
            "caret-left", "Previous month", self, shortcut="K", name="calendar-previous"
        )
        self.today = Button("Today", self, name="calendar-today")
        self.today.setToolTip("Go to today  T")
        self.next = IconButton(
            "caret-right", "Next month", self, shortcut="J", name="calendar-next"
        )
        self.filter = Button("Filter", self, icon="funnel", name="calendar-filter")
        self.clear = IconButton("x", "Clear filter", self, shortcut="Esc", name="calendar-unfilter")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.title, self.previous, self.today, self.next):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.filter)
        row.addWidget(self.clear)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.previous.clicked.connect(viewmodel.previous_month)
        self.next.clicked.connect(viewmodel.next_month)
        self.today.clicked.connect(viewmodel.go_today)
        self.filter.clicked.connect(self._open_filter)
        self.clear.clicked.connect(viewmodel.channels.clear_filter)
        viewmodel.month_changed.connect(self._refresh)
        viewmodel.state_changed.connect(self._refresh)
        self._point()
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Arrows point the way of reading."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._point()

    def _point(self) -> None:
        carets = ("caret-left", "caret-right")
        before, after = reversed(carets) if self.isRightToLeft() else carets
        self.previous.set_icon(before)
        self.next.set_icon(after)

    @Slot()
    def _refresh(self) -> None:
        viewmodel = self._viewmodel
        title = month_title(viewmodel.month, viewmodel.locale)
        if self.title.text() != title:
            self.title.setText(title)
        chosen = viewmodel.channels.filter or frozenset()
        names = [row.username for row in viewmodel.channels.accounts if row.id in chosen]
        self.filter.setText(
            "Filter"
            if not chosen
            else f"@{names[0]}"
            if len(names) == 1
            else count_of(len(chosen), "channel", "channels")
        )
        self.filter.setAccessibleName(f"Filter by channel: {', '.join(names) or 'all'}")
        self.filter.setVisible(len(viewmodel.channels.accounts) > 1 or bool(chosen))
        self.clear.setVisible(bool(chosen))

    @Slot()
    def _open_filter(self) -> None:
        """One entry per account, ticked where it is shown alone or with others."""
        menu = QMenu(self)
        menu.setObjectName("calendar-filter-menu")
        menu.aboutToHide.connect(menu.deleteLater)
        chosen = self._viewmodel.channels.filter or frozenset()
        for row in self._viewmodel.channels.accounts:
            text = f"@{row.username}  ·  {network_title(row.network)}".replace("&", "&&")
            action = menu.addAction(text)
            action.setIcon(icons.icon("check", 14) if row.id in chosen else icons.no_icon())
            action.setCheckable(True)
            action.setChecked(row.id in chosen)
            action.setData(row.id)
            action.triggered.connect(self._toggle)
        menu.popup(self.filter.mapToGlobal(QPoint(0, self.filter.height() + 4)))

    @Slot()
    def _toggle(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._viewmodel.channels.toggle(str(action.data()))

    def _widest_title(self) -> int:
        """So that the buttons stay under the pointer from month to month."""
        metrics = self.title.fontMetrics()
        locale = self._viewmodel.locale
        months = [self._viewmodel.month.replace(month=number, day=1) for number in range(1, 13)]
        return max(metrics.horizontalAdvance(month_title(month, locale)) for month in months)
