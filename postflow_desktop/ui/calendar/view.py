"""The calendar's screen: the month, what lies over it, and the part of the tool bar it brings."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from postflow_desktop.ui.calendar.accessible import install_factory, make_accessible
from postflow_desktop.ui.calendar.layout import MoreBox
from postflow_desktop.ui.calendar.menu import PostMenu
from postflow_desktop.ui.calendar.month import Month
from postflow_desktop.ui.calendar.notice import Notice
from postflow_desktop.ui.calendar.popover import DayPopover
from postflow_desktop.ui.calendar.toolbar import CalendarToolbar
from postflow_desktop.ui.calendar.viewmodel import CalendarViewModel


class CalendarView(QWidget):
    """The screen; what it asks for comes as signals of its view model."""

    def __init__(self, viewmodel: CalendarViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("calendar-view")
        self.viewmodel = viewmodel
        install_factory()
        self.month = Month(viewmodel, self)
        make_accessible(self.month)
        self.notice = Notice(viewmodel, self.month)
        self._toolbar: CalendarToolbar | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.month)
        self.setFocusProxy(self.month)
        self.month.more_requested.connect(self._list_day)
        self.month.menu_requested.connect(self._open_menu)

    def toolbar_widget(self) -> CalendarToolbar:
        """Month, paging, today and filter, for the window's tool bar; always the same one."""
        if self._toolbar is None:
            self._toolbar = CalendarToolbar(self.viewmodel, self)
            self.month.hand.page_by(self._toolbar.previous, self._toolbar.next)
        return self._toolbar

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the notice in the middle."""
        super().resizeEvent(event)
        self.notice.place()

    @Slot(object)
    def _list_day(self, more: MoreBox) -> None:
        layout = self.month.month_layout
        cell = layout.cell(more.day) if layout else None
        if cell is not None:
            DayPopover(self.month, cell).open_beside(more.box)

    @Slot(str, QPoint)
    def _open_menu(self, post_id: str, at: QPoint) -> None:
        PostMenu(self.viewmodel, post_id, self.month).popup(at)
