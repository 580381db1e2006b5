"""What stands over the month when there is nothing on it, or nothing to show yet."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from postflow_desktop.ui.calendar.state import Emptiness
from postflow_desktop.ui.calendar.viewmodel import CalendarViewModel
from postflow_desktop.ui.kit.widgets import Button, IconLabel, Text
from postflow_desktop.ui.words import explain

_NOTHING = "Nothing planned for these weeks. Press C or drop a photo on a day."
_MIDDLE_OF_THIRD_WEEK = 45
"""Percent of the height: a line there hides no number of a day."""


class Notice(QFrame):
    """A card in the middle; a quiet line lets the mouse through to the days below."""

    def __init__(self, viewmodel: CalendarViewModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("calendar-notice")
        self.setProperty("panel", "card")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self._viewmodel = viewmodel
        self._host = parent
        self._icon = IconLabel("calendar-blank", self, size=32, color="text3")
        self.title = Text("", role="title", parent=self)
        self.text = Text("", tone="text2", wraps=True, parent=self)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button = Button("Retry", self, kind="primary", name="calendar-notice-button")
        self.button.clicked.connect(self._act)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(8)
        center = Qt.AlignmentFlag.AlignHCenter
        for widget in (self._icon, self.title, self.text):
            column.addWidget(widget, 0, center)
        row = QHBoxLayout()
        row.addWidget(self.button)
        column.addLayout(row)
        column.setAlignment(row, center)
        viewmodel.state_changed.connect(self.refresh)
        viewmodel.snapshot_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what is the case, or hide."""
        viewmodel = self._viewmodel
        if viewmodel.error is not None:
            self._show("warning", "The calendar can't be read", explain(viewmodel.error), "Retry")
        elif viewmodel.loading:
            self._show("", "", "Loading posts…")
        elif viewmodel.emptiness is Emptiness.NO_CHANNELS:
            self._show(
                "plugs-connected",
                "Connect a channel to start planning",
                "Posts you plan will stand here on their days.",
                "Connect",
            )
        elif viewmodel.emptiness is Emptiness.FILTERED:
            self._show("", "", "No posts match the filter.", "Clear filters")
        elif viewmodel.emptiness is Emptiness.NOTHING:
            self._show("", "", _NOTHING)
        else:
            self.hide()

    def _show(self, icon: str, title: str, text: str, action: str = "") -> None:
        self._icon.setVisible(bool(icon))
        if icon:
            self._icon.set_icon(icon)
        self.title.setVisible(bool(title))
        self.title.setText(title)
        self.text.setText(text)
        widest = 380 if title else 460
        self.text.setMinimumWidth(min(widest, self.text.fontMetrics().horizontalAdvance(text) + 8))
        self.text.setMaximumWidth(widest)
        self.button.setVisible(bool(action))
        self.button.setText(action or "-")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not action)
        self.setAccessibleName(f"{title} {text}".strip())
        self.show()
        self.place()

    def place(self) -> None:
        """The middle of the month."""
        self.adjustSize()
        line = self._host.height() * _MIDDLE_OF_THIRD_WEEK // 100
        self.move((self._host.width() - self.width()) // 2, line - self.height() // 2)
        self.raise_()

    @Slot()
    def _act(self) -> None:
        viewmodel = self._viewmodel
        if viewmodel.error is not None:
            viewmodel.start()
        elif viewmodel.emptiness is Emptiness.NO_CHANNELS:
            viewmodel.connect_account()
        else:
            viewmodel.channels.clear_filter()
