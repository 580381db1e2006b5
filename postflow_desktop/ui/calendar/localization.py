"""What Qt knows about a country, as the layout needs it."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QDate, QLocale, QTime

from postflow_desktop.ui.calendar.layout import Localization


def localization_of(locale: QLocale) -> Localization:
    """Week, weekend, digits and names of a locale; its reading direction is the widget's."""
    words = _Words(locale)
    working = {day.value - 1 for day in locale.weekdays()}
    return Localization(
        week_start=locale.firstDayOfWeek().value - 1,
        weekend=frozenset(range(7)) - working,
        time=words.time,
        number=words.number,
        month=words.month,
        weekday=words.weekday,
    )


class _Words:
    """Writes times, numbers and names the way of one locale."""

    def __init__(self, locale: QLocale) -> None:
        self._locale = locale
        short = locale.timeFormat(QLocale.FormatType.ShortFormat)
        half_days = "a" in short.lower()
        # Two figures for the hour, so that all times are equally wide and stand in a column.
        self._time = "h:mmap" if half_days else "HH:mm"
        self._known: dict[tuple[int, int], str] = {}

    def time(self, moment: datetime) -> str:
        """`09:30`, or `9:30am` where days have two halves."""
        key = (moment.hour, moment.minute)
        if key not in self._known:
            self._known[key] = self._locale.toString(QTime(*key), self._time)
        return self._known[key]

    def number(self, value: int) -> str:
        """A number in the locale's digits."""
        return self._locale.toString(value)

    def month(self, day: date) -> str:
        """A month's short name."""
        return self._locale.standaloneMonthName(day.month, QLocale.FormatType.ShortFormat)

    def weekday(self, number: int) -> str:
        """A weekday's short name; 0 is Monday."""
        return self._locale.standaloneDayName(number + 1, QLocale.FormatType.ShortFormat)


def month_title(month: date, locale: QLocale) -> str:
    """`November 2026`."""
    name = locale.standaloneMonthName(month.month, QLocale.FormatType.LongFormat)
    return f"{name} {month.year}"


def short_day(day: date, locale: QLocale) -> str:
    """`Thu 26`, for the pill under a dragged chip."""
    name = locale.dayName(day.isoweekday(), QLocale.FormatType.ShortFormat)
    return f"{name} {locale.toString(day.day)}"


def long_day(day: date, locale: QLocale) -> str:
    """`Thursday 26 November 2026`, for readers and headings."""
    return locale.toString(QDate(day.year, day.month, day.day), "dddd d MMMM yyyy")
