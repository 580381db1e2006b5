"""The palette's list: a model of headings and entries, and how a row is painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.direction import mirrored, write
from postflow_desktop.ui.kit.theme import current_theme
from postflow_desktop.ui.kit.tokens import RADIUS, SIZES
from postflow_desktop.ui.shell.entries import Entry

AnyIndex = QModelIndex | QPersistentModelIndex
_ROW_ROLE = int(Qt.ItemDataRole.UserRole)
_HEADING = 26
_ENTRY = 36


@dataclass(frozen=True, slots=True)
class _Row:
    """A heading, or an entry."""

    heading: str
    entry: Entry | None = None


class EntryModel(QAbstractListModel):
    """Entries under the headings of their sections."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these, a heading before each section."""
        rows: list[_Row] = []
        section = ""
        for entry in entries:
            if entry.section != section:
                section = entry.section
                rows.append(_Row(section))
            rows.append(_Row(section, entry))
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def entry(self, index: AnyIndex) -> Entry | None:
        """The entry of a row; None for headings and outside."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        return self._rows[index.row()].entry

    def entry_rows(self) -> list[int]:
        """The rows that can be chosen."""
        return [number for number, row in enumerate(self._rows) if row.entry]

    def row_id(self, row: int) -> str:
        """The id of a row's entry; empty for a heading."""
        entry = self._rows[row].entry
        return entry.id if entry else ""

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many rows, headings too."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Headings can't be chosen."""
        if self.entry(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words, and for the painter the row itself."""
        row = self._rows[index.row()]
        if role == _ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if row.entry is None:
                return row.heading
            return ", ".join(part for part in (row.entry.title, row.entry.note) if part)
        return None


class RowDelegate(QStyledItemDelegate):
    """Icon, title, and the shortcut at the end."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: ARG002 - Qt's signature
        """Headings are lower."""
        row = index.data(_ROW_ROLE)
        high = _ENTRY if isinstance(row, _Row) and row.entry else _HEADING
        return QSize(100, current_theme().px(high))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """One row."""
        row = index.data(_ROW_ROLE)
        if not isinstance(row, _Row):
            return
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.entry is None:
            self._paint_heading(painter, rect, row.heading)
        else:
            state = option.state
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            rtl = option.direction == Qt.LayoutDirection.RightToLeft
            self._paint_entry(painter, rect, row.entry, chosen=chosen, right_to_left=rtl)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRectF, heading: str) -> None:
        theme = current_theme()
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        lead = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(18, 0, -18, 0), lead, heading.upper())

    def _paint_entry(
        self, painter: QPainter, rect: QRectF, entry: Entry, *, chosen: bool, right_to_left: bool
    ) -> None:
        theme = current_theme()
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected"))
            ground = rect.adjusted(8, 0, -8, 0)
            painter.drawRoundedRect(ground, RADIUS.control, RADIUS.control)
        size = theme.px(SIZES.icon_nav)
        spot = QRectF(rect.left() + 18, rect.center().y() - size / 2, size, size)
        place = mirrored(spot, rect, right_to_left=right_to_left)
        icons.glyph(painter, place, entry.icon, theme.color("accent_text" if chosen else "text2"))
        keys = entry.note or _shown_keys(entry.shortcut)
        small = theme.font("caption")
        wide = QFontMetrics(small).horizontalAdvance(keys)
        font = theme.font("nav" if chosen else "body")
        room = rect.adjusted(18 + size + 12, 0, -(wide + 36), 0)
        words = QFontMetrics(font).elidedText(
            entry.title, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        line = mirrored(room, rect, right_to_left=right_to_left)
        write(painter, line, words, right_to_left=right_to_left)
        painter.setFont(small)
        painter.setPen(theme.color("text2"))
        end = mirrored(rect.adjusted(0, 0, -22, 0), rect, right_to_left=right_to_left)
        write(painter, end, keys, right_to_left=right_to_left, at_end=True)


def _shown_keys(shortcut: str) -> str:
    """The first shortcut as this system writes it; "G, C" as "G C"."""
    first = shortcut.split(" | ", maxsplit=1)[0]
    native = QKeySequence(first).toString(QKeySequence.SequenceFormat.NativeText)
    return native.replace(", ", " ")
