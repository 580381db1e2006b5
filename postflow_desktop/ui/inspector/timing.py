"""When the post goes out, and an editor for another time that opens in place."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QDate, QDateTime, QLocale, QPoint, Qt, QTimeZone, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QDateTimeEdit,
    QFrame,
    QHBoxLayout,
    QMenu,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from postflow_desktop.domain.time import zone
from postflow_desktop.ui.kit.buttons import Button, IconButton
from postflow_desktop.ui.kit.panels import IconLabel, Text

_FORMAT = "ddd d MMM yyyy  HH:mm"


class Timing(QFrame):
    """A line with the time; "Change" turns it into an editor. Enter sets, Esc leaves it."""

    time_chosen = Signal(object)
    """A naive datetime: the wall time in the zone shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector-timing")
        self._zone = "UTC"
        self._shown: datetime | None = None
        self._can_move = False
        self.line = Text(parent=self)
        self.line.setObjectName("inspector-when")
        self.change_button = Button(
            "Change", self, kind="link", size="small", name="inspector-change-time"
        )
        self.change_button.setAccessibleName("Change the time")
        self.editor = QFrame(self)
        self.edit = QDateTimeEdit(self.editor)
        self.edit.setObjectName("inspector-time")
        self.edit.setAccessibleName("New date and time")
        # The fields hold a wall time; UTC here only keeps Qt from applying this machine's zone.
        self.edit.setTimeZone(QTimeZone.utc())
        # Else Qt turns the parts around where reading is from right to left: 00:17.
        self.edit.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.edit.setDisplayFormat(_FORMAT)
        self.edit.lineEdit().setTextMargins(8, 0, 8, 0)
        self.calendar = QCalendarWidget()
        self.calendar.setAccessibleName("Day")
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.calendar.setFirstDayOfWeek(QLocale().firstDayOfWeek())
        self._popup = QMenu(self)
        holder = QWidgetAction(self._popup)
        holder.setDefaultWidget(self.calendar)
        self._popup.addAction(holder)
        self.calendar_button = IconButton(
            "calendar-blank", "Choose a day", self.editor, name="inspector-calendar"
        )
        self.zone_note = Text(role="small", tone="text2", wraps=True, parent=self.editor)
        self.set_button = Button(
            "Set time", self.editor, kind="primary", size="small", name="inspector-set-time"
        )
        self.cancel_button = Button(
            "Cancel", self.editor, size="small", name="inspector-cancel-time"
        )
        self._lay_out()
        self.change_button.clicked.connect(self.open_editor)
        self.set_button.clicked.connect(self.choose)
        self.cancel_button.clicked.connect(self.close_editor)
        self.calendar_button.clicked.connect(self._open_calendar)
        self.calendar.clicked.connect(self._on_day)

    def show_time(
        self, moment: datetime | None, *, words: str, zone_name: str, can_move: bool
    ) -> None:
        """Show this time; an open editor keeps what is in it while the post can be moved."""
        self._shown, self._zone, self._can_move = moment, zone_name, can_move
        self.line.setText(words)
        self.change_button.setText("Set a time" if moment is None else "Change")
        self.change_button.setVisible(can_move and self.editor.isHidden())
        self.zone_note.setText(f"Time in {zone_name}")
        if not can_move:
            self.editor.hide()

    @property
    def editing(self) -> bool:
        """The editor is open."""
        return not self.editor.isHidden()

    @Slot()
    def open_editor(self) -> None:
        """Begin with the time that is set, else with the next full hour."""
        if self.editing or not self._can_move:
            return
        tz = zone(self._zone)
        start = self._shown.astimezone(tz) if self._shown else datetime.now(tz)
        minute = start.minute if self._shown else 0
        hours = 0 if self._shown else 3600
        moment = QDateTime(
            start.year, start.month, start.day, start.hour, minute, 0, 0, QTimeZone.utc()
        )
        self.edit.setDateTime(moment.addSecs(hours))
        self.editor.show()
        self.change_button.hide()
        self.edit.setFocus()
        self.edit.setSelectedSection(QDateTimeEdit.Section.HourSection)

    @Slot()
    def close_editor(self) -> None:
        """Leave the time as it is."""
        if self.editing:
            self.editor.hide()
            self.change_button.setVisible(self._can_move)
            self.change_button.setFocus()

    @Slot()
    def choose(self) -> None:
        """Take what is in the editor."""
        shown = self.edit.dateTime()
        day, clock = shown.date(), shown.time()
        wall = datetime(  # noqa: DTZ001 - a wall time; its zone goes beside it
            day.year(), day.month(), day.day(), clock.hour(), clock.minute()
        )
        self.close_editor()
        self.time_chosen.emit(wall)

    @Slot()
    def _open_calendar(self) -> None:
        self.calendar.setSelectedDate(self.edit.date())
        below = QPoint(0, self.calendar_button.height() + 4)
        self._popup.popup(self.calendar_button.mapToGlobal(below))

    @Slot(QDate)
    def _on_day(self, day: QDate) -> None:
        self.edit.setDate(day)
        self._popup.close()
        self.edit.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sets, Esc closes, while the editor is open."""
        if self.editing and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose()
        elif self.editing and event.key() == Qt.Key.Key_Escape:
            self.close_editor()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel("calendar-blank", self, size=16))
        head.addWidget(self.line)
        head.addStretch(1)
        head.addWidget(self.change_button)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.zone_note, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.set_button)
        field = QHBoxLayout()
        field.setSpacing(4)
        field.addWidget(self.edit, 1)
        field.addWidget(self.calendar_button)
        inside = QVBoxLayout(self.editor)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addLayout(field)
        inside.addLayout(buttons)
        self.editor.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.editor)
