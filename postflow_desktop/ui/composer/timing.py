"""When it goes out: date, time and zone, as the clock on the wall there shows them."""

from __future__ import annotations

from datetime import date, datetime, time

from PySide6.QtCore import QDate, QPoint, Qt, QTime, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCompleter,
    QDateEdit,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QTimeEdit,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from postflow_desktop.ui.composer.when import When, zone_names, zone_title
from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.widgets import IconButton, Text, repolish


class ZoneField(QLineEdit):
    """A time zone by any part of its name; what is no zone is not taken."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer-zone")
        self.setAccessibleName("Time zone")
        self.setToolTip("Time zone of the date and time; type a part of its name")
        self._zone = ""
        self.editingFinished.connect(self._finish)
        self.textEdited.connect(self._edited)

    def show_zone(self, name: str) -> None:
        """Show a zone; what is being typed stays."""
        if name != self._zone and not (self.hasFocus() and self.isModified()):
            self._zone = name
            self.setText(zone_title(name))
            self.setCursorPosition(0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """All is marked, so that typing replaces it; the names are listed when first needed."""
        super().focusInEvent(event)
        if self.completer() is None:
            completer = QCompleter(list(zone_names()), self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.activated.connect(self._finish)
            self.setCompleter(completer)
        self.selectAll()

    @Slot()
    def _edited(self) -> None:
        self._mark(False)

    @Slot()
    def _finish(self) -> None:
        wanted = self.text().strip().replace(" ", "_").lower()
        if wanted == zone_title(self._zone).lower():
            self._mark(False)
            return
        found = [name for name in zone_names() if name.lower() == wanted]
        found = found or [name for name in zone_names() if name.lower().endswith(f"/{wanted}")]
        self._mark(not found)
        if found and found[0] != self._zone:
            self._zone = found[0]
            self.setText(found[0])
            self.setModified(False)
            self.chosen.emit(found[0])

    def _mark(self, invalid: bool) -> None:
        if bool(self.property("invalid")) != invalid:
            self.setProperty("invalid", invalid)
            self.setAccessibleDescription("This is not a time zone." if invalid else "")
            repolish(self)


class Month(QCalendarWidget):
    """A month in the theme's colours to choose a day from; days that are over are faint."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("composer-calendar-month")
        self.setAccessibleName("Date")
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames)
        self.setMinimumDate(QDate.currentDate())
        theme = current_theme()
        self.setMinimumSize(theme.px(280), theme.px(240))
        head = QTextCharFormat()
        head.setForeground(theme.color("text3"))
        head.setBackground(theme.color("raised"))
        self.setHeaderTextFormat(head)
        plain = QTextCharFormat()
        plain.setForeground(theme.color("text"))
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.setWeekdayTextFormat(day, plain)
        for name, icon, label in (
            ("qt_calendar_prevmonth", "caret-left", "Earlier month"),
            ("qt_calendar_nextmonth", "caret-right", "Later month"),
        ):
            button = self.findChild(QToolButton, name)
            if isinstance(button, QToolButton):
                button.setIcon(icons.icon(icon, theme.px(16)))
                button.setAccessibleName(label)


class Timing(QWidget):
    """The fields side by side."""

    wall_chosen = Signal(object)
    """A naive datetime."""
    zone_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.date = QDateEdit(self)
        self.date.setObjectName("composer-date")
        self.date.setAccessibleName("Date")
        # Else Qt turns the parts around where reading is from right to left: 00:17.
        self.date.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.date.setDisplayFormat("ddd d MMM yyyy")
        self.time = QTimeEdit(self)
        self.time.setObjectName("composer-time")
        self.time.setAccessibleName("Time")
        self.time.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.time.setDisplayFormat("HH:mm")
        self.button = IconButton(
            "calendar-blank", "Choose the date in a calendar", self, name="composer-calendar"
        )
        self.zone = ZoneField(self)
        self.abbreviation = Text("", role="small", tone="text2", parent=self)
        self._menu: QMenu | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self.button, self.date, self.time, self.zone, self.abbreviation):
            row.addWidget(widget)
        self.date.dateChanged.connect(self._tell)
        self.time.timeChanged.connect(self._tell)
        self.zone.chosen.connect(self.zone_chosen)
        self.button.clicked.connect(self.open_calendar)
        for field in (self.date, self.time):
            # The style sheet's padding does not reach the line inside of a spin box.
            field.lineEdit().setTextMargins(8, 0, 0, 0)
        current_theme().changed.connect(self._fit)
        self._fit()

    def show_when(self, when: When) -> None:
        """Show a time without telling that it was chosen."""
        for field in (self.date, self.time):
            field.blockSignals(True)
        self.date.setDate(QDate(when.wall.year, when.wall.month, when.wall.day))
        self.time.setTime(QTime(when.wall.hour, when.wall.minute, when.wall.second))
        for field in (self.date, self.time):
            field.blockSignals(False)
            field.setAccessibleDescription(f"{when.problem} {when.note}".strip())
            field.setToolTip(f"{when.problem} {when.note}".strip())
        self.zone.show_zone(when.zone)
        self.abbreviation.setText(when.abbreviation)
        self.abbreviation.setVisible(bool(when.abbreviation))

    @Slot()
    def open_calendar(self) -> None:
        """Show a month to choose the date from."""
        menu = QMenu(self)
        menu.setObjectName("composer-calendar-menu")
        calendar = Month(menu)
        calendar.setSelectedDate(self.date.date())
        calendar.clicked.connect(self._picked)
        calendar.activated.connect(self._picked)
        action = QWidgetAction(menu)
        action.setDefaultWidget(calendar)
        menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        self._menu = menu
        above = QPoint(0, -menu.sizeHint().height() - 4)
        menu.popup(self.button.mapToGlobal(above))
        calendar.setFocus()

    @Slot(QDate)
    def _picked(self, day: QDate) -> None:
        if self._menu is not None:
            self._menu.close()
            self._menu = None
        self.date.setDate(day)

    @Slot()
    def _tell(self) -> None:
        day, moment = self.date.date(), self.time.time()
        wall = datetime.combine(
            date(day.year(), day.month(), day.day()),
            time(moment.hour(), moment.minute(), moment.second()),
        )
        self.wall_chosen.emit(wall)

    @Slot()
    def _fit(self) -> None:
        metrics = QFontMetricsF(current_theme().font("body"))
        around = current_theme().px(28)
        self.date.setFixedWidth(round(metrics.horizontalAdvance("Wed 30 Nov 2026")) + around)
        self.time.setFixedWidth(round(metrics.horizontalAdvance("00:00")) + around)
        self.zone.setMinimumWidth(round(metrics.horizontalAdvance("Europe/Berlin")) + around)
        self.zone.setMaximumWidth(
            round(metrics.horizontalAdvance("America/Argentina/Rio")) + around
        )
